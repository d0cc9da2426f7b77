/** Differences as text for people. Pure. */
import { createColors } from "picocolors";
import type { Colors } from "picocolors/types";
import { groupLines, namesText, usdText } from "../../plan/prices/render";
import type { PlanValue } from "../../plan/types";
import type { ConfigDifference, ConfigSide } from "./config";
import type { InputDifference, PlanDifference, PriceDifference, ResourceName } from "./plan";

export interface Sides {
  /** What each of the two is called: the environments' names, or `now` and `then`. */
  readonly from: string;
  readonly to: string;
  readonly color: boolean;
}

/** With a line feed at the end. */
export function renderConfigDifference(differences: readonly ConfigDifference[], { from, to, color }: Sides): string {
  const colors = createColors(color);
  const title = colors.bold(`config, ${from} → ${to}`);
  if (differences.length === 0) return `${title}: no difference\n`;
  const width = Math.min(60, Math.max(...differences.map(({ key }) => key.length)));
  const rows = differences.map((difference) => `  ${difference.key.padEnd(width)}  ${configText(difference)}`);
  return lines([title, ...rows]);
}

function configText({ from, to }: ConfigDifference): string {
  if (from.kind === "secret" && to.kind === "secret" && (from.fingerprint === null || to.fingerprint === null))
    return "(a secret in both; whether they are alike has not been looked at)";
  return `${sideText(from)} → ${sideText(to)}`;
}

function sideText(side: ConfigSide): string {
  switch (side.kind) {
    case "missing":
      return "(not set)";
    case "plain":
      return valueText(side.value);
    case "secret":
      return side.fingerprint === null ? "(a secret)" : `(secret ${side.fingerprint})`;
  }
}

/** With a line feed at the end. */
export function renderPlanDifference(difference: PlanDifference, { from, to, color }: Sides): string {
  const { added, removed, changed, same, price } = difference;
  const colors = createColors(color);
  const title = colors.bold(`resources, ${from} → ${to}`);
  const counts = [
    [removed.length, `only in ${from}`],
    [added.length, `only in ${to}`],
    [changed.length, changed.length === 1 ? "differs" : "differ"],
    [same, "the same"],
  ] as const;
  const counted = counts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  const common = commonDifferences(changed.map(({ inputs }) => inputs));
  return lines([
    `${title}: ${counted.length > 0 ? counted.join(", ") : "none"}`,
    ...removed.map((resource) => `  ${colors.red("-")} ${resourceText(resource, colors)}`),
    ...added.map((resource) => `  ${colors.green("+")} ${resourceText(resource, colors)}`),
    ...changed.flatMap(({ inputs, ...resource }) => {
      const own = inputs.filter((input) => !common.has(inputText(input)));
      if (own.length === 0) return [];
      return [
        `  ${colors.yellow("~")} ${resourceText(resource, colors)}`,
        ...own.map((input) => `      ${inputText(input)}`),
      ];
    }),
    ...[...common].map(([text, count]) => `  ${colors.yellow("~")} ${count} resources\n      ${text}`),
    ...(price ? priceLines(price, colors) : []),
  ]);
}

const resourceText = ({ type, name }: ResourceName, colors: Colors): string => `${name} ${colors.dim(type)}`;

const inputText = ({ path, from, to }: InputDifference): string =>
  `${path}: ${from === undefined ? "(not set)" : valueText(from)} → ${to === undefined ? "(not set)" : valueText(to)}`;

const OFTEN = 4;

/** What is the same difference in many resources, a tag for instance, is told once. */
function commonDifferences(changed: readonly (readonly InputDifference[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of changed.flatMap((inputs) => inputs.map(inputText))) counts.set(text, (counts.get(text) ?? 0) + 1);
  return new Map([...counts].filter(([, count]) => count >= OFTEN));
}

const MOST_LINES = 8;

function priceLines({ from, to, difference }: PriceDifference, colors: Colors): readonly string[] {
  const groups = [...groupLines(difference.lines, "fixed"), ...groupLines(difference.lines, "usage")].sort(
    (a, b) => Math.abs(b.usd) - Math.abs(a.usd),
  );
  const shown = groups.slice(0, MOST_LINES);
  const more = groups.length - shown.length;
  return [
    `${colors.bold("price")}: ${usdText(from)} → ${usdText(to)} USD a month (${signed(to - from)})`,
    ...shown.map(
      (group) => `  ${signed(group.usd).padStart(9)}  ${group.what} ${colors.dim(`(${namesText(group.lines)})`)}`,
    ),
    ...(more > 0 ? [colors.dim(`             and ${more} more`)] : []),
    ...difference.unpriced.map(({ what, reason }) => `  ${colors.yellow("unpriced")}  ${what}: ${reason}`),
  ];
}

const signed = (usd: number): string => `${usd < 0 ? "-" : "+"}${usdText(Math.abs(usd))}`;

const LONGEST = 80;

/** A text as it is, an output by its resource's name: `<shop-web.arn>`. */
function valueText(value: PlanValue): string {
  const text = typeof value === "string" ? value : marked(value);
  if (text === "" || /[\n\r]/u.test(text)) return shortened(JSON.stringify(text));
  return shortened(text);
}

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

function marked(value: PlanValue): string {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    if (typeof value.$secret === "string") return "(a secret)";
    if (typeof value.$lookup === "string") return "(looked up)";
    if (typeof value.$output === "string")
      return `<${value.$output.replace(/urn:pulumi:[^:]*::[^:]*::(?:[^:]|:(?!:))*::/gu, "")}>`;
  }
  return JSON.stringify(value);
}

const lines = (all: readonly string[]): string => `${all.join("\n")}\n`;
