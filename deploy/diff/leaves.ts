/** A structured value as its leaves by path, so that two of them can be compared key by key. Pure. */
import type { PlanValue } from "../../plan/types";

/** Every value that has no values in it, by its path; a map or list without any is a leaf as well. */
export function leavesOf(value: PlanValue, path: string): ReadonlyMap<string, PlanValue> {
  const leaves = new Map<string, PlanValue>();
  visit(value, path, leaves);
  return leaves;
}

function visit(value: PlanValue, path: string, leaves: Map<string, PlanValue>): void {
  const document = typeof value === "string" ? documentOf(value) : null;
  if (document !== null) return visit(document, path, leaves);
  const inner = entriesOf(value, path);
  if (inner.length === 0) leaves.set(path, value);
  for (const [at, item] of inner) visit(item, at, leaves);
}

function entriesOf(value: PlanValue, path: string): readonly (readonly [string, PlanValue])[] {
  if (Array.isArray(value)) return value.map((item, i) => [`${path}[${i}]`, item]);
  if (typeof value !== "object" || value === null || isMark(value)) return [];
  return Object.entries(value).map(([key, item]) => [`${path}${step(key, path)}`, item]);
}

const step = (key: string, path: string): string => {
  if (!/^[\w$-]+$/u.test(key)) return `[${JSON.stringify(key)}]`;
  return path === "" ? key : `.${key}`;
};

/** What stands for an output, a looked-up value or a secret is one value. */
function isMark(value: Readonly<Record<string, PlanValue>>): boolean {
  const [key, ...more] = Object.keys(value);
  return more.length === 0 && (key === "$output" || key === "$lookup" || key === "$secret");
}

/** A JSON document in a text: a policy, container definitions. */
function documentOf(text: string): PlanValue {
  if (!/^\s*[[{]/u.test(text)) return null;
  try {
    const parsed = JSON.parse(text) as PlanValue;
    return typeof parsed === "object" ? parsed : null;
  } catch {
    return null;
  }
}
