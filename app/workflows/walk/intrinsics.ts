/**
 * The intrinsic functions of states in JSONPath: `States.Format('{}', $.name)`.
 * https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 */
import { isDeepStrictEqual } from "node:util";
import { StatesError } from "./failure";
import { hashOf, partitionOf, rangeOf, type World } from "./scope";
import { isJsonList, isJsonMap, type Json } from "../source";

export type Argument =
  | { readonly literal: Json }
  | { readonly path: string }
  | { readonly call: string; readonly args: readonly Argument[] };

const MAX_BASE64 = 10_000;

function fail(cause: string): StatesError {
  return new StatesError("States.IntrinsicFailure", cause);
}

/** Reads `States.Name(…)` with what is in it: texts in single quotes, numbers, true, false, null, paths and further calls. */
export function parseIntrinsic(text: string): Argument {
  let at = 0;
  const skip = () => {
    while (/\s/u.test(text[at] ?? "")) at++;
  };
  const wrong = () => fail(`'${text}' is no intrinsic function: character ${at}`);
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  const argument = (): Argument => {
    skip();
    const quoted = take(/'(?:[^'\\]|\\.)*'/suy);
    if (quoted !== null) return { literal: quoted.slice(1, -1) };
    const number = take(/-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/uy);
    if (number !== null) return { literal: Number(number) };
    const word = take(/(?:true|false|null)\b/uy);
    if (word !== null) return { literal: JSON.parse(word) as Json };
    if (text[at] === "$") return { path: path() };
    const call = take(/States\.\w+/uy);
    if (call === null || take(/\s*\(/uy) === null) throw wrong();
    const args: Argument[] = [];
    skip();
    if (take(/\)/uy) !== null) return { call, args };
    for (;;) {
      args.push(argument());
      skip();
      if (take(/\)/uy) !== null) return { call, args };
      if (take(/,/uy) === null) throw wrong();
    }
  };
  /** Up to the comma or bracket that belongs to the call. */
  const path = (): string => {
    const start = at;
    for (let depth = 0; at < text.length; at++) {
      const char = text[at] ?? "";
      if (char === "'" || char === '"') {
        const end = text.indexOf(char, at + 1);
        if (end < 0) throw wrong();
        at = end;
      } else if (char === "[" || char === "(") depth++;
      else if (depth > 0 && (char === "]" || char === ")")) depth--;
      else if (depth === 0 && /[,)\s]/u.test(char)) break;
    }
    return text.slice(start, at);
  };
  const whole = argument();
  skip();
  if (at < text.length || !("call" in whole)) throw wrong();
  return whole;
}

