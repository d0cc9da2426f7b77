/** What follows from what is written: names, the default network, dependencies from links, `Dockerfile`. compose-go: `loader.Normalize`. */
import type { Environment } from "./environment";
import type { MapNode, Node } from "./tree";
import {
  bool,
  entriesOf,
  get,
  isList,
  isMap,
  isNull,
  itemsOf,
  list,
  map,
  mapEntries,
  nil,
  text,
  textOf,
  withEntry,
} from "./tree";
import { cleanPath } from "./units";

export function normalize(model: MapNode, project: string, environment: Environment): MapNode {
  const withName = withEntry(model, "name", text(project, get(model, "name") ?? { implied: true }));
  const services = mapEntries(section(withName, "services"), (node) =>
    isMap(node) ? service(node, environment) : node,
  );
  const networks = section(withName, "networks");
  const usesDefault = entriesOf(services).some(
    ([, node]) => isMap(get(node, "networks")) && get(node, "networks", "default") !== undefined,
  );
  const all =
    usesDefault && !networks.entries.has("default") ? withEntry(networks, "default", nil({ implied: true })) : networks;
  let result = withEntry(withName, "services", services);
  if (all.entries.size > 0) result = withEntry(result, "networks", all);
  for (const kind of ["networks", "volumes", "configs", "secrets"]) {
    const resources = get(result, kind);
    if (isMap(resources))
      result = withEntry(
        result,
        kind,
        mapEntries(resources, (node, key) => name(node, key, project)),
      );
  }
  return result;
}

function section(model: MapNode, key: string): MapNode {
  const node = get(model, key);
  return isMap(node) ? node : map([], { implied: true });
}

function name(node: Node, key: string, project: string): Node {
  const resource = isMap(node) ? node : map([], node);
  const given = get(resource, "name");
  if (given !== undefined && !isNull(given)) return resource;
  const external = get(resource, "external");
  const own = external?.kind === "scalar" && external.value === true;
  return withEntry(resource, "name", text(own ? key : `${project}_${key}`, { implied: true }));
}

const NAMESPACES = ["network_mode", "ipc", "pid", "uts", "cgroup"];

function service(node: MapNode, environment: Environment): MapNode {
  let result = networks(node);
  if (textOf(get(result, "pull_policy")) === "if_not_present")
    result = withEntry(result, "pull_policy", text("missing", get(result, "pull_policy")!));
  const build = get(result, "build");
  if (isMap(build)) result = withEntry(result, "build", buildDefaults(build, environment));
  const variables = get(result, "environment");
  if (variables !== undefined) result = withEntry(result, "environment", fill(variables, environment));
  result = dependencies(result);
  const volumes = get(result, "volumes");
  if (!isList(volumes)) return result;
  const cleaned = volumes.items.map((item) => {
    const target = get(item, "target");
    return isMap(item) && textOf(target) !== undefined
      ? withEntry(item, "target", text(cleanPath(textOf(target) ?? ""), target!))
      : item;
  });
  return withEntry(result, "volumes", list(cleaned, volumes));
}

function networks(node: MapNode): MapNode {
  if (node.entries.has("provider") || node.entries.has("network_mode")) return node;
  const given = get(node, "networks");
  if (isMap(given) && given.entries.size > 0) return node;
  return withEntry(node, "networks", map([["default", nil({ implied: true })]], given ?? { implied: true }));
}

function buildDefaults(build: MapNode, environment: Environment): MapNode {
  let result = build;
  const missing = (key: string) => get(result, key) === undefined || isNull(get(result, key));
  if (missing("context")) result = withEntry(result, "context", text(".", { implied: true }));
  if (missing("dockerfile") && missing("dockerfile_inline"))
    result = withEntry(result, "dockerfile", text("Dockerfile", { implied: true }));
  const args = get(result, "args");
  return args === undefined ? result : withEntry(result, "args", fill(args, environment));
}

/** Names without a value take the variable's, where it is set. */
function fill(node: Node, environment: Environment): Node {
  if (isMap(node))
    return mapEntries(node, (value, key) => {
      const found = isNull(value) ? environment.lookup(key) : undefined;
      return found !== undefined ? text(found, value) : value;
    });
  const items: Node[] = [];
  for (const item of itemsOf(node)) {
    const key = textOf(item);
    const found = key === undefined || key.includes("=") ? undefined : environment.lookup(key);
    if (found !== undefined) items.push(text(`${key}=${found}`, item));
    else items.push(item);
  }
  return isList(node) ? list(items, node) : node;
}

function dependencies(node: MapNode): MapNode {
  const given = get(node, "depends_on");
  const entries = new Map(entriesOf(given));
  const add = (name: string, restart: boolean, from: Node) => {
    if (name === "" || entries.has(name)) return;
    const implied = { place: from.place, implied: true };
    entries.set(
      name,
      map(
        [
          ["condition", text("service_started", implied)],
          ["restart", bool(restart, implied)],
          ["required", bool(true, implied)],
        ],
        implied,
      ),
    );
  };
  for (const link of itemsOf(get(node, "links"))) {
    const written = textOf(link) ?? "";
    const parts = written.split(":");
    add(parts.length === 2 ? (parts[0] ?? "") : written, true, link);
  }
  for (const namespace of NAMESPACES) {
    const mode = get(node, namespace);
    const written = textOf(mode) ?? "";
    if (mode !== undefined && written.startsWith("service:")) add(written.slice("service:".length), true, mode);
  }
  for (const from of itemsOf(get(node, "volumes_from"))) {
    const written = textOf(from) ?? "";
    if (!written.startsWith("container:")) add(written.split(":")[0] ?? "", false, from);
  }
  return entries.size === 0 ? node : withEntry(node, "depends_on", map(entries, given ?? { implied: true }));
}
