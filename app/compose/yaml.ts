/**
 * YAML text to trees: anchors, aliases, merge keys, `!reset` and `!override`, scalars as Compose types them.
 *
 * The parser is the `yaml` package with all typing off. Which plain scalar is a number follows go-yaml, the parser inside
 * Docker Compose: `yes` and `on` are text, `010` is eight, `1_000` a thousand, `2001-12-14` a time.
 */
import {
  Composer,
  CST,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  visit,
} from "yaml";
import type { Alias, Document, ParsedNode, Scalar, YAMLMap } from "yaml";
import type { Location } from "../finding";
import type { Problems } from "./problems";
import { hasMarks, MARKS_REFUSED, show } from "./problems";
import type { Node, Origin } from "./tree";
import { bool, float, integer, list, map, nil, text, withKey } from "./tree";

/** The largest file that is read, in bytes. Real Compose files have a hundredth of it. */
export const MAX_BYTES = 256 * 1024;
/** The most values that the files of an app may have once their aliases are written out. */
export const MAX_NODES = 50_000;
/** The deepest nesting. */
export const MAX_DEPTH = 100;
/** The most documents (parts between `---`) of a file. */
export const MAX_DOCUMENTS = 20;
/** The parser stops after so many syntax errors: most follow from the first. */
const MAX_ERRORS = 20;

/** One YAML document of a file. */
export interface ParsedDocument {
  readonly root: Node | null;
  /** Paths with `!reset` or `!override`: what earlier files have there is taken out. */
  readonly resets: readonly (readonly string[])[];
}

// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/u;

/** Reads the documents of a file. What is wrong goes to `problems`; `null` where the text is no YAML at all. */
export function parseYaml(
  file: string,
  source: string,
  problems: Problems,
  budget: Budget = { nodes: MAX_NODES },
): readonly ParsedDocument[] | null {
  const lines = new LineCounter();
  const at = (offset: number): Location => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const control = CONTROL.exec(source);
  if (control !== null) {
    const before = source.slice(0, control.index).split("\n");
    const place = { file, line: before.length, column: (before.at(-1) ?? "").length + 1 };
    problems.error("the file holds a control character, which YAML does not allow, remove it", place);
    return null;
  }
  const deep = tooDeep(source, lines.addNewLine);
  if (deep !== null) {
    problems.error(`values are nested too deeply, at most ${MAX_DEPTH} levels are allowed`, at(deep));
    return null;
  }
  const { documents, errors } = compose(source);
  for (const error of errors) problems.error(`not valid YAML: ${yamlMessage(error.message)}`, at(error.offset));
  if (errors.length > 0) return null;
  if (documents.length > MAX_DOCUMENTS) {
    problems.error(`the file has more than ${MAX_DOCUMENTS} documents, at most so many are allowed`, at(0));
    return null;
  }
  const reader = new DocumentReader(at, problems, budget);
  const result = documents.map((document) => reader.read(document));
  return reader.failed ? null : result;
}

/** How many values may still be read. */
export interface Budget {
  nodes: number;
}

type Parsed = Document.Parsed<ParsedNode>;

/** A syntax error: what and where. */
interface SyntaxProblem {
  readonly message: string;
  readonly offset: number;
}

/** Thrown to stop the parser. */
class Stop extends Error {}

/**
 * The documents of a text, or its first syntax errors. The parser collects errors without end, and a text that is all
 * errors would take seconds, so that they are counted here.
 */
