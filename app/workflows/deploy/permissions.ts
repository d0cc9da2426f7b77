/**
 * What a state machine's role must be allowed for the tasks that name AWS's own integrations: derived from the definition, state by
 * state, on the resources that stand in it. https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
 */
import { parsePlaceholder } from "../placeholders";
import { isJsonMap, type JsonMap } from "../source";
import { allStates, type Definition, type MapState, type TaskState } from "../states";
import { type Access, integrations, type Place, sdkAccess } from "./integrations";

export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

export interface StatePermissions {
  readonly state: string;
  readonly allowed: readonly Permission[];
}

/** A task whose resource is known only while it runs, or whose integration is not known here. */
export interface Underived {
  readonly state: TaskState;
  /** What it calls: `s3:PutObject`, `*` where not even that is known. */
  readonly action: string;
}

export interface DerivedPermissions {
  readonly states: readonly StatePermissions[];
  /** For the user to say, by `policies`. */
  readonly underived: readonly Underived[];
}

/** Placeholders are left out: what they need depends on their targets. */
export function derivePermissions(definition: Definition, place: Place): DerivedPermissions {
  const states: StatePermissions[] = [];
  const underived: Underived[] = [];
  for (const state of allStates(definition)) {
    if (state.type === "Map" && state.distributed) states.push({ state: state.name, allowed: readers(state, place) });
    if (state.type !== "Task" || parsePlaceholder(state.resource) !== null) continue;
    const access = accessOf(state, place);
    if ("unknown" in access) underived.push({ state, action: access.unknown });
    else if (access.allowed.length > 0) states.push({ state: state.name, allowed: access.allowed });
  }
  return { states, underived };
}

/** True where items of a distributed Map are executions of the state machine's own. */
export function hasDistributedMap(definition: Definition): boolean {
  return allStates(definition).some((state) => state.type === "Map" && state.distributed);
}

function accessOf(state: TaskState, place: Place): Access {
  const { resource } = state;
  const given = state.fields[state.language === "JSONata" ? "Arguments" : "Parameters"];
  const args: JsonMap = isJsonMap(given) ? given : {};
  if (/^arn:[a-z-]+:lambda:/u.test(resource))
    return { allowed: [{ actions: ["lambda:InvokeFunction"], resources: [resource, `${resource}:*`] }] };
  // its workers call Step Functions; the state machine calls nobody
  if (/^arn:[a-z-]+:states:[^:]+:[^:]+:activity:/u.test(resource)) return { allowed: [] };
  const name = /^arn:[a-z-]+:states:::(?<name>.+?)(?:\.sync(?::\d)?|\.waitForTaskToken)?$/u.exec(resource)?.groups
    ?.name;
  if (name === undefined) return { unknown: "*" };
  const sdk = /^aws-sdk:(?<service>[a-z0-9]+):(?<action>[A-Za-z0-9]+)$/u.exec(name)?.groups;
  if (sdk) return sdkAccess(sdk.service ?? "", sdk.action ?? "", args, place);
  const sync = /\.sync(?::\d)?$/u.test(resource);
  return integrations[name]?.({ args, place, sync }) ?? { unknown: "*" };
}

/** The bucket that a distributed Map's items come from or its results go to. */
function readers(state: MapState, place: Place): readonly Permission[] {
  const { ItemReader, ResultWriter } = state.fields;
  const bucketOf = (value: unknown): string | null => {
    if (!isJsonMap(value as JsonMap)) return null;
    const { Arguments, Parameters } = value as JsonMap;
    const args = isJsonMap(Arguments) ? Arguments : isJsonMap(Parameters) ? Parameters : {};
    return typeof args.Bucket === "string" && !args.Bucket.startsWith("{%") ? args.Bucket : null;
  };
  const [from, to] = [bucketOf(ItemReader), bucketOf(ResultWriter)];
  const arn = (bucket: string) => `arn:${place.partition}:s3:::${bucket}`;
  return [
    ...(from === null
      ? []
      : [
          { actions: ["s3:GetObject"], resources: [`${arn(from)}/*`] },
          { actions: ["s3:ListBucket"], resources: [arn(from)] },
        ]),
    ...(to === null
      ? []
      : [
          {
            actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            resources: [`${arn(to)}/*`],
          },
        ]),
  ];
}
