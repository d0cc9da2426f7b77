/**
 * How one value of the finished model is bound: the simple kinds, and the ways to put them together. What is bound where stands
 * in bind.ts.
 */
import { castText } from "./interpolate";
import type { Problems } from "./problems";
import { show } from "./problems";
import { shellWords } from "./shellwords";
import type { Node, Origin } from "./tree";
import {
  entriesOf,
  float,
  integer,
  isList,
  isMap,
  isNull,
  isText,
  itemsOf,
  list,
  map,
  mapEntries,
  nil,
  text,
  withOrigin,
} from "./tree";
import { float32, formatDuration, parseBytes, parseDuration } from "./units";

export type Bind = (node: Node, path: string, problems: Problems) => Node | undefined;
export type Fields = Readonly<Record<string, Bind>>;

export function omit(node: Node, empty: boolean): Node {
  return empty ? withOrigin(node, { omitted: true }) : node;
}

function refuse(node: Node, path: string, message: string, problems: Problems): undefined {
  problems.error(`${path}: ${message}`, node.place ?? node.key, path);
  return undefined;
}

function got(node: Node): string {
  return node.kind === "scalar" ? show(node.text) : `a ${node.kind}`;
}

export const str: Bind = (node, path, problems) => {
  if (isNull(node)) return undefined;
  if (node.kind !== "scalar" || (node.type !== "string" && node.type !== "int"))
    return refuse(node, path, `got ${got(node)}, only text is allowed here`, problems);
  return omit(text(node.text, node), node.text === "");
};

/** A flag that is left out where it is false. */
export const flag: Bind = (node, path, problems) => {
  const value = optionalFlag(node, path, problems);
  return value === undefined ? undefined : omit(value, value.kind === "scalar" && value.value === false);
};

/** A flag that is left out where it is true, its default. */
export const optOut: Bind = (node, path, problems) => {
  const value = optionalFlag(node, path, problems);
  return value === undefined ? undefined : omit(value, value.kind === "scalar" && value.value === true);
};

export const optionalFlag: Bind = (node, path, problems) => {
  if (isNull(node)) return undefined;
  if (isText(node)) return castText(node.text, "bool", node, path, problems);
  return node;
};

export const optionalInt: Bind = (node, path, problems) => {
  if (isNull(node)) return undefined;
  if (isText(node)) return castText(node.text, "int", node, path, problems);
  if (node.kind !== "scalar")
    return refuse(node, path, `got ${got(node)}, only a whole number is allowed here`, problems);
  return node.type === "float" ? integer(Math.trunc(Number(node.value)), node) : node;
};

export const int: Bind = (node, path, problems) => {
  const value = optionalInt(node, path, problems);
  return value === undefined ? undefined : omit(value, value.kind === "scalar" && value.value === 0);
};

/** A whole number from 0 to `most`, written as a number. */
export function unsigned(most: number, bind: Bind = int): Bind {
  return (node, path, problems) => {
    const value = isText(node)
      ? refuse(node, path, `got ${got(node)}, write the number without quotes`, problems)
      : bind(node, path, problems);
    if (value?.kind !== "scalar") return value;
    const number = Number(value.value);
    if (number < 0 || number > most)
      return refuse(node, path, `got ${value.text}, only a number from 0 to ${most} is allowed here`, problems);
    return value;
  };
}

export const count = unsigned(Number.MAX_SAFE_INTEGER, optionalInt);

export const single: Bind = (node, path, problems) => {
  if (isNull(node)) return undefined;
  const value = isText(node) ? castText(node.text, "float", node, path, problems) : node;
  if (value?.kind !== "scalar") return value;
  return omit(float(float32(Number(value.value)), value), Number(value.value) === 0);
};

