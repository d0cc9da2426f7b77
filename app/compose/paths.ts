/** Relative paths of an included or extended file, as seen from the folder of the file that names it. */
import { isAbsolute, join } from "node:path";
import type { MapNode, Node } from "./tree";
import { get, isList, isMap, isText, list, mapEntries, textOf } from "./tree";
import { Rules } from "./trie";
import { isWindowsAbsolute } from "./units";

type Resolver = (node: Node, prefix: string) => Node;

const RULES = new Rules<Resolver>([
  ["services.*.build.context", context],
  ["services.*.build.additional_contexts.*", context],
  ["services.*.build.ssh.*", hostPath],
  ["services.*.env_file.*.path", path],
  ["services.*.label_file.*", path],
  ["services.*.extends.file", path],
  ["services.*.develop.watch.*.path", path],
  ["services.*.volumes.*", mount],
  ["configs.*.file", hostPath],
  ["secrets.*.file", hostPath],
  ["volumes.*", bindVolume],
]);

/** The model with `prefix` before each relative path. */
export function resolvePaths(model: MapNode, prefix: string): MapNode {
  const walk = (node: Node, rules: Rules<Resolver> | undefined): Node => {
    if (rules === undefined) return node;
    if (rules.value !== undefined) return rules.value(node, prefix);
    if (isMap(node)) return mapEntries(node, (value, key) => walk(value, rules.below(key)));
    return isList(node)
      ? list(
          node.items.map((item) => walk(item, rules.below("[]"))),
          node,
        )
      : node;
  };
  return walk(model, RULES) as MapNode;
}

/** True where a build context is a URL or another service, no folder. */
export function isRemoteContext(context: string): boolean {
  return context.includes("://") || context.startsWith("service:") || /^(?:github\.com\/|git@)/u.test(context);
}

function change(node: Node, value: string): Node {
  return isText(node) ? { ...node, value, text: value } : node;
}

function path(node: Node, prefix: string): Node {
  const value = textOf(node);
  return value === undefined || value === "" || isAbsolute(value) || value.startsWith("~")
    ? node
    : change(node, join(prefix, value));
}

function context(node: Node, prefix: string): Node {
  return isRemoteContext(textOf(node) ?? "") ? node : path(node, prefix);
}

function hostPath(node: Node, prefix: string): Node {
  const value = textOf(node);
  if (value === undefined || isWindowsAbsolute(value) || isAbsolute(value) || value.startsWith("~")) return node;
  return change(node, join(prefix, value));
}

function mount(node: Node, prefix: string): Node {
  if (!isMap(node) || textOf(get(node, "type")) !== "bind") return node;
  return mapEntries(node, (value, key) => (key === "source" ? hostPath(value, prefix) : value));
}

function bindVolume(node: Node, prefix: string): Node {
  const options = get(node, "driver_opts");
  if (!isMap(node) || textOf(get(node, "driver")) !== "local" || textOf(get(options, "o")) !== "bind") return node;
  return mapEntries(node, (value, key) =>
    key === "driver_opts" && isMap(value)
      ? mapEntries(value, (option, name) => (name === "device" ? hostPath(option, prefix) : option))
      : value,
  );
}
