/**
 * The config of an environment without Pulumi: from the project's and the stack's file, or made for a Compose file alone.
 * A secure value is never decrypted; a token with its name stands in its place.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { closest, distance } from "fastest-levenshtein";
import type { Document } from "yaml";
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, visit } from "yaml";
import type { RawConfig } from "../app/config/read";
import type { Location, Problem } from "../app/finding";
import { InputError } from "../app/finding";
import { secretToken } from "./tokens";
import type { PlanValue } from "./types";

/** A stack's config as a Pulumi program would get it, and where it was written. */
export interface StackConfig extends RawConfig {
  readonly project: string;
  /** True where it is not what was written: some of the apps, or another tier. */
  readonly partial?: true;
  /** Where a config key (`spectrum:apps.shop.tier`) was written; the nearest parent where it was not; `null`: nowhere. */
  locate(key: string): Location | null;
}

export interface ComposeConfig {
  /** Paths of Compose files, relative to the project's folder or absolute. */
  readonly compose: readonly string[];
  readonly environment: string;
  readonly app: string;
  readonly tier?: string;
}

/** The region of a plan that no stack file places. */
const DEFAULT_REGION = "us-east-1";
const PROJECT = "spectrum";

/** What a stack's own file may not say otherwise. */
const PROJECTS_OWN: ReadonlySet<string> = new Set(["spectrum:environments"]);
const MOVE_IT = "leave it out here, and say it in Pulumi.yaml, under value:";

/** The config of a plan for Compose files alone: the app under its name, the region us-east-1, nothing else. */
export function composeConfig({ compose, environment, app, tier }: ComposeConfig): StackConfig {
  return {
    project: PROJECT,
    stack: environment,
    values: {
      "aws:region": DEFAULT_REGION,
      "spectrum:apps": JSON.stringify({ [app]: { compose, ...(tier === undefined ? {} : { tier }) } }),
    },
    secretKeys: new Set(),
    locate: () => null,
  };
}

/**
 * The config of a stack: `Pulumi.<environment>.yaml` on top of the values in `Pulumi.yaml`, both in `root`.
 * Throws `InputError` where the stack has no file, or a file is no YAML or has another shape.
 */
export function readStackConfig(root: string, environment: string): StackConfig {
  const stackPath = join(root, `Pulumi.${environment}.yaml`);
  if (!existsSync(stackPath)) throw new InputError([missingStack(root, environment)]);
  const project = readYaml(root, join(root, "Pulumi.yaml"));
  const stack = readYaml(root, stackPath);
  const problems = [...project.problems, ...stack.problems];
  if (problems.length) throw new InputError(problems);

  const name = textOf(project.document?.get("name")) ?? PROJECT;
  const values: Record<string, string> = {};
  const secretKeys = new Set<string>();
  const places = new Map<string, { readonly file: YamlFile; readonly node: Node }>();
  const set = (file: YamlFile, key: string, node: Node) => {
    const full = key.includes(":") ? key : `${name}:${key}`;
    const secrets = { found: false };
    const value = plainValue(node, full.endsWith(":secrets") ? "" : full, secrets);
    if (value === null) return;
    values[full] = typeof value === "string" ? value : JSON.stringify(value);
    if (secrets.found) secretKeys.add(full);
    else secretKeys.delete(full);
    places.set(full, { file, node });
  };

  for (const [key, node] of entries(project.document?.get("config"))) {
    const value = projectValue(node);
    if (value) set(project, key, value);
  }
  const config: unknown = stack.document?.get("config");
  if (config !== undefined && config !== null && !isMap(config)) {
    throw new InputError([problemAt(stack, config as Node, "config must be a map of config keys")]);
  }
  for (const [key, node] of entries(config)) {
    if (PROJECTS_OWN.has(key))
      throw new InputError([problemAt(stack, node, `${key} is one for all stacks: ${MOVE_IT}`)]);
    set(stack, key, node);
  }

  return {
    project: name,
    stack: environment,
    values,
    secretKeys,
    locate: (key) => locate(places, key),
  };
}

