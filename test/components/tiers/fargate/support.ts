/** A Compose text on Fargate: what fit says, and everything that the environment makes. */
import { fargate } from "../../../../components/tiers/fargate";
import { onTier } from "../../../support/on-tier";

export { container, service } from "../ecs/support";
export type { Input } from "../../../support/on-tier";
export const { read, findings, said, record } = onTier(fargate);