export const bytes: Bind = (node, path, problems) => {
  if (node.kind !== "scalar" || isNull(node)) return undefined;
  const size = isText(node) ? parseBytes(node.text) : BigInt(Math.trunc(Number(node.value)));
  if (size === null || size >= 2n ** 63n)
    return refuse(
      node,
      path,
      `got ${got(node)}, only a size in bytes or with a unit such as 512m or 1.5gb is allowed here`,
      problems,
    );
  return omit(text(String(size), node), size === 0n);
};

export const optionalDuration: Bind = (node, path, problems) => {
  if (node.kind !== "scalar" || isNull(node)) return undefined;
  const time = parseDuration(node.text);
  if (time === null)
    return refuse(node, path, `got ${got(node)}, only a duration such as 1m30s or 500ms is allowed here`, problems);
  return text(formatDuration(time), node);
};

export const duration: Bind = (node, path, problems) => {
  const value = optionalDuration(node, path, problems);
  return value === undefined ? undefined : omit(value, value.kind === "scalar" && value.value === "0s");
};

/** A list of texts, or one text. */
export const strings: Bind = (node, path, problems) => {
  if (isNull(node)) return undefined;
  if (isText(node)) return list([{ ...node, key: null }], node);
  const items = itemsOf(node).map((item, i) =>
    item.kind === "scalar" && item.type !== "null"
      ? text(item.text, item)
      : refuse(item, `${path}[${i}]`, `got ${got(item)}, only text is allowed here`, problems),
  );
  return omit(
    list(
      items.filter((item) => item !== undefined),
      node,
    ),
    items.length === 0,
  );
};

/** Words; `null` stays. */
export const command: Bind = (node, path, problems) => {
  if (!isText(node)) return isList(node) ? list(node.items, node) : nil(node);
  try {
    return list(
      shellWords(node.text).map((word) => text(word, { place: node.place })),
      node,
    );
  } catch (error) {
    return refuse(
      node,
      path,
      `${show(node.text)} cannot be split into words: ${(error as Error).message}, or write it as a list`,
      problems,
    );
  }
};

export const test: Bind = (node) => {
  if (isNull(node)) return undefined;
  if (isText(node))
    return list([text("CMD-SHELL", { place: node.place, implied: true }), { ...node, key: null }], node);
  return omit(node, itemsOf(node).length === 0);
};

/** `NAME=value` items, or a map, as a map; what has no value is `missing`. */
function pairs(missing: (origin: Origin) => Node): Bind {
  return (node, path, problems) => {
    if (isNull(node)) return undefined;
    const entries: [string, Node][] = [];
    for (const [key, value] of entriesOf(node))
      entries.push([key, isNull(value) ? missing(value) : value.kind === "scalar" ? text(value.text, value) : value]);
    for (const [i, item] of itemsOf(node).entries()) {
      const written = item.kind === "scalar" ? item.text : "";
      const at = written.indexOf("=");
      const key = at < 0 ? written : written.slice(0, at);
      if (/\s$/u.test(key))
        refuse(item, `${path}[${i}]`, `the name ${show(key)} ends with a space, remove it`, problems);
      const origin = { place: item.place, key: item.key };
      entries.push([key, at < 0 ? missing(origin) : text(written.slice(at + 1), origin)]);
    }
    return omit(
      map(entries, node),
      entries.every(([, value]) => value.omitted),
    );
  };
}

const blank = (origin: Origin) => text("", origin);
export const mapping = pairs(blank);
export const variables = pairs(nil);
/** An argument without a value is taken from the shell that builds, so that Compose leaves it out. */
export const buildArguments = pairs((origin) => nil({ ...origin, omitted: true }));

