/**
 * What the engine registered, in one form for previews, states and recordings.
 *
 * The source is `pulumi preview --json`: of the three that have every registration (the others: a state after `up`, and the
 * provider's own calls) only it needs no deployment and has parents, dependencies and unknowns as they are. It lacks what a
 * program gives to a remote component; the engine's gRPC log has that. It also lacks the children of an image whose
 * repository is not made yet, for awsx makes them in an `apply`: those are held against the state after `up`.
 */
import type { PreviewJson, StateJson, StateResource } from "./engine";
import { ARCHIVE, ASSET } from "../../plan/convert";
import { isRecord, SECRET, SIGNATURE, text, UNKNOWN } from "./stand-in/values";

const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/**
 * `{"$unknown": true}` and `{"$secret": true}` stand for what a preview does not know or show, `{"$asset": { sha256, text }}`
 * for a file.
 */
export type EngineValue = null | boolean | number | string | EngineValue[] | { readonly [key: string]: EngineValue };

export interface EngineResource {
  readonly urn: string;
  readonly parent: string | null;
  readonly inputs: Readonly<Record<string, EngineValue>>;
  /** URNs, sorted. */
  readonly dependencies: readonly string[];
  readonly protect?: true;
}

type Constructs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a preview would leave in place, sorted by URN. Pulumi's own default providers are left out. */
export function previewResources(preview: PreviewJson, constructs: Constructs): readonly EngineResource[] {
  const states = preview.steps.flatMap(({ op, newState }) => (op === "delete" || !newState ? [] : [newState]));
  return engineResources(states, constructs);
}

export function stateResources(state: StateJson, constructs: Constructs): readonly EngineResource[] {
  return engineResources(state.deployment.resources ?? [], constructs);
}

function engineResources(states: readonly StateResource[], constructs: Constructs): readonly EngineResource[] {
  const resources = new Map<string, EngineResource>();
  for (const { urn, type, parent, inputs, dependencies, protect } of states) {
    // what another stack says is looked up, and is no part of what this one has
    if (type.startsWith("pulumi:providers:") || type === "pulumi:pulumi:StackReference") continue;
    resources.set(urn, {
      urn,
      parent: parent ?? null,
      inputs: normalizeRecord(constructs[urn] ?? inputs ?? {}),
      dependencies: [...(dependencies ?? [])].sort(),
      ...(protect === true ? { protect } : {}),
    });
  }
  return [...resources.values()].sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

function normalizeRecord(values: Readonly<Record<string, unknown>>): Record<string, EngineValue> {
  const entries = Object.entries(values).filter(([key, value]) => key !== "__defaults" && value !== null);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, normalize(value)]),
  );
}

function normalize(value: unknown): EngineValue {
  if (value === UNKNOWN) return { $unknown: true };
  if (value === "[secret]") return { $secret: true };
  if (Array.isArray(value)) return value.map(normalize);
  if (!isRecord(value)) return value as EngineValue;
  if (value[SIGNATURE] === ASSET) return { $asset: { sha256: text(value.hash), text: text(value.text) } };
  if (value[SIGNATURE] === ARCHIVE) return normalizeRecord(isRecord(value.assets) ? value.assets : {});
  if (value[SIGNATURE] === SECRET || (value[SIGNATURE] === OUTPUT_VALUE && value.secret === true))
    return { $secret: true };
  if (value[SIGNATURE] === OUTPUT_VALUE) return "value" in value ? normalize(value.value) : { $unknown: true };
  // a whole resource as an input stands for its id
  if (value[SIGNATURE] === RESOURCE) return value.id === "" ? { $unknown: true } : (value.id as EngineValue);
  return normalizeRecord(value);
}
