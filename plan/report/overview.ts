/** The report's first part: all tiers in one table, their prices as bars, who does what, and how each grows. Pure. */
import type { TierName } from "../../app/tiers";
import { totalUsd } from "../compare/added";
import { growth, LEGEND, mark, WHO } from "../compare/render";
import type { ComparedTier, Comparison } from "../compare/types";
import { usdText } from "../prices/render";
import { barChart, barLegend } from "./charts";
import { html, idOf, link, type Markup, type Part } from "./html";
import { type Column, table } from "./table";

/** The id of a tier's own part of the page. */
export const tierId = (tier: TierName): string => idOf("tier", tier);

export const tierLink = ({ tier }: Pick<ComparedTier, "tier">): Markup =>
  html`<a href="#${tierId(tier)}"><code>${tier}</code></a>`;

/** The cheapest that fits by what the table is sorted by; `null` where none fits. */
export const cheapestOf = ({ tiers }: Comparison): ComparedTier | null => tiers.find(({ fits }) => fits) ?? null;

/** All tiers, in the comparison's own order. */
export function comparisonTable(comparison: Comparison): Markup {
  const { tiers } = comparison;
  const cheapest = cheapestOf(comparison);
  const adds = tiers.some(({ monthlyUsd }) => monthlyUsd && totalUsd(monthlyUsd.alone) !== totalUsd(monthlyUsd.added));
  const columns: readonly Column[] = [
    { head: "Tier" },
    { head: "Fits" },
    { head: "Fixed, USD a month", number: true },
    { head: "By use", number: true },
    { head: "Total", number: true },
    ...(adds ? [{ head: "Adds to its environment", number: true } as const] : []),
    { head: "Resources", number: true },
    { head: "Changed", number: true },
    { head: "Accepted", number: true },
    { head: "Refused", number: true },
    { head: "Grows" },
    { head: "Starts in" },
  ];
  const usd = (row: ComparedTier, of: (usd: NonNullable<ComparedTier["monthlyUsd"]>) => number): Part =>
    row.monthlyUsd ? usdText(of(row.monthlyUsd)) : "–";
  const rows = tiers.map((row) => ({
    className: row.fits ? "" : "unfit",
    cells: [
      html`${tierLink(row)} <span class="title">${row.title}</span>`,
      fitText(row, row === cheapest),
      html`${row.monthlyUsd ? mark(row) : ""}${usd(row, ({ alone }) => alone.fixed)}`,
      usd(row, ({ alone }) => alone.usage),
      usd(row, ({ alone }) => totalUsd(alone)),
      ...(adds ? [usd(row, ({ added }) => totalUsd(added))] : []),
      row.fits ? row.resources : "–",
      row.changed,
      row.accepted,
      row.refused,
      growth(row.scaling),
      row.start.class,
    ],
  }));
  const legend = LEGEND.filter(([sign]) => tiers.some((row) => mark(row) === sign));
  return html`${table("All tiers side by side", columns, rows)}
  ${legend.map(([sign, text]) => html`<p class="note">${sign} ${LEGEND_HERE[sign] ?? text}</p>`)}`;
}

/** What a page shows itself, where the command leads to its JSON. */
const LEGEND_HERE: Readonly<Record<string, string>> = {
  "~": "a price of it is not certain: the tier's own part says which",
  "≥": "something is unpriced: the tier's own part says what",
};

function fitText({ fits }: ComparedTier, cheapest: boolean): Markup {
  if (!fits) return html`<span class="badge bad">✕ no</span>`;
  return cheapest ? html`<span class="badge good">✓ cheapest</span>` : html`<span class="badge">✓ yes</span>`;
}

/** The tiers' prices as bars, in the table's order. */
export function priceChart({ tiers }: Comparison): Markup {
  const bars = tiers.flatMap((row) => {
    if (!row.monthlyUsd) return [];
    const { fixed, usage } = row.monthlyUsd.alone;
    const parts = [{ kind: "fixed", value: fixed } as const, { kind: "usage", value: usage } as const];
    return [{ label: tierLink(row), parts, mark: mark(row) }];
  });
  return html`${barLegend()}${barChart("USD a month on each tier", bars)}`;
}

/** Who does what, tier by tier; each tier's own part says how. */
export function responsibilitiesTable({ tiers }: Comparison): Markup {
  const topics = [...new Set(tiers.flatMap(({ responsibilities }) => responsibilities.map(({ what }) => what)))];
  const rows = topics.map((topic) => ({
    cells: [
      topic,
      ...tiers.map(({ responsibilities }) => {
        const who = responsibilities.find(({ what }) => what === topic)?.who ?? "nobody";
        return html`<span class="who ${who}">${WHO[who]}</span>`;
      }),
    ],
  }));
  return table("Who does what", [{ head: "What" }, ...tiers.map((row) => ({ head: tierLink(row) }))], rows);
}

/** How far and how fast an app grows on each. */
export function growthTable({ tiers }: Comparison): Markup {
  const rows = tiers.map((row) => ({
    cells: [
      tierLink(row),
      growth(row.scaling),
      row.scaling.toZero ? "yes" : "no",
      html`${row.scaling.how} (${link(row.scaling.source, "source")})`,
      html`${row.start.class}: ${row.start.how} (${link(row.start.source, "source")})`,
    ],
  }));
  const columns = ["Tier", "Grows", "To none", "How", "Starts in"].map((head) => ({ head }));
  return table("How it grows", columns, rows);
}
