import { fargate } from "../../../../components/tiers/fargate";
import { fargateKeys } from "../../../../components/tiers/fargate/keys";
import { testKeys } from "../../../support/keys-hold";
import { onTier } from "../../../support/on-tier";
import { keyCases } from "./key-cases";

testKeys({
  title: "Fargate",
  tier: onTier(fargate),
  table: fargateKeys,
  cases: keyCases,
  unmoved: ["services.*.network_mode"], // the same network as without a word
});
