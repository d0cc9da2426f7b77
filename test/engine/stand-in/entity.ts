/** A resource that stands in the stand-in's account. */
import type { Values } from "./values";
import { text } from "./values";

export interface Entity {
  readonly id: string;
  readonly type: string;
  readonly urn: string;
  /** One of its own: neither id nor URN is, while one resource replaces another. */
  readonly serial: number;
  /** Secrets in plain text: the cloud sees them. */
  inputs: Values;
  outputs: Values;
  /** False while it is being made: its names are taken, but nobody can use it yet. */
  ready: boolean;
  /** Seconds of the cloud's own clock at which it was ready. */
  since: number;
}

/** A machine of the user's own that is registered with ECS: no program made it. */
export interface Machine {
  /** The cluster's name. */
  readonly cluster: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What the rules may ask of the account. */
export interface Account {
  readonly region: string;
  /** Seconds: it moves by the program's own waits, not by the clock on the wall. */
  readonly now: number;
  /** Those that are registered and not taken out. */
  readonly machines: readonly Machine[];
  all(type: string): readonly Entity[];
  /** Those of a type that are ready. */
  ready(type: string): readonly Entity[];
  /** By ARN or id; only what is ready. */
  find(reference: string): Entity | undefined;
  /** True for an ARN or id that the cloud once gave. */
  known(reference: string): boolean;
  /** Objects in a bucket, by its name, that no program made. */
  objects(bucket: string): number;
  /** Digests by tag of a repository, by its name. */
  images(repository: string): ReadonlyMap<string, string>;
}

export const ACCOUNT_ID = "123456789012";

/** What others may refer to it by. */
export function references({ id, outputs }: Entity): readonly string[] {
  return [id, text(outputs.arn)].filter(Boolean);
}

/** The physical name. */
export function nameOf(entity: Entity): string {
  return text(entity.outputs.name) || text(entity.outputs.bucket) || entity.id;
}
