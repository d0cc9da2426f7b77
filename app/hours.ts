/**
 * When an app runs, where it does not run all the time: `mon-fri 07:00-20:00 Europe/Berlin` as the minutes of a week, and as the
 * cron expressions that start and stop it. Pure. Summer time is the scheduler's: every time is one of the zone's clock.
 */
import { isTimeZone } from "./time-zone";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const DAY_MINUTES = 1440;
export const WEEK_MINUTES = 7 * DAY_MINUTES;

/** Minutes from Monday 00:00 on; `to` is above `from`, and may lie in the next week. */
interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Hours {
  /** As IANA calls it. */
  readonly timezone: string;
  /** Apart from each other, in the order of the week; never the whole week. */
  readonly spans: readonly Span[];
}

/** A time of the day at which what has hours is started, or stopped, on some days. */
export interface Switch {
  /** Unlike the others': `start`, `stop`, `stop-2`. */
  readonly key: string;
  readonly on: boolean;
  /** 0 is Monday; in order. */
  readonly days: readonly number[];
  /** Of the day. */
  readonly minute: number;
}

const FORM = "give days, times and a time zone: mon-fri 07:00-20:00 Europe/Berlin";

/** @returns the hours, or what is wrong with one of the texts */
export function parseHours(texts: readonly string[]): Hours | { readonly wrong: string } {
  const windows = texts.map(parseWindow);
  const [first] = windows;
  if (first === undefined) return { wrong: `got nothing; ${FORM}` };
  for (const window of windows) if ("wrong" in window) return window;
  const read = windows as readonly Window[];
  const { timezone } = read[0]!;
  const other = read.find((window) => window.timezone !== timezone);
  if (other) return { wrong: `got times of ${timezone} and of ${other.timezone}; give them all in one time zone` };
  const spans = merged(read.flatMap((window) => window.spans));
  if (minutesOf(spans) === WEEK_MINUTES) return { wrong: "that is the whole week; leave hours out" };
  return { timezone, spans };
}

interface Window {
  readonly timezone: string;
  readonly spans: readonly Span[];
}

function parseWindow(text: string): Window | { readonly wrong: string } {
  const [, daysText = "", from = "", to = "", timezone = ""] =
    /^(\S+)\s+(\d\d?:\d\d)-(\d\d?:\d\d)(?:\s+(\S+))?$/u.exec(text.trim()) ?? [];
  const got = `got ${JSON.stringify(text)}; `;
  if (daysText === "") return { wrong: `${got}${FORM}` };
  const days = parseDays(daysText.toLowerCase());
  if (days === null) return { wrong: `${got}${daysText} are no days; give daily, mon-fri or mon,wed,sat` };
  const [begin, end] = [parseTime(from), parseTime(to)];
  if (begin === null || end === null || begin === DAY_MINUTES)
    return { wrong: `${got}give times from 00:00 to 23:59; 24:00 ends a day` };
  if (begin === end) return { wrong: `${got}it ends when it begins; for the whole day say 00:00-24:00` };
  if (timezone === "") return { wrong: `${got}name the time zone too: Europe/Berlin, America/New_York or UTC` };
  if (!/^(?:UTC|[A-Z]\w*\/[\w/+-]+)$/u.test(timezone) || !isTimeZone(timezone))
    return {
      wrong: `${got}there is no time zone ${timezone}; give an IANA name: Europe/Berlin, America/New_York or UTC`,
    };
  const length = (end - begin + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  return {
    timezone,
    spans: days.map((day) => ({ from: day * DAY_MINUTES + begin, to: day * DAY_MINUTES + begin + length })),
  };
}

/** `daily`, `mon-fri`, `sat-mon`, `mon,wed`; `null` where it is none. */
function parseDays(text: string): readonly number[] | null {
  if (text === "daily") return DAYS.map((_, i) => i);
  const found = text.split(",").flatMap((item): (number | null)[] => {
    const [first = "", last = first, ...rest] = item.split("-");
    const [from, to] = [first, last].map((name) => DAYS.findIndex((day) => day === name)) as [number, number];
    if (from < 0 || to < 0 || rest.length > 0) return [null];
    return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, i) => (from + i) % 7);
  });
  if (found.includes(null)) return null;
  return [...new Set(found as readonly number[])].sort((a, b) => a - b);
}

function parseTime(text: string): number | null {
  const [hour = NaN, minute = NaN] = text.split(":").map(Number);
  const time = hour * 60 + minute;
  return minute < 60 && time <= DAY_MINUTES ? time : null;
}

