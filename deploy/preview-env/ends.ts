/** The last day of a preview environment. Pure. */

/** Days that one lasts where nobody says, and at most. */
export const DAYS = { default: 3, most: 30 } as const;

export interface EndChoice {
  /** `YYYY-MM-DD`, in UTC. */
  readonly until?: string;
  /** From today on. */
  readonly days?: string;
}

/**
 * The last day, `YYYY-MM-DD` in UTC; or what is wrong with what was given.
 *
 * @param today the same form
 */
export function lastDay(
  { until, days }: EndChoice,
  today: string,
): { readonly day: string } | { readonly wrong: string } {
  if (until !== undefined && days !== undefined) return { wrong: "--until and --days both say when it ends; give one" };
  if (until === undefined) {
    const count = Number(days ?? DAYS.default);
    return Number.isInteger(count) && count >= 1 && count <= DAYS.most
      ? { day: plusDays(today, count) }
      : { wrong: `--days got ${JSON.stringify(days)}; give 1 to ${DAYS.most}` };
  }
  const most = plusDays(today, DAYS.most);
  return isDay(until) && until >= today && until <= most
    ? { day: until }
    : {
        wrong: `--until got ${JSON.stringify(until)}; give a day from ${today} to ${most}, as ${plusDays(today, DAYS.default)}`,
      };
}

/** The day itself still belongs to it. */
export const hasEnded = (day: string, today: string): boolean => day < today;

export const todayInUtc = (): string => new Date().toISOString().slice(0, 10);

function plusDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** A day of the calendar. */
const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/u.test(text) && !Number.isNaN(Date.parse(text)) && plusDays(text, 0) === text;