function compose(source: string): { readonly documents: readonly Parsed[]; readonly errors: readonly SyntaxProblem[] } {
  const composer = new Composer<ParsedNode>({ schema: "failsafe", uniqueKeys: false, logLevel: "silent" });
  const documents: Parsed[] = [];
  const errors: SyntaxProblem[] = [];
  const add = (message: string, offset: number) => {
    if (errors.length < MAX_ERRORS) errors.push({ message, offset });
    if (errors.length >= MAX_ERRORS) throw new Stop();
  };
  type OnError = (
    at: number | [number, number] | { offset: number },
    code: string,
    message: string,
    warning?: boolean,
  ) => void;
  (composer as unknown as { onError: OnError }).onError = (at, _code, message, warning) => {
    if (warning !== true) add(message, typeof at === "number" ? at : Array.isArray(at) ? at[0] : at.offset);
  };
  const take = (ready: Iterable<Document.Parsed<ParsedNode> | Document<ParsedNode>>) => {
    for (const document of ready) documents.push(document as Parsed);
    if (documents.length > MAX_DOCUMENTS) throw new Stop();
  };
  try {
    for (const token of new Parser().parse(source)) {
      if (token.type === "error") add(token.message, token.offset);
      else take(composer.next(token));
    }
    take(composer.end());
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return { documents, errors };
}

/** The lexer's own marks, which are no part of the text. */
const MARKS = new Set(["\x02", "\x18", "\x1f"]);

/**
 * Where the nesting passes what the parser, which calls itself for each level, can bear; `null` where it does not.
 * Tells where the lines begin by the way.
 */
function tooDeep(source: string, onNewLine: (offset: number) => void): number | null {
  const indents: number[] = [];
  let [offset, lineStart, flow, inLine] = [0, 0, 0, 0];
  let [fresh, header, block] = [true, false, false];
  onNewLine(0);
  for (const token of new Lexer().lex(source)) {
    if (MARKS.has(token)) {
      block = header;
      header = false;
      continue;
    }
    const type = CST.tokenType(token);
    if (type === "block-scalar-header") header = true;
    else if (type === "flow-seq-start" || type === "flow-map-start") flow++;
    else if (type === "flow-seq-end" || type === "flow-map-end") flow--;
    else if (type === "seq-item-ind" || type === "explicit-key-ind") inLine++;
    if (fresh && !block && flow <= 0 && type !== "space" && type !== "newline" && type !== "comment") {
      const indent = offset - lineStart;
      while ((indents.at(-1) ?? -1) >= indent) indents.pop();
      indents.push(indent);
      fresh = false;
    }
    if (flow > MAX_DEPTH || inLine > MAX_DEPTH || indents.length > MAX_DEPTH) return offset;
    for (let at = token.indexOf("\n"); at >= 0; at = token.indexOf("\n", at + 1)) {
      lineStart = offset + at + 1;
      onNewLine(lineStart);
      inLine = 0;
      fresh = true;
    }
    offset += token.length;
    block = false;
  }
  return null;
}

/** The parser's words as the first line, lower case, without a full stop. */
function yamlMessage(message: string): string {
  const first = (message.split("\n")[0] ?? "").replace(/[.:]$/u, "").replace(/ at line \d+, column \d+$/u, "");
  return first.charAt(0).toLowerCase() + first.slice(1);
}

/** Stops the reading of a document that is too large. */
class TooMuch extends Error {}

class DocumentReader {
  failed = false;
  #resets: string[][] = [];
  #anchors = new Map<string, ParsedNode>();
  #open = new Set<ParsedNode>();

  constructor(
    private readonly at: (offset: number) => Location,
    private readonly problems: Problems,
    private readonly budget: Budget,
  ) {}

  read(document: Document.Parsed<ParsedNode>): ParsedDocument {
    this.#resets = [];
    this.#anchors = new Map();
    this.#open = new Set();
    try {
      const root = document.contents === null ? null : this.#node(document.contents, []);
      return { root: root ?? null, resets: this.#resets };
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      this.failed = true;
      return { root: null, resets: [] };
    }
  }

  #error(message: string, node: { range?: readonly number[] | null }): void {
    this.failed = true;
    this.problems.error(message, this.#place(node));
  }

  #place(node: { range?: readonly number[] | null }): Location {
    return this.at(node.range?.[0] ?? 0);
  }

  /** The tree of a value; `undefined` where `!reset` takes it out. */
  #node(node: ParsedNode, path: readonly string[]): Node | undefined {
    if (--this.budget.nodes < 0) {
      this.#error(
        `more than ${MAX_NODES} values once the aliases are written out, split the file or use fewer aliases`,
        node,
      );
      throw new TooMuch();
    }
    if (path.length > MAX_DEPTH) {
      this.#error(`values are nested too deeply, at most ${MAX_DEPTH} levels are allowed`, node);
      throw new TooMuch();
    }
    if (!isAlias(node) && node.anchor) this.#anchors.set(node.anchor, node);
    if (node.tag === "!reset") {
      this.#resets.push(path.filter((step) => step !== "<<"));
      // anchors inside may still be used by what follows
      if (isCollection(node)) this.#collect(node);
      return undefined;
    }
    if (node.tag === "!override") this.#resets.push(path.filter((step) => step !== "<<"));
    if (isAlias(node)) return this.#alias(node, path);
    const origin: Origin = { place: this.#place(node) };
    if (isMap(node)) return this.#map(node, path, origin);
    if (isSeq(node)) {
      const items = node.items.map((item, i) => this.#node(item, [...path, String(i)]));
      return list(
        items.filter((item) => item !== undefined),
        origin,
      );
    }
    return this.#scalar(node, origin);
  }

  #collect(node: ParsedNode): void {
    visit(node, (_, inner) => {
      if (!isPair(inner) && !isAlias(inner) && (isScalar(inner) || isCollection(inner)) && inner.anchor)
        this.#anchors.set(inner.anchor, inner as ParsedNode);
    });
  }

  #target(alias: Alias): ParsedNode | undefined {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) this.#error(`no anchor is named ${show(alias.source)} before this alias`, alias);
    else if (this.#open.has(target)) {
      this.#error(`the anchor ${show(alias.source)} contains itself`, alias);
      throw new TooMuch();
    }
    return target;
  }

  #alias(alias: Alias.Parsed, path: readonly string[]): Node | undefined {
    const target = this.#target(alias);
    if (target === undefined) return undefined;
    this.#open.add(target);
    const node = this.#node(target, path);
    this.#open.delete(target);
    return node;
  }

  #map(node: YAMLMap.Parsed, path: readonly string[], origin: Origin): Node {
    const entries = new Map<string, Node>();
    const seen = new Map<string, Location>();
    const merges: ParsedNode[] = [];
    if (node.anchor) this.#open.add(node);
    for (const pair of node.items) {
      const key = this.#key(pair.key, node);
      if (key === null) continue;
      const place = this.#place(pair.key);
      const before = seen.get(key);
      if (before !== undefined) {
        this.#error(`the key ${show(key)} is already set at line ${before.line}, remove one of the two`, pair.key);
        continue;
      }
      seen.set(key, place);
      if (key === "<<" && isPlain(pair.key)) {
        if (pair.value !== null) merges.push(pair.value);
        continue;
      }
      const value = pair.value === null ? nil({ place }) : this.#node(pair.value, [...path, key]);
      if (value !== undefined) entries.set(key, withKey(value, place));
    }
    for (const merge of merges) this.#merge(merge, path, entries, new Set(seen.keys()));
    if (node.anchor) this.#open.delete(node);
    return map(entries, origin);
  }

  /** `<<`: the entries of other maps, under those that the map has itself; of several, the first wins. */
  #merge(source: ParsedNode, path: readonly string[], entries: Map<string, Node>, own: ReadonlySet<string>): void {
    if (source.tag === "!reset") return;
    const target = isAlias(source) ? this.#target(source) : source;
    if (target === undefined) return;
    const maps = isSeq(target) ? target.items : [source];
    for (const one of maps) {
      const node = this.#node(one, [...path, "<<"]);
      if (node === undefined) continue;
      if (node.kind !== "map") {
        this.#error("a merge key (<<) takes a map, an alias of a map or a list of those", one);
        continue;
      }
      for (const [key, value] of node.entries) if (!own.has(key) && !entries.has(key)) entries.set(key, value);
    }
  }

  /** The text of a key; `null`, with an error, where it is none. */
  #key(key: ParsedNode | null, parent: ParsedNode): string | null {
    if (key === null) {
      this.#error("a key is empty, write its name before the colon", parent);
      return null;
    }
    const target = isAlias(key) ? this.#target(key) : key;
    if (target === undefined) return null;
    if (!isScalar(target)) {
      this.#error("a key is a list or a map, only text is allowed", key);
      return null;
    }
    if (isPlain(target) && target.source === "<<") return "<<";
    const value = this.#scalar(target, {});
    if (value.kind === "scalar" && value.type !== "string") {
      this.#error(`the key ${target.source ?? ""} is no text, put it in quotes`, key);
      return null;
    }
    return (value as { text: string }).text;
  }

  #scalar(node: Scalar.Parsed, origin: Origin): Node {
    const source = typeof node.value === "string" ? node.value : (node.source ?? "");
    if (hasMarks(source)) this.#error(MARKS_REFUSED, node);
    const tag = node.tag?.replace(/^tag:yaml\.org,2002:/u, "!!");
    if (tag === "!!binary") return text(Buffer.from(source, "base64").toString("utf8"), origin);
    const typed = tag === "!!int" || tag === "!!float" || tag === "!!bool" || tag === "!!null";
    if (!typed && (tag !== undefined || !isPlain(node)) && tag !== "!override") return text(source, origin);
    if (!typed && !isPlain(node)) return text(source, origin);
    const value = resolveScalar(source, origin, !typed);
    if (!typed || `!!${value.type}` === tag) return value;
    if (tag === "!!float" && value.type === "int") return float(Number(value.value), origin);
    this.#error(`${show(source)} is no ${tag.slice(2)}, correct the value or the tag ${tag}`, node);
    return value;
  }
}

