/** A Compose text on ECS with EC2: what fit says, and everything that the environment makes. */
import { ecsEc2 } from "../../../../components/tiers/ecs-ec2";
import { onTier } from "../../../support/on-tier";

export { container, service } from "../ecs/support";
export type { Input } from "../../../support/on-tier";
export const { read, findings, said, record } = onTier(ecsEc2);
