import { ecsEc2 } from "../../../../components/tiers/ecs-ec2";
import { ec2Keys } from "../../../../components/tiers/ecs-ec2/keys";
import { describeKeys } from "../ecs/keys";
import { keyCases } from "./key-cases";

describeKeys("each key that ECS on EC2 keeps or changes", ecsEc2, ec2Keys, keyCases);
