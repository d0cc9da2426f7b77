/** Short forms to long ones, and defaults: compose-go's `transform` package. */
import { locationOf } from "./tree";
import type { MapNode, Node, Origin } from "./tree";
import {
  bool,
  get,
  impliedBy,
  integer,
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
} from "./tree";
import { shortDependency } from "./merge";
import { parsePorts, PortError } from "./ports";
import type { Problems } from "./problems";
import { show } from "./problems";
import { cleanPath } from "./units";
import { parseVolume, VolumeError } from "./volumes";

/** The most ports of a service, ranges written out. */
export const MAX_PORTS = 1000;

type Transform = (node: Node, path: string, problems: Problems) => Node | undefined;

/** The model with long forms only. A short form that cannot be read is reported and left out. */
export function canonical(root: MapNode, problems: Problems): MapNode {
  return mapEntries(root, (section, name) => {
    const transform = name === "services" ? service : RESOURCES.has(name) ? external : undefined;
    if (transform === undefined || !isMap(section)) return section;
    return mapEntries(section, (node, key) => transform(node, `${name}.${key}`, problems));
  });
}

const RESOURCES = new Set(["volumes", "networks", "secrets", "configs"]);

const SERVICE: Readonly<Record<string, Transform>> = {
  build: (node, path, problems) => keys(long(node, "context"), path, problems, BUILD),
  configs: each(fileGrant),
  depends_on: dependsOn,
  develop: (node, path, problems) => keys(node, path, problems, DEVELOP),
  devices: each(device),
  dns: (node) => dropEmpty(stringOrList(node)),
  env_file: (node) =>
    list(
      (isList(node) ? node.items : [node]).map((item) => {
        const entry = long({ ...item, key: null }, "path");
        return isMap(entry) ? withDefault(entry, "required", () => bool(true, impliedBy(entry))) : entry;
      }),
      node,
    ),
  extends: (node) => long(node, "service"),
  gpus: (node) =>
    isList(node) ? node : list([map([["count", text("all", { place: node.place })]], { place: node.place })], node),
  label_file: stringOrList,
  models: namesToMap,
  networks: namesToMap,
  ports,
  secrets: each(fileGrant),
  volumes: each(volume),
};

const BUILD: Readonly<Record<string, Transform>> = {
  additional_contexts: keyValues,
  provenance: (node) => (node.kind === "scalar" ? text(node.text, node) : node),
  sbom: (node) => (node.kind === "scalar" ? text(node.text, node) : node),
  secrets: each(fileGrant),
  ssh,
};

const DEVELOP: Readonly<Record<string, Transform>> = {
  watch: each((node, path, problems) => keys(node, path, problems, { ignore: stringOrList, include: stringOrList })),
};

function service(node: Node, path: string, problems: Problems): Node | undefined {
  return keys(node, path, problems, SERVICE);
}

function keys(node: Node, path: string, problems: Problems, rules: Readonly<Record<string, Transform>>): Node {
  if (!isMap(node)) return node;
  return mapEntries(node, (value, key) => {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    return rule === undefined ? value : rule(value, `${path}.${key}`, problems);
  });
}

function each(rule: Transform): Transform {
  return (node, path, problems) => {
    if (!isList(node)) return node;
    const items = node.items.map((item, i) => rule(item, `${path}[${i}]`, problems));
    return list(
      items.filter((item) => item !== undefined),
      node,
    );
  };
}

/** A text as a map of one key; a map as it is. */
function long(node: Node, key: string): Node {
  return node.kind === "scalar" && node.type === "string"
    ? map([[key, text(node.text, { place: node.place })]], node)
    : node;
}

function withDefault(node: MapNode, key: string, make: () => Node): MapNode {
  return node.entries.has(key) ? node : map([...node.entries, [key, make()]], node);
}

function stringOrList(node: Node): Node {
  return node.kind === "scalar" && node.type === "string" ? list([{ ...node, key: null }], node) : node;
}

function dropEmpty(node: Node): Node {
  return isList(node)
    ? list(
        node.items.filter((item) => textOf(item) !== ""),
        node,
      )
    : node;
}

