/**
 * From what the SDK sends to what a plan shows: tokens become `$output`, `$lookup` and `$secret`, secrets lose their
 * content, assets their machine path. Pure.
 */
import { createHash } from "node:crypto";
import { basename, relative, sep } from "node:path";

import type { TextPart, TokenTable } from "./tokens";
import { hasToken } from "./tokens";
import type { PlanValue } from "./types";

/** The marks that the SDK puts around what JSON cannot say (`@pulumi/pulumi/runtime/rpc`). */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
export const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
export const OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
export const ASSET = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Where a value stands, and what its conversion needs to know. */
export interface ConvertContext {
  readonly tokens: TokenTable;
  /** The folder that paths are shown relative to, absolute. */
  readonly root: string;
  /** The resource whose input is converted; the stack's URN for outputs. */
  readonly urn: string;
  /** The resources that a property comes from, for what has lost its origin. */
  origins(property: string): readonly string[];
  /** Told of each thing that no plan may hold; the conversion goes on. */
  problem(message: string): void;
}

/** Converts all properties of a resource; keys keep the program's order. */
export function convertProperties(
  properties: Readonly<Record<string, unknown>>,
  context: ConvertContext,
): Record<string, PlanValue> {
  const result: Record<string, PlanValue> = {};
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined) result[key] = convertValue(value, key, context);
  }
  return result;
}

/** `path` is the value's place in the resource (`policy`, `tags.Name`). */
function convertValue(value: unknown, path: string, context: ConvertContext): PlanValue {
  switch (typeof value) {
    case "string":
      return convertText(value, path, context);
    case "number":
      if (Number.isFinite(value)) return value;
      context.problem(`${context.urn}: "${path}" is not a number: it was computed from an output that no plan knows`);
      return null;
    case "boolean":
      return value;
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item, i) => convertValue(item, `${path}[${i}]`, context));
      return convertObject(value as Record<string, unknown>, path, context);
    case "undefined":
    case "function":
    case "bigint":
    case "symbol":
      return null;
  }
}

function convertObject(value: Readonly<Record<string, unknown>>, path: string, context: ConvertContext): PlanValue {
  switch (value[SIGNATURE]) {
    case undefined: {
      const result: Record<string, PlanValue> = {};
      for (const [key, item] of Object.entries(value)) {
        if (item === undefined) continue;
        const name = hasToken(key) ? describe(readParts(key, path, context)) : key;
        result[name] = convertValue(item, `${path}.${name}`, context);
      }
      return result;
    }
    case SECRET:
      return { $secret: secretName(value.value, path, context) };
    case OUTPUT_VALUE:
      if (value.secret === true) return { $secret: secretName(value.value, path, context) };
      if ("value" in value) return convertValue(value.value, path, context);
      return unknownValue(path, context, value.dependencies as readonly string[] | undefined);
    case RESOURCE:
      return { $output: `${String(value.urn)}.${"id" in value ? "id" : "urn"}` };
    case ASSET:
    case ARCHIVE:
      return convertAsset(value, path, context);
    default:
      return null;
  }
}

function convertText(text: string, path: string, context: ConvertContext): PlanValue {
  if (text === UNKNOWN) return unknownValue(path, context);
  if (!hasToken(text)) return showPath(text, context);
  const document = parseDocument(text);
  if (document !== undefined) return JSON.stringify(convertValue(document, path, context));
  const parts = readParts(text, path, context);
  const secrets = parts.flatMap((part) => (typeof part === "object" && part.kind === "secret" ? [part.name] : []));
  if (secrets.length) {
    context.problem(
      `${context.urn}: "${path}" holds the secret ${secrets.join(", ")} in plain text; wrap it in a secret`,
    );
    return { $secret: joinNames(secrets) };
  }
  const [first] = parts;
  if (parts.length === 1 && typeof first === "object")
    return first.kind === "lookup" ? { $lookup: first.token } : { $output: describe(parts, false) };
  const outputs = parts.some((part) => typeof part === "object" && part.kind === "output");
  return { [outputs ? "$output" : "$lookup"]: describe(parts) };
}

/** The text with `${…}` in the tokens' places, or the one token's reference alone. */
function describe(parts: readonly TextPart[], braces = true): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return part;
      const name =
        part.kind === "output" ? `${part.urn}.${part.property}` : part.kind === "lookup" ? part.token : part.name;
      return braces ? `\${${name}}` : name;
    })
    .join("");
}

function readParts(text: string, path: string, context: ConvertContext): readonly TextPart[] {
  const parts = context.tokens.read(text);
  if (parts) return parts;
  context.problem(
    `${context.urn}: "${path}" holds a piece of an output: an output that no plan knows was indexed, split or cut; ` +
      `take it whole, or name its structure in plan/outputs.ts`,
  );
  return ["(cut)"];
}

/** The names of the secrets in a secret value; without one the output that it comes from, else its own place. */
function secretName(value: unknown, path: string, context: ConvertContext): string {
  const secrets: string[] = [];
  const outputs: string[] = [];
  collect(value, path, context, secrets, outputs);
  if (secrets.length) return joinNames(secrets);
  return outputs.length ? joinNames(outputs) : `${context.urn}.${path}`;
}

function collect(value: unknown, path: string, context: ConvertContext, secrets: string[], outputs: string[]): void {
  if (typeof value === "string" && hasToken(value)) {
    for (const part of readParts(value, path, context)) {
      if (typeof part === "string") continue;
      if (part.kind === "secret") secrets.push(part.name);
      else if (part.kind === "output") outputs.push(`${part.urn}.${part.property}`);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) collect(item, path, context, secrets, outputs);
  }
}

function joinNames(names: readonly string[]): string {
  return [...new Set(names)].sort().join(" ");
}

/** An unknown whose origin the SDK did not keep: the resources that the property depends on stand for it. */
function unknownValue(path: string, context: ConvertContext, known?: readonly string[]): PlanValue {
  const property = /^[^.[]*/.exec(path)?.[0] ?? path;
  const origins = [...new Set(known ?? context.origins(property))].sort();
  if (origins.length === 1) return { $output: `${origins[0]}.?` };
  return { $output: origins.map((urn) => `\${${urn}.?}`).join(" ") || `${context.urn}.${path}` };
}

/** Paths inside the project are shown relative to it, so that a plan is the same on every machine. */
function showPath(text: string, { root }: ConvertContext): string {
  if (text === root) return ".";
  return text.startsWith(root + sep) ? text.slice(root.length + 1) : text;
}

function convertAsset(value: Readonly<Record<string, unknown>>, path: string, context: ConvertContext): PlanValue {
  const { path: file, text, uri, assets } = value;
  if (typeof file === "string") {
    const shown = relative(context.root, file);
    return { path: shown.startsWith("..") ? basename(file) : shown };
  }
  if (typeof uri === "string") return { uri };
  if (typeof text === "string") {
    if (hasToken(text)) return { text: convertText(text, path, context) };
    return { sha256: createHash("sha256").update(text).digest("hex") };
  }
  const entries = Object.entries((assets ?? {}) as Record<string, Record<string, unknown>>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return Object.fromEntries(entries.map(([name, item]) => [name, convertAsset(item, `${path}.${name}`, context)]));
}

function parseDocument(text: string): unknown {
  const first = text.trimStart()[0];
  if (first !== "{" && first !== "[") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
