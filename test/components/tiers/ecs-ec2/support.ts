/** A Compose text on ECS with EC2: what fit says, and everything that the environment makes. */
import { ecsEc2 } from "../../../../components/tiers/ecs-ec2";
import { tierSupport } from "../ecs/support";

export { container, type Input, service } from "../ecs/support";
export const { read, findings, said, record } = tierSupport(ecsEc2);
