/** What one price has over another. Pure. */
import { cents } from "../prices/monthly";
import type { MonthlyPrice, PriceLine, Unpriced } from "../prices/types";

/**
 * The price with something, less the price without it: a line for each quantity that differs, negative where there is less.
 * Lines are the same where they bill the same resource for the same thing at the same price.
 */
export function addedPrice(whole: MonthlyPrice, without: MonthlyPrice): MonthlyPrice {
  const before = new Map<string, PriceLine>();
  for (const line of without.lines) before.set(keyOf(line), sumOf(before.get(keyOf(line)), line));
  const after = new Map<string, PriceLine>();
  for (const line of whole.lines) after.set(keyOf(line), sumOf(after.get(keyOf(line)), line));
  const lines = [...new Set([...after.keys(), ...before.keys()])].flatMap((key) => {
    const [now, then] = [after.get(key), before.get(key)];
    const line = now ?? then;
    if (!line) return [];
    const quantity = clean((now?.quantity ?? 0) - (then?.quantity ?? 0));
    return quantity === 0 ? [] : [{ ...line, quantity, usd: clean(quantity * line.price) }];
  });
  const saved = cents((whole.saved ?? 0) - (without.saved ?? 0));
  const known = new Set(without.unpriced.map(unpricedKey));
  return {
    fixed: cents(whole.fixed - without.fixed),
    usage: cents(whole.usage - without.usage),
    lines,
    unpriced: whole.unpriced.filter((item) => !known.has(unpricedKey(item))),
    ...(saved > 0 && { saved }),
  };
}

export const NOTHING: MonthlyPrice = { fixed: 0, usage: 0, lines: [], unpriced: [] };

/** Fixed and by use. */
export const totalUsd = ({ fixed, usage }: Pick<MonthlyPrice, "fixed" | "usage">): number => cents(fixed + usage);

const keyOf = ({ resource, kind, unit, price, source }: PriceLine) =>
  JSON.stringify([resource, kind, unit, price, source]);
const unpricedKey = ({ resource, what }: Unpriced) => JSON.stringify([resource, what]);

const sumOf = (first: PriceLine | undefined, second: PriceLine): PriceLine =>
  first ? { ...first, quantity: first.quantity + second.quantity, usd: first.usd + second.usd } : second;

const clean = (value: number): number => Math.round(value * 1e8) / 1e8;
