/**
 * One Compose file on top of another: the override rules of the specification, as compose-go's `override` package has them.
 * Maps merge, lists append, and some keys have rules of their own.
 */
import { locationOf } from "./tree";
import type { ListNode, MapNode, Node } from "./tree";
import { bool, entriesOf, equal, get, isList, isMap, isNull, itemsOf, list, map, mapEntries, nil, text } from "./tree";
import type { Problems } from "./problems";
import { Rules } from "./trie";
import { parseVolume, VolumeError } from "./volumes";

type Merger = (base: Node, over: Node, path: string, problems: Problems) => Node;

const RULES = new Rules<Merger>([
  ["networks.*.ipam.config", mergeIpamConfig],
  ...["networks", "volumes", "secrets", "configs"].map((kind) => [`${kind}.*.labels`, mergeKeyValues] as const),
  ...["annotations", "build.args", "build.additional_contexts", "build.labels", "environment", "labels", "sysctls"].map(
    (key) => [`services.*.${key}`, mergeKeyValues] as const,
  ),
  ["services.*.deploy.labels", mergeKeyValues],
  ...["build.extra_hosts", "dns", "dns_opt", "dns_search", "env_file", "label_file", "extra_hosts", "tmpfs"].map(
    (key) => [`services.*.${key}`, mergeToList] as const,
  ),
  ...["command", "entrypoint", "healthcheck.test"].map((key) => [`services.*.${key}`, replace] as const),
  ["services.*.build", mergeBuild],
  ["services.*.depends_on", mergeDependsOn],
  ["services.*.logging", mergeLogging],
  ["services.*.models", mergeAsMap],
  ["services.*.networks", mergeAsMap],
  ["services.*.ulimits.*", mergeUlimit],
]);

/** The model with another one on top. A value that cannot be merged is reported, and the first one stays. */
export function merge(base: MapNode, over: MapNode, problems: Problems): MapNode {
  return mergeMaps(base, over, "", RULES, problems);
}

/** One entry of the model (`services.web`, `volumes.data`) with another one on top. */
export function mergeEntry(base: Node, over: Node, section: string, name: string, problems: Problems): Node {
  return mergeNodes(base, over, `${section}.${name}`, RULES.below(section)?.below(name), problems);
}

function mergeNodes(base: Node, over: Node, path: string, rules: Rules<Merger> | undefined, problems: Problems): Node {
  const special = rules?.value;
  if (special !== undefined) return special(base, over, path, problems);
  if (isNull(over)) return base;
  if (isMap(base))
    return isMap(over) ? mergeMaps(base, over, path, rules, problems) : cannot(base, over, path, problems);
  if (isList(base)) return isList(over) ? append(base, over) : cannot(base, over, path, problems);
  return over;
}

function mergeMaps(
  base: MapNode,
  over: MapNode,
  path: string,
  rules: Rules<Merger> | undefined,
  problems: Problems,
): MapNode {
  const entries = new Map(base.entries);
  for (const [key, value] of over.entries) {
    const before = entries.get(key);
    const next = path === "" ? key : `${path}.${key}`;
    entries.set(key, before === undefined ? value : mergeNodes(before, value, next, rules?.below(key), problems));
  }
  return map(entries, over.implied ? base : over);
}

function cannot(base: Node, over: Node, path: string, problems: Problems): Node {
  const kinds = { map: "a map", list: "a list", scalar: "a single value" };
  problems.error(
    `${path}: ${kinds[over.kind]} cannot override ${kinds[base.kind]}, write ${kinds[base.kind]} here or mark it !override`,
    locationOf(over),
    path,
  );
  return base;
}

function append(base: ListNode, over: ListNode): ListNode {
  const items = [...base.items];
  const texts = new Set(items.flatMap((item) => (item.kind === "scalar" ? [`${item.type} ${item.text}`] : [])));
  for (const item of over.items) {
    if (item.kind === "scalar") {
      const id = `${item.type} ${item.text}`;
      if (texts.has(id)) continue;
      texts.add(id);
    } else if (items.some((existing) => equal(existing, item))) continue;
    items.push(item);
  }
  return list(items, over);
}

function replace(_base: Node, over: Node): Node {
  return over;
}

