/** When EventBridge Scheduler starts something. */

export interface Timing {
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  readonly at: string;
  /** IANA name. */
  readonly timezone: string;
  /** Minutes after its time within which it may start; 0: at its time. */
  readonly windowMinutes: number;
}

/** As `aws.scheduler.Schedule` takes it. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export function scheduleTiming({ at, timezone, windowMinutes }: Timing) {
  return {
    scheduleExpression: at,
    scheduleExpressionTimezone: timezone,
    flexibleTimeWindow:
      windowMinutes === 0 ? { mode: "OFF" } : { mode: "FLEXIBLE", maximumWindowInMinutes: windowMinutes },
  };
}
