/** A comparison as text for people. Pure. */
import { createColors } from "picocolors";
import type { Colors } from "picocolors/types";
import { formatProblem } from "../../app/finding";
import type { Responsibility, ScalingLimits } from "../../components/tiers/tier";
import { assumptionTexts, usdText } from "../prices/render";
import { totalUsd } from "./added";
import { renderSweep } from "./plot";
import { renderTable } from "./table";
import type { ComparedTier, Comparison } from "./types";

export interface RenderOptions {
  readonly color: boolean;
}

/** The text, with a line feed at the end; empty where nothing could be compared. */
export function renderComparison(comparison: Comparison, { color }: RenderOptions): string {
  const { app, region, from, tiers, assumptions, sweep } = comparison;
  if (tiers.length === 0) return "";
  const colors = createColors(color);
  const sections = [
    [colors.bold(`${app} in ${region}${from === null ? "" : `, on ${from} now`}`), ...rows(tiers, colors)],
    [colors.bold("what costs most"), ...tiers.flatMap(dearest)],
    [colors.bold("who does what"), ...responsibilityTable(tiers)],
    [
      colors.bold("how it grows"),
      ...tiers.map(
        ({ tier, scaling, start }) =>
          `  ${tier}: ${scaling.how}. Starts ${start.class === "seconds" ? "in seconds" : `in ${start.class}`}: ${start.how}`,
      ),
    ],
    ...tiers.filter(hasMove).map((row) => moveLines(row, colors)),
    ...(sweep ? [[colors.bold(`the cheapest by ${sweep.key}, the app alone`), ...renderSweep(sweep)]] : []),
    ...(assumptions ? [assumptionTexts({ [app]: assumptions }).map((text) => colors.dim(`assumed ${text}`))] : []),
  ];
  return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function rows(tiers: readonly ComparedTier[], colors: Colors): readonly string[] {
  const adds = tiers.some(({ monthlyUsd }) => monthlyUsd && totalUsd(monthlyUsd.alone) !== totalUsd(monthlyUsd.added));
  const saves = tiers.some(({ monthlyUsd }) => monthlyUsd?.alone.saved !== undefined);
  const head = [
    "tier",
    "fits",
    "USD a month",
    "by use",
    ...(adds ? ["adds"] : []),
    ...(saves ? ["saved"] : []),
    "resources",
    "changed",
    "accepted",
    "refused",
    "grows",
    "starts in",
  ];
  const cells = tiers.map((row) => {
    const { tier, fits, monthlyUsd, resources, changed, accepted, refused, scaling, start } = row;
    return [
      tier,
      fits ? "yes" : "no",
      monthlyUsd ? `${mark(row)}${usdText(monthlyUsd.alone.fixed)}` : "-",
      monthlyUsd ? usdText(monthlyUsd.alone.usage) : "-",
      ...(adds ? [monthlyUsd ? usdText(totalUsd(monthlyUsd.added)) : "-"] : []),
      ...(saves ? [monthlyUsd?.alone.saved === undefined ? "-" : usdText(monthlyUsd.alone.saved)] : []),
      resources > 0 ? String(resources) : "-",
      String(changed),
      String(accepted),
      String(refused),
      growth(scaling),
      start.class,
    ];
  });
  const right = new Set(["USD a month", "by use", "adds", "saved", "resources", "changed", "accepted", "refused"]);
  const lines = renderTable([head, ...cells], (column) => right.has(head[column] ?? ""));
  const legend = LEGEND.filter(([sign]) => tiers.some((row) => mark(row) === sign)).map(
    ([sign, text]) => `  ${sign} ${text}`,
  );
  return [
    ...lines.map((line, i) => (i === 0 ? colors.dim(line) : tiers[i - 1]?.fits ? line : colors.red(line))),
    ...legend.map(colors.dim),
  ];
}

/** The marks of prices, with what they say. */
export const LEGEND = [
  ["≥", "something is unpriced: see below what"],
  ["~", "a price of it is not certain: --json says where it was read"],
] as const;

/** `≥` where something is unpriced, `~` where a price is not certain. */
export function mark({ monthlyUsd }: ComparedTier): string {
  if (!monthlyUsd) return "";
  const { unpriced, lines } = monthlyUsd.alone;
  return unpriced.length > 0 ? "≥" : lines.some(({ kind, certain }) => kind === "fixed" && !certain) ? "~" : "";
}

/** `by service, by itself, to 5000 tasks` */
export function growth({ by, unit, max, automatic }: ScalingLimits): string {
  if (by === "none") return "not at all";
  return `by ${by}, ${automatic ? "by itself" : "by hand"}${max === null ? "" : `, to ${max} ${unit}`}`;
}

const DEAREST = 3;

function dearest({ tier, monthlyUsd }: ComparedTier): readonly string[] {
  if (!monthlyUsd) return [];
  const sums = new Map<string, number>();
  for (const { what, usd } of monthlyUsd.alone.lines) sums.set(what, (sums.get(what) ?? 0) + usd);
  const first = [...sums].sort(([, a], [, b]) => b - a).slice(0, DEAREST);
  const unpriced = monthlyUsd.alone.unpriced.map(({ what }) => `unpriced: ${what}`);
  return [`  ${tier}: ${[...first.map(([what, usd]) => `${what} ${usdText(usd)}`), ...new Set(unpriced)].join("; ")}`];
}

export const WHO: Readonly<Record<Responsibility["who"], string>> = {
  aws: "AWS",
  you: "you",
  spectrum: "Spectrum",
  nobody: "nobody",
};

/** What each of the tiers leaves to whom; the words for how are in the JSON and on the tiers' pages. */
export function responsibilityTable(
  tiers: readonly Pick<ComparedTier, "tier" | "responsibilities">[],
): readonly string[] {
  const topics = [...new Set(tiers.flatMap(({ responsibilities }) => responsibilities.map(({ what }) => what)))];
  const who = (topic: string) =>
    tiers.map(({ responsibilities }) => WHO[responsibilities.find(({ what }) => what === topic)?.who ?? "nobody"]);
  return renderTable([["", ...tiers.map(({ tier }) => tier)], ...topics.map((topic) => [topic, ...who(topic)])]);
}

const hasMove = ({ move, reasons }: ComparedTier) => move.steps.length > 0 || move.made > 0 || reasons.length > 0;

/** What stands between the app and the tier; a conflict with other apps is no refusal, and has its own words. */
function moveLines({ tier, move, reasons }: ComparedTier, colors: Colors): readonly string[] {
  const { from, made, deleted, kept, steps } = move;
  const counts = made + deleted > 0 ? `: ${made} resources made, ${deleted} deleted, ${kept} kept` : "";
  const refusals = steps.some(({ kind }) => kind === "refusal");
  return [
    colors.bold(from === tier ? `${tier}, where it is` : `${from === null ? "" : `from ${from} `}to ${tier}${counts}`),
    ...distinct(
      steps.map(({ kind, what, remedy }) => `  ${kind.padEnd(8)} ${what}${kind === "loss" ? "" : `; ${remedy}`}`),
    ),
    ...(refusals ? [] : reasons.map((problem) => `  ${colors.red("in the way")} ${formatProblem(problem)}`)),
  ];
}

const distinct = (lines: readonly string[]): readonly string[] => [...new Set(lines)];
