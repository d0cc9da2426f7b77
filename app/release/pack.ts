/** What an app has in a release, from what was read of it. Pure. */
import { posix } from "node:path";
import type { SourceFile } from "../compose";
import type { App, ProjectFile } from "../model";
import type { ReleaseContent, ReleaseFile } from "./release";

export interface Packed {
  readonly content: ReleaseContent;
  /** The absolute path of each of its files, by the path that it has there. */
  readonly paths: Readonly<Record<string, string>>;
  /** By service and job, which image its files ask for, with those that the environment has a managed service for. */
  readonly images: Readonly<Record<string, AskedImage>>;
  /** Which of its sources are files of variables, by the paths that they have there. */
  readonly variableFiles: readonly string[];
}

export interface AskedImage {
  /** As the file has it; `null` where there is only a `build`. */
  readonly image: string | null;
  readonly built: boolean;
}

/**
 * The content of a release of the app. `compose` are the absolute paths of its Compose files, `sources` what reading them
 * opened. A `.env` that nobody names is the environment's, and stays out.
 */
export function packContent(app: App, compose: readonly string[], sources: readonly SourceFile[]): Packed {
  const named = sources.filter(({ kind }) => kind !== "dotenv");
  const files = Object.entries(app.files ?? {});
  const all = [...named.map(({ path }) => path), ...files.map(([path]) => path)];
  const folder = commonFolder([...compose, ...all]);
  const inside = (path: string) => posix.relative(folder, path);
  return {
    content: {
      version: 1,
      app: app.name,
      compose: compose.map(inside),
      sources: Object.fromEntries(named.map(({ path, text }) => [inside(path), text])),
      files: Object.fromEntries(files.map(([path, file]) => [inside(path), packFile(file)])),
      dockerfilePorts: app.dockerfilePorts ?? {},
    },
    images: Object.fromEntries(
      Object.values(app.services).map(({ name, image, build }) => [name, { image, built: build !== null }]),
    ),
    paths: Object.fromEntries(all.map((path) => [inside(path), path])),
    variableFiles: named.filter(({ kind }) => kind === "variables").map(({ path }) => inside(path)),
  };
}

function packFile({ content, encoding, size, executable }: ProjectFile): ReleaseFile {
  if (content === null) return { size };
  return {
    ...(encoding === "utf8" ? { text: content } : { base64: content }),
    ...(executable && { executable: true as const }),
  };
}

/** The file as a tier takes it. */
export function unpackFile(file: ReleaseFile): ProjectFile {
  if ("size" in file) return { content: null, encoding: "utf8", size: file.size, executable: false };
  const { executable = false } = file;
  if ("text" in file) return { content: file.text, encoding: "utf8", size: Buffer.byteLength(file.text), executable };
  return { content: file.base64, encoding: "base64", size: Buffer.from(file.base64, "base64").length, executable };
}

/** The deepest folder that holds all of the files. */
function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => posix.dirname(path).split("/"));
  const same = (part: string, i: number) => others.every((parts) => parts[i] === part);
  const end = first.findIndex((part, i) => !same(part, i));
  return (end === -1 ? first : first.slice(0, end)).join("/") || "/";
}