/** A value as a list: a text alone, a map as sorted `key=value` items, which keep the places of the values. */
function asList(node: Node): ListNode {
  if (isList(node)) return node;
  if (!isMap(node)) return list(isNull(node) ? [] : [node], node);
  const items: Node[] = [];
  for (const [key, value] of node.entries) {
    const origin = { place: value.place, key: value.key, implied: value.implied };
    if (isNull(value)) items.push(text(key, origin));
    else if (isList(value))
      items.push(...value.items.map((item) => text(`${key}=${scalarText(item)}`, { ...origin, place: item.place })));
    else items.push(text(`${key}=${scalarText(value)}`, origin));
  }
  return list(
    items.sort((a, b) => (scalarText(a) < scalarText(b) ? -1 : 1)),
    node,
  );
}

function scalarText(node: Node): string {
  return node.kind === "scalar" ? node.text : "";
}

function mergeToList(base: Node, over: Node): Node {
  return append(asList(base), asList(over));
}

function mergeKeyValues(base: Node, over: Node): Node {
  return unique(list([...asList(base).items, ...asList(over).items], over), keyOf);
}

function mergeBuild(base: Node, over: Node, path: string, problems: Problems): Node {
  const long = (node: Node): Node =>
    isMap(node) || isNull(node) ? node : map([["context", { ...node, key: null }]], node);
  const [below, above] = [long(base), long(over)];
  if (!isMap(below)) return above;
  return isMap(above)
    ? mergeMaps(below, above, path, RULES.below("services")?.below("*")?.below("build"), problems)
    : below;
}

/** A value as a map: a list of names, or one name, as names with the default each. */
function asMap(node: Node, value: (name: Node) => Node): MapNode | null {
  if (isMap(node)) return node;
  if (isNull(node)) return map([], node);
  if (node.kind === "scalar") return map([[node.text, value(node)]], node);
  return map(
    itemsOf(node).map((item) => [scalarText(item), value(item)]),
    node,
  );
}

function mergeAsMap(
  base: Node,
  over: Node,
  path: string,
  problems: Problems,
  value: (name: Node) => Node = nameOnly,
): Node {
  const below = asMap(base, value);
  const above = asMap(over, value);
  const rules = RULES.below("services")
    ?.below("*")
    ?.below(path.split(".").at(-1) ?? "");
  return below === null || above === null ? over : mergeMaps(below, above, path, rules, problems);
}

function nameOnly(name: Node): Node {
  return nil({ place: name.place });
}

/** What a name in a list of `depends_on` stands for. */
export function shortDependency(name: Node): Node {
  const origin = { place: name.place };
  return map(
    [
      ["condition", text("service_started", origin)],
      ["required", bool(true, { ...origin, implied: true })],
    ],
    origin,
  );
}

function mergeDependsOn(base: Node, over: Node, path: string, problems: Problems): Node {
  return mergeAsMap(base, over, path, problems, shortDependency);
}

function mergeLogging(base: Node, over: Node, path: string, problems: Problems): Node {
  if (!isMap(base) || !isMap(over)) return isNull(over) ? base : over;
  const [below, above] = [get(base, "driver"), get(over, "driver")];
  const same = below === undefined || above === undefined || equal(below, above);
  return same ? mergeMaps(base, over, path, undefined, problems) : over;
}

function mergeUlimit(base: Node, over: Node, path: string, problems: Problems): Node {
  return isMap(base) && isMap(over) ? mergeMaps(base, over, path, undefined, problems) : over;
}

function mergeIpamConfig(base: Node, over: Node, path: string, problems: Problems): Node {
  if (!isList(base) || !isList(over)) return over;
  const subnet = (node: Node) => scalarText(get(node, "subnet") ?? nil({}));
  const result: Node[] = [];
  for (const original of base.items) {
    for (const override of over.items) {
      if (!isMap(original) || !isMap(override)) continue;
      if (subnet(override) !== subnet(original) && !result.some((pool) => subnet(pool) === subnet(override))) {
        result.push(override);
        continue;
      }
      const merged = mergeMaps(original, override, path, undefined, problems);
      const index = result.findIndex((pool) => subnet(pool) === subnet(merged));
      if (index >= 0) result[index] = merged;
      else result.push(merged);
    }
  }
  return list(result, over);
}

