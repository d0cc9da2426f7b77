/** The plan as JSON: the same bytes for the same plan. docs/plan-json.md describes it. */
import { stableJson } from "../app/records";
import type { Plan } from "./types";

export { stableJson };

/** Two spaces, keys sorted, a line feed at the end. Documents inside strings stay as the program wrote them. */
export const planJson = (plan: Plan): string => stableJson(plan);
