/**
 * Opens the Compose files and makes one model of them: variables, `include`, `extends`, merge, schema, long forms.
 * The order of the steps is compose-go's (`loader.loadYamlFile`), so that corners come out the same.
 */
import { dirname, isAbsolute, join, normalize, relative, resolve } from "node:path";
import type { Location } from "../finding";
import { canonical, setDefaults } from "./canonical";
import { EnvFileError, parseEnvFile } from "./dotenv";
import type { Environment } from "./environment";
import type { FileSystem } from "./files";
import type { ComposeKey } from "./keys";
import { interpolate } from "./interpolate";
import { applyResets, enforceUnicity, merge, mergeEntry, size } from "./merge";
import { resolvePaths } from "./paths";
import type { Problems } from "./problems";
import { hasMarks, MARKS, MARKS_REFUSED } from "./problems";
import { suggestion, show } from "./problems";
import { describe, validate } from "./schema";
import type { MapNode, Node } from "./tree";
import {
  entriesOf,
  equal,
  get,
  isList,
  isMap,
  isNull,
  itemsOf,
  list,
  locationOf,
  map,
  nil,
  text,
  textOf,
  toPlain,
  withEntry,
} from "./tree";
import { OpenedFiles, type SourceKind } from "./sources";
import { checkResources } from "./validate";
import type { Budget } from "./yaml";
import { MAX_NODES, parseYaml } from "./yaml";

/** Files within files, at most so deep. */
export const MAX_INCLUDES = 20;
/** A service that extends one that extends one, at most so deep. */
export const MAX_EXTENDS = 100;
/** Files that one app may name in all. */
export const MAX_FILES = 500;

/** A key that the files use and that the finished model has no more. */
export interface VanishedKey {
  readonly service: string | null;
  /** Relative to the service, or to the top: `extends.service`, `include[0].path`. */
  readonly key: string;
  readonly pattern: ComposeKey;
  readonly value: unknown;
  readonly location: Location | null;
}

export interface Scope {
  /** The folder that relative paths start from, absolute. */
  readonly directory: string;
  /** What stands before relative paths so that they start from the including file's folder; `null` for the app's own. */
  readonly prefix: string | null;
  readonly environment: Environment;
  /** The files that led here, outermost first. */
  readonly trail: readonly string[];
}

/** The service that an `extends` asks for, with where it stands. */
interface Base {
  readonly services: ReadonlyMap<string, Node>;
  readonly file: string;
  readonly resets: readonly (readonly string[])[];
}

const INCLUDE_KEYS = {
  path: "include[].path",
  project_directory: "include[].project_directory",
  env_file: "include[].env_file",
} as const;
const EXTENDS_KEYS = { service: "services.*.extends.service", file: "services.*.extends.file" } as const;

/** Stops the reading: what is wrong has been told, and the rest would take too long. */
export class TooLarge extends Error {}

export class Loader {
  readonly vanished: VanishedKey[] = [];
  /** The files that were opened, in order, by the names that locations give them. */
  readonly files: string[] = [];
  readonly opened = new OpenedFiles();
  readonly #includes = new Map<string, MapNode>();
  readonly #budget: Budget = { nodes: MAX_NODES };
  #extended = 0;

  constructor(
    private readonly source: FileSystem,
    readonly problems: Problems,
    /** The folder below which files are named by relative paths, so that a plan is the same on each machine. */
    private readonly home: string,
  ) {}

  /** A file's name in locations and messages. */
  nameOf(path: string): string {
    const short = relative(this.home, path);
    return short === "" || short.startsWith("..") || isAbsolute(short) ? path : short;
  }

  /** True where there is no such file. */
  isMissing(path: string): boolean {
    const result = this.source.read(path);
    return result.kind === "problem" && result.missing;
  }

  /** The text of a file; a problem, at the place that names it, where it cannot be read. */
  read(path: string, named: Location | null, kind: SourceKind): string | null {
    if (!this.files.includes(this.nameOf(path))) this.files.push(this.nameOf(path));
    if (this.files.length > MAX_FILES) {
      this.problems.error(`more than ${MAX_FILES} files are named, at most so many are allowed`, named);
      return null;
    }
    const result = this.source.read(path);
    if (result.kind === "text") {
      this.opened.add(path, result.text, kind);
      if (!hasMarks(result.text)) return result.text;
      const line = result.text.slice(0, result.text.search(MARKS)).split("\n").length;
      this.problems.error(MARKS_REFUSED, { file: this.nameOf(path), line, column: 1 });
      return null;
    }
    this.problems.error(`the file ${this.nameOf(path)} ${result.reason}`, named);
    return null;
  }

