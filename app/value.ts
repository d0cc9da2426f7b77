/**
 * A value of the app as parts: plain text, hosts that only a tier knows, secrets that no plan decrypts.
 * Only a component turns it into an Output.
 */

/** The host (name or address, without port) that stands for a service of the same app on the tier. */
export interface HostRef {
  readonly host: string;
}

/** A secret by its name: a key of `spectrum:secrets.<app>`, or a Compose secret. */
export interface SecretRef {
  readonly secret: string;
}

export type Part = string | HostRef | SecretRef;

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

/** True where the text holds a secret's mark. */
export function hasSecret(text: string): boolean {
  return text.includes(OPEN);
}

/** Splits a text with secret marks into its parts. */
export function parseValue(text: string): Value {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    parts.push(text.slice(from, match.index), { secret: match[1] ?? "" });
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return normalise(parts);
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

/** The value as text where it is plain text; `null` where a host or a secret stands in it. */
export function plainText(value: Value): string | null {
  return value.every((part) => typeof part === "string") ? value.join("") : null;
}
