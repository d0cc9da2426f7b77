/** The plan as JSON: the same bytes for the same plan. docs/plan-json.md describes it. */
import type { Plan } from "./types";

/** Two spaces, keys sorted, a line feed at the end. Documents inside strings stay as the program wrote them. */
export const planJson = (plan: Plan): string => stableJson(plan);

/** Any plain value in the same form. */
export function stableJson(value: object): string {
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
