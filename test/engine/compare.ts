/** A plan against what the engine registered: resource by resource, in URN, parent, inputs and dependencies. */
import { isDeepStrictEqual } from "node:util";

import type { Plan, PlannedResource, PlanValue } from "../../plan/types";
import type { EngineResource, EngineValue } from "./engine-resources";
import { isRecord, parseJson } from "./stand-in/values";

export interface Comparison {
  /** Resources that both have. */
  readonly resources: number;
  /** Inputs that both have. */
  readonly inputs: number;
  /** A line for each difference; none: the plan says what the engine does. */
  readonly differences: readonly string[];
}

export interface CompareOptions {
  /** Planned URNs that the engine may leave out. */
  readonly mayLack?: (resource: PlannedResource) => boolean;
  /** True after `up`: what was unknown is known then. */
  readonly made?: boolean;
}

/**
 * Compares. A `$output` of the plan is an unknown of a preview, a `$lookup` any known value, for a stand-in made it up; a
 * secret is a secret.
 */
export function compare(
  plan: Pick<Plan, "resources">,
  engine: readonly EngineResource[],
  { mayLack = () => false, made = false }: CompareOptions = {},
): Comparison {
  const differences: string[] = [];
  const byUrn = new Map(engine.map((resource) => [resource.urn, resource]));
  const lacking = new Set(
    plan.resources.flatMap((resource) => (mayLack(resource) && !byUrn.has(resource.urn) ? [resource.urn] : [])),
  );
  let [resources, inputs] = [0, 0];
  for (const planned of plan.resources) {
    // how a provider logs in is no part of what it makes; engine-resources.ts leaves them out too
    if (planned.type.startsWith("pulumi:providers:")) continue;
    const real = byUrn.get(planned.urn);
    byUrn.delete(planned.urn);
    if (!real) {
      if (!lacking.has(planned.urn)) differences.push(`only in the plan: ${planned.urn}`);
      continue;
    }
    resources++;
    inputs += Object.keys(planned.inputs).length;
    const expected = { ...planned, dependencies: planned.dependencies.filter((urn) => !lacking.has(urn)) };
    for (const line of compareResource(expected, real, made)) differences.push(`${planned.urn}: ${line}`);
  }
  for (const urn of byUrn.keys()) differences.push(`only in the engine: ${urn}`);
  return { resources, inputs, differences };
}

/** What a preview holds for unknown and `up` then leaves out: awsx asks for the IPv6 block of a subnet that has none. */
const EMPTY_UNKNOWNS: Readonly<Record<string, string>> = { "aws:ec2/subnet:Subnet": "ipv6CidrBlock" };

function compareResource(planned: PlannedResource, real: EngineResource, made: boolean): readonly string[] {
  const empty = EMPTY_UNKNOWNS[planned.type] ?? "";
  const inputs = Object.fromEntries(
    Object.entries(real.inputs).filter(([key, value]) => key !== empty || !isMark(value, "$unknown")),
  );
  const lines = [...compareValues(planned.inputs, inputs, "", made)];
  const same = (what: string, ours: unknown, theirs: unknown) => {
    if (!isDeepStrictEqual(ours, theirs)) lines.push(`${what} is planned as ${show(ours)}, is ${show(theirs)}`);
  };
  same("parent", planned.parent, real.parent);
  const more = planned.dependencies.filter((urn) => !real.dependencies.includes(urn));
  const fewer = real.dependencies.filter((urn) => !planned.dependencies.includes(urn));
  if (more.length) lines.push(`is planned to depend on ${more.join(", ")}, and does not`);
  if (fewer.length) lines.push(`depends on ${fewer.join(", ")}, which is not planned`);
  same("protect", planned.options?.protect ?? false, real.protect ?? false);
  return lines;
}

type Differences = Generator<string, void>;

function* compareValues(
  ours: PlanValue | undefined,
  theirs: EngineValue | undefined,
  path: string,
  made: boolean,
): Differences {
  const said = `${path} is planned as ${show(ours)}, is ${show(theirs)}`;
  if (isMark(theirs, "$secret")) {
    if (!holds(ours, "$secret")) yield said;
  } else if (isMark(ours, "$secret")) {
    // the engine says only that it does not know a secret that is made of other resources' outputs
    const madeOfOutputs = JSON.stringify(ours).includes("urn:pulumi:");
    if (made || !madeOfOutputs || !isMark(theirs, "$unknown")) yield said;
  } else if (isMark(theirs, "$unknown")) {
    if (!holds(ours, "$output") && !asksLater(ours)) yield said;
  } else if (isMark(ours, "$output")) {
    if (!made || theirs === undefined) yield said;
  } else if (isMark(theirs, "$asset")) {
    // a plan shows a file by its hash, or its text where a value in it is not known yet
    const { $asset: asset } = theirs as { $asset: { sha256: string; text: string } };
    const text = isRecord(ours) ? ours.text : undefined;
    if (text !== undefined) yield* compareValues(text, asset.text, `${path}.text`, made);
    else if (!isRecord(ours) || ours.sha256 !== asset.sha256) yield said;
  } else if (isMark(ours, "$lookup")) {
    if (theirs === undefined) yield said;
  } else if (typeof ours === "string" && typeof theirs === "string" && ours !== theirs) {
    const [document, real] = [parseJson(ours), parseJson(theirs)];
    if (!isDocument(document) || !isDocument(real)) yield said;
    else yield* compareValues(document as PlanValue, real as EngineValue, path, made);
  } else if (Array.isArray(ours) && Array.isArray(theirs)) {
    if (ours.length !== theirs.length) yield said;
    else for (const [i, item] of ours.entries()) yield* compareValues(item, theirs[i], `${path}[${i}]`, made);
  } else if (isRecord(ours) && isRecord(theirs)) {
    // a key that is made from an output: the issuer in the condition of a role
    const open = made && Object.keys(ours).some((key) => key.includes("${"));
    const keys = open ? new Set<string>() : new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    if (open && Object.keys(ours).length !== Object.keys(theirs).length) yield said;
    for (const key of [...keys].sort()) {
      const [our, their] = [ours[key], theirs[key]];
      // the engine has no null: a property without a value is none
      if ((our ?? undefined) !== undefined || (their ?? undefined) !== undefined)
        yield* compareValues(our, their, path ? `${path}.${key}` : key, made);
    }
  } else if (ours !== theirs) {
    yield said;
  }
}

function isDocument(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** Functions that are asked about a resource which the same deployment makes: a preview cannot ask yet. */
const LATER = ["aws:autoscaling/getGroup:getGroup"];

function asksLater(value: unknown): boolean {
  return isMark(value, "$lookup") && LATER.includes((value as { $lookup: string }).$lookup);
}

function isMark(value: unknown, mark: string): boolean {
  return isRecord(value) && mark in value && Object.keys(value).length === 1;
}

/** True where the mark stands anywhere inside, a document in a text included: the engine then knows nothing of the whole. */
function holds(value: unknown, mark: string): boolean {
  if (isMark(value, mark)) return true;
  if (typeof value === "string") {
    const document = parseJson(value);
    return isDocument(document) && holds(document, mark);
  }
  if (Array.isArray(value)) return value.some((item) => holds(item, mark));
  return isRecord(value) && Object.values(value).some((item) => holds(item, mark));
}

function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** awsx makes an image's child in an `apply`: no preview has it while the repository is to be made. */
export function isImageChild({ type }: PlannedResource): boolean {
  return type === "docker-build:index:Image";
}