export const hosts: Bind = (node, path, problems) => {
  if (isNull(node)) return undefined;
  const byName = new Map<string, Node[]>();
  const add = (name: string, addresses: readonly string[], origin: Node) => {
    if (name === "" || /[:=]/u.test(name))
      refuse(origin, path, `${show(name)} is no host name, the form is host=ip`, problems);
    const bare = addresses.map((ip) => text(ip.replace(/^\[(.+)\]$/u, "$1"), { place: origin.place, key: origin.key }));
    byName.set(name, [...(byName.get(name) ?? []), ...bare]);
  };
  for (const [name, value] of entriesOf(node)) {
    if (value.kind === "scalar") add(name, [isNull(value) ? "" : value.text], value);
    for (const item of itemsOf(value)) add(name, [item.kind === "scalar" ? item.text : ""], item);
  }
  for (const [i, item] of itemsOf(node).entries()) {
    const [, name, ips] = /^([^=]*)=(.*)$/su.exec(got0(item)) ?? /^([^:]*):(.*)$/su.exec(got0(item)) ?? [];
    if (name === undefined || ips === undefined)
      refuse(item, `${path}[${i}]`, `got ${got(item)}, the form is host=ip`, problems);
    else add(name, ips.split(","), item);
  }
  const entries = [...byName].map(([name, items]): [string, Node] => [name, list(items, items[0] ?? {})]);
  return omit(map(entries, node), entries.length === 0);
};

export function got0(node: Node): string {
  return node.kind === "scalar" ? node.text : "";
}

export const fileMode: Bind = (node, path, problems) => {
  if (node.kind !== "scalar" || isNull(node)) return undefined;
  const mode = isText(node) ? (/^[0-7]+$/u.test(node.text) ? parseInt(node.text, 8) : NaN) : Number(node.value);
  if (!Number.isInteger(mode))
    return refuse(node, path, `got ${got(node)}, only permission bits such as "0440" are allowed here`, problems);
  return text(`0${mode.toString(8)}`, node);
};

export const ulimit: Bind = (node, path, problems) => {
  if (!isMap(node)) return optionalInt(node, path, problems);
  return struct({ soft: int, hard: int })(node, path, problems);
};

export const deviceCount: Bind = (node, path, problems) => {
  if (isText(node) && node.text.toLowerCase() === "all") return integer(-1, node);
  if (isText(node) && !/^[-+]?\d+$/u.test(node.text))
    return refuse(node, path, `got ${got(node)}, only all or a whole number is allowed here`, problems);
  return int(node, path, problems);
};

export const manyOptions: Bind = (node) => {
  if (!isMap(node)) return undefined;
  return mapEntries(node, (value) =>
    list(
      (isList(value) ? value.items : [{ ...value, key: null }]).map((item) => text(got0(item), item)),
      value,
    ),
  );
};

/** A map with known keys; extensions (`x-`) are no part of it. */
export function struct(fields: Fields, always: Readonly<Record<string, Node>> = {}): Bind {
  return (node, path, problems) => {
    if (!isMap(node)) return undefined;
    const entries = new Map<string, Node>();
    for (const [key, value] of node.entries) {
      const bind = Object.hasOwn(fields, key) ? fields[key] : undefined;
      const bound = bind?.(value, `${path}.${key}`, problems);
      if (bound !== undefined) entries.set(key, bound);
    }
    for (const [key, value] of Object.entries(always)) if (!entries.has(key)) entries.set(key, value);
    return map(entries, node);
  };
}

export function structs(fields: Fields, always?: Readonly<Record<string, Node>>): Bind {
  const bind = struct(fields, always);
  return (node, path, problems) => {
    if (isNull(node)) return undefined;
    const items = itemsOf(node).map((item, i) => bind(item, `${path}[${i}]`, problems));
    return omit(
      list(
        items.filter((item) => item !== undefined),
        node,
      ),
      items.length === 0,
    );
  };
}

/** A map by names that the user chooses; a name without a value stays where `keepNull`. */
export function named(bind: Bind, keepNull = false): Bind {
  return (node, path, problems) => {
    if (!isMap(node)) return undefined;
    const entries: [string, Node][] = [];
    for (const [key, value] of node.entries) {
      const bound = isNull(value) && keepNull ? value : bind(value, `${path}.${key}`, problems);
      if (bound !== undefined) entries.push([key, bound]);
    }
    return omit(map(entries, node), entries.length === 0);
  };
}
