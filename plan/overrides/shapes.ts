/** What an input of a resource may be, and what is wrong with a value for it. Pure. */
import { suggestion } from "../../app/compose/problems";
import { isRecord } from "../../app/config/read";

export type Shape =
  | { readonly kind: "string" | "number" | "boolean" }
  | { readonly kind: "list" | "map"; readonly of: Shape }
  | { readonly kind: "object"; readonly name: string; readonly keys: () => ReadonlyMap<string, Shape> }
  /** One of several, or of a kind that is not told apart here: every value is taken. */
  | { readonly kind: "any" };

export interface ShapeProblem {
  /** `healthCheck.path`, `rules[0].port`. */
  readonly path: string;
  readonly message: string;
}

/** Every key that does not exist, and every value of the wrong kind. What is known only later is taken. */
export function checkValue(value: unknown, shape: Shape, path = ""): readonly ShapeProblem[] {
  if (value === null || value === undefined || isLate(value)) return [];
  switch (shape.kind) {
    case "any":
      return [];
    case "string":
    case "number":
    case "boolean":
      return typeof value === shape.kind ? [] : [wrong(value, shape, path)];
    case "list":
      if (!Array.isArray(value)) return [wrong(value, shape, path)];
      return value.flatMap((item, i) => checkValue(item, shape.of, `${path}[${i}]`));
    case "map":
      if (!isRecord(value)) return [wrong(value, shape, path)];
      return Object.entries(value).flatMap(([key, item]) => checkValue(item, shape.of, joined(path, key)));
    case "object": {
      if (!isRecord(value)) return [wrong(value, shape, path)];
      const keys = shape.keys();
      return Object.entries(value).flatMap(([key, item]) => {
        const of = keys.get(key);
        return of ? checkValue(item, of, joined(path, key)) : [unknownKey(path, key, shape)];
      });
    }
  }
}

/** What is wrong with a path of keys: `healthCheck.path`. */
export function checkPath(path: string, shape: Shape): readonly ShapeProblem[] {
  let at = shape;
  const walked: string[] = [];
  for (const key of path.split(/[.[]/u).map((step) => step.replace(/\]$/u, ""))) {
    if (at.kind === "map" || at.kind === "list") at = at.of;
    else if (at.kind === "object") {
      const next = at.keys().get(key);
      if (!next) return [unknownKey(walked.join("."), key, at)];
      at = next;
    } else return [];
    walked.push(key);
  }
  return [];
}

const joined = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

function unknownKey(path: string, key: string, { name, keys }: Extract<Shape, { kind: "object" }>): ShapeProblem {
  return { path: joined(path, key), message: `${name} has no such input${suggestion(key, keys().keys())}` };
}

const WORDS = { string: "a text", number: "a number", boolean: "true or false", list: "a list", map: "a map" } as const;

function wrong(value: unknown, shape: Exclude<Shape, { kind: "any" }>, path: string): ShapeProblem {
  const give = shape.kind === "object" ? `a map of ${[...shape.keys().keys()].join(", ")}` : WORDS[shape.kind];
  return { path, message: `got ${JSON.stringify(value)}; give ${give}` };
}

/** An Output, an asset: nothing that a config holds. */
function isLate(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null;
}