/** A list of names as a map without values. */
function namesToMap(node: Node): Node {
  if (!isList(node)) return node;
  return map(
    node.items.map((item) => [textOf(item) ?? "", nil({ place: item.place })]),
    node,
  );
}

function keyValues(node: Node, path: string, problems: Problems): Node | undefined {
  if (!isList(node)) return node;
  const entries: [string, Node][] = [];
  for (const [i, item] of node.items.entries()) {
    const [key = "", ...rest] = (textOf(item) ?? "").split("=");
    if (rest.length === 0) wrong(`${path}[${i}]`, item, "the form is name=value", problems);
    else entries.push([key, text(rest.join("="), { place: item.place })]);
  }
  return map(entries, node);
}

function wrong(path: string, node: Node, message: string, problems: Problems): undefined {
  problems.error(`${path}: ${message}`, locationOf(node), path);
  return undefined;
}

function dependsOn(node: Node): Node {
  if (isList(node))
    return map(
      node.items.map((item) => [textOf(item) ?? "", shortDependency(item)]),
      node,
    );
  if (!isMap(node)) return node;
  return mapEntries(node, (value) => {
    if (!isMap(value)) return value;
    const conditioned = withDefault(value, "condition", () => text("service_started", impliedBy(value)));
    return withDefault(conditioned, "required", () => bool(true, impliedBy(value)));
  });
}

function fileGrant(node: Node): Node {
  return long(node, "source");
}

function device(node: Node, path: string, problems: Problems): Node | undefined {
  const spec = textOf(node);
  if (spec === undefined) return node;
  const parts = spec.split(":");
  if (parts.length > 3)
    return wrong(path, node, "the form is source[:target[:permissions]], use the long form for other paths", problems);
  const [source = "", target, permissions] = parts;
  const written: Origin = { place: node.place };
  return map(
    [
      ["source", text(source, written)],
      [
        "target",
        text(target === undefined || target === "" ? source : target, target === undefined ? impliedBy(node) : written),
      ],
      ["permissions", text(permissions ?? "rwm", permissions === undefined ? impliedBy(node) : written)],
    ],
    node,
  );
}

function ssh(node: Node, path: string, problems: Problems): Node | undefined {
  if (!isList(node)) return node;
  const entries: [string, Node][] = [];
  for (const [i, item] of node.items.entries()) {
    const spec = textOf(item) ?? "";
    const at = spec.indexOf("=");
    if (at < 0 && spec !== "default")
      wrong(`${path}[${i}]`, item, `got ${show(spec)}, the form is default or id=path`, problems);
    else if (at < 0) entries.push([spec, nil({ place: item.place })]);
    else entries.push([spec.slice(0, at), text(spec.slice(at + 1), { place: item.place })]);
  }
  return map(entries, node);
}

function ports(node: Node, path: string, problems: Problems): Node {
  if (!isList(node)) return node;
  const result: Node[] = [];
  for (const [i, item] of node.items.entries()) {
    if (item.kind !== "scalar") {
      result.push(item);
      continue;
    }
    const place = { place: item.place };
    if (item.type !== "int" && item.type !== "string") {
      wrong(`${path}[${i}]`, item, `got ${item.text}, a port is a whole number or text such as "8080:80"`, problems);
      continue;
    }
    try {
      const mappings = parsePorts(item.text);
      if (result.length + mappings.length > MAX_PORTS)
        throw new PortError(`more than ${MAX_PORTS} ports, at most so many are allowed for a service`);
      for (const port of mappings) {
        const entries: [string, Node][] = [["mode", text("ingress", impliedBy(item))]];
        if (port.hostIp !== "") entries.push(["host_ip", text(port.hostIp, place)]);
        entries.push(["target", integer(port.target, place)]);
        if (port.published !== "") entries.push(["published", text(port.published, place)]);
        entries.push(["protocol", text(port.protocol, item.text.includes("/") ? place : impliedBy(item))]);
        result.push(map(entries, place));
      }
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      wrong(`${path}[${i}]`, item, error.message, problems);
    }
  }
  return list(result, node);
}

