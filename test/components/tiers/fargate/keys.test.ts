import { fargate } from "../../../../components/tiers/fargate";
import { fargateKeys } from "../../../../components/tiers/fargate/keys";
import { describeKeys } from "../ecs/keys";
import { keyCases } from "./key-cases";

describeKeys("each key that Fargate keeps or changes", fargate, fargateKeys, keyCases);
