/**
 * Variables in values: `$NAME`, `${NAME}`, `${NAME:-default}`, `-`, `:?error`, `?`, `:+replacement`, `+`, nested, `$$`.
 * The rules, with their corners, are those of compose-go's `template` package.
 */
import { show } from "./problems";

/** The value of a variable; `undefined` where it is not set. */
export type Lookup = (name: string) => string | undefined;

/** What is wrong with a value's variables. */
export class TemplateError extends Error {}

export interface Substitution {
  readonly text: string;
  /** Variables that are not set and stand as the empty text, in order. */
  readonly unset: readonly string[];
}

/** Defaults within defaults, at most so deep. */
const MAX_DEPTH = 100;
const NAME = /[_a-z][_a-z0-9]*/iy;
const OPERATOR = /:?[-+?]/y;

/** Replaces the variables in a text. Throws a `TemplateError` where one is required and not set, or the text is malformed. */
export function substitute(template: string, lookup: Lookup): Substitution {
  const unset: string[] = [];
  return { text: replaceAll(template, lookup, unset, 0), unset };
}

function replaceAll(template: string, lookup: Lookup, unset: string[], depth: number): string {
  if (depth > MAX_DEPTH)
    throw new TemplateError(`variables are nested too deeply, at most ${MAX_DEPTH} levels are allowed`);
  let result = "";
  let at = 0;
  for (let dollar = template.indexOf("$"); dollar >= 0; dollar = template.indexOf("$", at)) {
    result += template.slice(at, dollar);
    if (template[dollar + 1] === "$") {
      result += "$";
      at = dollar + 2;
    } else if (template[dollar + 1] === "{") {
      const reference = readReference(template, dollar);
      result += evaluate(reference, lookup, unset, depth);
      at = reference.end;
    } else {
      const name = matchAt(NAME, template, dollar + 1);
      result += name === "" ? "$" : valueOf(name, lookup, unset);
      at = dollar + 1 + name.length;
    }
  }
  return result + template.slice(at);
}

interface Reference {
  readonly name: string;
  readonly operator: string;
  readonly operand: string;
  /** Where the text goes on. */
  readonly end: number;
}

/** `${NAME}` or `${NAME<operator><operand>}`; the operand ends at the brace that closes the reference, in the same line. */
function readReference(template: string, dollar: number): Reference {
  const name = matchAt(NAME, template, dollar + 2);
  const after = dollar + 2 + name.length;
  if (name !== "" && template[after] === "}") return { name, operator: "", operand: "", end: after + 1 };
  const operator = name === "" ? "" : matchAt(OPERATOR, template, after);
  const close = operator === "" ? -1 : closingBrace(template, dollar);
  if (close < 0) {
    throw new TemplateError(`${show(template)} is no valid use of a variable, write $$ for a dollar sign`);
  }
  return { name, operator, operand: template.slice(after + operator.length, close), end: close + 1 };
}

function evaluate(reference: Reference, lookup: Lookup, unset: string[], depth: number): string {
  const { name, operator, operand } = reference;
  if (operator === "") return valueOf(name, lookup, unset);
  const value = lookup(name);
  const present = operator.startsWith(":") ? value !== undefined && value !== "" : value !== undefined;
  const replaced = () => replaceAll(operand, lookup, unset, depth + 1);
  switch (operator.replace(":", "")) {
    case "-":
      return present ? (value ?? "") : replaced();
    case "+":
      return present ? replaced() : (value ?? "");
    default: {
      if (present) return value ?? "";
      const reason = replaced();
      throw new TemplateError(
        `the required variable ${name} is ${value === undefined ? "not set" : "empty"}${reason ? `: ${reason}` : ""}`,
      );
    }
  }
}

function valueOf(name: string, lookup: Lookup, unset: string[]): string {
  const value = lookup(name);
  if (value === undefined) unset.push(name);
  return value ?? "";
}

function matchAt(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? "";
}

/** The brace that closes the one after `dollar`; where braces do not pair, the last of the line; -1 where there is none. */
function closingBrace(template: string, dollar: number): number {
  let open = 0;
  let last = -1;
  for (let i = dollar; i < template.length && template[i] !== "\n"; i++) {
    if (template[i] === "}") {
      last = i;
      if (--open === 0) return i;
    }
    if (template[i] === "{") {
      open++;
      // compose-go passes over the character after an opening brace
      i++;
    }
  }
  return last;
}
