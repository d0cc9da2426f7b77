/** The text of a definition, JSON or YAML, as plain values that remember where each was written. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, Node } from "yaml";
import { InputError, type Location, type Problem } from "../finding";

export type Json = null | boolean | number | string | readonly Json[] | JsonMap;
export interface JsonMap {
  readonly [key: string]: Json;
}

/** The steps from the top of a file to a value. */
export type Path = readonly (string | number)[];

export interface Source {
  readonly file: string;
  readonly value: Json;
  /** Where the value stands: its key, where it has one; of what is not there, the nearest value around it. */
  at(path: Path): Location;
}

/**
 * The largest definition, in bytes of UTF-8: what CreateStateMachine takes in one request.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MAX_DEFINITION_BYTES = 1024 * 1024;
const MAX_ALIASES = 100;
const MAX_ERRORS = 20;

/** Reads the text. Throws `InputError` with every syntax error. JSON is read as the YAML that it also is. */
export function parseSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const place = (offset: number): Location => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  function wrong(errors: readonly { readonly message: string; readonly at: number }[]): InputError {
    return new InputError(errors.map(({ message, at }): Problem => ({ message, location: place(at) })));
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_DEFINITION_BYTES)
    throw wrong([{ message: `has ${bytes} bytes, at most ${MAX_DEFINITION_BYTES} (1 MiB) are allowed`, at: 0 }]);
  let document: Document.Parsed;
  let value: Json;
  try {
    document = parseDocument(text, { lineCounter: lines, version: "1.2", merge: true, prettyErrors: false });
    if (document.errors.length > 0) {
      const errors = document.errors.slice(0, MAX_ERRORS);
      throw wrong(errors.map(({ message, pos }) => ({ message: syntaxMessage(message), at: pos[0] })));
    }
    value = plain(document.toJS({ maxAliasCount: MAX_ALIASES }));
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (error instanceof RangeError) throw wrong([{ message: "values are nested too deeply to be read", at: 0 }]);
    // the library's word on an alias without anchor, or on too many of them
    if (error instanceof ReferenceError) throw wrong([{ message: syntaxMessage(error.message), at: 0 }]);
    throw error;
  }
  return { file, value, at: (path) => place(offsetOf(document, path)) };
}

function syntaxMessage(message: string): string {
  const first = (message.split("\n")[0] ?? "").replace(/[.:]$/u, "");
  return `not valid JSON or YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`;
}

/** Without the types that JSON has not: YAML's maps with other keys, its sets and dates, and infinite numbers. */
function plain(value: unknown): Json {
  if (value === undefined) return null;
  return JSON.parse(JSON.stringify(value)) as Json;
}

function offsetOf(document: Document.Parsed, path: Path): number {
  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  let [node, offset]: [unknown, number] = [resolve(document.contents), start(document.contents) ?? 0];
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) break;
      offset = start(pair.key) ?? offset;
      node = resolve(pair.value);
    } else if (isSeq(node) && typeof step === "number") {
      offset = start(node.items[step]) ?? offset;
      node = resolve(node.items[step]);
    } else break;
  }
  return offset;
}

function start(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

/** A source that no file holds: a definition or mocks that a program built. */
export function sourceOf(name: string, value: Json): Source {
  return parseSource(name, JSON.stringify(value, null, 2));
}

export function isJsonMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
