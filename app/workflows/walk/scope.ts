/** What the expressions of a state see besides its input, and the clock and the dice of a run, which are the same each time. */
import { createHash } from "node:crypto";
import type { Json, JsonMap } from "../source";

export interface Scope {
  /** The context object: `$$` in JSONPath, `$states.context` in JSONata. */
  readonly context: JsonMap;
  /** What `Assign` set, by name without `$`. */
  readonly variables: Readonly<Record<string, Json>>;
  readonly world: World;
}

/** Time goes on only where the definition waits, and chance repeats itself, so that a run gives the same trace each time. */
export class World {
  #seconds = 0;
  #drawn = 0;

  constructor(private readonly start: Date) {}

  wait(seconds: number): void {
    this.#seconds += Math.max(0, seconds);
  }

  get now(): Date {
    return new Date(this.start.getTime() + this.#seconds * 1000);
  }

  /** From 0 to below 1; the same for the same seed. */
  random(seed?: number): number {
    const bytes = createHash("sha256")
      .update(seed === undefined ? `draw ${this.#drawn++}` : `seed ${seed}`)
      .digest();
    return bytes.readUInt32BE(0) / 2 ** 32;
  }

  uuid(): string {
    const hex = createHash("sha256").update(`uuid ${this.#drawn++}`).digest("hex");
    const variant = "89ab"[Number.parseInt(hex.slice(16, 17), 16) % 4] ?? "8";
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}

const HASHES: Readonly<Record<string, string>> = {
  MD5: "md5",
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};

/** `null` where the algorithm is none that Step Functions knows. */
export function hashOf(text: string, algorithm: string): string | null {
  const name = HASHES[algorithm];
  return name === undefined ? null : createHash(name).update(text).digest("hex");
}

/** From the first number to the last, both included; `null` where the step does not lead there, or over 1,000 items. */
export function rangeOf(first: number, last: number, step: number): number[] | null {
  const count = Math.floor((last - first) / step) + 1;
  if (step === 0 || !Number.isFinite(count) || count > 1000) return null;
  return Array.from({ length: Math.max(0, count) }, (_, i) => first + i * step);
}

/** The list in pieces of a size, the last one shorter. */
export function partitionOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
