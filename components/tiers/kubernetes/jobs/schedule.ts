/** When a CronJob runs its job. Pure. */
import type { JobConfig } from "../../../../app/config/types";
import { cronSchedule } from "./cron";

/** A time that a suspended CronJob never comes to: Kubernetes wants one of each. */
const NO_SCHEDULE = "0 0 1 1 *";

/** The part of a CronJob's spec that says when; suspended where its job has no schedule, or one that cannot be said. */
export function cronJobTimes(job: JobConfig, oneWriter: boolean) {
  const found = job.at === null ? null : cronSchedule(job.at);
  const concurrencyPolicy = job.concurrency === "allow" && !oneWriter ? "Allow" : "Forbid";
  if (found === null || "reason" in found) return { schedule: NO_SCHEDULE, suspend: true, concurrencyPolicy };
  return {
    schedule: found.schedule,
    // an interval is one wherever it is; by another zone's clock it would change with summer time
    timeZone: found.byTheClock ? "UTC" : job.timezone,
    suspend: false,
    concurrencyPolicy,
    ...(job.windowMinutes > 0 && { startingDeadlineSeconds: job.windowMinutes * 60 }),
  };
}
