/**
 * JSONata as Step Functions runs it: version 2.0.6 without `$eval`, with functions of its own.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
import jsonata from "jsonata";
import { StatesError } from "./failure";
import { hashOf, partitionOf, rangeOf, type Scope, type World } from "./scope";
import { isJsonList, isJsonMap, type Json, type JsonMap } from "../source";

/** The text of an expression in a definition: `{% … %}`, and nothing around it. */
export function jsonataText(value: string): string | null {
  return value.length >= 4 && value.startsWith("{%") && value.endsWith("%}") ? value.slice(2, -2) : null;
}

/** What is wrong with an expression; `null` where nothing is. */
export function jsonataProblem(expression: string): string | null {
  if (/\$eval\s*\(/u.test(expression)) return "Step Functions has no $eval; use $parse for JSON text";
  try {
    jsonata(expression);
    return null;
  } catch (error) {
    // the library throws plain objects
    const { message, position } = error as { message?: string; position?: number };
    return `not valid JSONata at character ${position ?? 0}: ${(message ?? "").replace(/\.$/u, "")}`;
  }
}

/** What `$states` holds, besides the context. */
export interface States {
  readonly input: Json;
  readonly result?: Json;
  readonly errorOutput?: JsonMap;
}

/** A value with each `{% … %}` in it evaluated. Throws `States.QueryEvaluationError`. */
export async function evaluateTemplate(template: Json, states: States, scope: Scope): Promise<Json> {
  if (typeof template === "string") {
    const expression = jsonataText(template);
    return expression === null ? template : evaluate(expression, states, scope);
  }
  if (isJsonList(template)) {
    const items: Json[] = [];
    for (const item of template) items.push(await evaluateTemplate(item, states, scope));
    return items;
  }
  if (!isJsonMap(template)) return template;
  const filled: Record<string, Json> = {};
  for (const [key, value] of Object.entries(template)) filled[key] = await evaluateTemplate(value, states, scope);
  return filled;
}

async function evaluate(text: string, states: States, scope: Scope): Promise<Json> {
  const failed = (why: string) =>
    new StatesError("States.QueryEvaluationError", `The JSONata expression '${text.trim()}' ${why}`);
  let value: unknown;
  try {
    const expression = jsonata(text);
    addFunctions(expression, scope.world);
    value = await expression.evaluate(null, { ...scope.variables, states: { ...states, context: scope.context } });
  } catch (error) {
    throw failed(`failed: ${(error as { message?: string }).message ?? String(error)}`);
  }
  if (value === undefined) throw failed("returned nothing (undefined)");
  if (typeof value === "function") throw failed("returned a function");
  // the library marks its lists with properties of its own
  return JSON.parse(JSON.stringify(value)) as Json;
}

function addFunctions(expression: jsonata.Expression, world: World): void {
  const add = (name: string, signature: string, run: (...args: never[]) => unknown) =>
    expression.registerFunction(name, run as (...args: unknown[]) => unknown, signature);
  const orThrow = <T>(value: T | null, message: string): T => {
    if (value === null) throw new Error(message);
    return value;
  };
  add("partition", "<an:a>", (list: Json[], size: number) => partitionOf(list, Math.max(1, Math.floor(size))));
  add("range", "<nnn:a>", (first: number, last: number, step: number) =>
    orThrow(rangeOf(first, last, step), "$range: give a step that is not 0, and 1,000 items at most"),
  );
  add("hash", "<ss:s>", (text: string, algorithm: string) =>
    orThrow(hashOf(text, algorithm), "$hash: the algorithms are MD5, SHA-1, SHA-256, SHA-384 and SHA-512"),
  );
  add("random", "<n?:n>", (seed?: number) => world.random(seed));
  add("uuid", "<:s>", () => world.uuid());
  add("parse", "<s:x>", (text: string) => JSON.parse(text) as unknown);
  add("now", "<:s>", () => world.now.toISOString());
  add("millis", "<:n>", () => world.now.getTime());
  add("eval", "<x-:x>", () => orThrow(null, "Step Functions has no $eval"));
}
