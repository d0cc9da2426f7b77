/** What becomes of each resource, out of the engine's steps: a replacement is several steps on one URN. Pure. */
import type { Step } from "../engine";

export type Fate = "created" | "updated" | "replaced" | "deleted";

export interface ResourceChange {
  readonly fate: Fate;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Of a replacement: the properties that ask for it. */
  readonly replaceKeys: readonly string[];
  /** The top-level properties that change, sorted. */
  readonly changed: readonly string[];
  /** Of a replacement: the old one goes before the new one is there. */
  readonly deletedFirst: boolean;
  readonly old: Readonly<Record<string, unknown>>;
  readonly new: Readonly<Record<string, unknown>>;
}

/** In the engine's order; the engine's own providers and the stack itself are left out. */
export function resourceChanges(steps: readonly Step[]): readonly ResourceChange[] {
  const byUrn = new Map<string, Step[]>();
  for (const step of steps) {
    if (step.type.startsWith("pulumi:")) continue;
    const known = byUrn.get(step.urn);
    if (known) known.push(step);
    else byUrn.set(step.urn, [step]);
  }
  return [...byUrn.values()].flatMap((of) => {
    const fate = fateOf(of);
    return fate === null ? [] : [changeOf(fate, of)];
  });
}

function fateOf(steps: readonly Step[]): Fate | null {
  const ops = new Set(steps.map(({ op }) => op));
  if (REPLACED.some((op) => ops.has(op))) return "replaced";
  if (ops.has("create") || ops.has("import")) return "created";
  if (ops.has("update")) return "updated";
  // what a replacement of an earlier deployment had left is deleted under the same URN
  return ops.has("delete") ? "deleted" : null;
}

const REPLACED = ["replace", "create-replacement", "delete-replaced", "import-replacement"] as const;

function changeOf(fate: Fate, steps: readonly Step[]): ResourceChange {
  const [{ urn, type, name }] = steps as [Step];
  const at = (op: Step["op"]) => steps.findIndex((step) => step.op === op);
  const gone = at("delete-replaced");
  return {
    fate,
    urn,
    type,
    name,
    replaceKeys: [...new Set(steps.flatMap(({ replaceKeys }) => replaceKeys))].sort(),
    changed: [...new Set(steps.flatMap(({ diff }) => Object.keys(diff).map(topLevel)))].sort(),
    deletedFirst: gone !== -1 && (at("create-replacement") === -1 || gone < at("create-replacement")),
    old: steps.find(({ old }) => old !== null)?.old ?? {},
    new: steps.findLast((step) => step.new !== null)?.new ?? {},
  };
}

/** `containerDefinitions[0].image` is of `containerDefinitions`. */
const topLevel = (path: string): string => /^[^.[]*/u.exec(path)?.[0] ?? path;
