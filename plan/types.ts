/**
 * The plan: every resource that the program would register for an environment. `docs/plan-json.md` documents the JSON.
 */
import type { Finding, Problem } from "../app/finding";
import type { PolicyResult } from "../policy/exemptions";
import type { PlanPrices } from "./prices/types";

/**
 * A planned value. Besides plain JSON, three objects of one key stand for what no plan knows or shows:
 *
 * - `{"$output": "<urn>.<property>"}`: known only after the resource is made; where text stands around it, the text with
 *   `${<urn>.<property>}` in the outputs' places;
 * - `{"$lookup": "<token>"}`: looked up in AWS by that function;
 * - `{"$secret": "<name>"}`: a secret, which no plan decrypts.
 *
 * In a string that holds a JSON document (a policy, container definitions) they stand inside the document.
 */
export type PlanValue = null | boolean | number | string | PlanValue[] | { [key: string]: PlanValue };

export interface PlannedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The parent's URN; `null` for the stack. */
  readonly parent: string | null;
  /** True for a component that a provider builds (awsx, eks): its children are known to Spectrum, not to the program. */
  readonly remote: boolean;
  readonly inputs: Readonly<Record<string, PlanValue>>;
  /** URNs, sorted: what must exist first. */
  readonly dependencies: readonly string[];
  /** Options that change what happens to the resource; left out where not set. */
  readonly options?: {
    readonly protect?: true;
    readonly retainOnDelete?: true;
    readonly deleteBeforeReplace?: true;
    readonly ignoreChanges?: readonly string[];
    readonly aliases?: readonly string[];
    readonly provider?: string;
    readonly customTimeouts?: Readonly<Record<string, string>>;
  };
  /** What has changed it after Spectrum had said what it is, in that order; left out where nothing has. */
  readonly overrides?: readonly PlannedOverride[];
}

/** An override (docs/overrides.md) that has reached a resource. */
export interface PlannedOverride {
  /** The config key where it stands (`spectrum:apps.shop.overrides[0]`), or `overrides.ts`. */
  readonly by: string;
  /** The inputs that it sets, or merges into: the names alone, sorted. What they are is in `inputs`. */
  readonly set?: readonly string[];
  /** The inputs that it takes out, as paths. */
  readonly removed?: readonly string[];
  /** The options that it sets. */
  readonly options?: readonly string[];
}

export interface PlannedApp {
  readonly name: string;
  readonly tier: string;
  readonly findings: readonly Finding[];
}

export interface PlannedWorkflow {
  readonly name: string;
  readonly type: "STANDARD" | "EXPRESS";
  /** Its file, as the config names it. */
  readonly definition: string;
  /** Its states as a tree, in lines. */
  readonly drawing: string;
}

export interface Plan {
  readonly version: 1;
  readonly environment: string;
  readonly apps: readonly PlannedApp[];
  /** Those that are called stand before those that call them; left out where there are none. */
  readonly workflows?: readonly PlannedWorkflow[];
  readonly resources: readonly PlannedResource[];
  readonly outputs: Readonly<Record<string, PlanValue>>;
  /** What it costs a month; left out where there are no resources. */
  readonly prices?: PlanPrices;
  /** The rules that it breaks, those with an exemption too; left out where there are no resources. */
  readonly policy?: readonly PolicyResult[];
  /**
   * Why the plan did not succeed: what is wrong with the input, the refusals that nobody accepted, and the mandatory rules that
   * it breaks.
   */
  readonly errors: readonly Problem[];
  /** What is allowed and yet worth a look: an unset variable, an accepted loss that nothing asked for. */
  readonly warnings: readonly Problem[];
}
