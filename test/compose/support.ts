/** Helpers of the reader's tests: fixtures, reading in memory, the reference implementation. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { App } from "../../app/model";
import type { Problem } from "../../app/finding";
import { InputError } from "../../app/finding";
import type { FileSystem, ReadOptions } from "../../app/compose/index";
import { canonicalJson, readCompose } from "../../app/compose/index";

const ROOT = resolve(__dirname, "../..");
export const FIXTURES = join(__dirname, "fixtures");
export const SHARED = join(ROOT, "..", "shared");

/** One fixture: a folder with Compose files and, where it says more, a case.json. */
export interface Case {
  readonly name: string;
  readonly files: readonly string[];
  readonly profiles?: readonly string[];
  /** Why the reader differs from the reference on purpose. */
  readonly different?: string;
  /** What the reader then does. */
  readonly ours?: "error" | "model";
}

export function fixtures(): Case[] {
  return readdirSync(FIXTURES)
    .sort()
    .map((name) => {
      const path = join(FIXTURES, name, "case.json");
      const given = (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {}) as Partial<Case>;
      return { name, ...given, files: (given.files ?? ["compose.yaml"]).map((file) => join(FIXTURES, name, file)) };
    });
}

/** What a reader says of a project: its canonical model, or that it refuses it. */
export type Outcome = { readonly model: unknown } | { readonly error: string };

export function readOutcome(options: ReadOptions): Outcome {
  try {
    return { model: JSON.parse(canonicalJson(readCompose(options).app)) as unknown };
  } catch (error) {
    if (error instanceof InputError) return { error: error.message };
    throw error;
  }
}

/** The outcome as text that is the same for the same outcome: keys sorted, messages left out. */
export function comparable(outcome: Outcome): string {
  return "error" in outcome ? "refused" : JSON.stringify(sorted(outcome.model), null, 1);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** Reads files that are only in memory; the first is `compose.yaml` in the folder `/app/shop`. */
export function readText(text: string, options: Partial<ReadOptions> & { others?: Record<string, string> } = {}) {
  const { others = {}, ...rest } = options;
  return readCompose({
    files: ["/app/shop/compose.yaml"],
    source: memory({ "compose.yaml": text, ...others }),
    ...rest,
  });
}

export function memory(files: Readonly<Record<string, string>>): FileSystem {
  return {
    read(path) {
      const found = Object.entries(files).find(([name]) => resolve("/app/shop", name) === path);
      return found === undefined
        ? { kind: "problem", missing: true, reason: "is missing" }
        : { kind: "text", text: found[1] };
    },
  };
}

/** The problems of a text that the reader refuses. */
export function problemsOf(text: string, options: Parameters<typeof readText>[1] = {}): readonly Problem[] {
  try {
    readText(text, options);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new Error("the reader accepted the file");
}

export function serviceOf(app: App, name = "a") {
  const service = app.services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

/**
 * The reference: compose-go, built once into the temporary folder from the module that stands beside the project and the
 * program in reference/. `null` where Go or the module is absent.
 */
export function reference(): ((cases: readonly Pick<Case, "files" | "profiles">[]) => Outcome[]) | null {
  const module = join(SHARED, "compose-ref");
  if (!existsSync(join(module, "go.mod")) || spawnSync("go", ["version"]).status !== 0) return null;
  const source = join(__dirname, "reference", "main.go");
  const hash = createHash("sha256");
  for (const file of [source, join(module, "go.mod"), join(module, "go.sum")]) hash.update(readFileSync(file));
  const folder = join(tmpdir(), `spectrum-compose-reference-${hash.digest("hex").slice(0, 16)}`);
  const program = join(folder, "reference");
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    copyFileSync(source, join(folder, "main.go"));
    for (const file of ["go.mod", "go.sum"]) copyFileSync(join(module, file), join(folder, file));
    const build = spawnSync("go", ["build", "-o", program, "."], { cwd: folder, encoding: "utf8" });
    if (build.status !== 0) throw new Error(`the reference does not build: ${build.stderr}`);
  }
  return (cases) => {
    const input = cases.map(({ files, profiles }) => JSON.stringify({ files, profiles: profiles ?? [] })).join("\n");
    const run = spawnSync(program, { input, encoding: "utf8", maxBuffer: 1 << 30, env: { PATH: process.env.PATH } });
    if (run.status !== 0) throw new Error(`the reference failed: ${run.stderr}`);
    return run.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Outcome);
  };
}
