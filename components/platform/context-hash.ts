/**
 * The content hash of an image that is built: what its name and tag come from, so that an image is built again when, and
 * only when, something in it may differ. The same on every machine: neither times, owners nor absolute paths count.
 */
import { createHash, type Hash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import dockerignore from "@balena/dockerignore";
import type { Build } from "../../app/model";

/** The parts of a build section that change the image. */
export type BuildContent = Pick<
  Build,
  "context" | "dockerfile" | "dockerfileInline" | "target" | "args" | "additionalContexts"
>;

const HEX_DIGITS = 16;
const CHUNK = 1 << 20;

/**
 * 16 hex digits over the build section and the context's files: path, content, whether one may execute it, and where a
 * link points. Files that `.dockerignore` leaves out do not count, nor does `.git`, nor a folder without files. A
 * context that is a URL, or is not there (a plan needs none), counts by the build section alone.
 */
export function contextHash(build: BuildContent, platform: string): string {
  const hash = createHash("sha256");
  const { dockerfile, dockerfileInline, target } = build;
  const args = sorted(build.args);
  const section = { args, dockerfile, dockerfileInline, platform, target };
  hash.update(JSON.stringify(isUrl(build.context) ? { ...section, context: build.context } : section));
  if (isLocalFolder(build.context)) hashFolder(hash, build.context, dockerfile);
  return hash.digest("hex").slice(0, HEX_DIGITS);
}

/** True for a context that the builder fetches: a Git repository or an archive. */
export function isUrl(context: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/iu.test(context);
}

function isLocalFolder(context: string): boolean {
  return !isUrl(context) && (fs.statSync(context, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

function hashFolder(hash: Hash, root: string, dockerfile: string): void {
  const ignored = readIgnore(root, dockerfile);
  const files = listFiles(root, "", ignored).sort();
  // the builder reads it even where it is ignored or outside the context
  const own = path.resolve(root, dockerfile);
  const inside = path.relative(root, own).split(path.sep).join("/");
  if (!files.includes(inside) && fs.existsSync(own)) hashFile(hash, own, `dockerfile:${dockerfile}`);
  for (const file of files) hashFile(hash, path.join(root, file), file);
}

interface Ignored {
  file(name: string): boolean;
  /** True where nothing in the folder counts. */
  folder(name: string): boolean;
}

/** A Dockerfile's own ignore file wins over the context's: https://docs.docker.com/build/concepts/context/#dockerignore-files */
function readIgnore(root: string, dockerfile: string): Ignored {
  const candidates = [`${path.resolve(root, dockerfile)}.dockerignore`, path.join(root, ".dockerignore")];
  const file = candidates.find((candidate) => fs.existsSync(candidate));
  if (file === undefined) return { file: () => false, folder: () => false };
  const text = fs.readFileSync(file, "utf8");
  const rules = dockerignore().add(text);
  // `!` may take a file of an ignored folder back, so that the folder has to be read
  const takesBack = /^\s*!/mu.test(text);
  return { file: (name) => rules.ignores(name), folder: (name) => !takesBack && rules.ignores(name) };
}

/** Paths relative to the root, with slashes. */
function listFiles(root: string, folder: string, ignored: Ignored): string[] {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.name === ".git") return [];
    if (entry.isDirectory()) return ignored.folder(name) ? [] : listFiles(root, name, ignored);
    return (entry.isFile() || entry.isSymbolicLink()) && !ignored.file(name) ? [name] : [];
  });
}

function hashFile(hash: Hash, file: string, name: string): void {
  const stat = fs.lstatSync(file);
  const kind = stat.isSymbolicLink() ? "link" : stat.mode & 0o111 ? "executable" : "file";
  // lengths before texts, so that no two lists of files read as the same bytes
  hash.update(`\n${kind} ${Buffer.byteLength(name)} ${name} `);
  if (stat.isSymbolicLink()) {
    hash.update(fs.readlinkSync(file));
    return;
  }
  hash.update(`${stat.size} `);
  const handle = fs.openSync(file, "r");
  try {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, stat.size)));
    for (let read; (read = fs.readSync(handle, buffer)) > 0;) hash.update(buffer.subarray(0, read));
  } finally {
    fs.closeSync(handle);
  }
}

function sorted(args: Build["args"]): [string, string][] {
  return Object.entries(args)
    .filter((entry): entry is [string, string] => entry[1] !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
