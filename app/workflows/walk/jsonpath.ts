/**
 * JSONPath as Step Functions reads it: a path that can mean one value alone gives that value, any other a list.
 * https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
 */
import { JSONPath } from "jsonpath-plus";
import { StatesError } from "./failure";
import { callIntrinsic, parseIntrinsic, type Argument } from "./intrinsics";
import type { Scope } from "./scope";
import { isJsonList, isJsonMap, type Json } from "../source";

/** `..`, `*`, a filter, a slice or several names: there may be any number of values. */
const INDEFINITE = /\.\.|\*|\[\s*\?|\[[^\]'"]*[:,][^\]]*\]|\[\s*(?:'[^']*'|"[^"]*")\s*,/u;

/** The value of a path; `undefined` where there is none. `$`: the input, `$$`: the context, `$name`: a variable. */
export function lookup(path: string, input: Json, { context, variables }: Scope): Json | undefined {
  if (path.startsWith("$$")) return find(path.slice(1), context);
  const name = /^\$(\w+)/u.exec(path)?.[1];
  if (name === undefined) return find(path, input);
  const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
  return variable === undefined ? undefined : find(`$${path.slice(name.length + 1)}`, variable);
}

function find(path: string, root: Json): Json | undefined {
  if (!INDEFINITE.test(path)) {
    let at: Json | undefined = root;
    for (const step of steps(path)) {
      if (isJsonList(at)) at = /^-?\d+$/u.test(step) ? at.at(Number(step)) : undefined;
      else at = isJsonMap(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    }
    return at;
  }
  if (typeof root !== "object" || root === null) return [];
  try {
    return JSONPath<Json[]>({ path, json: root as object, wrap: true, eval: "safe" });
  } catch (error) {
    throw new StatesError("States.Runtime", `Invalid path '${path}': ${(error as Error).message}`);
  }
}

function steps(path: string): readonly string[] {
  return JSONPath.toPathArray(path).slice(1);
}

/** The value of a path that must have one. */
export function select(path: string, input: Json, scope: Scope, error: string, field: string): Json {
  const value = lookup(path, input, scope);
  if (value !== undefined) return value;
  const cause = `The JSONPath '${path}' specified for the field '${field}' could not be found in the input '${JSON.stringify(input)}'`;
  throw new StatesError(error, cause);
}

/** InputPath and OutputPath: `null` is the empty map. */
export function filter(path: Json | undefined, input: Json, scope: Scope, field: string): Json {
  if (path === undefined) return input;
  return typeof path === "string" ? select(path, input, scope, "States.Runtime", field) : {};
}

/** The input with the result at a reference path; `null` drops the result, `$` replaces the input. */
export function insert(path: Json | undefined, input: Json, result: Json): Json {
  if (path === null) return input;
  if (typeof path !== "string") return result;
  const put = (at: Json | undefined, [step, ...rest]: readonly string[]): Json => {
    if (step === undefined) return result;
    if (isJsonList(at)) {
      const index = Number(step);
      if (Number.isInteger(index) && index >= 0 && index < at.length)
        return at.map((item, i) => (i === index ? put(item, rest) : item));
    } else if (at === undefined || isJsonMap(at)) {
      const inner = isJsonMap(at) && Object.hasOwn(at, step) ? at[step] : undefined;
      return { ...at, [step]: put(inner, rest) };
    }
    throw new StatesError("States.ResultPathMatchFailure", `Unable to apply ResultPath '${path}' to the state's input`);
  };
  return put(input, steps(path));
}

/** A payload template: the value of a key that ends with `.$` is a path or an intrinsic function. */
export function fill(template: Json, input: Json, scope: Scope): Json {
  if (isJsonList(template)) return template.map((item) => fill(item, input, scope));
  if (!isJsonMap(template)) return template;
  const filled: Record<string, Json> = {};
  for (const [key, value] of Object.entries(template)) {
    if (key.endsWith(".$") && typeof value === "string")
      filled[key.slice(0, -2)] = evaluatePath(value, input, scope, key);
    else filled[key] = fill(value, input, scope);
  }
  return filled;
}

/** A template, where there is one; else the input as it is. */
export function fillOr(template: Json | undefined, input: Json, scope: Scope): Json {
  return template === undefined ? input : fill(template, input, scope);
}

/** The value of a path, or of an intrinsic function. */
export function evaluatePath(text: string, input: Json, scope: Scope, key = text): Json {
  if (text.startsWith("$")) return select(text, input, scope, "States.ParameterPathFailure", key);
  const value = (argument: Argument): Json => {
    if ("literal" in argument) return argument.literal;
    if ("path" in argument) return select(argument.path, input, scope, "States.ParameterPathFailure", key);
    return callIntrinsic(argument.call, argument.args.map(value), scope.world);
  };
  return value(parseIntrinsic(text));
}
