import { ecsEc2 } from "../../../../components/tiers/ecs-ec2";
import { ec2Keys } from "../../../../components/tiers/ecs-ec2/keys";
import { testKeys } from "../../../support/keys-hold";
import { onTier } from "../../../support/on-tier";
import { keyCases } from "./key-cases";

testKeys({
  title: "ECS on EC2",
  tier: onTier(ecsEc2),
  table: ec2Keys,
  cases: keyCases,
  unmoved: ["services.*.network_mode"], // the same network as without a word
});
