/** What a load balancer's health checks say, in counts. Pure. */
import type { TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { EntryHealth } from "./model";

/** Targets that are on their way out count nowhere. */
export function entryHealth(targets: readonly TargetHealthDescription[]): EntryHealth {
  const count = (...states: readonly string[]) =>
    targets.filter(({ TargetHealth }) => states.includes(TargetHealth?.State ?? "")).length;
  return {
    healthy: count("healthy"),
    unhealthy: count("unhealthy", "unavailable", "unhealthy.draining"),
    // `unused`: no rule leads to the group yet
    waiting: count("initial", "unused"),
  };
}

/** Why the unhealthy ones are, each reason once: `Target.ResponseCodeMismatch: … [502]`. */
export function entryReasons(targets: readonly TargetHealthDescription[]): readonly string[] {
  const reasons = targets
    .filter(({ TargetHealth }) => TargetHealth?.State === "unhealthy" || TargetHealth?.State === "unavailable")
    .map(({ TargetHealth }) => TargetHealth?.Description ?? TargetHealth?.Reason ?? "no reason given");
  return [...new Set(reasons)].map((reason) => `the entry's health check: ${reason}`);
}
