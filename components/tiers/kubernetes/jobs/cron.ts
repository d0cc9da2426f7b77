/**
 * EventBridge's schedules as a CronJob takes them: five fields in place of six, Sunday is 0 and not 1, no years. Pure.
 *
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */

/** A CronJob's schedule, or why there is none. */
export type CronSchedule =
  | {
      readonly schedule: string;
      /** True where only the interval is kept: EventBridge counts from when the schedule is made, a CronJob by the clock. */
      readonly byTheClock: boolean;
    }
  | { readonly reason: string; readonly remedy: string };

/** `cron(0 3 ? * MON-FRI *)` is `0 3 * * 1-5` here, `rate(1 hour)` is `0 * * * *`. */
export function cronSchedule(at: string): CronSchedule {
  const [, kind, words = ""] = /^(cron|rate|at)\((.+)\)$/u.exec(at.trim()) ?? [];
  if (kind === "cron") return fromCron(words.trim().toUpperCase().split(/\s+/u));
  if (kind === "rate") return fromRate(words.trim());
  return {
    reason: `${at} is one moment, and a CronJob has no year`,
    remedy: "say job: once and run it by hand then, or use the tier fargate",
  };
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** The names of the values from `min` on. */
  readonly names: readonly string[];
  /** What Kubernetes counts less. */
  readonly shift: number;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const field = (name: string, min: number, max: number, names: readonly string[] = [], shift = 0): Field => ({
  name,
  min,
  max,
  names,
  shift,
});
const FIELDS: readonly Field[] = [
  field("minutes", 0, 59),
  field("hours", 0, 23),
  field("day-of-month", 1, 31),
  field("month", 1, 12, MONTHS),
  field("day-of-week", 1, 7, DAYS, 1),
];

function fromCron(words: readonly string[]): CronSchedule {
  const [, , day = "", , weekday = "", year = ""] = words;
  if (words.length !== 6)
    return {
      reason: `it has ${words.length} fields, and EventBridge's cron has six`,
      remedy: "say minutes, hours, day-of-month, month, day-of-week and year: cron(0 3 * * ? *)",
    };
  if (year !== "*")
    return {
      reason: `the year ${year} cannot be said in a CronJob`,
      remedy: "say * for the year, or use the tier fargate",
    };
  if ((day === "?") === (weekday === "?"))
    return {
      reason: "EventBridge takes a day of the month or a day of the week, and ? for the other",
      remedy: "say ? for one of them: cron(0 3 * * ? *), cron(0 3 ? * MON *)",
    };
  const read: string[] = [];
  for (const [i, one] of FIELDS.entries()) {
    const found = readField(one, words[i] ?? "");
    if (typeof found !== "string") return found;
    read.push(found);
  }
  return { schedule: read.join(" "), byTheClock: false };
}

type Wrong = Extract<CronSchedule, { reason: string }>;

function readField(of: Field, text: string): string | Wrong {
  if (text === "?" && of.name.startsWith("day-")) return "*";
  const items = text.split(",").map((item) => readItem(of, item));
  if (items.every((item) => item !== null)) return items.join(",");
  if (/#|L$|W$/u.test(text.replace(/\b[A-Z]{3}\b/gu, "")))
    return {
      reason: `${text} of ${of.name} cannot be said in a CronJob: it knows no last, nearest or nth day`,
      remedy: "run it on more days, and let the job itself end at once on the others; or use the tier fargate",
    };
  return {
    reason: `${text} is no ${of.name}`,
    remedy: `say numbers from ${of.min} to ${of.max}${of.names.length > 0 ? `, or names from ${of.names[0] ?? ""} on` : ""}, with , - * or /, the smaller first`,
  };
}

/** `*`, `5`, `1-5`, each with `/2` or without; `null` where it is none of them. */
function readItem(of: Field, item: string): string | null {
  const [, from = "", to, step] = /^([A-Z]{3}|\d{1,2}|\*)(?:-([A-Z]{3}|\d{1,2}))?(?:\/(\d{1,2}))?$/u.exec(item) ?? [];
  if (step !== undefined && Number(step) === 0) return null;
  const every = step === undefined ? "" : `/${Number(step)}`;
  if (from === "*") return to === undefined ? `*${every}` : null;
  const [low, high] = [valueOf(of, from), to === undefined ? null : valueOf(of, to)];
  if (low === null || (to !== undefined && (high === null || high < low))) return null;
  return `${low - of.shift}${high === null ? "" : `-${high - of.shift}`}${every}`;
}

function valueOf({ min, max, names }: Field, word: string): number | null {
  const named = names.indexOf(word);
  const value = named >= 0 ? named + min : /^\d+$/u.test(word) ? Number(word) : NaN;
  return value >= min && value <= max ? value : null;
}

const MINUTES = { minute: 1, hour: 60, day: 1440 } as const;

/** Only what divides an hour, a day: a CronJob counts from each full one anew. */
function fromRate(words: string): CronSchedule {
  const [, count = "", unit = ""] = /^(\d+)\s+(minute|hour|day)s?$/u.exec(words) ?? [];
  const minutes = Number(count) * MINUTES[unit as keyof typeof MINUTES];
  if (!(minutes > 0))
    return { reason: `rate(${words}) is none`, remedy: "say rate(15 minutes), rate(1 hour) or rate(1 day)" };
  const schedule = everyMinutes(minutes);
  if (schedule !== null) return { schedule, byTheClock: true };
  return {
    reason: `every ${words} cannot be said in a CronJob, which counts from each full hour and day anew`,
    remedy: "say a rate that divides 60 minutes or 24 hours, or the times by cron(…)",
  };
}

function everyMinutes(minutes: number): string | null {
  if (minutes < 60) return 60 % minutes === 0 ? `${every(minutes)} * * * *` : null;
  const hours = minutes / 60;
  if (hours < 24) return Number.isInteger(hours) && 24 % hours === 0 ? `0 ${every(hours)} * * *` : null;
  return hours === 24 ? "0 0 * * *" : null;
}

const every = (step: number) => (step === 1 ? "*" : `*/${step}`);