function isPlain(node: ParsedNode): boolean {
  return isScalar(node) && node.type === "PLAIN";
}

const NULLS = new Set(["", "~", "null", "Null", "NULL"]);
const BOOLS = new Map([
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["False", false],
  ["FALSE", false],
]);
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/u;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/u;
const SPECIAL = new Map([
  [".nan", NaN],
  [".inf", Infinity],
  ["+.inf", Infinity],
  ["-.inf", -Infinity],
]);
const INT64 = 2n ** 63n;

/** The type of a plain scalar, as go-yaml resolves it. */
export function resolveScalar(source: string, origin: Origin, times = true) {
  if (NULLS.has(source)) return nil(origin);
  const flag = BOOLS.get(source);
  if (flag !== undefined) return bool(flag, origin);
  if (/^[-+]?\.(?:[a-z]+|[A-Z]+|[A-Z][a-z]+|NaN)$/u.test(source)) {
    const special = SPECIAL.get(source.toLowerCase());
    if (special !== undefined) return float(special, origin);
  }
  if (source === "-0" || source === "-0.0") return float(-0, origin);
  if (!/^[-+.0-9]/u.test(source)) return text(source, origin);
  const time = times ? timeText(source) : null;
  if (time !== null) return text(time, origin);
  const plain = source.startsWith(".") ? source : source.replaceAll("_", "");
  const whole = INTEGER.exec(plain);
  if (whole !== null) {
    const [, sign, digits] = whole as unknown as [string, string, string];
    const octal = /^0[0-7]+$/u.test(digits);
    const size = BigInt(octal ? `0o${digits.slice(1)}` : digits.replace(/^0[OXB]/u, (prefix) => prefix.toLowerCase()));
    const value = sign === "-" ? -size : size;
    if (value >= -INT64 && value < INT64 * 2n) return integer(Number(value), origin, value.toString());
  }
  if (FLOAT.test(plain)) return float(Number(plain), origin);
  return text(source, origin);
}

