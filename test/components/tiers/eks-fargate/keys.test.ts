import { eksFargate } from "../../../../components/tiers/eks-fargate";
import { eksFargateKeys } from "../../../../components/tiers/eks-fargate/fit";
import { built, own } from "../../../support/key-cases";
import { testKeys } from "../../../support/keys-hold";
import { onTier } from "../../../support/on-tier";
import { kubernetesCases } from "../kubernetes/key-cases";

testKeys({
  title: "EKS on Fargate",
  tier: onTier(eksFargate),
  table: eksFargateKeys,
  cases: kubernetesCases([
    own("platform", "left out", "", "platform: linux/amd64"),
    own("platform", "refused", "", "platform: linux/arm64"),
    own("build.platforms", "kept", built("platforms: [linux/amd64]"), built("platforms: [linux/amd64/v2]")),
    own("build.platforms", "refused", built(""), built("platforms: [linux/arm64]")),
    own("privileged", "refused", "", "privileged: true"),
    own("cap_add", "refused", "", "cap_add: [NET_ADMIN]"),
    own("storage_opt", "refused", "", "storage_opt: { size: 300G }"),
  ]),
  unmoved: ["services.*.network_mode"], // the same network as without a word
});
