/** Scheduled scaling as Beanstalk takes it. Pure. */
import type { ScheduledScale } from "../../../app/config/types";

/** `aws:autoscaling:scheduledaction` of one action: a Unix cron line in UTC, or a time. */
export type Schedule = { readonly recurrence: string } | { readonly startTime: string };

const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/**
 * EventBridge's `cron(0 7 ? * MON-FRI *)` as `0 7 * * 1-5`, and `at(2027-01-01T00:00:00)` as it is. `null` for what Auto
 * Scaling cannot say: `rate(…)`, a year, `L`, `W`, `#`, another time zone than UTC.
 *
 * https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-autoscaling-scheduledactions.html
 */
export function scheduleOf({ at, timezone }: Pick<ScheduledScale, "at" | "timezone">): Schedule | null {
  if (!/^(?:Etc\/)?(?:UTC|GMT)$/iu.test(timezone)) return null;
  const time = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/u.exec(at)?.[1];
  if (time !== undefined) return { startTime: `${time}Z` };
  const fields = /^cron\((.+)\)$/u.exec(at)?.[1]?.trim().split(/\s+/u) ?? [];
  const [minute, hour, day, month, weekday, year] = fields;
  if (
    fields.length !== 6 ||
    year !== "*" ||
    [day, weekday].some((f) => /[LW#]/u.test(f?.replace(/[A-Z]{3}/giu, "") ?? ""))
  )
    return null;
  const any = (field: string | undefined) => (field === "?" ? "*" : (field ?? "*"));
  return { recurrence: [minute, hour, any(day), any(month), weekdays(any(weekday))].join(" ") };
}

/** EventBridge counts Sunday as 1, Unix as 0. */
function weekdays(field: string): string {
  if (field === "*") return field;
  return field.replace(/[A-Z]{3}|(?<!\/)\b\d\b/giu, (day) => {
    const named = DAYS.indexOf(day.toUpperCase());
    return String(named >= 0 ? named : Number(day) - 1);
  });
}
