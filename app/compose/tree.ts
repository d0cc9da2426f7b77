/**
 * The tree that the reader works on: YAML values that remember where they were written.
 * Nodes are never changed after they are made; each step of the reader makes new ones.
 */
import type { Location } from "../finding";

export type ScalarType = "string" | "int" | "float" | "bool" | "null";

interface Common {
  /** Where the value stands; `null` where no file has it. */
  readonly place: Location | null;
  /** Where its key stands, for the value of a map. */
  readonly key: Location | null;
  /** True where the reader put the value there (a default), false where the user wrote it. */
  readonly implied: boolean;
  /** True where Compose's canonical form leaves the value out (a false flag, an empty list), though the user wrote it. */
  readonly omitted: boolean;
}

export interface ScalarNode extends Common {
  readonly kind: "scalar";
  readonly type: ScalarType;
  readonly value: string | number | boolean | null;
  /** The value as text, as Compose turns it into a string: `1.50` is `1.5`, `0x10` is `16`. */
  readonly text: string;
}

export interface MapNode extends Common {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, Node>;
}

export interface ListNode extends Common {
  readonly kind: "list";
  readonly items: readonly Node[];
}

export type Node = ScalarNode | MapNode | ListNode;

/** What a new node takes over from the one that it was made from. */
export type Origin = Partial<Pick<Common, "place" | "key" | "implied" | "omitted">>;

/** The origin of values that the reader adds. */
export const IMPLIED: Origin = { implied: true };

/** The same place, but put there by the reader: a part of a short form that the user did not write. */
export function impliedBy(node: Node): Origin {
  return { place: node.place, key: node.key, implied: true };
}

function common(origin: Origin): Common {
  return {
    place: origin.place ?? null,
    key: origin.key ?? null,
    implied: origin.implied ?? false,
    omitted: origin.omitted ?? false,
  };
}

export function text(value: string, origin: Origin): ScalarNode {
  return { kind: "scalar", type: "string", value, text: value, ...common(origin) };
}

export function integer(value: number, origin: Origin, written = String(value)): ScalarNode {
  return { kind: "scalar", type: "int", value, text: written, ...common(origin) };
}

export function float(value: number, origin: Origin): ScalarNode {
  return { kind: "scalar", type: "float", value, text: floatText(value), ...common(origin) };
}

export function bool(value: boolean, origin: Origin): ScalarNode {
  return { kind: "scalar", type: "bool", value, text: String(value), ...common(origin) };
}

export function nil(origin: Origin): ScalarNode {
  return { kind: "scalar", type: "null", value: null, text: "<nil>", ...common(origin) };
}

export function map(entries: Iterable<readonly [string, Node]>, origin: Origin): MapNode {
  return { kind: "map", entries: new Map(entries), ...common(origin) };
}

export function list(items: readonly Node[], origin: Origin): ListNode {
  return { kind: "list", items, ...common(origin) };
}

/** The node with other marks. */
export function withOrigin<T extends Node>(node: T, origin: Origin): T {
  return { ...node, ...origin };
}

/** The node under a key that stands at `key`: what an alias or a merge does to the place of a value. */
export function withKey<T extends Node>(node: T, key: Location | null): T {
  return { ...node, key };
}

/** The map with one entry set (in place of the old one) or, with `undefined`, taken out. */
export function withEntry(node: MapNode, key: string, value: Node | undefined): MapNode {
  const entries = new Map(node.entries);
  if (value === undefined) entries.delete(key);
  else entries.set(key, value);
  return { ...node, entries };
}

/** The map with each value replaced; `undefined` takes the entry out. */
export function mapEntries(node: MapNode, change: (value: Node, key: string) => Node | undefined): MapNode {
  const entries = new Map<string, Node>();
  for (const [key, value] of node.entries) {
    const changed = change(value, key);
    if (changed !== undefined) entries.set(key, changed);
  }
  return { ...node, entries };
}

export function isMap(node: Node | undefined): node is MapNode {
  return node?.kind === "map";
}

export function isList(node: Node | undefined): node is ListNode {
  return node?.kind === "list";
}

export function isNull(node: Node | undefined): boolean {
  return node?.kind === "scalar" && node.type === "null";
}

export function isText(node: Node | undefined): node is ScalarNode & { value: string } {
  return node?.kind === "scalar" && node.type === "string";
}

/** The entry of a map, `undefined` where the node is no map or has no such entry. */
export function get(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  let at = node;
  for (const key of path) at = isMap(at) ? at.entries.get(key) : undefined;
  return at;
}

/** The entries of a map; none where the node is something else. */
export function entriesOf(node: Node | undefined): readonly (readonly [string, Node])[] {
  return isMap(node) ? [...node.entries] : [];
}

/** The items of a list; none where the node is something else. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  return isList(node) ? node.items : [];
}

/** The text of a string, `undefined` for anything else. */
export function textOf(node: Node | undefined): string | undefined {
  return isText(node) ? node.value : undefined;
}

/** Where to point at: the key where there is one, else the value. */
export function locationOf(node: Node | undefined): Location | null {
  return node?.key ?? node?.place ?? null;
}

/** Plain JSON values, map keys sorted; what the canonical form leaves out is left out. */
export function toPlain(node: Node): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.filter((item) => !item.omitted).map(toPlain);
    case "map": {
      const kept = [...node.entries].filter(([, value]) => !value.omitted);
      kept.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      // no prototype setter may be hit by a key such as __proto__
      const result: Record<string, unknown> = {};
      for (const [key, value] of kept)
        Object.defineProperty(result, key, {
          value: toPlain(value),
          enumerable: true,
          writable: true,
          configurable: true,
        });
      return result;
    }
  }
}

/** The same value, wherever it was written. */
export function equal(a: Node, b: Node): boolean {
  if (a === b) return true;
  if (a.kind === "scalar" && b.kind === "scalar") return a.type === b.type && a.text === b.text;
  if (a.kind === "list" && b.kind === "list")
    return a.items.length === b.items.length && a.items.every((item, i) => equal(item, b.items[i]!));
  if (a.kind === "map" && b.kind === "map") {
    if (a.entries.size !== b.entries.size) return false;
    return [...a.entries].every(([key, value]) => {
      const other = b.entries.get(key);
      return other !== undefined && equal(value, other);
    });
  }
  return false;
}

/** A path as the messages and the findings write it: `services.web.ports[0].target`. */
export function pathText(path: readonly (string | number)[]): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
}

/** A float as Go prints it, which is how Compose turns one into text: with an exponent below 1e-4 and from 1e6 on. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, sign, digits] = value.toExponential().split(/e([+-])/) as [string, "+" | "-", string];
  const exponent = sign === "-" ? -Number(digits) : Number(digits);
  return exponent >= -4 && exponent < 6 ? String(value) : `${mantissa}e${sign}${digits.padStart(2, "0")}`;
}
