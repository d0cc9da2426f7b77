/** What of an environment is otherwise in the cloud than in its state, from a refresh that changes nothing. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { PlannedResource } from "../../plan/types";
import type { Step } from "../engine";
import { keepingKey } from "./keep";

/** A property that somebody has changed. */
export interface DriftedProperty {
  /** By Pulumi's names: `defaultActions[0].type`. */
  readonly path: string;
  /** As the last update left it; `null` where it was not there. Secrets are `[secret]`. */
  readonly was: unknown;
  /** As it is in the cloud; `null` where it is not there, or where only the provider knows it. */
  readonly is: unknown;
}

export interface Drift {
  readonly urn: string;
  /** Pulumi's type token. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  /** `deleted`: it is no longer in the cloud. */
  readonly kind: "changed" | "deleted";
  /** Sorted; empty for what is deleted. */
  readonly properties: readonly DriftedProperty[];
  /** The config's key that says what was changed, to keep it; `null` where there is none, or nothing to keep. */
  readonly keep: string | null;
}

export interface Drifts {
  readonly drifts: readonly Drift[];
  /** Changes that are left alone, for an update leaves them too. */
  readonly ignored: readonly Drift[];
}

/**
 * @param steps of `previewRefresh`
 * @param planned the resources of the environment's plan: what the program ignores of them (`ignoreChanges`: desired counts
 *   that autoscaling moves, rules that a deployment of ECS moves) is no drift
 */
export function findDrift(
  steps: readonly Step[],
  planned: readonly Pick<PlannedResource, "urn" | "options">[],
): Drifts {
  const ignoring = new Map(planned.map(({ urn, options }) => [urn, options?.ignoreChanges ?? []]));
  const drifts: Drift[] = [];
  const ignored: Drift[] = [];
  for (const step of steps) {
    const { urn, type, name, op } = step;
    if (op === "delete") {
      drifts.push({ urn, type, name, kind: "deleted", properties: [], keep: null });
      continue;
    }
    const properties = changedProperties(step);
    const left = properties.filter(({ path }) => isIgnored(path, ignoring.get(urn) ?? []));
    const told = properties.filter((property) => !left.includes(property));
    // what a provider merely reckons anew (a status, a time) is no input, and nobody has changed it
    if (told.length > 0) drifts.push(changed(step, told));
    if (left.length > 0) ignored.push(changed(step, left));
  }
  return { drifts, ignored };
}

const changed = ({ urn, type, name }: Step, properties: readonly DriftedProperty[]): Drift => ({
  urn,
  type,
  name,
  kind: "changed",
  properties,
  keep: keepingKey(
    type,
    properties.map(({ path }) => path),
  ),
});

/** By the provider's own diff; where it tells none, by the inputs' top-level keys. */
function changedProperties({ diff, old, new: next }: Step): readonly DriftedProperty[] {
  const before = old ?? {};
  const after = next ?? {};
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !key.startsWith("__"));
  const paths = Object.keys(diff).length > 0 ? Object.keys(diff) : keys;
  return paths
    .map((path) => ({ path, was: valueAt(before, path), is: valueAt(after, path) }))
    .filter(({ path, was, is }) => !isDeepStrictEqual(was, is) || isHidden(was) || isDeepest(diff[path], was, is))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Both sides of a secret look alike; only the provider's diff tells that it has changed. */
const isHidden = (value: unknown): boolean => value === "[secret]";

/** The provider says that it changed, and the inputs do not hold it. */
const isDeepest = (kind: string | undefined, was: unknown, is: unknown): boolean =>
  kind !== undefined && was === null && is === null;

/** `ignoreChanges` names a property with all that is in it. https://www.pulumi.com/docs/iac/concepts/options/ignorechanges/ */
const isIgnored = (path: string, ignored: readonly string[]): boolean =>
  ignored.some((of) => path === of || path.startsWith(`${of}.`) || path.startsWith(`${of}[`));

/** `null` where there is nothing. */
function valueAt(inputs: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = inputs;
  for (const key of pathKeys(path)) {
    if (typeof value !== "object" || value === null) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return value ?? null;
}

/** Pulumi's property paths: `a.b[0]["c.d"]`. */
export function pathKeys(path: string): readonly string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/gu)].map(
    ([, quoted, index, plain]) => quoted ?? index ?? plain ?? "",
  );
}
