/** A sweep as text: the cheapest at each change, and prices as curves of letters. Pure. */
import type { TierName } from "../../app/tiers";
import { usdText } from "../prices/render";
import type { Sweep } from "./sweep";
import { renderTable } from "./table";

const HEIGHT = 16;
const WIDTH = 64;
const LETTERS = "ABCDEFGH";

/** Lines without a line feed. */
export function renderSweep(sweep: Sweep): readonly string[] {
  const tiers = sweptTiers(sweep);
  return [...changes(sweep), "", ...table(sweep, tiers), "", ...plot(sweep, tiers)];
}

/** Those that can run at one point at least. */
export const sweptTiers = ({ points }: Sweep): readonly TierName[] =>
  [...new Set(points.flatMap(({ usd }) => Object.keys(usd) as TierName[]))].filter((tier) =>
    points.some(({ usd }) => typeof usd[tier] === "number"),
  );

function changes({ key, points, crossings }: Sweep): readonly string[] {
  const [first] = points;
  if (!first) return [];
  const name = (tier: TierName | null) => tier ?? "none";
  return [
    `  from ${numberText(first.value)} ${key} on: ${name(first.cheapest)}`,
    ...crossings.map(({ at, to }) => `  from ${numberText(at)} ${key} on: ${name(to)}`),
  ];
}

/** The most rows; the first, the last and those with a change are among them. */
const ROWS = 12;

function table({ key, points, crossings }: Sweep, tiers: readonly TierName[]): readonly string[] {
  const every = Math.ceil(points.length / ROWS);
  const changed = new Set(crossings.map(({ at }) => points.find(({ value }) => value >= at)?.value));
  const shown = points.filter(({ value }, i) => i % every === 0 || i === points.length - 1 || changed.has(value));
  const cell = (usd: number | null | undefined, best: boolean) =>
    typeof usd === "number" ? `${best ? "*" : ""}${usdText(usd)}` : "-";
  const rows = shown.map(({ value, usd, cheapest }) => [
    numberText(value),
    ...tiers.map((tier) => cell(usd[tier], tier === cheapest)),
  ]);
  return renderTable([[key, ...tiers], ...rows], () => true);
}

/** Each tier's price by a letter of its own, `*` where several meet; prices upwards, the range to the right. */
function plot({ key, points }: Sweep, tiers: readonly TierName[]): readonly string[] {
  const [first] = points;
  const last = points.at(-1);
  const prices = points.flatMap(({ usd }) => tiers.flatMap((tier) => usd[tier] ?? []));
  if (!first || !last || prices.length === 0) return [];
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const span = high - low || 1;
  const width = Math.min(WIDTH, Math.max(points.length, 2));
  const grid = Array.from({ length: HEIGHT }, () => Array.from({ length: width }, () => " "));
  for (const { value, usd } of points) {
    const column = Math.round(((value - first.value) / (last.value - first.value)) * (width - 1));
    for (const [i, tier] of tiers.entries()) {
      const price = usd[tier];
      if (typeof price !== "number") continue;
      const line = grid[HEIGHT - 1 - Math.round(((price - low) / span) * (HEIGHT - 1))];
      if (line) line[column] = [" ", LETTERS[i]].includes(line[column]) ? (LETTERS[i] ?? "?") : "*";
    }
  }
  const label = (line: number) => (line === 0 ? usdText(high) : line === HEIGHT - 1 ? usdText(low) : "");
  const margin = Math.max(usdText(high).length, usdText(low).length);
  const end = numberText(last.value);
  return [
    ...grid.map((cells, line) => `  ${label(line).padStart(margin)} │${cells.join("").trimEnd()}`),
    `  ${" ".repeat(margin)} └${"─".repeat(width)}`,
    `  ${" ".repeat(margin)}  ${numberText(first.value).padEnd(Math.max(0, width - end.length))}${end} ${key}`,
    `  USD a month: ${tiers.map((tier, i) => `${LETTERS[i] ?? "?"} ${tier}`).join(", ")}; * where several meet`,
  ];
}

/** `1,000,000.25` */
export const numberText = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 2 });
