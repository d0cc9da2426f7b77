/** What overrides have changed of a plan's resources, as text for people. Pure. */
import type { Colors } from "picocolors/types";
import type { PlannedOverride, PlannedResource } from "../types";

/** Lines without a line feed, none where nothing is overridden. What is changed alike of several resources is said once. */
export function renderOverrides(resources: readonly PlannedResource[], colors: Colors): string[] {
  const groups = new Map<string, { readonly override: PlannedOverride; readonly type: string; names: string[] }>();
  for (const { type, name, overrides = [] } of resources) {
    for (const override of overrides) {
      const key = JSON.stringify([override.by, type, whatChanges(override)]);
      const group = groups.get(key);
      if (group) group.names.push(name);
      else groups.set(key, { override, type, names: [name] });
    }
  }
  if (groups.size === 0) return [];
  const lines = [...groups.values()].flatMap(({ override, type, names }) => [
    `  ${colors.yellow("overridden")}  ${colors.bold(names.join(", "))} ${colors.dim(type)}`,
    `              ${whatChanges(override)}  ${colors.dim(`by ${override.by}`)}`,
  ]);
  return [colors.bold("overrides"), ...lines];
}

/** `deregistrationDelay, without stickiness, options protect` */
function whatChanges({ set = [], removed = [], options = [] }: PlannedOverride): string {
  return [
    ...(set.length > 0 ? [set.join(", ")] : []),
    ...(removed.length > 0 ? [`without ${removed.join(", ")}`] : []),
    ...(options.length > 0 ? [`options ${options.join(", ")}`] : []),
  ].join(", ");
}
