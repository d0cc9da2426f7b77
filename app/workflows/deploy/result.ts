/**
 * What reads a task's result, moved one step down: Step Functions gives an execution's output under `Output`, where the definition
 * speaks of the result itself. Texts in quotes are left as they are.
 */
import { isJsonList, isJsonMap, type Json } from "../source";
import { jsonataText } from "../walk/jsonata";

const QUOTED = String.raw`"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|` + "`[^`]*`" + String.raw`|/\*[\s\S]*?\*/`;
const JSONATA_RESULT = new RegExp(String.raw`${QUOTED}|\$states\s*\.\s*result(?![\w])`, "gu");
/** `$` of JSONPath, which is neither the context's `$$` nor a variable's `$name`. */
const ROOT = /'(?:\\.|[^'\\])*'|\$\$|\$\w+|\$/gu;

/** JSONata: `$states.result` becomes `$states.result.Output`, in each expression of the value. */
export function belowResult(value: Json): Json {
  if (typeof value === "string") {
    const expression = jsonataText(value);
    if (expression === null) return value;
    const below = expression.replace(JSONATA_RESULT, (text) => (text.startsWith("$") ? "$states.result.Output" : text));
    return `{%${below}%}`;
  }
  if (isJsonList(value)) return value.map(belowResult);
  if (!isJsonMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, belowResult(inner)]));
}

/** JSONPath: the paths of a payload template, and those that intrinsic functions are called with. */
export function templateBelow(template: Json): Json {
  if (isJsonList(template)) return template.map(templateBelow);
  if (!isJsonMap(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [
      key,
      key.endsWith(".$") && typeof value === "string" ? pathsBelow(value) : templateBelow(value),
    ]),
  );
}

/** `$.exitCode` becomes `$.Output.exitCode`. */
export function pathsBelow(text: string): string {
  return text.replace(ROOT, (found) => (found === "$" ? "$.Output" : found));
}