/** What overlaps or touches is one; what goes over Sunday's end too. */
function merged(spans: readonly Span[]): readonly Span[] {
  const on = Array.from({ length: WEEK_MINUTES }, () => false);
  for (const { from, to } of spans) for (let at = from; at < to; at++) on[at % WEEK_MINUTES] = true;
  if (on.every(Boolean)) return [{ from: 0, to: WEEK_MINUTES }];
  const isOn = (at: number) => on[at % WEEK_MINUTES] === true;
  return on.flatMap((_, from) => {
    if (!isOn(from) || isOn(from + WEEK_MINUTES - 1)) return [];
    let to = from;
    while (isOn(to)) to++;
    return [{ from, to }];
  });
}

const minutesOf = (spans: readonly Span[]): number => spans.reduce((sum, { from, to }) => sum + to - from, 0);

/** Minutes of a week in which it runs. */
export const weekMinutes = ({ spans }: Hours): number => minutesOf(spans);

export const sameHours = (a: Hours | null, b: Hours | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Hours that begin so many minutes earlier and end so many later; `null` where nothing of the week is left without. */
export function widened({ timezone, spans }: Hours, earlier: number, later: number): Hours | null {
  const shifted = spans.map(({ from, to }) => {
    const start = (from - earlier + WEEK_MINUTES) % WEEK_MINUTES;
    return { from: start, to: start + (to - from) + earlier + later };
  });
  const wide = merged(shifted);
  return minutesOf(wide) >= WEEK_MINUTES ? null : { timezone, spans: wide };
}

/** What starts and stops it: the starts first, then by the time of the day. */
export function switchesOf({ spans }: Hours): readonly Switch[] {
  return [true, false].flatMap((on) => {
    const days = new Map<number, number[]>();
    for (const { from, to } of spans) {
      const at = (on ? from : to) % WEEK_MINUTES;
      const minute = at % DAY_MINUTES;
      days.set(minute, [...(days.get(minute) ?? []), Math.floor(at / DAY_MINUTES)]);
    }
    return [...days]
      .sort(([a], [b]) => a - b)
      .map(([minute, found], i): Switch => {
        const key = `${on ? "start" : "stop"}${i === 0 ? "" : `-${i + 1}`}`;
        return { key, on, minute, days: found.sort((a, b) => a - b) };
      });
  });
}

const clock = (minute: number) => `${minute % 60} ${Math.floor(minute / 60)}`;

/**
 * `cron(0 7 ? * MON,TUE *)`, as EventBridge and Application Auto Scaling take it.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function eventBridgeCron({ days, minute }: Switch): string {
  if (days.length === DAYS.length) return `cron(${clock(minute)} * * ? *)`;
  return `cron(${clock(minute)} ? * ${days.map((day) => (DAYS[day] as string).toUpperCase()).join(",")} *)`;
}

/** `0 7 * * 1,2`, as EC2 Auto Scaling takes it: Sunday is 0. https://docs.aws.amazon.com/autoscaling/ec2/userguide/scheduled-scaling-using-cron-expressions.html */
export function unixCron({ days, minute }: Switch): string {
  const week =
    days.length === DAYS.length
      ? "*"
      : days
          .map((day) => (day + 1) % 7)
          .sort()
          .join(",");
  return `${clock(minute)} * * ${week}`;
}

/** A start or a stop by one of the two expressions. */
export interface TimedSwitch {
  readonly on: boolean;
  readonly cron: string;
}

/** Minutes of a week for which such starts and stops leave it on; `null` where one is written in another way, or none stops it. */
export function minutesOn(timed: readonly TimedSwitch[]): number | null {
  const events = timed.flatMap(({ on, cron }) => readCron(cron)?.map((at) => ({ on, at })) ?? [null]);
  if (events.includes(null) || !events.some((event) => event?.on === false)) return null;
  const sorted = (events as readonly { on: boolean; at: number }[]).toSorted((a, b) => a.at - b.at);
  return sorted.reduce((sum, { on, at }, i) => {
    const next = sorted[(i + 1) % sorted.length] as { at: number };
    const length = (next.at - at + WEEK_MINUTES) % WEEK_MINUTES || WEEK_MINUTES;
    return on ? sum + length : sum;
  }, 0);
}

/** The minutes of the week that the expression names; `null` where it is of another form than those above. */
function readCron(cron: string): readonly number[] | null {
  const bridge = /^cron\((\d+) (\d+) (?:\? \* ([A-Z,]+)|\* \* \?) \*\)$/u.exec(cron);
  const unix = /^(\d+) (\d+) \* \* (?:([0-6,]+)|\*)$/u.exec(cron);
  const [, minute, hour, words] = bridge ?? unix ?? [];
  if (minute === undefined || hour === undefined) return null;
  const days = words
    ?.split(",")
    .map((word) => (bridge ? DAYS.findIndex((day) => day === word.toLowerCase()) : (Number(word) + 6) % 7));
  return (days ?? DAYS.map((_, i) => i)).map((day) => day * DAY_MINUTES + Number(hour) * 60 + Number(minute));
}
