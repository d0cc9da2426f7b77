/**
 * The plan as text for people: findings first, then the resources as a tree by component and what is overridden, then the price, the rules that it
 * breaks and the outputs. Pure; colour only where the caller says so.
 */
import { createColors } from "picocolors";
import type { Finding } from "../app/finding";
import { renderOverrides } from "./overrides/render";
import { renderPrices } from "./prices/render";
import { renderPolicy } from "./policy-text";
import { splitReference } from "./references";
import type { Plan, PlannedApp, PlannedResource, PlannedWorkflow, PlanValue } from "./types";

export interface RenderOptions {
  readonly color: boolean;
}

type Colors = ReturnType<typeof createColors>;

/** The text, with a line feed at the end. Errors are the caller's: they go to another stream. */
export function renderPlan(plan: Plan, { color }: RenderOptions): string {
  const colors = createColors(color);
  const overrides = renderOverrides(plan.resources, colors);
  const sections = [
    ...renderApps(plan, colors),
    ...(plan.resources.length ? [renderResources(plan, colors)] : []),
    ...(overrides.length ? [overrides] : []),
    ...(plan.prices ? [renderPrices(plan.prices, colors)] : []),
    ...(plan.policy ? [renderPolicy(plan.policy, colors)] : []),
    ...(Object.keys(plan.outputs).length ? [renderOutputs(plan, colors)] : []),
  ];
  return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

/** What is said of each app and workflow: sections of lines without a line feed. */
export function renderApps({ apps, workflows = [] }: Plan, colors: Colors): readonly string[][] {
  return [
    ...apps.map((app) => renderApp(app, colors)),
    ...workflows.map((workflow) => renderWorkflow(workflow, colors)),
  ];
}

function renderApp({ name, tier, findings }: PlannedApp, colors: Colors): string[] {
  const refused = findings.filter(({ outcome, accepted }) => outcome === "refused" && !accepted);
  const accepted = findings.filter((finding) => finding.outcome === "refused" && finding.accepted);
  const changed = findings.filter(({ outcome }) => outcome === "changed");
  const kept = findings.filter(({ outcome }) => outcome === "kept");
  const told = kept.filter(({ remedy }) => remedy !== "");
  return [
    colors.bold(`${name} on ${tier}`),
    ...renderFindings(refused, "refused", colors.red, colors),
    ...renderFindings(accepted, "accepted", colors.yellow, colors),
    ...renderFindings(changed, "changed", colors.cyan, colors),
    ...renderFindings(told, "kept", colors.green, colors),
    `  ${colors.green("kept")}     ${kept.length} ${kept.length === 1 ? "key" : "keys"}`,
  ];
}

function renderWorkflow({ name, type, definition, drawing }: PlannedWorkflow, colors: Colors): string[] {
  const lines = drawing.trimEnd().split("\n");
  return [
    `${colors.bold(`workflow ${name}`)}  ${type}  ${colors.dim(definition)}`,
    ...lines.map((line) => `  ${line}`),
  ];
}

const INDENT = " ".repeat(11);
const WIDTH = 100;

/** What is said of several keys alike is said once. */
function renderFindings(
  findings: readonly Finding[],
  label: "refused" | "accepted" | "changed" | "kept",
  paint: (text: string) => string,
  colors: Colors,
): string[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const text = JSON.stringify([finding.reason, finding.remedy]);
    const group = groups.get(text);
    if (group) group.push(finding);
    else groups.set(text, [finding]);
  }
  return [...groups.values()].flatMap((group) => {
    const [{ reason, remedy }] = group as [Finding];
    const [first = "", ...more] = wrap(group.map(findingName), WIDTH);
    const [location] = group.length === 1 ? group.map((finding) => finding.location) : [];
    const place = location ? colors.dim(`  ${location.file}:${location.line}:${location.column}`) : "";
    // an accepted loss needs no way out any more
    const way = label === "accepted" || !remedy ? [] : [`${label === "refused" ? "remedy: " : ""}${remedy}`];
    return [
      `  ${paint(label)}${" ".repeat(INDENT.length - 2 - label.length)}${colors.bold(first)}${place}`,
      ...more.map((line) => `${INDENT}${colors.bold(line)}`),
      ...[reason, ...way].map((line) => `${INDENT}${line}`),
    ];
  });
}

function findingName({ service, key }: Finding): string {
  return service === null ? key : `${service}.${key}`;
}

