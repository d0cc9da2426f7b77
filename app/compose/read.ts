/** Compose files to the App: the reader as a whole. */
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../finding";
import type { Problem } from "../finding";
import type { App } from "../model";
import { makeApp } from "./app";
import { bindModel } from "./bind";
import { checkModel } from "./check";
import { Environment } from "./environment";
import { fillFromFiles } from "./env-files";
import type { FileSystem } from "./files";
import { disk } from "./files";
import { Loader, TooLarge } from "./load";
import { normalize } from "./normalize";
import { hasMarks, MARKS_REFUSED, Problems } from "./problems";
import type { SourceFile } from "./sources";
import { substitute, TemplateError } from "./template";
import type { MapNode } from "./tree";
import { entriesOf, get, isMap, itemsOf, mapEntries, textOf, withEntry, withOrigin } from "./tree";
import { keyUses } from "./uses";
import { parseYaml } from "./yaml";

export interface ReadOptions {
  /** Absolute, or relative to the working directory; each on top of the one before. */
  readonly files: readonly string[];
  /** The app's name, and with it the Compose project's; default: `name:`, else the folder's name. */
  readonly appName?: string;
  /** Where relative paths and `.env` are; default: the folder of the first file. */
  readonly projectDirectory?: string;
  /** Profiles to turn on; default: those of the variable COMPOSE_PROFILES. */
  readonly profiles?: readonly string[];
  /** Variables of the config; they win over the shell's and `.env`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Variables whose values are secret: each stands as a mark (`secretMark`) in the values that use it. */
  readonly secretVariables?: readonly string[];
  /** The shell's variables, where the user asked for them; they win over `.env`. */
  readonly shellEnv?: Readonly<Record<string, string | undefined>>;
  /** Where files come from; default: the disk. */
  readonly source?: FileSystem;
}

export interface ReadResult {
  /** Frozen through and through. */
  readonly app: App;
  readonly warnings: readonly Problem[];
  /** The value that a variable has in the app's files; may hold a secret's mark. */
  readonly variable: (name: string) => string | undefined;
  /** The files that were opened, each once. */
  readonly sources: readonly SourceFile[];
}

/** Reads an app. Throws an `InputError` with every problem of its files at once. */
export function readCompose(options: ReadOptions): ReadResult {
  const problems = new Problems();
  try {
    return read(options, problems);
  } catch (error) {
    if (error instanceof TooLarge) throw new InputError(problems.errors);
    throw error;
  }
}

function read(options: ReadOptions, problems: Problems): ReadResult {
  const files = options.files.map((file) => resolve(file));
  const [first] = files;
  if (first === undefined)
    throw new InputError([{ message: "no Compose file is named, name at least one", location: null }]);
  const directory = options.projectDirectory === undefined ? dirname(first) : resolve(options.projectDirectory);
  const source = options.source ?? disk;
  const loader = new Loader(source, problems, resolve("."));
  const variables = readEnvironment(options, directory, loader, source);
  const project = projectName(options, files, directory, variables, source, problems);
  const environment = variables.with("COMPOSE_PROJECT_NAME", project);
  const raw = loader.load(files, { directory, prefix: null, environment, trail: [] }, null);
  if (raw.entries.size === 0 && problems.errors.length === 0)
    problems.error("the file is empty, a Compose file is a map with services", {
      file: loader.nameOf(first),
      line: 1,
      column: 1,
    });
  const bound = bindModel(normalize(raw, project, environment), problems);
  const active = activeServices(bound, profilesOf(options, environment));
  const model = fillFromFiles(scaleToReplicas(bound), active, directory, environment, loader);
  checkModel(model, active, problems);
  const inactive = entriesOf(get(model, "services")).flatMap(([name]) => (active.has(name) ? [] : [name]));
  const uses = keyUses(model, loader.vanished, inactive, loader.files);
  const app = makeApp({ name: options.appName ?? project, directory, model, raw, active, uses }, problems);
  if (problems.errors.length > 0) throw new InputError(inOrder(problems.errors, loader.files));
  return {
    app: freeze(app),
    warnings: freeze(inOrder(problems.warnings, loader.files)),
    variable: (name) => environment.lookup(name),
    sources: loader.opened.all,
  };
}

