import assert from "node:assert/strict";
import fc from "fast-check";
import { cronSchedule } from "../../../../../components/tiers/kubernetes/jobs/cron";

/** Values of a field, where both sides agree on what an item of it means; each side has its own numbers and names. */
function valuesOf(text: string, min: number, max: number, names: readonly string[]): ReadonlySet<number> {
  const number = (word: string) => (names.includes(word) ? names.indexOf(word) + min : Number(word));
  return new Set(
    text.split(",").flatMap((item) => {
      const [range = "", step] = item.split("/");
      const [from = "", to] = range === "*" || range === "?" ? [String(min), String(max)] : range.split("-");
      const low = number(from);
      const high = to === undefined ? (step === undefined ? low : max) : number(to);
      return Array.from({ length: max - min + 1 }, (_, i) => min + i).filter(
        (value) => value >= low && value <= high && (value - low) % Number(step ?? 1) === 0,
      );
    }),
  );
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
type Times = (at: Date) => boolean;

/** AWS: six fields, Sunday is 1, and the day that is `?` does not count. */
function eventBridge(expression: string): Times {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = expression.slice(5, -1).split(" ");
  const minutes = valuesOf(minute, 0, 59, []);
  const hours = valuesOf(hour, 0, 23, []);
  const days = valuesOf(day, 1, 31, []);
  const months = valuesOf(month, 1, 12, MONTHS);
  const weekdays = valuesOf(weekday, 1, 7, DAYS);
  return (at) =>
    minutes.has(at.getUTCMinutes()) &&
    hours.has(at.getUTCHours()) &&
    months.has(at.getUTCMonth() + 1) &&
    (day === "?" ? weekdays.has(at.getUTCDay() + 1) : days.has(at.getUTCDate()));
}

/** Kubernetes: five fields, Sunday is 0, and of two days that are both named one is enough. */
function kubernetes(schedule: string): Times {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = schedule.split(" ");
  const minutes = valuesOf(minute, 0, 59, []);
  const hours = valuesOf(hour, 0, 23, []);
  const days = valuesOf(day, 1, 31, []);
  const months = valuesOf(month, 1, 12, MONTHS);
  const weekdays = valuesOf(weekday, 0, 6, DAYS);
  return (at) => {
    const [byDay, byWeekday] = [days.has(at.getUTCDate()), weekdays.has(at.getUTCDay())];
    const either = day !== "*" && weekday !== "*";
    return (
      minutes.has(at.getUTCMinutes()) &&
      hours.has(at.getUTCHours()) &&
      months.has(at.getUTCMonth() + 1) &&
      (either ? byDay || byWeekday : byDay && byWeekday)
    );
  };
}

const START = Date.UTC(2027, 0, 1);
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const ofDay = (day: number) => Array.from({ length: 1440 }, (_, i) => new Date(day + i * MINUTE));
/** Each day of two years, 2028 among them, at a time at which both run. */
const days = (minutes: number) => Array.from({ length: 731 }, (_, i) => new Date(START + i * DAY + minutes * MINUTE));

const item = (min: number, max: number, names: readonly string[] = []) => {
  const word = (value: number) => {
    const name = names[value - min];
    return name === undefined ? fc.constant(String(value)) : fc.constantFrom(String(value), name, name.toLowerCase());
  };
  const value = fc.integer({ min, max });
  const one = value.chain(word);
  const range = fc
    .tuple(value, value)
    .chain(([a, b]) => fc.tuple(word(Math.min(a, b)), word(Math.max(a, b))))
    .map(([a, b]) => `${a}-${b}`);
  const step = fc.integer({ min: 1, max: 20 });
  const stepped = fc.tuple(fc.oneof(fc.constant("*"), one, range), step).map(([of, by]) => `${of}/${by}`);
  return fc.oneof(one, range, stepped);
};
const field = (min: number, max: number, names?: readonly string[]) =>
  fc.oneof(
    fc.constant("*"),
    fc.array(item(min, max, names), { minLength: 1, maxLength: 3 }).map((items) => items.join(",")),
  );
const expression = fc
  .tuple(
    field(0, 59),
    field(0, 23),
    field(1, 12, MONTHS),
    fc.oneof(
      field(1, 31).map((day) => [day, "?"] as const),
      field(1, 7, DAYS).map((weekday) => ["?", weekday] as const),
    ),
  )
  .map(([minute, hour, month, [day, weekday]]) => `cron(${minute} ${hour} ${day} ${month} ${weekday} *)`);

const scheduleOf = (at: string): string => {
  const found = cronSchedule(at);
  assert.ok("schedule" in found, `${at}: ${JSON.stringify(found)}`);
  return found.schedule;
};

describe("a schedule of EventBridge's in a CronJob", () => {
  it("runs on the same days of two years, and at the same minutes of a day", () => {
    fc.assert(
      fc.property(expression, (at) => {
        const [theirs, ours] = [eventBridge(at.toUpperCase()), kubernetes(scheduleOf(at))];
        // a day and a minute that run, where there are any: fields do not depend on each other
        const day = Array.from({ length: 731 }, (_, i) => START + i * DAY).find((d) => ofDay(d).some(theirs)) ?? START;
        const minute = Math.max(0, ofDay(day).findIndex(theirs));
        assert.deepEqual(ofDay(day).map(ours), ofDay(day).map(theirs), at);
        assert.deepEqual(days(minute).map(ours), days(minute).map(theirs), at);
      }),
      { numRuns: 60 },
    );
  });

  it("has Kubernetes' own form", () => {
    const table: Readonly<Record<string, string>> = {
      "cron(0 3 * * ? *)": "0 3 * * *",
      "cron(0/15 8-18 ? * MON-FRI *)": "0/15 8-18 * * 1-5",
      "cron(5,35 */6 1,15 jan,JUL ? *)": "5,35 */6 1,15 1,7 *",
      "cron(0 0 ? * 1,7 *)": "0 0 * * 0,6",
      "cron(0 0 ? 1-6/2 2/3 *)": "0 0 * 1-6/2 1/3",
      "rate(1 minute)": "* * * * *",
      "rate(20 minutes)": "*/20 * * * *",
      "rate(60 minutes)": "0 * * * *",
      "rate(1 hour)": "0 * * * *",
      "rate(360 minutes)": "0 */6 * * *",
      "rate(24 hours)": "0 0 * * *",
      "rate(1 day)": "0 0 * * *",
    };
    for (const [at, schedule] of Object.entries(table)) assert.equal(scheduleOf(at), schedule, at);
  });

  it("is at even distances, where it is a rate that can be had", () => {
    for (let minutes = 1; minutes <= 3000; minutes++) {
      const found = cronSchedule(`rate(${minutes} minutes)`);
      if (!("schedule" in found)) continue;
      assert.equal(found.byTheClock, true);
      const runs = kubernetes(found.schedule);
      const times = [0, 1, 2].flatMap((day) => ofDay(START + day * DAY)).filter(runs);
      for (const [i, time] of times.slice(1).entries())
        assert.equal((time.getTime() - (times[i]?.getTime() ?? 0)) / MINUTE, minutes);
      assert.equal(times.length, (3 * 1440) / minutes);
    }
  });

  it("is refused where it would mean something else, with the reason and what to do", () => {
    const table: Readonly<Record<string, RegExp>> = {
      "cron(0 3 L * ? *)": /last, nearest or nth/u,
      "cron(0 3 15W * ? *)": /last, nearest or nth/u,
      "cron(0 3 ? * 6L *)": /last, nearest or nth/u,
      "cron(0 3 ? * FRIL *)": /last, nearest or nth/u,
      "cron(0 3 ? * MON#1 *)": /last, nearest or nth/u,
      "cron(0 3 1 JUL-JUN ? *)": /JUL-JUN is no month/u,
      "cron(0 3 ? * SAT-SUN *)": /SAT-SUN is no day-of-week/u,
      "cron(0 3 * * ? 2027)": /the year 2027/u,
      "cron(0 3 * * ? 2027-2030)": /the year 2027-2030/u,
      "cron(0 3 * * *)": /has 5 fields/u,
      "cron(0 3 * * * *)": /\? for the other/u,
      "cron(0 3 ? * ? *)": /\? for the other/u,
      "cron(60 3 * * ? *)": /60 is no minutes/u,
      "cron(0 24 * * ? *)": /24 is no hours/u,
      "cron(0 3 0 * ? *)": /0 is no day-of-month/u,
      "cron(0 3 ? * 8 *)": /8 is no day-of-week/u,
      "cron(*/0 3 * * ? *)": /\*\/0 is no minutes/u,
      "cron(? 3 * * ? *)": /\? is no minutes/u,
      "cron(0-*/2 3 * * ? *)": /is no minutes/u,
      "rate(7 minutes)": /every 7 minutes/u,
      "rate(90 minutes)": /every 90 minutes/u,
      "rate(5 hours)": /every 5 hours/u,
      "rate(2 days)": /every 2 days/u,
      "rate(0 minutes)": /rate\(0 minutes\) is none/u,
      "rate(1 week)": /is none/u,
      "at(2027-01-01T00:00:00)": /one moment/u,
    };
    for (const [at, reason] of Object.entries(table)) {
      const found = cronSchedule(at);
      assert.ok("reason" in found, `${at} is ${JSON.stringify(found)}`);
      assert.match(found.reason, reason);
      assert.notEqual(found.remedy, "");
    }
  });
});