function volume(node: Node, path: string, problems: Problems): Node | undefined {
  const spec = textOf(node);
  if (spec === undefined) return node;
  try {
    const parsed = parseVolume(spec);
    const written: Origin = { place: node.place };
    const implied = impliedBy(node);
    const entries: [string, Node][] = [["type", text(parsed.type, written)]];
    if (parsed.source !== "") entries.push(["source", text(parsed.source, written)]);
    entries.push(["target", text(cleanPath(parsed.target), written)]);
    if (parsed.readOnly) entries.push(["read_only", bool(true, written)]);
    const bind: [string, Node][] = [];
    if (parsed.selinux !== "") bind.push(["selinux", text(parsed.selinux, written)]);
    if (parsed.propagation !== "") bind.push(["propagation", text(parsed.propagation, written)]);
    if (parsed.type === "bind") bind.push(["create_host_path", bool(true, implied)]);
    if (bind.length > 0) entries.push(["bind", map(bind, implied)]);
    const nocopy: [string, Node][] = parsed.nocopy ? [["nocopy", bool(true, written)]] : [];
    if ((parsed.type === "volume" && !parsed.bare) || parsed.nocopy) entries.push(["volume", map(nocopy, implied)]);
    return map(entries, written);
  } catch (error) {
    if (!(error instanceof VolumeError)) throw error;
    return wrong(path, node, error.message, problems);
  }
}

/** `external: { name: x }`, the old form. */
function external(node: Node, path: string, problems: Problems): Node | undefined {
  const old = get(node, "external");
  if (!isMap(node) || !isMap(old)) return node;
  const name = get(old, "name");
  const own = get(node, "name");
  const entries = new Map(node.entries).set("external", bool(true, old));
  if (name === undefined) return map(entries, node);
  problems.warn(`${path}.external.name is an old form, write name and external: true`, locationOf(name));
  if (own === undefined) entries.set("name", name);
  else if (textOf(own) !== textOf(name))
    wrong(
      `${path}.external.name`,
      name,
      `name is ${show(textOf(own) ?? "")} and external.name differs, keep name only`,
      problems,
    );
  return map(entries, node);
}

/** What the specification adds to what is written. */
export function setDefaults(root: MapNode): MapNode {
  return mapEntries(root, (section, name) =>
    name === "services" && isMap(section)
      ? mapEntries(section, (node) => (isMap(node) ? defaults(node) : node))
      : section,
  );
}

function defaults(node: MapNode): Node {
  return mapEntries(node, (value, key) => {
    switch (key) {
      case "build":
        return isMap(value) ? withDefault(value, "context", () => text(".", impliedBy(value))) : value;
      case "secrets":
        return eachMap(value, (item) =>
          withDefault(item, "target", () => text(`/run/secrets/${textOf(get(item, "source")) ?? ""}`, impliedBy(item))),
        );
      case "ports":
        return eachMap(value, (item) =>
          withDefault(
            withDefault(item, "protocol", () => text("tcp", impliedBy(item))),
            "mode",
            () => text("ingress", impliedBy(item)),
          ),
        );
      case "gpus":
        return eachMap(value, deviceRequest);
      case "volumes":
        return eachMap(value, (item) =>
          mapEntries(item, (part, name) =>
            name === "bind" && isMap(part)
              ? withDefault(part, "create_host_path", () => bool(true, impliedBy(part)))
              : part,
          ),
        );
      case "deploy":
        return isMap(value) ? deployDevices(value) : value;
      default:
        return value;
    }
  });
}

function eachMap(node: Node, change: (item: MapNode) => Node): Node {
  return isList(node)
    ? list(
        itemsOf(node).map((item) => (isMap(item) ? change(item) : item)),
        node,
      )
    : node;
}

function deviceRequest(item: MapNode): MapNode {
  return item.entries.has("device_ids") ? item : withDefault(item, "count", () => text("all", impliedBy(item)));
}

function deployDevices(deploy: MapNode): MapNode {
  const inside = (node: Node, path: readonly string[]): Node => {
    const [first, ...rest] = path;
    if (first === undefined) return eachMap(node, deviceRequest);
    return isMap(node) ? mapEntries(node, (value, key) => (key === first ? inside(value, rest) : value)) : node;
  };
  return inside(deploy, ["resources", "reservations", "devices"]) as MapNode;
}

/** True for a value that is not there. */
export function absent(node: Node | undefined): boolean {
  return node === undefined || isNull(node);
}
