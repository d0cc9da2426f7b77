import { matches, type StatesError } from "./failure";
import type { Retrier } from "../states";

/**
 * The wait in seconds before the next attempt, without jitter; `null` where no retrier matches, or the first that does is used
 * up. `tried` counts by retrier, and is counted on. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function retryOf(
  retries: readonly Retrier[],
  tried: number[],
  error: StatesError,
): { readonly seconds: number } | null {
  const index = retries.findIndex(({ errorEquals }) => matches(errorEquals, error));
  const retrier = retries[index];
  const before = tried[index] ?? 0;
  if (retrier === undefined || before >= retrier.maxAttempts) return null;
  tried[index] = before + 1;
  const seconds = retrier.intervalSeconds * retrier.backoffRate ** before;
  return { seconds: Math.min(seconds, retrier.maxDelaySeconds ?? Number.MAX_SAFE_INTEGER) };
}
