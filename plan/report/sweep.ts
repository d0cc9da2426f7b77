/** A sweep as a chart of lines, with its numbers in a table beneath. Pure. */
import type { TierName } from "../../app/tiers";
import { numberText, sweptTiers } from "../compare/plot";
import type { Sweep, SweepPoint } from "../compare/sweep";
import { usdText } from "../prices/render";
import { html, type Markup } from "./html";
import { tierLink } from "./overview";
import { frame, table } from "./table";

/** In pixels: the whole picture, and where the lines are in it. */
const SIZE = { width: 760, height: 320 } as const;
const PLOT = { left: 56, right: 600, top: 12, bottom: 276 } as const;
/** What a line of text takes. */
const LINE = 17;

/** Each line has a colour and a mark of its own: it is known without the one or the other. */
const MARKS: readonly ((x: number, y: number) => string)[] = [
  (x, y) => `M${x - 4} ${y - 4}h8v8h-8z`,
  (x, y) => `M${x} ${y - 5}l5 9h-10z`,
  (x, y) => `M${x} ${y - 6}l6 6l-6 6l-6 -6z`,
  (x, y) => `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`,
];
/** So many marks along a line. */
const MARKED = 6;

export function sweepPart(sweep: Sweep): Markup {
  const { key, points, crossings } = sweep;
  const tiers = sweptTiers(sweep);
  const name = (tier: TierName | null) => (tier === null ? "none" : tierLink({ tier }));
  const [first] = points;
  if (!first || tiers.length === 0) return html`<p>No tier can be priced on this range.</p>`;
  return html`<p>
      The cheapest from ${numberText(first.value)} ${key} on:
      ${name(first.cheapest)}${crossings.map(({ at, to }) => html`; from ${numberText(at)}: ${name(to)}`)}.
    </p>
    ${frame(`USD a month by ${key}`, lines(sweep, tiers))}
    <details>
      <summary>The numbers</summary>
      ${table(
        `USD a month by ${key}, point by point`,
        [{ head: key, number: true }, ...tiers.map((tier) => ({ head: tierLink({ tier }), number: true as const }))],
        points.map(({ value, usd, cheapest }) => ({
          cells: [
            numberText(value),
            ...tiers.map((tier) => {
              const price = usd[tier];
              if (typeof price !== "number") return "–";
              return tier === cheapest ? html`<strong>${usdText(price)}</strong>` : usdText(price);
            }),
          ],
        })),
      )}
    </details>`;
}

function lines({ key, from, to, points }: Sweep, tiers: readonly TierName[]): Markup {
  const priced = (usd: SweepPoint["usd"]) => tiers.flatMap((tier) => usd[tier] ?? []);
  const top = niceTop(Math.max(...points.flatMap(({ usd }) => priced(usd))));
  const x = (value: number) => round(PLOT.left + ((value - from) / (to - from)) * (PLOT.right - PLOT.left));
  const y = (usd: number) => round(PLOT.bottom - (usd / top) * (PLOT.bottom - PLOT.top));
  const series = tiers.map((tier, i) => {
    const at = points.flatMap(({ value, usd }) => {
      const price = usd[tier];
      return typeof price === "number" ? [{ x: x(value), y: y(price) }] : [];
    });
    return { tier, at, colour: `line-${i % 8}`, mark: MARKS[i % MARKS.length] };
  });
  const labels = spread(series.map(({ at }) => at.at(-1)?.y ?? 0));
  return html`<svg
    class="sweep"
    width="${SIZE.width}"
    height="${SIZE.height}"
    viewBox="0 0 ${SIZE.width} ${SIZE.height}"
    role="img"
    aria-label="${`USD a month by ${key}: the numbers stand in the table beneath`}"
  >
    ${[0, 0.25, 0.5, 0.75, 1].map((part) => html`<path class="grid" d="M${PLOT.left} ${y(top * part)}H${PLOT.right}" /><text class="axis" x="${PLOT.left - 8}" y="${y(top * part) + 4}" text-anchor="end">${numberText(top * part)}</text>`)}
    ${[0, 0.5, 1].map((part) => html`<text class="axis" x="${x(from + (to - from) * part)}" y="${PLOT.bottom + 20}" text-anchor="middle">${numberText(from + (to - from) * part)}</text>`)}
    <text class="axis" x="${(PLOT.left + PLOT.right) / 2}" y="${SIZE.height - 6}" text-anchor="middle">${key}</text>
    ${series.map(({ tier, at, colour, mark }, i) => {
      const end = at.at(-1);
      const every = Math.max(1, Math.floor(at.length / MARKED));
      const marks = at
        .filter((_, n) => n % every === 0 || n === at.length - 1)
        .map((point) => mark?.(point.x, point.y) ?? "");
      const label = labels[i] ?? 0;
      return html`<g class="${colour}"
        ><title>${tier}</title
        ><path class="line" d="${at.map((point, n) => `${n === 0 ? "M" : "L"}${point.x} ${point.y}`).join("")}" /><path
          class="mark"
          d="${marks.join("")}"
        />${
          !end
            ? null
            : html`<path class="lead" d="M${end.x + 8} ${end.y}L${PLOT.right + 18} ${label}" /><path
                  class="mark"
                  d="${mark?.(PLOT.right + 26, label) ?? ""}"
                />`
        }<text class="label" x="${PLOT.right + 36}" y="${label + 4}">${tier}</text></g
      >`;
    })}
  </svg>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The least of 1, 2, 3, 4, 5, 6, 8 and 10 times a power of ten that is no less. */
export function niceTop(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 3, 4, 5, 6, 8].find((step) => step * power >= most) ?? 10) * power;
}

/** The heights moved apart until each label has its line, in the same order; none beneath the lines. */
export function spread(heights: readonly number[]): readonly number[] {
  const order = heights.map((height, i) => ({ height, i })).sort((a, b) => a.height - b.height || a.i - b.i);
  const placed = new Map<number, number>();
  let next = PLOT.top;
  for (const [n, { height, i }] of order.entries()) {
    // room for those that are still to come
    const last = PLOT.bottom - (order.length - 1 - n) * LINE;
    const at = Math.min(Math.max(height, next), last);
    placed.set(i, at);
    next = at + LINE;
  }
  return heights.map((_, i) => placed.get(i) ?? 0);
}