  /** The variables of a `.env` that is there, whoever names it. */
  readDotEnv(path: string, lookup: Environment["lookup"]): ReadonlyMap<string, string> {
    return this.#variables(path, this.read(path, null, "dotenv"), lookup);
  }

  /** The variables of an env file. */
  readEnvFile(
    path: string,
    named: Location | null,
    lookup: Environment["lookup"],
    known?: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, string> {
    return this.#variables(path, this.read(path, named, "variables"), lookup, known);
  }

  #variables(
    path: string,
    source: string | null,
    lookup: Environment["lookup"],
    known?: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, string> {
    if (source === null) return new Map<string, string>();
    try {
      const { variables, unset } = parseEnvFile(source, lookup, known);
      for (const { name, line } of unset)
        this.problems.warn(`the variable ${name} is not set and stands as the empty text`, {
          file: this.nameOf(path),
          line,
          column: 1,
        });
      return variables;
    } catch (error) {
      if (!(error instanceof EnvFileError)) throw error;
      this.problems.error(error.message, { file: this.nameOf(path), line: error.line, column: 1 });
      return new Map<string, string>();
    }
  }

  /** The model of several files, each on top of the one before. */
  load(files: readonly string[], scope: Scope, named: Location | null): MapNode {
    let model = map([], {});
    for (const file of files) model = this.#file(file, model, scope, named);
    model = setDefaults(model);
    checkResources(model, this.problems);
    return this.#fillEnvironment(scope.prefix === null ? model : resolvePaths(model, scope.prefix), scope.environment);
  }

  #file(file: string, before: MapNode, scope: Scope, named: Location | null): MapNode {
    const source = this.read(file, named, "compose");
    const documents = source === null ? null : parseYaml(this.nameOf(file), source, this.problems, this.#budget);
    let model = before;
    for (const { root, resets } of documents ?? []) {
      if (!isMap(root ?? undefined)) {
        const got = root === null ? "nothing" : describe(root);
        this.problems.error(
          `got ${got}, a Compose file is a map with services`,
          root?.place ?? { file: this.nameOf(file), line: 1, column: 1 },
        );
        continue;
      }
      const filled = interpolate(root as MapNode, scope.environment.lookup, this.problems) as MapNode;
      const included = this.#include(filled, scope, file, resets);
      model = applyResets(model, resets);
      model = merge(model, this.#extend(included, scope, file, resets), this.problems);
      model = validate(enforceUnicity(model), this.problems);
      const version = get(model, "version");
      if (version !== undefined) {
        this.problems.warn("version is an old key without effect, remove it", locationOf(version));
        this.vanished.push({
          service: null,
          key: "version",
          pattern: "version",
          value: textOf(version),
          location: locationOf(version),
        });
        model = withEntry(model, "version", undefined);
      }
      model = enforceUnicity(canonical(model, this.problems));
    }
    return model;
  }

  #include(model: MapNode, scope: Scope, file: string, resets: readonly (readonly string[])[]): MapNode {
    const includes = get(model, "include");
    if (includes === undefined) return model;
    let result = withEntry(model, "include", undefined);
    const checked = get(validate(map([["include", includes]], {}), this.problems), "include");
    for (const [i, item] of itemsOf(checked).entries()) {
      const path = `include[${i}]`;
      const entry = isMap(item) ? item : map([["path", { ...item, key: null }]], item);
      this.#vanish(null, path, entry, INCLUDE_KEYS);
      const imported = this.#imported(entry, scope, file);
      if (imported === null) continue;
      for (const [section, from] of imported.entries) {
        if (!isMap(from) || section.startsWith("x-") || section === "name") continue;
        result = this.#import(result, section, from, resets);
      }
    }
    return result;
  }

  #vanish(service: string | null, path: string, node: MapNode, keys: Readonly<Record<string, ComposeKey>>): void {
    for (const [key, pattern] of Object.entries(keys)) {
      const value = get(node, key);
      if (value === undefined) continue;
      this.vanished.push({
        service,
        key: `${path}.${key}`,
        pattern,
        value: toPlain(value),
        location: locationOf(value),
      });
    }
  }

