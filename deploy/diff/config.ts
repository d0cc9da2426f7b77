/** What differs between the configs of two environments, key by key. Pure. */
import { createHash, createHmac } from "node:crypto";
import type { RawConfig } from "../../app/config/read";
import { hasToken } from "../../plan/tokens";
import type { PlanValue } from "../../plan/types";
import { stableJson } from "../../plan/json";
import { leavesOf } from "./leaves";

/** What one environment says under a key. */
export type ConfigSide =
  | { readonly kind: "missing" }
  | { readonly kind: "plain"; readonly value: PlanValue }
  /** `fingerprint`: the same for the same secret in one comparison, and in no other; `null` where it was not decrypted. */
  | { readonly kind: "secret"; readonly fingerprint: string | null };

export interface ConfigDifference {
  /** `spectrum:apps.shop.tier` */
  readonly key: string;
  readonly from: ConfigSide;
  readonly to: ConfigSide;
}

/** A secret's value by its key (`spectrum:secrets.shop.DB_PASSWORD`), as fingerprints. */
export type Fingerprints = ReadonlyMap<string, string>;

/**
 * The keys that differ, in their order. Two secrets of which nobody knows whether they are alike, since they were not
 * decrypted, stand among them.
 */
export function configDifferences(
  from: Pick<RawConfig, "values">,
  to: Pick<RawConfig, "values">,
  fingerprints: { readonly from?: Fingerprints; readonly to?: Fingerprints } = {},
): readonly ConfigDifference[] {
  const [a, b] = [sidesOf(from, fingerprints.from), sidesOf(to, fingerprints.to)];
  return [...new Set([...a.keys(), ...b.keys()])].sort().flatMap((key) => {
    const [before, after] = [a.get(key) ?? MISSING, b.get(key) ?? MISSING];
    return areAlike(before, after) ? [] : [{ key, from: before, to: after }];
  });
}

const MISSING: ConfigSide = { kind: "missing" };

function sidesOf({ values }: Pick<RawConfig, "values">, fingerprints?: Fingerprints): ReadonlyMap<string, ConfigSide> {
  const side = (key: string, value: PlanValue): ConfigSide =>
    typeof value === "string" && hasToken(value)
      ? { kind: "secret", fingerprint: fingerprints?.get(key) ?? null }
      : { kind: "plain", value };
  return new Map([...configLeaves(values)].map(([key, value]) => [key, side(key, value)]));
}

function configLeaves(values: Readonly<Record<string, string>>): ReadonlyMap<string, PlanValue> {
  return new Map(Object.entries(values).flatMap(([key, value]) => [...leavesOf(parsed(value), key)]));
}

/** Pulumi hands numbers and booleans over as JSON, and texts as they are. */
function parsed(value: string): PlanValue {
  try {
    return JSON.parse(value) as PlanValue;
  } catch {
    return value;
  }
}

function areAlike(from: ConfigSide, to: ConfigSide): boolean {
  if (from.kind === "plain" && to.kind === "plain") return JSON.stringify(from.value) === JSON.stringify(to.value);
  if (from.kind === "secret" && to.kind === "secret")
    return from.fingerprint !== null && from.fingerprint === to.fingerprint;
  return false;
}

/**
 * Of the decrypted values of a stack's secret keys. The key is drawn for one comparison, so that a fingerprint says whether two
 * secrets are alike in it, and nobody can try words against it afterwards.
 *
 * @param values by full key, as `pulumi config --show-secrets` gives them
 * @param key 32 random bytes
 */
export function fingerprintsOf(values: Readonly<Record<string, string>>, key: Buffer): Fingerprints {
  const print = (value: PlanValue) =>
    createHmac("sha256", key).update(JSON.stringify(value)).digest("hex").slice(0, FINGERPRINT_LENGTH);
  return new Map([...configLeaves(values)].map(([path, value]) => [path, print(value)]));
}

const FINGERPRINT_LENGTH = 12;

/** SHA-256 of a difference: of its plain values, and of secrets only whether they are alike. The same in every comparison. */
export function digestOf(differences: readonly ConfigDifference[]): string {
  const plain = (side: ConfigSide) => (side.kind === "secret" ? { kind: side.kind } : side);
  const rows = differences.map(({ key, from, to }) => ({ key, from: plain(from), to: plain(to) }));
  return createHash("sha256").update(stableJson(rows)).digest("hex");
}
