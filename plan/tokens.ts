/**
 * The stand-ins that a recorded program computes with: short texts of private-use characters that name an output, a
 * looked-up value or a secret, and that go through `apply`, `interpolate` and `JSON.stringify` as any text does.
 *
 * An output's token holds the number of its resource and the number of its property's name, so that no part of it
 * looks like an ARN or a name: what splits, indexes or slices it leaves a piece that `TokenTable.convert` tells apart from
 * a whole token, and reports. The characters are refused in Compose files and kept apart from the marks of app/value.ts.
 */

/** First character of a token, by kind; every token ends with `CLOSE`. */
const OUTPUT = "\uE010";
const LOOKUP = "\uE011";
const SECRET = "\uE012";
const CLOSE = "\uE013";

/** A number is two digits of base 4096, one private-use character each. */
const ZERO = 0xe100;
const BASE = 0x1000;
const DIGITS = 2;
const LIMIT = BASE ** DIGITS;

const ANY = /[\uE010-\uE013\uE100-\uF0FF]/;
const TOKEN =
  /\uE010([\uE100-\uF0FF]{2})([\uE100-\uF0FF]{2})\uE013|\uE011([\uE100-\uF0FF]{2})\uE013|\uE012([^\uE010-\uE013]+)\uE013/g;

/** What a token stands for. */
export type Reference =
  | { readonly kind: "output"; readonly urn: string; readonly property: string }
  | { readonly kind: "lookup"; readonly token: string; readonly property: string }
  | { readonly kind: "secret"; readonly name: string };

/** A text in its parts: what stands between tokens, and the tokens' references. */
export type TextPart = string | Reference;

/** The token of a secret; the same in every recording, so that config can be made before one starts. */
export function secretToken(name: string): string {
  return `${SECRET}${name}${CLOSE}`;
}

/** True where the text holds a token or a piece of one. */
export function hasToken(text: string): boolean {
  return ANY.test(text);
}

/** The tokens of one recording: gives them out and reads them back. */
export class TokenTable {
  private readonly urns: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly names: string[] = [];
  private readonly nameNumbers = new Map<string, number>();

  /** The token of a resource's output; `property` may be a path (`domainValidationOptions[0].resourceRecordName`). */
  output(urn: string, property: string): string {
    return `${OUTPUT}${digits(this.resource(urn))}${digits(this.name(property))}${CLOSE}`;
  }

  /** The token of a value that the function `token` looks up; `property` is the path in its result. */
  lookup(token: string, property: string): string {
    return `${LOOKUP}${digits(this.name(`${token} ${property}`))}${CLOSE}`;
  }

  /**
   * Splits a text at its tokens. `null` where a piece of a token is left: the text was indexed, split or sliced, which a
   * program must not do with what it does not know yet.
   */
  read(text: string): readonly TextPart[] | null {
    const parts: TextPart[] = [];
    let from = 0;
    for (const match of text.matchAll(TOKEN)) {
      const before = text.slice(from, match.index);
      const reference = this.resolve(match);
      if (ANY.test(before) || !reference) return null;
      if (before) parts.push(before);
      parts.push(reference);
      from = match.index + match[0].length;
    }
    const rest = text.slice(from);
    if (ANY.test(rest)) return null;
    if (rest) parts.push(rest);
    return parts;
  }

  private resolve([, resource, property, lookup, secret]: RegExpExecArray): Reference | null {
    if (secret !== undefined) return { kind: "secret", name: secret };
    if (lookup !== undefined) {
      const name = this.names[number(lookup)];
      if (name === undefined) return null;
      const space = name.indexOf(" ");
      return { kind: "lookup", token: name.slice(0, space), property: name.slice(space + 1) };
    }
    const urn = this.urns[number(resource ?? "")];
    const path = this.names[number(property ?? "")];
    return urn === undefined || path === undefined ? null : { kind: "output", urn, property: path };
  }

  private resource(urn: string): number {
    return intern(urn, this.numbers, this.urns);
  }

  private name(name: string): number {
    return intern(name, this.nameNumbers, this.names);
  }
}

function intern(text: string, numbers: Map<string, number>, texts: string[]): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  if (texts.length >= LIMIT) throw new Error(`a recording holds at most ${LIMIT} resources`);
  numbers.set(text, texts.length);
  return texts.push(text) - 1;
}

function digits(value: number): string {
  return String.fromCharCode(ZERO + Math.floor(value / BASE), ZERO + (value % BASE));
}

function number(text: string): number {
  return (text.charCodeAt(0) - ZERO) * BASE + (text.charCodeAt(1) - ZERO);
}