type Indexer = (item: Node) => string | null;

const keyOf: Indexer = (item) =>
  item.kind === "scalar" && item.type === "string" ? (item.text.split("=")[0] ?? "") : null;

const UNIQUE = new Rules<Indexer>([
  ["networks.*.labels", keyOf],
  ["networks.*.ipam.options", keyOf],
  ...[
    "annotations",
    "build.args",
    "build.additional_contexts",
    "build.tags",
    "build.labels",
    "cap_add",
    "cap_drop",
    "deploy.labels",
    "dns",
    "dns_opt",
    "dns_search",
    "environment",
    "labels",
    "links",
    "networks.*.aliases",
    "networks.*.link_local_ips",
    "profiles",
    "sysctls",
    "tmpfs",
  ].map((key) => [`services.*.${key}`, keyOf] as const),
  ["services.*.configs", (item) => mountKey(item, "")],
  ["services.*.secrets", (item) => mountKey(item, "/run/secrets")],
  ["services.*.env_file", (item) => textKey(isMap(item) ? get(item, "path") : item)],
  ["services.*.expose", textKey],
  ["services.*.ports", portKey],
  ["services.*.volumes", volumeKey],
  ["services.*.devices", deviceKey],
]);

/** Keeps one item for each key of the lists that may name a thing once: the last one, at the place of the first. */
export function enforceUnicity(root: MapNode): MapNode {
  const walk = (node: Node, rules: Rules<Indexer> | undefined): Node => {
    if (rules === undefined) return node;
    if (isMap(node)) return mapEntries(node, (value, key) => walk(value, rules.below(key)));
    return isList(node) && rules.value !== undefined ? unique(node, rules.value) : node;
  };
  return walk(root, UNIQUE) as MapNode;
}

function unique(node: ListNode, indexer: Indexer): ListNode {
  const items: Node[] = [];
  const indices = new Map<string, number>();
  for (const item of node.items) {
    const key = indexer(item);
    const before = key === null ? undefined : indices.get(key);
    if (before !== undefined) items[before] = item;
    else {
      if (key !== null) indices.set(key, items.length);
      items.push(item);
    }
  }
  return list(items, node);
}

function textKey(node: Node | undefined): string | null {
  return node?.kind === "scalar" ? node.text : null;
}

function mountKey(item: Node, folder: string): string | null {
  if (!isMap(item)) return textKey(item) === null ? null : `${folder}/${textKey(item)}`;
  return textKey(get(item, "target")) ?? `${folder}/${textKey(get(item, "source"))}`;
}

function portKey(item: Node): string | null {
  if (!isMap(item)) return textKey(item);
  const [host, published, target, protocol] = ["host_ip", "published", "target", "protocol"].map((key) =>
    textKey(get(item, key)),
  );
  return `${host ?? "0.0.0.0"}:${published ?? ""}:${target ?? ""}/${protocol ?? "tcp"}`;
}

function volumeKey(item: Node): string | null {
  if (isMap(item)) return textKey(get(item, "target"));
  try {
    return parseVolume(scalarText(item)).target;
  } catch (error) {
    if (error instanceof VolumeError) return null;
    throw error;
  }
}

function deviceKey(item: Node): string | null {
  if (isMap(item)) return textKey(get(item, "target"));
  const parts = scalarText(item).split(":");
  return parts[1] ?? parts[0] ?? null;
}

/** Takes out what later files mark with `!reset` or `!override`. */
export function applyResets(root: MapNode, resets: readonly (readonly string[])[]): MapNode {
  const remove = (node: MapNode, [first, ...rest]: readonly string[]): MapNode => {
    const value = first === undefined ? undefined : node.entries.get(first);
    if (first === undefined || value === undefined) return node;
    if (rest.length > 0 && !isMap(value)) return node;
    const entries = new Map(node.entries);
    if (rest.length === 0) entries.delete(first);
    else entries.set(first, remove(value as MapNode, rest));
    return { ...node, entries };
  };
  return resets.reduce(remove, root);
}

/** The number of nodes of a tree. */
export function size(node: Node): number {
  if (isMap(node)) return entriesOf(node).reduce((sum, [, value]) => sum + size(value), 1);
  return itemsOf(node).reduce((sum, item) => sum + size(item), 1);
}
