/** Charts: bars beside the numbers that they show. Pure. */
import { usdText } from "../prices/render";
import { html, type Markup } from "./html";

/** One piece of a bar. */
export interface BarPart {
  readonly kind: "fixed" | "usage";
  readonly value: number;
}

/** A bar's length, in units of its own picture. */
const LENGTH = 1000;
/** Shorter pieces are no more seen. */
const LEAST = 3;

/**
 * A bar whose pieces stand one after the other; as long as its cell where they sum up to `most`. Its number stands beside
 * it, so that who cannot see it misses nothing.
 */
export function bar(parts: readonly BarPart[], most: number): Markup {
  let from = 0;
  const pieces = parts
    .filter(({ value }) => value > 0)
    .map(({ kind, value }) => {
      const length = most > 0 ? Math.max(LEAST, Math.min(1, value / most) * LENGTH) : 0;
      const piece = html`<rect class="${kind}" x="${round(from)}" width="${round(length)}" height="10" />`;
      from += length;
      return piece;
    });
  return html`<svg class="bar" viewBox="0 0 ${LENGTH} 10" preserveAspectRatio="none" aria-hidden="true">
    ${pieces}
  </svg>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** What the colours of bars mean. */
export const barLegend = (): Markup =>
  html`<p class="legend">
    <span class="key"><span class="swatch fixed"></span>fixed</span>
    <span class="key"><span class="swatch usage"></span>by use</span>
  </p>`;

/** One bar with its name and its number. */
export interface Bar {
  readonly label: Markup;
  readonly parts: readonly BarPart[];
  /** Before the number: `≥`, `~` or nothing. */
  readonly mark: string;
}

/** Bars under each other, all by one scale: the longest is as long as there is room. USD a month. */
export function barChart(caption: string, bars: readonly Bar[]): Markup {
  const sums = bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const most = Math.max(...sums, 0);
  return html`<table class="bars">
    <caption class="hidden">
      ${caption}
    </caption>
    <thead class="hidden">
      <tr>
        <th scope="col">what</th>
        <th scope="col">chart</th>
        <th scope="col">USD a month</th>
      </tr>
    </thead>
    <tbody>
      ${bars.map(
        ({ label, parts, mark }, i) =>
          html`<tr>
            <th scope="row">${label}</th>
            <td>${bar(parts, most)}</td>
            <td class="number">${mark}${usdText(sums[i] ?? 0)}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}
