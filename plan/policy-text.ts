/** The rules that a plan breaks, as text for people. Pure. */
import type { Colors } from "picocolors/types";
import type { PolicyResult } from "../policy/exemptions";
import { rules } from "../policy/rules";

const INDENT = " ".repeat(13);

/** Lines without a line feed; what is broken alike by several resources is said once. */
export function renderPolicy(results: readonly PolicyResult[], colors: Colors): string[] {
  const title = colors.bold("policy");
  if (results.length === 0) return [`${title}: all ${rules.length} rules hold`];
  const groups = new Map<string, PolicyResult[]>();
  for (const result of results) {
    const key = JSON.stringify([result.rule, result.message, result.exemption]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [`${title}: ${countText(results)}`, ...[...groups.values()].flatMap((group) => groupLines(group, colors))];
}

function groupLines(group: readonly PolicyResult[], colors: Colors): string[] {
  const [{ rule, severity, message, remedy, exemption }] = group as [PolicyResult];
  const label = exemption ? "exempt" : severity;
  const paint = exemption ? colors.yellow : severity === "mandatory" ? colors.red : colors.cyan;
  const names = group.map(({ resource }) => resource).join(", ");
  return [
    `  ${paint(label)}${" ".repeat(INDENT.length - 2 - label.length)}${colors.bold(rule)}  ${names}`,
    `${INDENT}${message}`,
    `${INDENT}${exemption ? `until ${exemption.until}: ${exemption.reason}` : `remedy: ${remedy}`}`,
  ];
}

/** `1 mandatory, 2 advisory, 1 exempt` */
function countText(results: readonly PolicyResult[]): string {
  const labels = results.map(({ severity, exemption }) => (exemption ? "exempt" : severity));
  return ["mandatory", "advisory", "exempt"]
    .map((label) => [labels.filter((one) => one === label).length, label] as const)
    .filter(([count]) => count > 0)
    .map(([count, label]) => `${count} ${label}`)
    .join(", ");
}