type Intrinsic = (args: readonly Json[], world: World) => Json;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  "States.Format": ([template, ...values]) => format(text(template), values),
  "States.StringToJson": ([json]) => {
    try {
      return JSON.parse(text(json)) as Json;
    } catch {
      throw fail(`States.StringToJson: not valid JSON: ${text(json)}`);
    }
  },
  "States.JsonToString": ([value]) => JSON.stringify(given(value)),
  "States.Array": (values) => values,
  "States.ArrayPartition": ([items, size]) => partitionOf(list(items), positive(size)),
  "States.ArrayContains": ([items, value]) => list(items).some((item) => isDeepStrictEqual(item, value)),
  "States.ArrayRange": ([first, last, step]) => {
    const range = rangeOf(integer(first), integer(last), integer(step));
    if (range === null) throw fail("States.ArrayRange: give a step that is not 0, and 1,000 items at most");
    return range;
  },
  "States.ArrayGetItem": ([items, index]) => {
    const item = list(items)[integer(index)];
    if (item === undefined) throw fail(`States.ArrayGetItem: there is no item ${integer(index)}`);
    return item;
  },
  "States.ArrayLength": ([items]) => list(items).length,
  "States.ArrayUnique": ([items]) =>
    list(items).filter((item, i, all) => all.findIndex((other) => isDeepStrictEqual(other, item)) === i),
  "States.Base64Encode": ([value]) => Buffer.from(short(value)).toString("base64"),
  "States.Base64Decode": ([value]) => Buffer.from(short(value), "base64").toString("utf8"),
  "States.Hash": ([value, algorithm]) => {
    const hash = hashOf(typeof value === "string" ? value : JSON.stringify(given(value)), text(algorithm));
    if (hash === null) throw fail("States.Hash: the algorithms are MD5, SHA-1, SHA-256, SHA-384 and SHA-512");
    return hash;
  },
  "States.JsonMerge": ([one, other, deep]) => {
    if (deep !== false) throw fail("States.JsonMerge: the third argument is false, Step Functions merges no deeper");
    if (!isJsonMap(one) || !isJsonMap(other)) throw fail("States.JsonMerge: the first two arguments are maps");
    return { ...one, ...other };
  },
  "States.MathRandom": ([first, last, seed], world) => {
    const [low, high] = [integer(first), integer(last)];
    return low + Math.floor(world.random(seed === undefined ? undefined : integer(seed)) * (high - low));
  },
  "States.MathAdd": ([one, other]) => integer(one) + integer(other),
  "States.StringSplit": ([value, splitter]) => {
    const characters = new Set(text(splitter));
    const parts = [...text(value)].reduce<string[]>(
      (all, char) => (characters.has(char) ? [...all, ""] : [...all.slice(0, -1), `${all.at(-1) ?? ""}${char}`]),
      [""],
    );
    return parts.filter((part) => part !== "");
  },
  "States.UUID": (_, world) => world.uuid(),
};

/** The names of the intrinsic functions. */
export const intrinsicNames: readonly string[] = Object.keys(INTRINSICS);

/** Calls an intrinsic function. Throws `States.IntrinsicFailure`. */
export function callIntrinsic(name: string, args: readonly Json[], world: World): Json {
  const intrinsic = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  if (intrinsic === undefined) throw fail(`there is no intrinsic function ${name}`);
  return intrinsic(args.map(unescaped(name)), world);
}

/** In texts, `\'` is a quote and `\\` a backslash; States.Format sees to its own. */
const unescaped =
  (name: string) =>
  (value: Json): Json =>
    typeof value === "string" && name !== "States.Format" ? value.replace(/\\(['\\{}])/gu, "$1") : value;

function format(template: string, values: readonly Json[]): string {
  let next = 0;
  const filled = template.replace(/\\([\\'{}])|\{\}/gu, (whole, escaped: string | undefined) => {
    if (whole !== "{}") return escaped ?? "";
    const value = values[next++];
    if (value === undefined) throw fail(`States.Format: more {} than arguments in '${template}'`);
    return typeof value === "string" ? value : JSON.stringify(value);
  });
  if (next < values.length) throw fail(`States.Format: fewer {} than arguments in '${template}'`);
  return filled;
}

function given(value: Json | undefined): Json {
  if (value === undefined) throw fail("an argument is missing");
  return value;
}

function text(value: Json | undefined): string {
  if (typeof value !== "string") throw fail(`got ${JSON.stringify(given(value))}, a text is asked for`);
  return value;
}

function short(value: Json | undefined): string {
  if (text(value).length > MAX_BASE64) throw fail(`the text has over ${MAX_BASE64} characters`);
  return text(value);
}

function integer(value: Json | undefined): number {
  if (typeof value !== "number") throw fail(`got ${JSON.stringify(given(value))}, a number is asked for`);
  return Math.round(value);
}

function positive(value: Json | undefined): number {
  if (integer(value) < 1) throw fail("the size is 1 at least");
  return integer(value);
}

function list(value: Json | undefined): readonly Json[] {
  if (!isJsonList(value)) throw fail(`got ${JSON.stringify(given(value))}, a list is asked for`);
  return value;
}
