/** What the overrides of an environment have done to a plan, and what is wrong with them. */
import { suggestion } from "../../app/compose/problems";
import type { Problem } from "../../app/finding";
import type { PlacedOverride } from "../../app/overrides";
import type { AppliedOverride, Overrides, SeenResource } from "../../stacks/overrides";
import { makeUrn, type UrnScope } from "../urn";
import type { PlannedOverride, PlannedResource } from "../types";
import { InputTypes } from "./input-types";
import { checkPath, checkValue, type Shape, type ShapeProblem } from "./shapes";

export interface CheckedOverrides {
  /** By the resource's URN. */
  readonly byUrn: ReadonlyMap<string, readonly PlannedOverride[]>;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

export interface CheckOptions extends UrnScope {
  /** True where the plan is of a part of the config, or of another tier: there an override may well reach nothing. */
  readonly partial: boolean;
}

export function checkOverrides(
  { all, applied, seen }: Pick<Overrides, "all" | "applied" | "seen">,
  resources: readonly PlannedResource[],
  { partial, ...scope }: CheckOptions,
): CheckedOverrides {
  const byUrn = new Map<string, PlannedOverride[]>();
  for (const one of applied) {
    const urn = makeUrn(scope, one.parent, one.type, one.name);
    byUrn.set(urn, [...(byUrn.get(urn) ?? []), plannedOverride(one)]);
  }
  const reached = new Set(applied.map(({ place }) => place.key));
  const idle = all.filter(({ place }) => !reached.has(place.key)).map((one) => idleProblem(one, seen, resources));
  const types = new InputTypes();
  // resources are registered in no fixed order: what is said of them has the order of the config, with overrides.ts at the end
  const order = new Map(all.map(({ place }, i) => [place.key, i]));
  const rank = ({ place }: AppliedOverride) => order.get(place.key) ?? all.length;
  const changed = distinct(applied)
    .sort((a, b) => rank(a) - rank(b) || (a.type < b.type ? -1 : 1))
    .map((one) => ({ one, shape: types.shapeOf(one.type) }));
  return {
    byUrn,
    errors: [...(partial ? [] : idle), ...changed.flatMap(({ one, shape }) => (shape ? keyProblems(one, shape) : []))],
    warnings: [
      ...(partial ? idle : []),
      ...changed.flatMap(({ one, shape }) => (shape ? [] : [unchecked(one)])),
      ...changed.flatMap(({ one }) => nameWarnings(one)),
    ],
  };
}

function plannedOverride({ place, change }: AppliedOverride): PlannedOverride {
  const { set = {}, remove = [], options = {} } = change;
  return {
    by: place.key,
    ...(Object.keys(set).length > 0 && { set: Object.keys(set).sort() }),
    ...(remove.length > 0 && { removed: [...remove].sort() }),
    ...(Object.keys(options).length > 0 && { options: Object.keys(options).sort() }),
  };
}

/** What is wrong with one override is said once for each type, however many resources it reaches. */
function distinct(applied: readonly AppliedOverride[]): AppliedOverride[] {
  const byChange = new Map<string, AppliedOverride>();
  for (const one of applied) {
    const { set = {}, remove = [], options = {} } = one.change;
    const id = JSON.stringify([one.place.key, one.type, Object.keys(set), remove, options]);
    if (!byChange.has(id)) byChange.set(id, one);
  }
  return [...byChange.values()];
}

function keyProblems({ place, change }: AppliedOverride, shape: Shape): readonly Problem[] {
  const { set = {}, remove = [], options = {} } = change;
  const problem = (key: string, message: string): Problem => ({ ...place, key: `${place.key}.${key}`, message });
  const ofPaths = (key: string, paths: readonly string[]): readonly Problem[] =>
    paths.flatMap((path, i) => checkPath(path, shape).map(({ message }) => problem(`${key}[${i}]`, message)));
  return [
    ...checkValue(set, shape).map(({ path, message }: ShapeProblem) => problem(`set.${path}`, message)),
    ...ofPaths("remove", remove),
    ...ofPaths("options.ignoreChanges", options.ignoreChanges ?? []),
    ...ofPaths("options.replaceOnChanges", options.replaceOnChanges ?? []),
  ];
}

const unchecked = ({ place, type }: AppliedOverride): Problem => ({
  ...place,
  message: `what inputs ${type} has is not known here, so its keys are not checked`,
});

/** Inputs by which AWS or Kubernetes knows a thing. */
const NAMES =
  /^(?:name|namePrefix|bucket|bucketPrefix|identifier|identifierPrefix|clusterIdentifier|clusterId|family|fargateProfileName|metadata\.(?:name|namespace))$/u;

function nameWarnings({ place, type, change }: AppliedOverride): readonly Problem[] {
  const { set = {}, remove = [] } = change;
  const { metadata, ...others } = set;
  const ofMetadata = typeof metadata === "object" && metadata !== null ? Object.keys(metadata) : [];
  const paths = [...Object.keys(others), ...ofMetadata.map((key) => `metadata.${key}`), ...remove];
  return paths
    .filter((path) => NAMES.test(path))
    .map((path) => ({
      ...place,
      message: `${path} is the name that ${type} goes by: another one replaces what is there, and what knows it by its old name finds it no more`,
    }));
}

/** Why an override reaches nothing: no such type, or no such name. */
function idleProblem(
  { place, app, service, type, name }: PlacedOverride,
  seen: readonly SeenResource[],
  resources: readonly PlannedResource[],
): Problem {
  const problem = (message: string): Problem => ({ ...place, message });
  const mine = app === null ? seen : seen.filter((one) => one.app === app);
  const named = mine.filter((one) => one.type === type).map((one) => one.name);
  const whose =
    app === null ? "the environment" : service === null ? `the app ${app}` : `the service ${service} of ${app}`;
  if (named.length > 0) {
    const there = [...new Set(named)].sort();
    const none = `no ${type} of ${whose} is ${name === undefined ? "there" : `called ${name}`}`;
    // only a name, or a service, keeps an override from what is there
    return problem(
      service === null ? `${none}${suggestion(name ?? "", there)}` : `${none}; of ${app} there are ${there.join(", ")}`,
    );
  }
  const elsewhere = seen.filter((one) => one.type === type);
  if (elsewhere.length > 0) {
    const names = [...new Set(elsewhere.map((one) => one.name))].sort().join(", ");
    return problem(`${whose} has no ${type}; ${names} is reached by spectrum:overrides`);
  }
  if (resources.some((one) => one.type === type))
    return problem(`${type} is a component, which has no inputs of AWS's; override the resources that it makes`);
  return problem(`${whose} has no ${type}${suggestion(type, new Set(mine.map((one) => one.type)))}`);
}
