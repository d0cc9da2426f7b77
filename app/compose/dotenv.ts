/**
 * `.env` and `env_file` text to variables, by the rules of compose-go's `dotenv` package: comments, `export`, single and
 * double quotes over several lines, escapes and variables within double quotes and bare values.
 */
import { show } from "./problems";
import type { Lookup } from "./template";
import { substitute, TemplateError } from "./template";

/** What is wrong with an env file, and in which line. */
export class EnvFileError extends Error {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

export interface EnvFile {
  readonly variables: ReadonlyMap<string, string>;
  /** Variables used in values and not set anywhere, with the line. */
  readonly unset: readonly { readonly name: string; readonly line: number }[];
}

/**
 * Reads the text of an env file. `known` are variables of the files read before, which this one may use; `lookup` comes
 * before them. Throws an `EnvFileError`.
 */
export function parseEnvFile(source: string, lookup: Lookup, known: ReadonlyMap<string, string> = new Map()): EnvFile {
  return new Parser(source.replace(/^\uFEFF/u, ""), lookup, known).parse();
}

/** `format: raw`: `KEY=value` lines taken as they are; a key alone takes the value of the variable, if it is set. */
export function parseRawEnvFile(source: string, lookup: Lookup): EnvFile {
  const variables = new Map<string, string>();
  for (const [i, raw] of source
    .replace(/^\uFEFF/u, "")
    .split("\n")
    .entries()) {
    const line = raw.replace(/\r$/u, "").trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const at = line.indexOf("=");
    const key = at < 0 ? line : line.slice(0, at);
    if (key === "") throw new EnvFileError("a variable's name is missing before the equals sign", i + 1);
    if (/\s/u.test(key)) throw new EnvFileError(`the variable's name ${show(key)} holds a space`, i + 1);
    const value = at < 0 ? lookup(key) : line.slice(at + 1);
    if (value !== undefined) variables.set(key, value);
  }
  return { variables, unset: [] };
}

const SPACE = /[\t\v\f\r \u0085\u00A0]/u;
const ESCAPE = /\\(?:[abcfnrtv$"\\]|0\d{0,3})/gu;
const SIMPLE: Readonly<Record<string, string>> = {
  "\\a": "\x07",
  "\\b": "\b",
  "\\f": "\f",
  "\\n": "\n",
  "\\r": "\r",
  "\\t": "\t",
  "\\v": "\v",
  '\\"': '"',
  "\\\\": "\\",
  // the template's own escape, taken up when variables are filled in
  "\\$": "$$",
};

class Parser {
  #at = 0;
  readonly #variables = new Map<string, string>();
  readonly #unset: { name: string; line: number }[] = [];

  constructor(
    private readonly source: string,
    private readonly lookup: Lookup,
    private readonly known: ReadonlyMap<string, string>,
  ) {}

  parse(): EnvFile {
    while (this.#toStatement()) {
      const line = this.#line();
      const { key, inherited } = this.#key();
      if (key.includes(" ")) throw new EnvFileError(`the variable's name ${show(key)} holds a space`, line);
      if (inherited) {
        const value = this.lookup(key);
        if (value !== undefined) this.#variables.set(key, value);
      } else {
        this.#variables.set(key, this.#value());
      }
    }
    return { variables: this.#variables, unset: this.#unset };
  }

  #line(): number {
    let line = 1;
    for (let i = this.source.indexOf("\n"); i >= 0 && i < this.#at; i = this.source.indexOf("\n", i + 1)) line++;
    return line;
  }

  /** To the next statement, over space and comments. */
  #toStatement(): boolean {
    for (;;) {
      while (this.#at < this.source.length && /\s/u.test(this.source.charAt(this.#at))) this.#at++;
      if (this.source[this.#at] !== "#") return this.#at < this.source.length;
      const end = this.source.indexOf("\n", this.#at);
      this.#at = end < 0 ? this.source.length : end;
    }
  }

  #skipSpace(): void {
    while (this.#at < this.source.length && SPACE.test(this.source.charAt(this.#at))) this.#at++;
  }

  #key(): { key: string; inherited: boolean } {
    if (/^export\s/u.test(this.source.slice(this.#at, this.#at + 7))) {
      this.#at += "export".length;
      this.#skipSpace();
    }
    const start = this.#at;
    for (let i = start; i < this.source.length;) {
      const char = String.fromCodePoint(this.source.codePointAt(i) ?? 0);
      if (char === "=" || char === ":" || char === "\n") {
        this.#at = i + 1;
        const key = this.source.slice(start, i).trimEnd();
        this.#skipSpace();
        return { key, inherited: char === "\n" };
      }
      if (!SPACE.test(char) && !/[\p{L}\p{N}_.\-[\]]/u.test(char)) {
        const shown = this.source.slice(start).split("\n")[0];
        throw new EnvFileError(
          `unexpected character ${show(char)} in the variable's name ${show(shown ?? "")}`,
          this.#line(),
        );
      }
      i += char.length;
    }
    // compose-go drops a name without a value at the very end of a file; here it is taken like any other line
    this.#at = this.source.length;
    return { key: this.source.slice(start).trimEnd(), inherited: true };
  }

  #value(): string {
    const quote = this.source[this.#at];
    if (quote !== '"' && quote !== "'") return this.#bareValue();
    const start = this.#at;
    const line = this.#line();
    let value = "";
    let escaped = false;
    for (let i = start + 1; i < this.source.length; i++) {
      const char = this.source.charAt(i);
      if (char === quote && !escaped) {
        this.#at = i + 1;
        return quote === '"' ? this.#expand(expandEscapes(value), line) : value;
      }
      if (char === "\\" && !escaped) {
        escaped = true;
        continue;
      }
      value += escaped && char !== quote ? `\\${char}` : char;
      escaped = false;
    }
    const shown = this.source.slice(start).split("\n")[0];
    throw new EnvFileError(`the quoted value ${shown} has no end`, line);
  }

  #bareValue(): string {
    const line = this.#line();
    const end = this.source.indexOf("\n", this.#at);
    const whole = this.source.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.source.length : end + 1;
    const comment = whole.indexOf(" #");
    return this.#expand((comment < 0 ? whole : whole.slice(0, comment)).trimEnd(), line);
  }

  #expand(value: string, line: number): string {
    const lookup: Lookup = (name) => this.lookup(name) ?? this.#variables.get(name) ?? this.known.get(name);
    try {
      const { text, unset } = substitute(value, lookup);
      this.#unset.push(...unset.map((name) => ({ name, line })));
      return text;
    } catch (error) {
      if (error instanceof TemplateError) throw new EnvFileError(error.message, line);
      throw error;
    }
  }
}

function expandEscapes(value: string): string {
  return value.replace(ESCAPE, (escape) => {
    const simple = SIMPLE[escape];
    if (simple !== undefined) return simple;
    if (!escape.startsWith("\\0")) return escape;
    const digits = escape.slice(2);
    const code = /^[0-7]{3}$/u.test(digits) ? parseInt(digits, 8) : Infinity;
    return code < 256 ? String.fromCharCode(code) : `\\${digits}`;
  });
}