  #imported(entry: MapNode, scope: Scope, file: string): MapNode | null {
    const places = itemsOf(asList(get(entry, "path")));
    const paths = places.map((node) => resolve(scope.directory, textOf(node) ?? ""));
    const [main] = paths;
    const place = locationOf(places[0] ?? entry);
    if (main === undefined) {
      this.problems.error("include: the path is missing, name the file to include", locationOf(entry));
      return null;
    }
    const trail = [...scope.trail, file];
    if (trail.includes(main)) {
      this.problems.error(
        `include: the files include each other: ${[...trail, main].map((path) => this.nameOf(path)).join(" -> ")}, take one include out`,
        place,
      );
      return null;
    }
    if (trail.length > MAX_INCLUDES) {
      this.problems.error(`include: files include files more than ${MAX_INCLUDES} deep`, place);
      return null;
    }
    const folder = textOf(get(entry, "project_directory"));
    const directory = folder === undefined || folder === "" ? dirname(main) : resolve(scope.directory, folder);
    const environment = this.#includedEnvironment(entry, directory, scope);
    const prefix = folder !== undefined && isAbsolute(folder) ? folder : relative(scope.directory, directory) || ".";
    const id = JSON.stringify([paths, directory, prefix, environment.id]);
    const known = this.#includes.get(id);
    if (known !== undefined) return known;
    const model = this.load(paths, { directory, prefix, environment, trail }, place);
    this.#includes.set(id, model);
    return model;
  }

  #includedEnvironment(entry: MapNode, directory: string, scope: Scope): Environment {
    const named = itemsOf(asList(get(entry, "env_file")));
    let variables = new Map<string, string>();
    if (named.length === 0) {
      const path = join(directory, ".env");
      if (this.source.read(path).kind === "text") variables = new Map(this.readDotEnv(path, scope.environment.lookup));
    }
    for (const node of named) {
      const path = textOf(node) ?? "";
      if (path === "/dev/null") continue;
      const absolute = resolve(scope.directory, path);
      for (const pair of this.readEnvFile(absolute, locationOf(node), scope.environment.lookup, variables))
        variables.set(...pair);
    }
    return scope.environment.under(variables);
  }

  /** A section of an included model: what both have is merged, the including file on top. */
  #import(model: MapNode, section: string, from: MapNode, resets: readonly (readonly string[])[]): MapNode {
    const own = get(model, section);
    if (own !== undefined && !isMap(own)) return model;
    const entries = new Map(entriesOf(own));
    for (const [name, node] of from.entries) {
      const conflict = entries.get(name);
      if (conflict === undefined) entries.set(name, node);
      else if (!equal(node, conflict)) {
        const kept = get(applyResets(map([[section, map([[name, node]], {})]], {}), resets), section, name) ?? nil({});
        entries.set(name, mergeEntry(kept, conflict, section, name, this.problems));
      }
    }
    return withEntry(model, section, map(entries, own ?? from));
  }

  #extend(model: MapNode, scope: Scope, file: string, resets: readonly (readonly string[])[]): MapNode {
    const services = get(model, "services");
    if (!isMap(services)) return model;
    const done = new Map(services.entries);
    const base: Base = { services: done, file, resets };
    for (const name of services.entries.keys()) done.set(name, this.#withBase(name, base, done, scope, []));
    return withEntry(model, "services", map(done, services));
  }

  #withBase(name: string, from: Base, done: Map<string, Node>, scope: Scope, trail: readonly string[]): Node {
    const node = from.services.get(name) ?? nil({});
    const extend = get(node, "extends");
    if (!isMap(node) || extend === undefined) return node;
    const where = `services.${name}.extends`;
    const wanted = textOf(isMap(extend) ? get(extend, "service") : extend);
    const without = withEntry(node, "extends", undefined);
    if (wanted === undefined) {
      // the schema says what is allowed here
      validate(map([["services", map([[name, map([["extends", extend]], {})]], {})]], {}), this.problems);
      return without;
    }
    const place = locationOf(isMap(extend) ? get(extend, "service") : extend);
    if (from.services === done) {
      const entry = isMap(extend) ? extend : map([["service", extend]], extend);
      this.#vanish(name, "extends", entry, EXTENDS_KEYS);
    }
    const fileNode = get(extend, "file");
    const other = textOf(fileNode);
    const base = other === undefined ? from : this.#baseFile(other, locationOf(fileNode), scope);
    if (base === null) {
      this.problems.mark(`services.${name}.extends`);
      return without;
    }
    if (!base.services.has(wanted)) {
      const names = suggestion(
        wanted,
        [...base.services.keys()].filter((key) => base !== from || key !== name),
      );
      this.problems.error(
        `${where}: no service is named ${show(wanted)} in ${this.nameOf(base.file)}${names}`,
        place,
        where,
      );
      return without;
    }
    const step = `${name} in ${this.nameOf(from.file)}`;
    if (trail.includes(step)) {
      const cycle = [...trail.slice(trail.indexOf(step)), step].join(" -> ");
      this.problems.error(`${where}: the services extend each other: ${cycle}, take one extends out`, place, where);
      return without;
    }
    if (trail.length > MAX_EXTENDS) {
      this.problems.error(`${where}: services extend services more than ${MAX_EXTENDS} deep`, place, where);
      return without;
    }
    const found = this.#withBase(wanted, base, base === from ? done : new Map(base.services), scope, [...trail, step]);
    if (base === from) done.set(wanted, found);
    if (isNull(found)) return without;
    const kept =
      get(applyResets(map([["services", map([[name, found]], {})]], {}), from.resets), "services", name) ?? found;
    const merged = mergeEntry(kept, without, "services", name, this.problems);
    this.#extended += size(merged);
    if (this.#extended > MAX_NODES) {
      this.problems.error(`${where}: more than ${MAX_NODES} values once extends is written out`, place, where);
      throw new TooLarge();
    }
    return merged;
  }

  readonly #bases = new Map<string, Base | null>();

  #baseFile(path: string, named: Location | null, scope: Scope): Base | null {
    const file = resolve(scope.directory, path);
    const id = JSON.stringify([file, scope.directory, scope.environment.id]);
    const known = this.#bases.get(id);
    if (known !== undefined) return known;
    const base = this.#readBase(file, named, scope);
    this.#bases.set(id, base);
    return base;
  }

  #readBase(file: string, named: Location | null, scope: Scope): Base | null {
    const source = this.read(file, named, "compose");
    const documents = source === null ? null : parseYaml(this.nameOf(file), source, this.problems, this.#budget);
    if (documents === null) return null;
    let model = map([], {});
    const all: (readonly string[])[] = [];
    for (const { root, resets } of documents) {
      if (root?.kind !== "map") continue;
      const filled = interpolate(root, scope.environment.lookup, this.problems) as MapNode;
      all.push(...resets);
      model = merge(applyResets(model, resets), filled, this.problems);
      model = enforceUnicity(canonical(enforceUnicity(model), this.problems));
    }
    const services = get(model, "services");
    if (!isMap(services)) {
      this.problems.error(`the file ${this.nameOf(file)} has no services to extend`, named);
      return null;
    }
    const prefix = normalize(relative(scope.directory, dirname(file)) || ".");
    const resolved = get(resolvePaths(model, prefix), "services");
    return { services: new Map(entriesOf(resolved)), file, resets: all };
  }

  /** `environment: [NAME]` takes the variable's value, in the scope of its own file. */
  #fillEnvironment(model: MapNode, environment: Environment): MapNode {
    const services = get(model, "services");
    if (!isMap(services)) return model;
    const filled = new Map<string, Node>();
    for (const [name, service] of services.entries) {
      const variables = get(service, "environment");
      filled.set(
        name,
        isMap(service) && isList(variables)
          ? withEntry(
              service,
              "environment",
              list(
                variables.items.map((item) => fill(item, environment)),
                variables,
              ),
            )
          : service,
      );
    }
    return withEntry(model, "services", map(filled, services));
  }
}

function fill(item: Node, environment: Environment): Node {
  const name = textOf(item);
  if (name === undefined || name.includes("=")) return item;
  const value = environment.lookup(name);
  return value === undefined ? item : text(`${name}=${value}`, item);
}

function asList(node: Node | undefined): Node {
  if (node === undefined) return list([], {});
  return isList(node) ? node : list([node], node);
}
