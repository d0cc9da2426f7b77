/** A Compose text on Fargate: what fit says, and everything that the environment makes. */
import { fargate } from "../../../../components/tiers/fargate";
import { tierSupport } from "../ecs/support";

export { container, type Input, service } from "../ecs/support";
export const { read, findings, said, record } = tierSupport(fargate);
