/**
 * Reads the small files of a project that its app mounts or gives as configs, for the tiers whose machines have none of
 * them, and the Dockerfiles for their ports. Opens what the Compose files name and nothing else; touches no Pulumi.
 */
import { lstatSync, readdirSync, readFileSync, statSync, type Stats } from "node:fs";
import { join, resolve } from "node:path";
import { exposedPorts } from "../app/dockerfile";
import type { App, ExposedPort, ProjectFile } from "../app/model";
import { parseValue } from "../app/value";
import { isProjectPath } from "../components/tiers/ecs/mounts";

/** What one file, and what one folder, may hold: no tier carries more. In bytes. */
const MAX_BYTES = 64 * 1024;
/** A folder with more files than that is no folder of configs: it is not opened further. */
const MAX_FILES = 200;

/** Where an app's small files come from. */
export interface ProjectFiles {
  /** The file at an absolute path, or every file of the folder, by its path; none where there is nothing. */
  readonly read: (path: string) => Readonly<Record<string, ProjectFile>>;
  /** What its Dockerfiles expose, by service; one whose Dockerfile is not there to read is left out. */
  readonly dockerfilePorts: (app: App) => Readonly<Record<string, readonly ExposedPort[]>>;
}

/** The files of the machine. */
const onDisk: ProjectFiles = { read, dockerfilePorts };

/** The app with the contents of its files, and of the configs that come from variables; its Dockerfiles' ports too. */
export function withProjectFiles(
  app: App,
  variable: (name: string) => string | undefined,
  source: ProjectFiles = onDisk,
): App {
  const files: Record<string, ProjectFile> = {};
  for (const path of pathsOf(app)) Object.assign(files, source.read(path));
  const configValues = Object.fromEntries(
    Object.entries(app.configs).flatMap(([name, config]) => {
      const text = config.kind === "environment" ? variable(config.variable) : undefined;
      return text === undefined ? [] : [[name, parseValue(text)] as const];
    }),
  );
  return { ...app, files, configValues, dockerfilePorts: source.dockerfilePorts(app) };
}

function dockerfilePorts(app: App): Record<string, readonly ExposedPort[]> {
  return Object.fromEntries(
    Object.values(app.services).flatMap(({ name, build }): [string, readonly ExposedPort[]][] => {
      if (build === null) return [];
      const path = resolve(build.context, build.dockerfile);
      const stat = build.dockerfileInline === null ? statOf(path) : undefined;
      const text =
        build.dockerfileInline ?? (stat?.isFile() && stat.size <= MAX_BYTES ? readFileSync(path, "utf8") : null);
      return text === null ? [] : [[name, exposedPorts(text, build.target)]];
    }),
  );
}

/** The sources of bind mounts that no build context holds, and the files of configs that somebody uses. */
function pathsOf(app: App): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { mounts, build, configs } of Object.values(app.services)) {
    for (const { type, source } of mounts) {
      const carried = build !== null && source !== null && `${source}/`.startsWith(`${build.context}/`);
      if (type === "bind" && source !== null && !carried && isProjectPath(app.directory, source)) paths.add(source);
    }
    for (const { source } of configs) {
      const config = app.configs[source];
      if (config?.kind === "file") paths.add(config.path);
    }
  }
  return paths;
}

function read(path: string): Record<string, ProjectFile> {
  const stat = statOf(path);
  if (stat?.isFile()) return { [path]: readFile(path, stat) };
  if (!stat?.isDirectory()) return {};
  const found = filesUnder(path, MAX_FILES + 1);
  const bytes = found.reduce((sum, { stat: { size } }) => sum + size, 0);
  if (found.length > MAX_FILES || bytes > MAX_BYTES)
    return Object.fromEntries(
      found.slice(0, 1).map(({ path: first }) => [first, tooLarge(Math.max(bytes, MAX_BYTES + 1))]),
    );
  return Object.fromEntries(found.map((file) => [file.path, readFile(file.path, file.stat)]));
}

/** Every file of the folder, in order; `limit` of them at most. Links are not followed out of it. */
function filesUnder(folder: string, limit: number): { path: string; stat: Stats }[] {
  const found: { path: string; stat: Stats }[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (found.length >= limit) break;
    const path = join(folder, name);
    const stat = lstatSync(path);
    if (stat.isDirectory()) found.push(...filesUnder(path, limit - found.length));
    else if (stat.isFile()) found.push({ path, stat });
  }
  return found;
}

function readFile(path: string, stat: Stats): ProjectFile {
  const executable = (stat.mode & 0o111) !== 0;
  if (stat.size > MAX_BYTES) return { ...tooLarge(stat.size), executable };
  const bytes = readFileSync(path);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes("\0")) return { content: text, encoding: "utf8", size: bytes.length, executable };
  } catch {
    // no text: as base64
  }
  return { content: bytes.toString("base64"), encoding: "base64", size: bytes.length, executable };
}

const tooLarge = (size: number): ProjectFile => ({ content: null, encoding: "utf8", size, executable: false });

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