const TIME = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d+)?(Z|[+-]\d{2}:\d{2})?)?$/u;

/** A YAML time as the text that Compose makes of it (`2001-12-14 00:00:00 +0000 UTC`); `null` where it is none. */
function timeText(source: string): string | null {
  const match = TIME.exec(source);
  if (match === null) return null;
  const [, year, month, day, separator, hour = "0", minute = "0", second = "0", fraction = "", zone] = match;
  if (separator !== undefined && (separator === " ") !== (zone === undefined)) return null;
  const fields = [month, day, hour, minute, second].map(Number) as [number, number, number, number, number];
  const date = new Date(Date.UTC(Number(year), fields[0] - 1, fields[1], fields[2], fields[3], fields[4]));
  const same = date.getUTCMonth() === fields[0] - 1 && date.getUTCDate() === fields[1];
  if (!same || fields[2] > 23 || fields[3] > 59 || fields[4] > 59) return null;
  const two = (value: number) => String(value).padStart(2, "0");
  const precise = fraction.slice(0, 10).replace(/\.?0+$/u, "");
  const offset = zone === undefined || zone === "Z" ? "+0000 UTC" : `${zone.replace(":", "")} ${zone.replace(":", "")}`;
  return `${year}-${two(fields[0])}-${two(fields[1])} ${two(fields[2])}:${two(fields[3])}:${two(fields[4])}${precise} ${offset}`;
}
