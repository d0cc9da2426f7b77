/**
 * Checks a model against the Compose Specification's own JSON schema (compose-spec.json beside this file: its source is
 * compose-spec/compose-spec, schema/compose-spec.json, read in November 2026) and says for each wrong value where it is,
 * what was got and what is allowed.
 */
import { locationOf } from "./tree";
import type { ListNode, MapNode, Node, ScalarNode } from "./tree";
import { equal, isMap, list, mapEntries, pathText } from "./tree";
import type { Problems } from "./problems";
import { either, nearest, suggestion, show } from "./problems";
import spec from "./compose-spec.json";

/** As much of JSON schema as the specification uses. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly uniqueItems?: boolean;
}

const ROOT = spec as unknown as Schema;
const DEFINITIONS = spec.definitions as unknown as Readonly<Record<string, Schema>>;
const patterns = new Map<string, RegExp>();

/** The model without its wrong values, each of which is reported. */
export function validate(root: MapNode, problems: Problems): MapNode {
  return check(root, ROOT, [], problems) as MapNode;
}

type Path = readonly (string | number)[];

function resolve(schema: Schema): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name === undefined ? schema : resolve(DEFINITIONS[name]!);
}

/** The alternatives of a schema, each with a type of its own. */
function branches(schema: Schema): readonly Schema[] {
  const resolved = resolve(schema);
  return resolved.oneOf === undefined ? [resolved] : resolved.oneOf.flatMap(branches);
}

function typesOf(schema: Schema): readonly string[] {
  return schema.type === undefined ? [] : typeof schema.type === "string" ? [schema.type] : schema.type;
}

function hasType(node: Node, type: string): boolean {
  switch (type) {
    case "object":
      return node.kind === "map";
    case "array":
      return node.kind === "list";
    case "number":
      return node.kind === "scalar" && (node.type === "int" || node.type === "float");
    case "integer":
      return node.kind === "scalar" && (node.type === "int" || (node.type === "float" && Number.isInteger(node.value)));
    case "boolean":
      return node.kind === "scalar" && node.type === "bool";
    default:
      return node.kind === "scalar" && node.type === type;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: "a map",
  array: "a list",
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "nothing",
};

/** What was got, for a message. */
export function describe(node: Node): string {
  if (node.kind === "map") return "a map";
  if (node.kind === "list") return "a list";
  if (node.type === "null") return "nothing";
  return node.type === "string" ? `the text ${show(node.text)}` : node.text;
}

function check(node: Node, schema: Schema, path: Path, problems: Problems): Node | undefined {
  const all = branches(schema);
  const fitting = all.filter((branch) => {
    const types = typesOf(branch);
    return types.length === 0 || types.some((type) => hasType(node, type));
  });
  const branch = fitting[0];
  if (branch === undefined) {
    const types = [...new Set(all.flatMap(typesOf))].map((type) => TYPE_NAMES[type] ?? type);
    const numbers = types.includes("a number") ? types.filter((type) => type !== "a whole number") : types;
    fail(`got ${describe(node)}, only ${either(numbers)} is allowed here`, node, path, problems);
    return undefined;
  }
  if (node.kind === "map") return checkMap(node, branch, path, problems);
  if (node.kind === "list") return checkList(node, branch, path, problems);
  return checkScalar(node, branch, path, problems) ? node : undefined;
}

function fail(message: string, node: Node, path: Path, problems: Problems, at = node.place ?? node.key): void {
  problems.error(`${pathText(path)}: ${message}`, at, pathText(path));
}

function matches(pattern: string, source: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) patterns.set(pattern, (compiled = new RegExp(pattern, "u")));
  return compiled.test(source);
}

function checkMap(node: MapNode, schema: Schema, path: Path, problems: Problems): Node {
  const properties = schema.properties ?? {};
  const byPattern = Object.entries(schema.patternProperties ?? {});
  const checked = mapEntries(node, (value, key) => {
    const below = [...path, key];
    if (Object.hasOwn(properties, key)) return check(value, properties[key]!, below, problems);
    const pattern = byPattern.find(([source]) => matches(source, key));
    if (pattern !== undefined)
      return Object.keys(pattern[1]).length === 0 ? value : check(value, pattern[1], below, problems);
    // an object with named keys is closed even where the schema forgets to say so
    if (schema.additionalProperties !== false && schema.properties === undefined) return value;
    if (schema.properties !== undefined && key.startsWith("x-")) return value;
    if (schema.properties === undefined)
      fail(
        `the name ${show(key)} is not allowed, only letters, digits, dots, _ and - are`,
        value,
        below,
        problems,
        value.key,
      );
    else fail(`unknown key ${show(key)}${unknownAdvice(key, properties)}`, value, below, problems, value.key);
    return undefined;
  });
  for (const key of schema.required ?? []) {
    if (!node.entries.has(key)) fail(`the key ${show(key)} is missing, add it`, node, path, problems, locationOf(node));
  }
  return checked;
}

function unknownAdvice(key: string, properties: Readonly<Record<string, Schema>>): string {
  const names = Object.keys(properties);
  if (nearest(key, names) !== null || names.length <= 12) return suggestion(key, names);
  return ", correct it or, for an extension, let its name begin with x-";
}

function checkList(node: ListNode, schema: Schema, path: Path, problems: Problems): Node {
  const items = schema.items;
  const checked =
    items === undefined ? node.items : node.items.map((item, i) => check(item, items, [...path, i], problems));
  if (schema.uniqueItems === true) {
    const texts = new Set<string>();
    for (const [i, item] of node.items.entries()) {
      const id = item.kind === "scalar" ? `${item.type} ${item.text}` : null;
      const twice =
        id === null ? node.items.slice(0, i).some((other) => isMap(other) && equal(other, item)) : texts.has(id);
      if (twice) fail(`${describe(item)} stands in the list twice, remove one`, item, [...path, i], problems);
      if (id !== null) texts.add(id);
    }
  }
  return list(
    checked.filter((item) => item !== undefined),
    node,
  );
}

function checkScalar(node: ScalarNode, schema: Schema, path: Path, problems: Problems): boolean {
  const { value } = node;
  const wrong = (allowed: string): false => {
    fail(`got ${describe(node)}, only ${allowed} is allowed here`, node, path, problems);
    return false;
  };
  if (schema.enum !== undefined && !schema.enum.includes(value as string)) {
    const near = nearest(node.text, schema.enum);
    return wrong(`${either(schema.enum)}${near === null ? "" : ` (did you mean ${near}?)`}`.replace(/^(.*)$/u, "$1"));
  }
  if (schema.pattern !== undefined && typeof value === "string" && !matches(schema.pattern, value))
    return wrong(`text of the form ${schema.pattern}`);
  if (typeof value === "number" && schema.minimum !== undefined && value < schema.minimum)
    return wrong(`a number from ${schema.minimum} on`);
  if (typeof value === "number" && schema.maximum !== undefined && value > schema.maximum)
    return wrong(`a number up to ${schema.maximum}`);
  return true;
}
