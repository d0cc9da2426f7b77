/**
 * What a stack costs as it is: its state's resources priced as a plan's are. A state has values where a plan has references, so
 * what a property depends on is put back first. Pure.
 */
import type { UsageConfig } from "../../app/config/types";
import { usageOf } from "../../app/config/schema";
import { monthlyPrice, type PricingOptions } from "../../plan/prices/monthly";
import type { MonthlyPrice } from "../../plan/prices/types";
import type { PlannedResource, PlanValue } from "../../plan/types";
import { urnName } from "../../plan/urn";
import type { StackState, StateResource } from "../engine";

/** The price of what is deployed. Apps that the options know no usage of are taken to use what is usual. */
export function statePrice(state: StackState, options: PricingOptions): MonthlyPrice {
  const usages: Record<string, UsageConfig> = Object.fromEntries(appsOf(state).map((app) => [app, usageOf()]));
  return monthlyPrice(plannedResources(state), { ...options, usages: { ...usages, ...options.usages } });
}

/** By the output that says what people look for. */
function appsOf({ resources }: StackState): readonly string[] {
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const apps = stack?.outputs?.apps;
  return typeof apps === "object" && apps !== null ? Object.keys(apps) : [];
}

/** What is still to be deleted after a replacement is left out. */
export function plannedResources({ resources }: StackState): readonly PlannedResource[] {
  const there = resources.filter((resource) => resource.delete !== true);
  const byUrn = new Map(there.map((resource) => [resource.urn, resource]));
  return there.map((resource): PlannedResource => {
    const { urn, type, parent = null, inputs = {}, dependencies = [], propertyDependencies = {} } = resource;
    const planned = Object.entries(inputs).flatMap(([key, value]) => {
      if (key.startsWith("__") || value === null) return [];
      const on = (propertyDependencies[key] ?? []).flatMap((dependency) => byUrn.get(dependency) ?? []);
      return [[key, plannedValue(value, references(on))] as const];
    });
    return { urn, type, name: urnName(urn), parent, remote: false, inputs: Object.fromEntries(planned), dependencies };
  });
}

/** Of a value, the output that it has come from. */
type References = ReadonlyMap<string, string>;

function references(dependencies: readonly StateResource[]): References {
  const found = new Map<string, string>();
  for (const { urn, id, outputs = {} } of dependencies) {
    for (const [key, value] of Object.entries(outputs))
      if (typeof value === "string" && value !== "") found.set(value, `${urn}.${key}`);
    if (id !== undefined) found.set(id, `${urn}.id`);
  }
  return found;
}

function plannedValue(value: unknown, known: References): PlanValue {
  if (typeof value === "string") {
    const output = known.get(value);
    if (output !== undefined) return { $output: output };
    return known.size > 0 && /^[{[]/u.test(value) ? plannedDocument(value, known) : value;
  }
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map((item) => plannedValue(item, known));
  if (typeof value !== "object" || value === null) return null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "__defaults")
      .map(([key, item]) => [key, plannedValue(item, known)]),
  );
}

/** A JSON document in a string. */
function plannedDocument(text: string, known: References): string {
  try {
    return JSON.stringify(plannedValue(JSON.parse(text), known));
  } catch {
    return text;
  }
}
