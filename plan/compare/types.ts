/** All tiers side by side for one app: what `spectrum compare` prints, and what a report is drawn from. docs/compare.md */
import type { UsageConfig } from "../../app/config/types";
import type { Finding, Problem } from "../../app/finding";
import type { TierName } from "../../app/tiers";
import type { Responsibilities, ScalingLimits, StartTime } from "../../components/tiers/tier";
import type { MonthlyPrice } from "../prices/types";
import type { PlannedResource, PlanValue } from "../types";
import type { Move } from "./move";
import type { Sweep } from "./sweep";

export interface Comparison {
  readonly version: 1;
  readonly environment: string;
  readonly app: string;
  readonly region: string;
  /** The tier that the environment's config has the app on; `null` for a Compose file alone. */
  readonly from: TierName | null;
  /** What the app is assumed to use. */
  readonly assumptions: UsageConfig | null;
  /** Those that fit first, the cheapest first; then the others, those with the fewest refusals first. */
  readonly tiers: readonly ComparedTier[];
  /** The price at each point of a range; left out where none is asked for. */
  readonly sweep?: Sweep;
  /** What is wrong with the input, whatever the tier; empty exactly when `tiers` says something. */
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** One row. */
export interface ComparedTier {
  readonly tier: TierName;
  /** "ECS on Fargate" */
  readonly title: string;
  /** True where the app can be deployed there as its files and config are. */
  readonly fits: boolean;
  /** Why it does not fit: refusals that nobody accepted, conflicts with other apps, a budget. */
  readonly reasons: readonly Problem[];
  /** Refusals that nobody accepted. */
  readonly refused: number;
  /** Refusals that the user accepted by name. */
  readonly accepted: number;
  readonly changed: number;
  /** Resources of the app's plan alone, the stack itself not counted; 0 where there is no plan. */
  readonly resources: number;
  /** `null` where there is no plan to price. */
  readonly monthlyUsd: {
    /** The app with all that it needs, in an environment of its own. */
    readonly alone: MonthlyPrice;
    /** The difference that the app makes to the environment: what other apps have made already is not counted. */
    readonly added: MonthlyPrice;
  } | null;
  readonly responsibilities: Responsibilities;
  readonly scaling: ScalingLimits;
  readonly start: StartTime;
  /** What it would take to move there from where the app is. */
  readonly move: Move;
  readonly findings: readonly Finding[];
  /** The app's plan alone. */
  readonly planned: readonly PlannedResource[];
  readonly outputs: Readonly<Record<string, PlanValue>>;
}
