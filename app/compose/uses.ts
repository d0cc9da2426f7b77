/** Every key that the files use, and where each was written. */
import type { KeyUse } from "../model";
import type { Location } from "../finding";
import type { ComposeKey } from "./keys";
import { composeKeys } from "./keys";
import type { VanishedKey } from "./load";
import type { MapNode, Node } from "./tree";
import { entriesOf, get, isList, isMap, locationOf, pathText, toPlain } from "./tree";
import { Rules } from "./trie";

const RULES = new Rules<ComposeKey>(composeKeys.map((key) => [key.replaceAll("[]", ".[]"), key]));

/**
 * One use for each leaf key of the model that the user wrote, and for each that the model has no more (`extends`,
 * `include`, the profiles of a service that none of them starts), in the order of the files.
 */
export function keyUses(
  model: MapNode,
  vanished: readonly VanishedKey[],
  inactive: readonly string[],
  files: readonly string[],
): KeyUse[] {
  const uses: KeyUse[] = [];
  for (const [key, node] of model.entries) collect(node, [key], RULES.below(key), new Set(inactive), uses);
  for (const { service, ...key } of vanished)
    if (service === null || !inactive.includes(service)) uses.push({ service, ...key });
  for (const name of inactive) {
    const profiles = get(model, "services", name, "profiles");
    if (profiles === undefined) continue;
    uses.push({
      service: null,
      key: `services.${name}.profiles`,
      pattern: "services.*.profiles",
      value: toPlain(profiles),
      location: locationOf(profiles),
    });
  }
  return inOrder(uses, files);
}

function inOrder(uses: readonly KeyUse[], files: readonly string[]): KeyUse[] {
  const order = new Map(files.map((file, i) => [file, i]));
  const rank = ({ location }: KeyUse): readonly [number, number, number] =>
    location === null ? [Infinity, 0, 0] : [order.get(location.file) ?? Infinity, location.line, location.column];
  return uses
    .map((use) => ({ use, at: rank(use) }))
    .sort((a, b) => compare(a.at[0], b.at[0]) || a.at[1] - b.at[1] || a.at[2] - b.at[2])
    .map(({ use }) => use);
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

type Path = readonly (string | number)[];

/** Adds the uses of a value; true where there was one. */
function collect(
  node: Node,
  path: Path,
  rules: Rules<ComposeKey> | undefined,
  inactive: ReadonlySet<string>,
  uses: KeyUse[],
): boolean {
  if (rules === undefined || (path.length === 2 && path[0] === "services" && inactive.has(String(path[1]))))
    return false;
  let found = false;
  if (isMap(node)) {
    for (const [key, value] of node.entries)
      found = collect(value, [...path, key], rules.below(key), inactive, uses) || found;
  } else if (isList(node) && rules.forItems) {
    for (const [i, item] of node.items.entries())
      found = collect(item, [...path, i], rules.below("[]"), inactive, uses) || found;
  }
  if (found || node.implied) return found;
  const pattern = rules.value ?? (path.length > 0 ? null : null);
  if (pattern === null) return false;
  const inService = path[0] === "services" && path.length > 2;
  uses.push({
    service: inService ? String(path[1]) : null,
    key: pathText(inService ? path.slice(2) : path),
    pattern,
    value: toPlain(node),
    location: locationOf(node),
  });
  return true;
}

/** Where a path of the model (`services.web.ports[0].published`) was written, or its nearest parent. */
export function locate(model: MapNode, path: string): Location | null {
  let node: Node = model;
  let rest = path;
  let location: Location | null = null;
  while (rest !== "") {
    const next = step(node, rest);
    if (next === null) return location;
    [node, rest] = next;
    location = locationOf(node) ?? location;
  }
  return location;
}

/** One step along a path: an index, or the longest key that fits (a name may hold dots). */
function step(node: Node, path: string): [Node, string] | null {
  const index = /^\[(\d+)\]\.?/u.exec(path);
  if (index !== null) {
    const item = isList(node) ? node.items[Number(index[1])] : undefined;
    return item === undefined ? null : [item, path.slice(index[0].length)];
  }
  let best: [Node, string] | null = null;
  let longest = -1;
  for (const [key, value] of entriesOf(node)) {
    if (key.length <= longest || !path.startsWith(key)) continue;
    const rest = path.slice(key.length);
    if (rest !== "" && !rest.startsWith(".") && !rest.startsWith("[")) continue;
    [best, longest] = [[value, rest.replace(/^\./u, "")], key.length];
  }
  return best;
}
