/** Looks in the cloud at all that an environment has, and changes nothing. */
import { InputError } from "../../app/finding";
import { planUnbudgeted } from "../../plan/plan";
import { type EnvironmentStack, guardStack, type HistoryEntry, type OperationOptions } from "../engine";
import { findDrift } from "./find";
import type { DriftReport } from "./report";

/**
 * Throws `InputError` where the config is wrong, the credentials are another account's, or something in the cloud could not be
 * looked at: an answer that leaves out a part would be taken for all of it.
 */
export async function driftOf(
  stack: EnvironmentStack,
  options: Pick<OperationOptions, "onEvent" | "signal"> = {},
): Promise<DriftReport> {
  const { environment } = stack;
  await guardStack(stack);
  const { resources, errors } = await planUnbudgeted(stack.root, stack.config, { environment });
  if (resources.length === 0) throw new InputError(errors);
  const since = lastUpdate(await stack.history());
  const { outcome, steps, errors: failures } = await stack.previewRefresh(options);
  if (outcome !== "succeeded") {
    const said = failures.length > 0 ? failures.join("; ") : "it was told to stop";
    throw new InputError([{ message: `${environment} could not be looked at: ${said}`, location: null }]);
  }
  return { environment, since, ...findDrift(steps, resources) };
}

/** When the state was last made what the cloud is. */
export function lastUpdate(history: readonly HistoryEntry[]): string | null {
  const matched = new Set(["update", "refresh", "destroy"]);
  return history.find(({ kind, result }) => matched.has(kind) && result === "succeeded")?.endTime ?? null;
}
