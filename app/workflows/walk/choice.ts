/** The rules of a Choice in JSONPath. https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html */
import { StatesError } from "./failure";
import { lookup, select } from "./jsonpath";
import type { Scope } from "./scope";
import { isJsonList, isJsonMap, type Json, type JsonMap } from "../source";

const COMPARISON =
  /^(String|Numeric|Boolean|Timestamp)(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals|Matches)(Path)?$/u;

/** True where the rule fits the input. Throws `States.Runtime` where its variable is not there. */
export function fits(rule: JsonMap, input: Json, scope: Scope): boolean {
  const inner = (value: Json): boolean => isJsonMap(value) && fits(value, input, scope);
  if (isJsonList(rule.And)) return rule.And.every(inner);
  if (isJsonList(rule.Or)) return rule.Or.some(inner);
  if (rule.Not !== undefined) return !inner(rule.Not);
  const variable = textOf(rule.Variable);
  if (typeof rule.IsPresent === "boolean") return (lookup(variable, input, scope) !== undefined) === rule.IsPresent;
  const value = select(variable, input, scope, "States.Runtime", "Variable");
  for (const [key, operand] of Object.entries(rule)) {
    const [, type, comparison, byPath] = COMPARISON.exec(key) ?? [];
    if (type !== undefined && comparison !== undefined) {
      const other = byPath ? select(textOf(operand), input, scope, "States.Runtime", key) : operand;
      return compare(type, comparison, value, other);
    }
    const test = IS[key];
    if (test) return test(value) === operand;
  }
  throw new StatesError("States.Runtime", `a choice rule compares ${variable} with nothing`);
}

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

const IS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsNumeric: (value) => typeof value === "number",
  IsString: (value) => typeof value === "string",
  IsBoolean: (value) => typeof value === "boolean",
  IsTimestamp: (value) => timestamp(value) !== null,
};

function compare(type: string, comparison: string, value: Json, other: Json): boolean {
  if (comparison === "Matches") return typeof value === "string" && typeof other === "string" && like(value, other);
  const [left, right] = [typed(type, value), typed(type, other)];
  if (left === null || right === null) return false;
  switch (comparison) {
    case "Equals":
      return left === right;
    case "LessThan":
      return left < right;
    case "GreaterThan":
      return left > right;
    case "LessThanEquals":
      return left <= right;
    default:
      return left >= right;
  }
}

/** The value where it is of the type; a value of another type fits no comparison. */
function typed(type: string, value: Json): string | number | boolean | null {
  if (type === "String") return typeof value === "string" ? value : null;
  if (type === "Numeric") return typeof value === "number" ? value : null;
  if (type === "Boolean") return typeof value === "boolean" ? value : null;
  return timestamp(value);
}

/** Milliseconds of an RFC 3339 time with T and Z or an offset; `null` where it is none. */
export function timestamp(value: Json): number | null {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[-+]\d{2}:\d{2})$/u.test(value))
    return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : time;
}

/** StringMatches: `*` is any text, `\*` a star, `\\` a backslash. */
function like(value: string, pattern: string): boolean {
  const source = pattern.replace(/\\([*\\])|\*|[.+?^${}()|[\]\\]/gu, (whole, escaped: string | undefined) => {
    if (whole === "*") return "[^]*";
    return `\\${escaped ?? whole}`;
  });
  return new RegExp(`^${source}$`, "u").test(value);
}
