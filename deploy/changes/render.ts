/** A review as text for people. Pure. */
import type { Colors } from "picocolors/types";
import { cents } from "../../plan/prices/monthly";
import { groupLines, usdText } from "../../plan/prices/render";
import { renderPolicy } from "../../plan/policy-text";
import { renderApps } from "../../plan/render";
import { urnName, urnType } from "../../plan/urn";
import type { PendingOperation } from "../engine";
import type { Described } from "./describe";
import type { PriceChange, Review } from "./review";
import type { Severity } from "./rules";

/** The text, with a line feed at the end; Pulumi's own diff comes last. */
export function renderReview({ plan, price, changes, pending, preview }: Review, colors: Colors): string {
  const sections = [
    ...(plan ? renderApps(plan, colors) : []),
    ...(price ? [renderPrice(price, colors)] : []),
    ...(plan?.policy ? [renderPolicy(plan.policy, colors)] : []),
    ...(pending.length > 0 ? [renderPending(pending)] : []),
    renderChanges(changes, colors),
    [colors.bold("Pulumi's own preview"), preview.text.trim()],
  ];
  return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

const LABELS: Readonly<Record<Severity, string>> = { loss: "lost", interruption: "noticed", note: "unnoticed" };
const WIDTH = 11;

const labelled = (label: string, paint: (text: string) => string, text: string): string =>
  `  ${paint(label)}${" ".repeat(Math.max(1, WIDTH - label.length))}${text}`;

/** Lines without a line feed: the counts, what is lost and noticed, and what else is replaced or deleted. */
export function renderChanges({ counts, notices, others }: Described, colors: Colors): string[] {
  const paints = { loss: colors.red, interruption: colors.yellow, note: colors.green };
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  const sum = told.map(([fate, count]) => `${count} ${fate}`).join(", ");
  return [
    `${colors.bold("changes")}: ${sum || "nothing changes"}`,
    ...notices.map(({ severity, text }) => labelled(LABELS[severity], paints[severity], text)),
    ...others.map(({ fate, type, names }) => labelled(fate, colors.dim, `${names.join(", ")} ${colors.dim(type)}`)),
  ];
}

/** What it costs before and after, and the lines that make the difference. */
export function renderPrice({ region, now, then, added }: PriceChange, colors: Colors): string[] {
  const change = cents(then.fixed - now.fixed);
  const sign = change > 0 ? "+" : "";
  return [
    `${colors.bold("price")} in ${region}: ${usdText(now.fixed)} → ${colors.bold(usdText(then.fixed))} USD a month (${sign}${usdText(change)}), and ${usdText(now.usage)} → ${usdText(then.usage)} by use`,
    ...(["fixed", "usage"] as const).flatMap((kind) =>
      groupLines(added.lines, kind).map(
        ({ what, usd }) => `  ${`${usd > 0 ? "+" : ""}${usdText(usd)}`.padStart(WIDTH - 1)}  ${what}`,
      ),
    ),
    ...added.unpriced.map(({ what, resource }) => `  ${colors.yellow("unpriced")}    ${what} of ${urnName(resource)}`),
  ];
}

/** Lines: Pulumi goes on from where it was; only what it was creating may be there without its knowledge. */
export function renderPending(pending: readonly PendingOperation[]): string[] {
  const creating = pending.some(({ type }) => type === "creating");
  return [
    "interrupted: a deployment was cut off, and nobody knows how far it came with",
    ...pending.map(({ type, urn }) => `  ${type} ${urnName(urn)} ${urnType(urn)}`),
    "  the next one goes on from there",
    ...(creating
      ? [
          "  what was being created may be in AWS without Pulumi knowing of it: look there, and delete it or import it",
          "  (`pulumi import`); `spectrum refresh` drops this note",
        ]
      : []),
  ];
}