interface YamlFile {
  readonly path: string;
  readonly lines: LineCounter;
  readonly document: Document | null;
  readonly problems: readonly Problem[];
}

/** A file that is not there is an empty one: only the stack's must exist. */
function readYaml(root: string, path: string): YamlFile {
  const lines = new LineCounter();
  const shown = relative(root, path);
  if (!existsSync(path)) return { path: shown, lines, document: null, problems: [] };
  const document = parseDocument(readFileSync(path, "utf8"), { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ message, pos }): Problem => {
    const { line, col } = lines.linePos(pos[0]);
    return { message: `not valid YAML: ${message}`, location: { file: shown, line, column: col } };
  });
  // `*name` is what it points to, as Pulumi reads it; one that points to nothing is an error of the document
  if (problems.length === 0) visit(document, { Alias: (_, alias) => alias.resolve(document) });
  const whole = document.contents;
  if (!problems.length && whole !== null && !isMap(whole)) {
    problems.push({ message: "got no map; a Pulumi file is a map", location: { file: shown, line: 1, column: 1 } });
  }
  return { path: shown, lines, document: isMap(whole) ? document : null, problems };
}

/**
 * In Pulumi.yaml a key holds a value, `{ value: … }`, or a declaration whose `default` is the value; a declaration without
 * one says nothing.
 */
function projectValue(node: Node): Node | null {
  if (!isMap(node)) return node;
  const value: unknown = node.get("value", true) ?? node.get("default", true);
  return value ? (value as Node) : null;
}

/** The value with tokens for what is secure. */
function plainValue(node: Node, path: string, secrets: { found: boolean }): PlanValue {
  if (isScalar(node)) return scalarValue(node.value);
  if (isSeq(node)) return node.items.map((item, i) => plainValue(item as Node, `${path}[${i}]`, secrets));
  if (!isMap(node)) return null;
  const pairs = entries(node);
  if (pairs.length === 1 && pairs[0]?.[0] === "secure") {
    secrets.found = true;
    return secretToken(path);
  }
  return Object.fromEntries(
    pairs.map(([key, item]) => [key, plainValue(item, path ? `${path}.${key}` : key, secrets)]),
  );
}

function scalarValue(value: unknown): PlanValue {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function entries(node: unknown): readonly (readonly [string, Node])[] {
  if (!isMap(node)) return [];
  return node.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : String(key), value as Node] as const);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function locate(
  places: ReadonlyMap<string, { readonly file: YamlFile; readonly node: Node }>,
  key: string,
): Location | null {
  const [full] = /^[^.[]*/.exec(key) ?? [""];
  const place = places.get(full);
  if (!place) return null;
  let node: Node = place.node;
  for (const [, name, index] of key.slice(full.length).matchAll(/\.([^.[]+)|\[(\d+)\]/g)) {
    const next: unknown =
      isMap(node) && name !== undefined
        ? node.get(name, true)
        : isSeq(node) && index !== undefined
          ? node.get(Number(index), true)
          : undefined;
    if (!next) break;
    node = next as Node;
  }
  return position(place.file, node);
}

function position({ path, lines }: YamlFile, node: Node): Location {
  const { line, col } = lines.linePos(node.range?.[0] ?? 0);
  return { file: path, line, column: col };
}

function problemAt(file: YamlFile, node: Node, message: string): Problem {
  return { message, location: position(file, node) };
}

function missingStack(root: string, environment: string): Problem {
  const known = readdirSync(root)
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(basename(file))?.[1] ?? [])
    .sort();
  const near = known.length ? closest(environment, known) : undefined;
  const hint = near !== undefined && distance(environment, near) <= 2 ? `, did you mean ${near}` : "";
  const there = known.length ? `there are ${known.join(", ")}${hint}` : "there is none";
  return {
    message: `the environment ${environment} has no file Pulumi.${environment}.yaml: ${there}; or plan a Compose file alone with --compose FILE`,
    location: null,
  };
}
