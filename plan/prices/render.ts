/** A price as text for people: what is fixed, what is by use, what is not known, and what is assumed. Pure. */
import type { Colors } from "picocolors/types";
import type { UsageConfig } from "../../app/config/types";
import { urnName } from "../urn";
import type { MonthlyPrice, PlanPrices, PriceLine } from "./types";

/** `36.39` */
export const usdText = (usd: number): string => usd.toFixed(2);

/** `36.39 USD a month, and 0.15 by use` */
export const monthlyText = ({ fixed, usage }: Pick<MonthlyPrice, "fixed" | "usage">): string =>
  `${usdText(fixed)} USD a month, and ${usdText(usage)} by use`;

/** Lines without a line feed, the first the sum. */
export function renderPrices(prices: PlanPrices, colors: Colors): string[] {
  return [
    `${colors.bold("price")} in ${prices.region}: ${colors.bold(monthlyText(prices))}`,
    ...savedTexts(prices).map(colors.green),
    ...lineTexts(prices.lines, "fixed", colors),
    ...lineTexts(prices.lines, "usage", colors),
    ...prices.unpriced.map(({ what, resource, reason }) => {
      return `  ${colors.yellow("unpriced")}  ${what} of ${urnName(resource)}: ${reason}`;
    }),
    ...(prices.lines.some(({ certain }) => !certain)
      ? [colors.dim("  ~ the price is not certain: --json says where it was read")]
      : []),
    ...assumptionTexts(prices.assumptions).map((text) => colors.dim(`  assumed ${text}`)),
  ];
}

/** What off hours save; nothing where nothing is stopped. */
export const savedTexts = ({ saved }: Pick<MonthlyPrice, "saved">): readonly string[] =>
  saved === undefined
    ? []
    : [`  off hours save ${usdText(saved)} USD a month: it would be so much more if all ran all the time`];

/** What is billed alike. */
export interface LineGroup {
  readonly what: string;
  readonly usd: number;
  readonly quantity: number;
  readonly unit: string;
  /** USD for one unit. */
  readonly price: number;
  /** True where all of its lines are. */
  readonly certain: boolean;
  /** One at least. */
  readonly lines: readonly PriceLine[];
}

/** The lines of the kind, what is billed alike as one; the dearest first. */
export function groupLines(lines: readonly PriceLine[], kind: PriceLine["kind"]): readonly LineGroup[] {
  const groups = new Map<string, PriceLine[]>();
  for (const line of lines) {
    if (line.kind !== kind) continue;
    const key = JSON.stringify([line.what, line.price, line.unit]);
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()]
    .map((group): LineGroup => {
      const [{ what, unit, price }] = group as [PriceLine];
      const usd = group.reduce((sum, line) => sum + line.usd, 0);
      const quantity = group.reduce((sum, line) => sum + line.quantity, 0);
      return { what, unit, price, usd, quantity, certain: group.every(({ certain }) => certain), lines: group };
    })
    .sort((a, b) => b.usd - a.usd);
}

function lineTexts(lines: readonly PriceLine[], kind: PriceLine["kind"], colors: Colors): string[] {
  return groupLines(lines, kind).map((group, i) => {
    const label = i === 0 ? (kind === "fixed" ? "fixed" : "by use") : "";
    const mark = group.certain ? " " : "~";
    const names = colors.dim(`(${namesText(group.lines)})  ${sumText(group)}`);
    return `  ${label.padEnd(8)} ${mark}${usdText(group.usd).padStart(8)}  ${group.what} ${names}`;
  });
}

/** `1460 vCPU-hours × 0.04048` */
export const sumText = ({ quantity, unit, price }: LineGroup): string =>
  `${amountText(quantity)} ${unit} × ${priceText(price)}`;

const MOST_NAMES = 3;

/** `shop-api, shop-web, shop-db and 2 more` */
export function namesText(lines: readonly PriceLine[]): string {
  const names = [...new Set(lines.map(({ resource }) => urnName(resource)))];
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const amountText = (amount: number): string => String(Number(amount.toFixed(3)));
/** Never `4e-7`. */
const priceText = (usd: number): string => usd.toFixed(10).replace(/\.?0+$/u, "");

/** By what is assumed: the apps that it is assumed of, where they differ. */
export function assumptionTexts(assumptions: Readonly<Record<string, UsageConfig>>): readonly string[] {
  const texts = Object.entries(assumptions).map(([app, usage]) => ({ app, text: usageText(usage) }));
  const distinct = [...new Set(texts.map(({ text }) => text))];
  if (distinct.length === 1) return distinct;
  return texts.map(({ app, text }) => `of ${app}: ${text}`);
}

function usageText(usage: UsageConfig): string {
  const { requests, gbOut, gbFetched, gbLogs, gbStored, gbImages, messages, executions, hours, replicas, machines } =
    usage;
  return [
    `${requests.toLocaleString("en-US")} requests a month`,
    `GB: ${gbOut} out, ${gbFetched} fetched, ${gbLogs} of logs, ${gbStored} stored, ${gbImages} of images`,
    `${messages.toLocaleString("en-US")} messages a queue, ${executions.toLocaleString("en-US")} runs a workflow`,
    `${hours} hours a day`,
    replicas === null ? "replicas: the least" : `${replicas} replicas where they are scaled`,
    machines === 1 ? "1 machine of one's own" : `${machines} machines of one's own`,
  ].join("; ");
}
