/** What tests of the ECS tiers look at in what was made. */
import type { Recorded } from "../../../support/record";

/** The named container of a task's definition. */
export function container(made: Recorded, task: string, name: string): Record<string, unknown> {
  const definition = made.one("aws:ecs/taskDefinition:TaskDefinition", `shop-${task}`);
  const all = made.json<Record<string, unknown>[]>(definition, "containerDefinitions");
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`no container ${name} in ${all.map((one) => String(one.name)).join(", ")}`);
  return found;
}

export const service = (made: Recorded, task: string) => made.one("aws:ecs/service:Service", `shop-${task}`);
