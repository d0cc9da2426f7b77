/** What differs between two plans: resources by type and name, their inputs key by key, and the price. Pure. */
import { addedPrice, NOTHING, totalUsd } from "../../plan/compare/added";
import type { MonthlyPrice } from "../../plan/prices/types";
import type { Plan, PlannedResource, PlanValue } from "../../plan/types";
import { qualifiedType } from "../../plan/urn";
import { leavesOf } from "./leaves";

/** A resource, whatever its environment. */
export interface ResourceName {
  readonly type: string;
  readonly name: string;
}

export interface InputDifference {
  /** `containerDefinitions[0].image` */
  readonly path: string;
  /** Left out where it says nothing. */
  readonly from?: PlanValue;
  readonly to?: PlanValue;
}

export interface ChangedResource extends ResourceName {
  readonly inputs: readonly InputDifference[];
}

export interface PlanDifference {
  /** In the order of the second plan. */
  readonly added: readonly ResourceName[];
  readonly removed: readonly ResourceName[];
  readonly changed: readonly ChangedResource[];
  /** How many are the same. */
  readonly same: number;
  /** `null` where one of the plans has no price. */
  readonly price: PriceDifference | null;
}

/** USD a month. */
export interface PriceDifference {
  readonly from: number;
  readonly to: number;
  /** What the second has over the first; `resource` is an URN without a stack. */
  readonly difference: MonthlyPrice;
}

/** The names of environments, which stand in every URN and physical name, are no difference. */
export function planDifference(from: Plan, to: Plan): PlanDifference {
  const [before, after] = [byKey(from), byKey(to)];
  const both = [...after].flatMap(([key, resource]) => {
    const old = before.get(key);
    return old ? [{ ...nameOf(resource), inputs: inputDifferences(old, resource) }] : [];
  });
  const changed = both.filter(({ inputs }) => inputs.length > 0);
  return {
    added: [...after].flatMap(([key, resource]) => (before.has(key) ? [] : [nameOf(resource)])),
    removed: [...before].flatMap(([key, resource]) => (after.has(key) ? [] : [nameOf(resource)])),
    changed,
    same: both.length - changed.length,
    price: priceDifference(from, to),
  };
}

const nameOf = ({ type, name }: PlannedResource): ResourceName => ({ type, name });

/** The stack itself is none. */
function byKey(plan: Plan): ReadonlyMap<string, PlannedResource> {
  const scope = scopeOf(plan);
  const own = plan.resources.filter(({ parent }) => parent !== null);
  return new Map(
    own.map((resource) => [
      `${qualifiedType(resource.urn)}::${resource.name}`,
      { ...resource, inputs: withoutEnvironment(resource.inputs, scope) as PlannedResource["inputs"] },
    ]),
  );
}

interface Scope {
  readonly environment: string;
  readonly project: string;
}

function scopeOf({ environment, resources }: Plan): Scope {
  return { environment, project: resources[0]?.urn.split("::")[1] ?? "" };
}

const ENVIRONMENT = "<environment>";

/** `urn:pulumi:dev::spectrum::…`, `spectrum-dev-shop`, `/spectrum/dev/…`, and the tag that Spectrum gives. */
function withoutEnvironment(value: PlanValue, scope: Scope): PlanValue {
  if (typeof value === "string") return bareText(value, scope);
  if (Array.isArray(value)) return value.map((item) => withoutEnvironment(item, scope));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === "Environment" && item === scope.environment ? ENVIRONMENT : withoutEnvironment(item, scope),
    ]),
  );
}

function bareText(text: string, { environment, project }: Scope): string {
  const [stack, of] = [environment, project].map((name) => name.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&"));
  const names = new RegExp(`(urn:pulumi:|(?<![A-Za-z0-9])${of}[-/])${stack}(?![A-Za-z0-9])`, "gu");
  return text.replace(names, `$1${ENVIRONMENT}`);
}

function inputDifferences(from: PlannedResource, to: PlannedResource): readonly InputDifference[] {
  const [before, after] = [leavesOf({ ...from.inputs }, ""), leavesOf({ ...to.inputs }, "")];
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((path) => {
    const [a, b] = [before.get(path), after.get(path)];
    if (JSON.stringify(a) === JSON.stringify(b)) return [];
    return [{ path, ...(a !== undefined && { from: a }), ...(b !== undefined && { to: b }) }];
  });
}

function priceDifference(from: Plan, to: Plan): PriceDifference | null {
  if (!from.prices || !to.prices) return null;
  const [before, after] = [priceOf(from), priceOf(to)];
  return { from: totalUsd(before), to: totalUsd(after), difference: addedPrice(after, before) };
}

function priceOf(plan: Plan): MonthlyPrice {
  const { fixed, usage, lines, unpriced } = plan.prices ?? NOTHING;
  const scope = scopeOf(plan);
  const bare = <T extends { readonly resource: string }>(line: T): T => ({
    ...line,
    resource: bareText(line.resource, scope),
  });
  return { fixed, usage, lines: lines.map(bare), unpriced: unpriced.map(bare) };
}
