/** Which tier is the cheapest at each point of a range, and where another one becomes it. Pure. */
import { usageSchema } from "../../app/config/schema";
import type { UsageConfig } from "../../app/config/types";
import type { TierName } from "../../app/tiers";

/** `replicas` is how many copies run, which is planned anew; all else is what a price assumes. */
export type SweepKey = keyof UsageConfig;

export interface SweepRange {
  readonly key: SweepKey;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export interface SweepPoint {
  readonly value: number;
  /** USD a month of the app alone, fixed and by use; `null` where the tier cannot run it so. */
  readonly usd: Readonly<Partial<Record<TierName, number | null>>>;
  /** `null` where no tier can. */
  readonly cheapest: TierName | null;
}

/** From the point on, `to` is the cheapest. */
export interface Crossing {
  readonly at: number;
  readonly from: TierName | null;
  readonly to: TierName | null;
}

export interface Sweep extends SweepRange {
  readonly points: readonly SweepPoint[];
  readonly crossings: readonly Crossing[];
}

/** The most points of a range that says no step. */
const POINTS = 50;

/** `replicas=1..50`, `hours=1..24`, `requests=0..10000000/500000`; a message where it is none of that. */
export function parseSweep(text: string): SweepRange | { readonly wrong: string } {
  const keys = Object.keys(usageSchema.shape);
  const [, key = "", low = "", high = "", given] = /^(\w+)=([\d.]+)\.\.([\d.]+)(?:\/([\d.]+))?$/u.exec(text) ?? [];
  const [from, to] = [Number(low), Number(high)];
  if (!keys.includes(key) || !(from < to))
    return {
      wrong: `got ${JSON.stringify(text)}; give a range such as replicas=1..50 or requests=0..10000000/500000, of ${keys.join(", ")}`,
    };
  const step = given === undefined ? Math.max(1, Math.ceil((to - from) / POINTS)) : Number(given);
  const allowed = usageSchema.safeParse({ [key]: to });
  if (!allowed.success) return { wrong: `got ${JSON.stringify(text)}; ${key} is at most 24` };
  const whole = key !== "replicas" || [from, to, step].every(Number.isInteger);
  if (!(step > 0) || !whole || (key === "replicas" && from < 1))
    return { wrong: `got ${JSON.stringify(text)}; the step is above 0, and replicas are whole numbers from 1 on` };
  return { key: key as SweepKey, from, to, step };
}

/** The values of a range, its end included. */
export function valuesOf({ from, to, step }: SweepRange): readonly number[] {
  const count = Math.floor((to - from) / step + 1e-9);
  const values = Array.from({ length: count + 1 }, (_, i) => clean(from + i * step));
  return values.at(-1) === to ? values : [...values, to];
}

const clean = (value: number): number => Math.round(value * 1e6) / 1e6;

/** The cheapest at each point; of two that cost the same the one that stands first. */
export function pointOf(value: number, usd: SweepPoint["usd"]): SweepPoint {
  const cheapest = (Object.entries(usd) as [TierName, number | null][]).reduce<[TierName, number] | null>(
    (best, [tier, price]) => (price !== null && (best === null || price < best[1] - 1e-9) ? [tier, price] : best),
    null,
  );
  return { value, usd, cheapest: cheapest?.[0] ?? null };
}

/**
 * Where the cheapest changes. Between two points of a range that can be priced anywhere the change is narrowed down.
 *
 * @param between the point at any value; `null`: only the points themselves are known
 */
export function crossingsOf(
  points: readonly SweepPoint[],
  between: ((value: number) => SweepPoint) | null,
): readonly Crossing[] {
  return points.flatMap((point, i): Crossing[] => {
    const before = points[i - 1];
    if (before === undefined || before.cheapest === point.cheapest) return [];
    const at = between ? narrowed(before, point, between) : point.value;
    return [{ at, from: before.cheapest, to: point.cheapest }];
  });
}

/** Of a range; finer than that no assumption is. */
const PRECISION = 1e-4;

function narrowed(before: SweepPoint, after: SweepPoint, between: (value: number) => SweepPoint): number {
  let [low, high] = [before.value, after.value];
  const least = (high - low) * PRECISION;
  while (high - low > least) {
    const middle = (low + high) / 2;
    if (between(middle).cheapest === before.cheapest) low = middle;
    else high = middle;
  }
  // as many digits as are known
  const digits = Math.max(0, -Math.floor(Math.log10(least)) - 1);
  return Number(high.toFixed(digits));
}
