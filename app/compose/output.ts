/** The canonical form as plain values: what `docker compose config --format json` prints. */
import { hasSecret } from "../value";
import type { App } from "../model";
import type { MapNode, Node } from "./tree";
import { entriesOf, get, isMap, itemsOf, list, map, mapEntries, text, toPlain, withEntry } from "./tree";

type Plain = Record<string, unknown>;

/** The model with the started services only. As Compose does, without `models` and without the extensions of services. */
export function plainModel(model: MapNode, active: ReadonlySet<string>): Plain {
  const services = entriesOf(get(model, "services")).filter(([name]) => active.has(name));
  const all = withEntry(
    model,
    "services",
    map(
      services.map(([name, node]) => [name, outputForm(node)]),
      {},
    ),
  );
  const kept = mapEntries(all, (value, key) => {
    if (key === "models") return undefined;
    if (key === "secrets")
      return mapEntries(value as MapNode, (secret) =>
        isMap(secret) ? withEntry(secret, "content", undefined) : secret,
      );
    return value;
  });
  return toPlain(kept) as Plain;
}

/** One service of it. */
export function plainService(node: Node): Plain {
  return toPlain(outputForm(node)) as Plain;
}

const BLKIO: Readonly<Record<string, string>> = { path: "Path", rate: "Rate", weight: "Weight" };

/** Where Compose prints another form than the one that it reads. */
function outputForm(node: Node): Node {
  if (!isMap(node)) return node;
  return mapEntries(node, (value, key) => {
    switch (key) {
      case "extra_hosts":
        return hostList(value);
      case "ulimits":
        return isMap(value) ? mapEntries(value, ulimit) : value;
      case "blkio_config":
        return isMap(value) ? mapEntries(value, blkioNames) : value;
      case "build":
        return isMap(value)
          ? mapEntries(value, (part, name) =>
              name === "extra_hosts" ? hostList(part) : name === "ssh" ? sshList(part) : part,
            )
          : value;
      default:
        return value;
    }
  });
}

function blkioNames(node: Node): Node {
  if (node.kind !== "list") return node;
  const items = itemsOf(node).map((item) =>
    map(
      entriesOf(item).map(([key, value]) => [BLKIO[key] ?? key, { ...value, omitted: false }]),
      item,
    ),
  );
  return list(items, node);
}

/** A limit of 0 is an empty one in Compose's own output. */
function ulimit(node: Node): Node {
  return node.kind === "scalar" && node.value === 0 ? map([], node) : node;
}

function hostList(node: Node): Node {
  const lines = entriesOf(node).flatMap(([host, ips]) =>
    itemsOf(ips).map((ip) => `${host}=${ip.kind === "scalar" ? ip.text : ""}`),
  );
  return list(
    lines.sort().map((line) => text(line, {})),
    node,
  );
}

function sshList(node: Node): Node {
  const lines = entriesOf(node).map(([id, path]) =>
    path.kind === "scalar" && path.type === "string" ? `${id}=${path.text}` : id,
  );
  return list(
    lines.sort().map((line) => text(line, {})),
    node,
  );
}

/** The canonical form as JSON text, keys sorted; a secret stands as `${NAME}`. */
export function canonicalJson(app: App): string {
  return JSON.stringify(printable(app.canonical), null, 2);
}

/** Plain values without secret marks, to print as JSON or YAML. */
export function printable(value: unknown): unknown {
  if (typeof value === "string") return hasSecret(value) ? value.replace(/\uE000([^\uE001]*)\uE001/gu, "${$1}") : value;
  if (Array.isArray(value)) return value.map(printable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, printable(inner)]));
}
