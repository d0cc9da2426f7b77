/** What an environment would be with other releases, beside what its file says now. Needs no cloud. */
import { InputError } from "../../app/finding";
import { releaseApp } from "../../plan/config-choice";
import { planStack, planUnbudgeted } from "../../plan/plan";
import type { StackConfig } from "../../plan/stack-config";
import type { Plan } from "../../plan/types";
import { type PlanDifference, planDifference } from "../diff/plan";
import type { BroughtRelease } from "./types";

export interface Candidate {
  /** With the releases; without errors. */
  readonly plan: Plan;
  /** From the file as it is now; `null` where that cannot be planned. */
  readonly difference: PlanDifference | null;
}

/**
 * Plans the environment with the releases. Throws `InputError` where it may not be so: a refusal that nobody accepted, a
 * mandatory rule broken, a budget exceeded.
 */
export async function planCandidate(
  root: string,
  config: StackConfig,
  releases: readonly BroughtRelease[],
): Promise<Candidate> {
  const then = releases.reduce((with_, { app, id }) => releaseApp(with_, app, id), config);
  const plan = await planStack(root, then, {});
  if (plan.errors.length > 0) throw new InputError(plan.errors);
  const now = await planUnbudgeted(root, config, {});
  return { plan, difference: now.resources.length > 0 ? planDifference(now, plan) : null };
}
