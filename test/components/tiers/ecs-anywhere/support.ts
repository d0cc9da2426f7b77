/** A Compose text on ECS Anywhere: what fit says, and everything that the environment makes. */
import { ecsAnywhere } from "../../../../components/tiers/ecs-anywhere";
import { onTier } from "../../../support/on-tier";
import type { Recorded } from "../../../support/record";

export type { Input } from "../../../support/on-tier";
export const anywhere = onTier(ecsAnywhere);
export const { read, findings, said, record } = anywhere;

export const definition = (made: Recorded) => made.one("aws:ecs/taskDefinition:TaskDefinition", "shop");
export const service = (made: Recorded) => made.one("aws:ecs/service:Service", "shop");

/** The named container of the app's task. */
export function container(made: Recorded, name: string): Record<string, unknown> {
  const all = made.json<Record<string, unknown>[]>(definition(made), "containerDefinitions");
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`no container ${name} in ${all.map((one) => String(one.name)).join(", ")}`);
  return found;
}
