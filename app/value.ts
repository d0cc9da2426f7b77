/**
 * A value of the app as parts: plain text, hosts that only a tier knows, secrets that no plan decrypts, outputs of what is
 * made beside the containers. Only a component turns it into an Output.
 */

/** The host (name or address, without port) that stands for a service of the same app on the tier. */
export interface HostRef {
  readonly host: string;
}

/** A secret by its name: a key of `spectrum:secrets.<app>`, or a Compose secret. */
export interface SecretRef {
  readonly secret: string;
}

/** An output of a backing service: `db.host`, `worker.queue.url`. */
export interface OutputRef {
  readonly output: string;
}

export type Part = string | HostRef | SecretRef | OutputRef;

/** Parts in order. Normal form: no empty text, no two texts side by side; the empty string is `[]`. */
export type Value = readonly Part[];

const OPEN = "\uE000";
const CLOSE = "\uE001";
const MARK = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`, "gu");

/**
 * The text that interpolation puts where a secret variable stands: readable by `parseValue` alone.
 * Private-use characters, which no Compose file holds (the reader refuses them in its input).
 */
export function secretMark(name: string): string {
  return `${OPEN}${name}${CLOSE}`;
}

/** Sets an output's mark apart from a secret's: no name of a secret starts so. */
const OUTPUT = "=";

/** True where the text holds a secret's mark. */
export function hasSecret(text: string): boolean {
  return text.includes(OPEN) && secretsOf(parseValue(text)).length > 0;
}

/** True where the text holds a mark of any kind: it is no plain text. */
export function hasMark(text: string): boolean {
  return text.includes(OPEN);
}

/** Splits a text with marks into its parts. */
export function parseValue(text: string): Value {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    const [, name = ""] = match;
    parts.push(text.slice(from, match.index), name.startsWith(OUTPUT) ? { output: name.slice(1) } : { secret: name });
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return normalise(parts);
}

/** What `parseValue` reads: the value as one text, with marks where it is not plain. A host is its name. */
export function markedText(value: Value): string {
  return value
    .map((part) => {
      if (typeof part === "string") return part;
      if ("host" in part) return part.host;
      return "secret" in part ? secretMark(part.secret) : `${OPEN}${OUTPUT}${part.output}${CLOSE}`;
    })
    .join("");
}

/** Joins neighbouring texts and drops empty ones. */
export function normalise(parts: readonly Part[]): Value {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === "string" && typeof last === "string") result[result.length - 1] = last + part;
    else if (part !== "") result.push(part);
  }
  return result;
}

/** The names of the secrets in the value, each once, in order. */
export function secretsOf(value: Value): readonly string[] {
  return [...new Set(value.flatMap((part) => (typeof part === "object" && "secret" in part ? [part.secret] : [])))];
}

/** The outputs that the value needs, each once, in order. */
export function outputsOf(value: Value): readonly string[] {
  return [...new Set(value.flatMap((part) => (typeof part === "object" && "output" in part ? [part.output] : [])))];
}

/** The value as text where it is plain text; `null` where anything else stands in it. */
export function plainText(value: Value): string | null {
  return value.every((part) => typeof part === "string") ? value.join("") : null;
}
