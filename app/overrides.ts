/**
 * The escape hatch: what a config changes of any resource, by its type and name, after Spectrum has said what it is. Plain values;
 * `stacks/overrides/` applies them.
 */
import type { Placement } from "./config/types";
import type { Problem } from "./finding";
import { matchesPattern } from "./pattern";
import type { TierName } from "./tiers";

/** What is changed of one resource. */
export interface OverrideChange {
  /** Inputs by the names of Pulumi's SDK. Maps merge deeply into what is there; lists and all else replace it. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Inputs that are left out, after `set`: `stickiness`, or in a map `healthCheck.path`. */
  readonly remove?: readonly string[];
  readonly options?: OverrideOptions;
}

/** Of Pulumi's resource options those that change what happens to a resource: https://www.pulumi.com/docs/iac/concepts/options/ */
export interface OverrideOptions {
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly deleteBeforeReplace?: boolean;
  /** Added to those that are there. */
  readonly ignoreChanges?: readonly string[];
  /** Added to those that are there. */
  readonly replaceOnChanges?: readonly string[];
  /** Durations such as `30m`. */
  readonly customTimeouts?: Readonly<Partial<Record<"create" | "update" | "delete", string>>>;
}

/** An item of a list `overrides`. */
export interface Override extends OverrideChange {
  /** A resource type of Pulumi's: `aws:lb/targetGroup:TargetGroup`. */
  readonly type: string;
  /** A logical name, in which `*` stands for any characters. Default: every name. */
  readonly name?: string;
  /** Of an app's: the tiers on which it holds. Default: whichever it is on. */
  readonly tiers?: readonly TierName[];
}

/** An override, whose it is and where it was written. */
export interface PlacedOverride extends Override {
  /** `null`: the environment's, for every resource. */
  readonly app: string | null;
  /** `null`: for every resource of the app. */
  readonly service: string | null;
  readonly place: Required<Pick<Problem, "key" | "location">>;
}

/** True where the override is for the resource, of those that its app or the environment has. */
export function reaches(override: PlacedOverride, type: string, name: string, services: readonly string[]): boolean {
  if (override.type !== type) return false;
  if (override.name !== undefined && !matchesPattern(override.name, name)) return false;
  return override.service === null || serviceOf(override.app ?? "", services, name) === override.service;
}

/** Whose a resource of an app is by its logical name, `<app>-<service>` and more; `null`: the app's. */
export function serviceOf(app: string, services: readonly string[], name: string): string | null {
  const named = services.filter((service) => `${name}-`.startsWith(`${app}-${service}-`));
  return named.reduce<string | null>((longest, one) => (one.length > (longest ?? "").length ? one : longest), null);
}

/** What the app's overrides are on the tier that it is on; its services' come after its own. */
export const onTier = (overrides: readonly PlacedOverride[], tier: Placement["tier"]): readonly PlacedOverride[] =>
  overrides.filter(({ tiers }) => tiers?.includes(tier) ?? true);
