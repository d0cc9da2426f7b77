/** `env_file` and `label_file`: what they bring goes under what the service says itself. */
import { show } from "./problems";
import { resolve } from "node:path";
import { EnvFileError, parseRawEnvFile } from "./dotenv";
import type { Environment } from "./environment";
import type { Loader } from "./load";
import type { MapNode, Node } from "./tree";
import { entriesOf, get, isMap, itemsOf, locationOf, map, mapEntries, text, textOf, withEntry } from "./tree";

/** The model with the variables and labels of the started services' files. */
export function fillFromFiles(
  model: MapNode,
  active: ReadonlySet<string>,
  directory: string,
  environment: Environment,
  loader: Loader,
): MapNode {
  const services = get(model, "services");
  if (!isMap(services)) return model;
  const filler = new Filler(directory, environment, loader);
  return withEntry(
    model,
    "services",
    mapEntries(services, (node, name) => (active.has(name) && isMap(node) ? filler.fill(node, name) : node)),
  );
}

class Filler {
  constructor(
    private readonly directory: string,
    private readonly environment: Environment,
    private readonly loader: Loader,
  ) {}

  fill(service: MapNode, name: string): MapNode {
    return this.#labels(this.#variables(service, `services.${name}.env_file`));
  }

  #variables(service: MapNode, path: string): MapNode {
    const files = itemsOf(get(service, "env_file"));
    if (files.length === 0) return service;
    const own = get(service, "environment");
    const explicit = new Map(
      entriesOf(own).flatMap(([key, node]): [string, string][] =>
        textOf(node) === undefined ? [] : [[key, textOf(node) ?? ""]],
      ),
    );
    const lookup = (key: string) => this.environment.lookup(key) ?? explicit.get(key);
    const known = new Map(explicit);
    const found = new Map<string, Node>();
    for (const [i, file] of files.entries()) {
      for (const [key, value] of this.#read(file, `${path}[${i}]`, lookup, known)) {
        known.set(key, value);
        found.set(key, text(value, { place: locationOf(get(file, "path")), implied: true }));
      }
    }
    return withOwn(service, "environment", found, own);
  }

  #read(
    file: Node,
    path: string,
    lookup: (key: string) => string | undefined,
    known: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, string> {
    const written = get(file, "path");
    const absolute = resolve(this.directory, textOf(written) ?? "");
    const format = textOf(get(file, "format")) ?? "";
    const required = get(file, "required");
    if (required?.kind === "scalar" && required.value === false && this.loader.isMissing(absolute)) return new Map();
    const place = locationOf(written ?? file);
    if (format === "") return this.loader.readEnvFile(absolute, place, lookup, known);
    if (format !== "raw") {
      this.loader.problems.error(
        `${path}.format: got ${show(format)}, only raw is allowed here`,
        locationOf(get(file, "format")),
      );
      return new Map();
    }
    const source = this.loader.read(absolute, place, "variables");
    try {
      return source === null ? new Map() : parseRawEnvFile(source, lookup).variables;
    } catch (error) {
      if (!(error instanceof EnvFileError)) throw error;
      this.loader.problems.error(error.message, { file: this.loader.nameOf(absolute), line: error.line, column: 1 });
      return new Map();
    }
  }

  #labels(service: MapNode): MapNode {
    const files = itemsOf(get(service, "label_file"));
    if (files.length === 0) return service;
    const known = new Map<string, string>();
    const found = new Map<string, Node>();
    for (const file of files) {
      const absolute = resolve(this.directory, textOf(file) ?? "");
      for (const [key, value] of this.loader.readEnvFile(absolute, locationOf(file), (name) => known.get(name))) {
        known.set(key, value);
        found.set(key, text(value, { place: locationOf(file), implied: true }));
      }
    }
    return withOwn(service, "labels", found, get(service, "labels"));
  }
}

/** What the files bring, with what the service says itself on top. */
function withOwn(service: MapNode, key: string, found: ReadonlyMap<string, Node>, own: Node | undefined): MapNode {
  const entries = new Map([...found, ...entriesOf(own)]);
  const omitted = entries.size === 0;
  return own === undefined && omitted
    ? service
    : withEntry(service, key, map(entries, { ...(own ?? { implied: true }), omitted }));
}
