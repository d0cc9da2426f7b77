import { eks } from "../../../../components/tiers/eks";
import { eksKeys } from "../../../../components/tiers/eks/fit";
import { built, own, useVolume, volume, row, web } from "../../../support/key-cases";
import { testKeys } from "../../../support/keys-hold";
import { onTier } from "../../../support/on-tier";
import { kubernetesCases } from "../kubernetes/key-cases";

testKeys({
  title: "EKS on nodes",
  tier: onTier(eks),
  table: eksKeys,
  cases: kubernetesCases([
    own("platform", "kept", "platform: linux/amd64", "platform: linux/arm64"),
    own("build.platforms", "kept", built("platforms: [linux/amd64]"), built("platforms: [linux/arm64]")),
    own("privileged", "kept", "", "privileged: true"),
    own("cap_add", "kept", "", "cap_add: [NET_ADMIN]"),
    own(
      "deploy.resources.reservations.cpus",
      { changed: '"cpu":"300m"' },
      "cpus: 0.25",
      "cpus: 0.3\ndeploy: { resources: { reservations: { cpus: '1' } } }",
    ),
    own("volumes[].target", { changed: '"storageClassName":"spectrum-gp3"' }, "", useVolume, volume(""), {
      config: { eks: { disks: { data: 10 } } },
    }),
    row("volumes.*", { changed: '"storageClassName":"spectrum-gp3"' }, web(""), web(useVolume, volume("")), {
      config: { eks: { disks: { data: 10 } } },
    }),
  ]),
  unmoved: ["services.*.network_mode"], // the same network as without a word
});
