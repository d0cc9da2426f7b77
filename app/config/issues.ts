/** Zod's issues as problems: each with its key, what was got and what is allowed. */
import type { z } from "zod";
import { nearest } from "../compose/problems";
import type { Problem } from "../finding";

type Path = readonly PropertyKey[];

/** `["hosts", 0, "host"]` as `hosts[0].host`, after the prefix. */
export function keyOf(prefix: string, path: Path): string {
  return path.reduce<string>((key, step) => {
    if (typeof step === "number") return `${key}[${step}]`;
    return key === "" || key.endsWith(":") ? `${key}${String(step)}` : `${key}.${String(step)}`;
  }, prefix);
}

/** `place` says where the value at a path was written. */
export function problemsOf(
  error: z.ZodError,
  schema: z.ZodType,
  place: (path: Path) => Pick<Problem, "key" | "location">,
): Problem[] {
  return error.issues.flatMap((issue) => expand(issue, schema, place));
}

function expand(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  place: (path: Path) => Pick<Problem, "key" | "location">,
): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const allowed = keysAt(schema, issue.path);
    return issue.keys.map((key) => ({
      ...place([...issue.path, key]),
      message: `unknown key${suggest(key, allowed)}`,
    }));
  }
  return [{ ...place(issue.path), message: messageOf(issue) }];
}

function messageOf(issue: z.core.$ZodIssue): string {
  const got = show(issue.input);
  switch (issue.code) {
    case "invalid_type":
      if (isOwn(issue.message)) return issue.message;
      return issue.input === undefined
        ? `is missing; give ${article(issue.expected)}`
        : `got ${got}; give ${article(issue.expected)}`;
    case "invalid_value":
      return isOwn(issue.message) ? `got ${got}; ${issue.message}` : `got ${got}; allowed: ${issue.values.join(", ")}`;
    case "too_small":
      return isOwn(issue.message)
        ? issue.message
        : `got ${got}; give at least ${issue.minimum}${issue.origin === "array" ? " of them" : ""}`;
    case "too_big":
      return `got ${got}; give at most ${issue.maximum}`;
    case "invalid_format":
      return `got ${got}; ${isOwn(issue.message) ? issue.message : `it must match ${issue.pattern ?? issue.format}`}`;
    case "invalid_union":
      return `got ${got}; ${isOwn(issue.message) ? issue.message : "none of the allowed forms fits"}`;
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    case "custom":
    case "invalid_element":
    case "not_multiple_of":
    case "unrecognized_keys":
      return issue.message;
  }
}

/** Zod's own messages start with a capital; Spectrum's do not. */
const isOwn = (message: string): boolean => !/^[A-Z]/u.test(message);

const article = (type: string): string => (/^[aeiou]/u.test(type) ? `an ${type}` : `a ${type}`);

function show(value: unknown): string {
  const shown = value === undefined ? "nothing" : JSON.stringify(value);
  return shown.length > 80 ? `${shown.slice(0, 77)}…` : shown;
}

/** `; did you mean X?` where a name is near, and the names that are allowed. */
export function suggest(got: string, allowed: readonly string[]): string {
  if (allowed.length === 0) return "";
  const near = nearest(got, allowed);
  const names = [...allowed].sort().join(", ");
  return near === null ? `; allowed: ${names}` : `; did you mean ${near}? Allowed: ${names}`;
}

/** The keys that the schema's object at the path has. */
function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  let at: z.core.$ZodType | undefined = schema;
  for (const step of path) {
    const def: z.core.$ZodTypeDef | undefined = at && bare(at)._zod.def;
    if (!def) return [];
    if (def.type === "object") at = (def as z.core.$ZodObjectDef).shape[String(step)];
    else if (def.type === "record") at = (def as z.core.$ZodRecordDef).valueType;
    else if (def.type === "array") at = (def as z.core.$ZodArrayDef).element;
    else return [];
  }
  const def = at && bare(at)._zod.def;
  return def?.type === "object" ? Object.keys((def as z.core.$ZodObjectDef).shape) : [];
}

/** Without default, optional, nullable, and what is done to the value before it or after it. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const def = schema._zod.def as {
    type: string;
    innerType?: z.core.$ZodType;
    in?: z.core.$ZodType;
    out?: z.core.$ZodType;
  };
  if (def.innerType) return bare(def.innerType);
  if (def.type !== "pipe" || !def.in || !def.out) return schema;
  return bare(def.in._zod.def.type === "transform" ? def.out : def.in);
}
