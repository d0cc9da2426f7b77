/** The resources of a plan by the component that makes them, what needs what, and what another plan has otherwise. Pure. */
import { stableJson } from "../json";
import type { PlannedResource } from "../types";
import { STACK_TYPE, urnName, urnType } from "../urn";

/** An arrow: what must exist first, and what needs it. */
export interface Need {
  readonly from: string;
  readonly to: string;
}

/** A component of Spectrum's own, with what it makes. */
export interface ComponentNode {
  /** The component's URN; the stack's for what no component makes. */
  readonly urn: string;
  readonly name: string;
  /** `FargateService` */
  readonly kind: string;
  readonly resources: readonly PlannedResource[];
  /** Between its own resources. */
  readonly needs: readonly Need[];
}

export interface ResourceGraph {
  readonly components: readonly ComponentNode[];
  /** Between components. */
  readonly needs: readonly Need[];
}

/** The graph of a plan: only what is made in AWS or in a cluster is a resource of it. */
export function graphOf(planned: readonly PlannedResource[]): ResourceGraph {
  const byUrn = new Map(planned.map((resource) => [resource.urn, resource]));
  const home = (resource: PlannedResource): string => {
    if (isComponent(resource.type) || resource.parent === null) return resource.urn;
    const parent = byUrn.get(resource.parent);
    return parent ? home(parent) : resource.parent;
  };
  const homes = new Map(planned.map((resource) => [resource.urn, home(resource)]));
  const made = new Map<string, PlannedResource[]>();
  for (const resource of planned.filter(isMade)) {
    const at = homes.get(resource.urn) ?? "";
    made.set(at, [...(made.get(at) ?? []), resource]);
  }
  const needs = planned.flatMap(({ urn, dependencies }) => dependencies.map((from): Need => ({ from, to: urn })));
  const components = [...made].map(([urn, resources]): ComponentNode => {
    const own = new Set(resources.map((resource) => resource.urn));
    return {
      urn,
      name: urnName(urn),
      kind: urnType(urn).split(":").at(-1) ?? "",
      resources,
      needs: withoutDetours(needs.filter(({ from, to }) => own.has(from) && own.has(to))),
    };
  });
  const between = needs.map(({ from, to }): Need => ({ from: homes.get(from) ?? "", to: homes.get(to) ?? "" }));
  return { components, needs: withoutDetours(between.filter(({ from, to }) => made.has(from) && made.has(to))) };
}

const isComponent = (type: string): boolean => type.startsWith("spectrum:") || type === STACK_TYPE;
const isMade = ({ type, remote }: PlannedResource): boolean =>
  !remote && !isComponent(type) && !type.startsWith("pulumi:");

/** Each need once, and none that follows from others: what is reached by a way around has no arrow of its own. */
export function withoutDetours(needs: readonly Need[]): readonly Need[] {
  const distinct = [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()];
  const edges = distinct
    .filter(({ from, to }) => from !== to)
    .sort((a, b) => order(a.from, b.from) || order(a.to, b.to));
  const next = new Map<string, Set<string>>();
  for (const { from, to } of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  for (const { from, to } of edges) {
    next.get(from)?.delete(to);
    if (!reaches(next, from, to)) next.get(from)?.add(to);
  }
  return edges.filter(({ from, to }) => next.get(from)?.has(to));
}

const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

function reaches(next: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const at of seen) {
    if (next.get(at)?.has(to)) return true;
    for (const one of next.get(at) ?? []) seen.add(one);
  }
  return false;
}

/** `new`: the other plan has no such resource; `other`: it has the resource with other inputs. */
export type Difference = "new" | "other";

export interface Differences {
  /** By URN; what is the same in both is left out. */
  readonly here: ReadonlyMap<string, Difference>;
  /** What the other plan alone has. */
  readonly missing: number;
}

/** The inputs of what a plan makes, as texts by URN. */
export type PlannedInputs = ReadonlyMap<string, string>;

export const inputsOf = (planned: readonly PlannedResource[]): PlannedInputs =>
  new Map(planned.filter(isMade).map(({ urn, inputs }) => [urn, stableJson(inputs)]));

/** What a plan has otherwise than another: a resource is the same where its URN and its inputs are. */
export function differencesOf(own: PlannedInputs, other: PlannedInputs): Differences {
  const here = [...own].flatMap(([urn, inputs]): [string, Difference][] => {
    const there = other.get(urn);
    if (there === undefined) return [[urn, "new"]];
    return there === inputs ? [] : [[urn, "other"]];
  });
  return { here: new Map(here), missing: [...other.keys()].filter((urn) => !own.has(urn)).length };
}
