/** The rules of `policy/` over a plan's resources: what it breaks, and what of that makes it fail. Pure. */
import type { EnvironmentConfig } from "../app/config/types";
import type { Problem } from "../app/finding";
import { evaluate } from "../policy/evaluate";
import { applyExemptions, isFatal, type PolicyResult } from "../policy/exemptions";
import { plannedPolicyResources } from "../policy/planned";
import type { PlannedResource } from "./types";

export interface PlanPolicy {
  readonly policy: readonly PolicyResult[];
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** @param today `YYYY-MM-DD`: exemptions end */
export function planPolicy(
  resources: readonly PlannedResource[],
  environment: Pick<EnvironmentConfig, "protected" | "policy">,
  today: string,
): PlanPolicy {
  const violations = evaluate(plannedPolicyResources(resources), environment);
  const { results, warnings } = applyExemptions(violations, environment.policy.exemptions, today);
  return { policy: results, errors: results.filter(isFatal).map(asError), warnings };
}

const asError = ({ rule, resource, message, remedy }: PolicyResult): Problem => ({
  message:
    `${resource} breaks the rule ${rule}: ${message}; ${remedy}; ` +
    "or exempt it with a reason and an end: spectrum:policy.exemptions (docs/policy.md)",
  location: null,
});