function readEnvironment(options: ReadOptions, directory: string, loader: Loader, source: FileSystem): Environment {
  const shell = Object.entries(options.shellEnv ?? {}).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  const given = new Map([...shell, ...Object.entries(options.variables ?? {})]);
  for (const [name, value] of given)
    if (hasMarks(value)) loader.problems.error(`the variable ${name}: ${MARKS_REFUSED}`, null);
  const environment = new Environment(given, new Set(options.secretVariables));
  const path = join(directory, ".env");
  const found = source.read(path);
  if (found.kind === "problem" && (found.missing || found.reason.startsWith("is a folder"))) return environment;
  return environment.under(loader.readDotEnv(path, environment.lookup));
}

/** The project's name by Compose's rule: as given, COMPOSE_PROJECT_NAME, `name:` of the last file that has one, the folder. */
function projectName(
  options: ReadOptions,
  files: readonly string[],
  directory: string,
  environment: Environment,
  source: FileSystem,
  problems: Problems,
): string {
  const given = options.appName ?? environment.lookup("COMPOSE_PROJECT_NAME");
  if (given !== undefined && given !== "") {
    if (normalizeName(given) !== given) {
      const allowed = "only lower case letters, digits, - and _ are allowed, a letter or digit first";
      problems.error(`the project name ${JSON.stringify(given)} is not allowed, ${allowed}`, null);
    }
    return given;
  }
  let name = "";
  for (const file of files) {
    const text = source.read(file);
    // what is wrong with the file is told when it is loaded
    for (const document of text.kind === "text" ? (parseYaml(file, text.text, new Problems()) ?? []) : []) {
      const written = textOf(get(document.root ?? undefined, "name"));
      if (written) name = written;
    }
  }
  try {
    name = normalizeName(substitute(name, environment.lookup).text);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    name = "";
  }
  const fallback = normalizeName(basename(directory));
  if (name === "" && fallback === "")
    problems.error(`the folder ${directory} gives no project name, add name: to the file`, null);
  return name === "" ? fallback : name;
}

function normalizeName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/gu, "")
    .replace(/^[_-]+/u, "");
}

function profilesOf(options: ReadOptions, environment: Environment): readonly string[] {
  if (options.profiles !== undefined && options.profiles.length > 0) return options.profiles;
  return (environment.lookup("COMPOSE_PROFILES") ?? "").split(",").map((profile) => profile.trim());
}

function activeServices(model: MapNode, profiles: readonly string[]): ReadonlySet<string> {
  const active = entriesOf(get(model, "services")).filter(([, service]) => {
    const own = itemsOf(get(service, "profiles")).map((item) => textOf(item) ?? "");
    return own.length === 0 || profiles.some((profile) => profile === "*" || own.includes(profile));
  });
  return new Set(active.map(([name]) => name));
}

/** `scale` beside `deploy` is `deploy.replicas` too, as Compose prints it. */
function scaleToReplicas(model: MapNode): MapNode {
  const services = get(model, "services");
  if (!isMap(services)) return model;
  const scaled = mapEntries(services, (service) => {
    const [scale, deploy] = [get(service, "scale"), get(service, "deploy")];
    if (!isMap(service) || !isMap(deploy) || scale === undefined || get(deploy, "replicas") !== undefined)
      return service;
    return withEntry(service, "deploy", withEntry(deploy, "replicas", withOrigin(scale, { implied: true })));
  });
  return withEntry(model, "services", scaled);
}

function inOrder(problems: readonly Problem[], files: readonly string[]): Problem[] {
  const order = new Map(files.map((file, i) => [file, i]));
  const rank = ({ location }: Problem) => (location === null ? -1 : (order.get(location.file) ?? files.length));
  return [...problems].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
      (a.location?.column ?? 0) - (b.location?.column ?? 0),
  );
}

/** Freezes a value and all that is in it. */
function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}
