/** What a plan costs a month. */
import type { UsageConfig } from "../../app/config/types";
import type { PlannedResource } from "../types";
import type { PricedPlan } from "./priced-plan";

/** Hours of a month, as AWS's calculators have them. */
export const HOURS = 730;

/** `fixed`: paid whether anybody uses it or not. `usage`: by what the apps are assumed to use. */
export type PriceKind = "fixed" | "usage";

/** What a resource takes of something that AWS bills, in a month. */
export interface PriceItem {
  /** "vCPU of 2 tasks" */
  readonly what: string;
  readonly kind: PriceKind;
  /** The catalogue's key of it. */
  readonly key: string;
  /** In the unit of the catalogue's price. */
  readonly quantity: number;
  /** Why the price is the most that it can be, and not what it is: a Spot price, which floats. */
  readonly atMost?: string;
}

/** Something that is billed, and that nobody can reckon from a plan. */
export interface UncountedItem {
  readonly what: string;
  /** Why, and what to do. */
  readonly uncounted: string;
}

/** What a resource of one type is billed for. Pure: from its inputs, the plan's other resources, and the assumptions. */
export type Pricer = (resource: PlannedResource, plan: PricedPlan) => readonly (PriceItem | UncountedItem)[];

/** By Pulumi's type token. */
export type Pricers = Readonly<Record<string, Pricer>>;

export interface PriceLine {
  readonly what: string;
  /** The resource's URN. */
  readonly resource: string;
  readonly kind: PriceKind;
  /** In a month. */
  readonly quantity: number;
  readonly unit: string;
  /** USD for one unit. */
  readonly price: number;
  /** Quantity times price, not rounded to cents. */
  readonly usd: number;
  /** Where the price was read. */
  readonly source: string;
  /** Of the source; `null` where nobody knows. */
  readonly asOf: string | null;
  /** False where the price was remembered, derived, quoted by others than AWS, or is the most that it can be. */
  readonly certain: boolean;
  /** True for what the apps of the environment share. */
  readonly shared: boolean;
}

/** Something that costs and has no line, since its price or its quantity is not known. */
export interface Unpriced {
  readonly what: string;
  /** The resource's URN. */
  readonly resource: string;
  readonly reason: string;
}

/** USD a month of 730 hours, list prices. The sums are rounded to cents. */
export interface MonthlyPrice {
  readonly fixed: number;
  readonly usage: number;
  readonly lines: readonly PriceLine[];
  /** Empty where the price is whole. */
  readonly unpriced: readonly Unpriced[];
  /** What off hours save of it: it would be so much more if all ran all the time. Left out where nothing is stopped. */
  readonly saved?: number;
}

/** USD a month that may be spent. */
export interface Budgets {
  /** `null`: no budget. */
  readonly environment: number | null;
  /** Of the apps that have one: what each may add to the environment's price. */
  readonly apps: Readonly<Record<string, number>>;
}

/** The price of a plan, with what it assumes and what it may be. */
export interface PlanPrices extends MonthlyPrice {
  readonly region: string;
  readonly budgets: Budgets;
  /** By app. */
  readonly assumptions: Readonly<Record<string, UsageConfig>>;
}