/** Names with commas between, in lines of at most so many characters. */
function wrap(names: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const [i, name] of names.entries()) {
    const text = i === names.length - 1 ? name : `${name},`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= width) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(text);
  }
  return lines;
}

function renderResources({ resources }: Plan, colors: Colors): string[] {
  const children = new Map<string | null, PlannedResource[]>();
  for (const resource of resources) {
    const siblings = children.get(resource.parent);
    if (siblings) siblings.push(resource);
    else children.set(resource.parent, [resource]);
  }
  const names = new Map(resources.map(({ urn, name }) => [urn, name]));
  const lines: string[] = [];
  const visit = (resource: PlannedResource, lead: string, branch: string) => {
    const inputs = mainInputs(resource, names);
    const label = `${resource.name} ${colors.dim(resource.type)}`;
    lines.push(`${lead}${branch}${label}${inputs ? `  ${inputs}` : ""}`);
    const below = children.get(resource.urn) ?? [];
    const inner = lead + (branch === "" ? "" : branch.startsWith("└") ? "   " : "│  ");
    below.forEach((child, i) => visit(child, inner, i === below.length - 1 ? "└─ " : "├─ "));
  };
  const stack = resources.filter(({ parent }) => parent === null);
  const count = resources.length - stack.length;
  lines.push(colors.bold(`${count} ${count === 1 ? "resource" : "resources"}`));
  for (const root of stack) visit(root, "", "");
  return lines;
}

function renderOutputs({ outputs, resources }: Plan, colors: Colors): string[] {
  const names = new Map(resources.map(({ urn, name }) => [urn, name]));
  return [
    colors.bold("outputs"),
    ...Object.keys(outputs)
      .sort()
      .map((key) => `  ${key}: ${shortValue(outputs[key] ?? null, names, 100)}`),
  ];
}

/** The inputs that say most of a resource, best first; no more of them than fit beside its name. */
const MAIN = [
  "power",
  "scale",
  "family",
  "cpu",
  "memory",
  "desiredCount",
  "launchType",
  "instanceType",
  "instanceClass",
  "engine",
  "cidrBlock",
  "availabilityZone",
  "domainName",
  "port",
  "protocol",
  "priority",
  "path",
  "type",
  "fromPort",
  "toPort",
  "cidrIpv4",
  "ipProtocol",
  "loadBalancerType",
  "targetType",
  "encrypted",
  "retentionInDays",
  "imageTagMutability",
  "policyArn",
  "minCapacity",
  "maxCapacity",
  "strategy",
  "name",
  "namePrefix",
];
const MAX_INPUTS = 4;
const MAX_LENGTH = 48;

function mainInputs({ inputs }: PlannedResource, names: ReadonlyMap<string, string>): string {
  return MAIN.filter((key) => isShort(inputs[key]))
    .slice(0, MAX_INPUTS)
    .map((key) => `${key}=${shortValue(inputs[key] ?? null, names, MAX_LENGTH)}`)
    .join(" ");
}

function isShort(value: PlanValue | undefined): boolean {
  if (typeof value === "object") return value !== null && !Array.isArray(value) && isMark(value);
  return value !== undefined && String(value).length <= MAX_LENGTH;
}

function isMark(value: Readonly<Record<string, PlanValue>>): boolean {
  const keys = Object.keys(value);
  return keys.length === 1 && ["$output", "$lookup", "$secret"].includes(keys[0] ?? "");
}

function shortValue(value: PlanValue, names: ReadonlyMap<string, string>, max: number): string {
  const text = valueText(value, names);
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

function valueText(value: PlanValue, names: ReadonlyMap<string, string>): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => valueText(item, names)).join(", ")}]`;
  if (isMark(value)) {
    if (typeof value.$secret === "string") return "(secret)";
    if (typeof value.$lookup === "string") return "(looked up)";
    if (typeof value.$output === "string") return outputText(value.$output, names);
  }
  const entries = Object.entries(value).map(([key, item]) => `${key}: ${valueText(item, names)}`);
  return `{${entries.join(", ")}}`;
}

/** `<name.property>` for an output, and in a text in each one's place. */
function outputText(output: string, names: ReadonlyMap<string, string>): string {
  if (!output.includes("${")) return `<${shortReference(output, names)}>`;
  return output.replace(/\$\{([^}]*)\}/g, (_, reference: string) => `<${shortReference(reference, names)}>`);
}

function shortReference(reference: string, names: ReadonlyMap<string, string>): string {
  const split = splitReference(reference, names);
  return split ? `${names.get(split.urn) ?? ""}${split.property}` : reference;
}
