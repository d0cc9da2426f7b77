/** Comparisons that are written by hand: what a page is made of, without a plan. */
import type { Finding } from "../../../app/finding";
import type { TierName } from "../../../app/tiers";
import type { ComparedTier, Comparison } from "../../../plan/compare/types";
import type { MonthlyPrice, PriceLine } from "../../../plan/prices/types";
import type { PlannedResource } from "../../../plan/types";

export const STACK = "urn:pulumi:dev::spectrum::pulumi:pulumi:Stack::spectrum-dev";
const PREFIX = "urn:pulumi:dev::spectrum::";

/** A resource by the types of its parents and its own, and its name. */
export function planned(types: string, name: string, more: Partial<PlannedResource> = {}): PlannedResource {
  const type = types.slice(types.lastIndexOf("$") + 1);
  return {
    urn: `${PREFIX}${types}::${name}`,
    type,
    name,
    parent: STACK,
    remote: false,
    inputs: {},
    dependencies: [],
    ...more,
  };
}

export function priceLine(what: string, usd: number, more: Partial<PriceLine> = {}): PriceLine {
  return {
    what,
    resource: `${PREFIX}aws:ecs/service:Service::shop-web`,
    kind: "fixed",
    quantity: 1,
    unit: "month",
    price: usd,
    usd,
    source: "https://aws.amazon.com/fargate/pricing/",
    asOf: "2026-08-31",
    certain: true,
    shared: false,
    ...more,
  };
}

export const price = (fixed: number, usage: number, more: Partial<MonthlyPrice> = {}): MonthlyPrice => ({
  fixed,
  usage,
  lines: [priceLine("a machine", fixed), priceLine("requests", usage, { kind: "usage" })],
  unpriced: [],
  ...more,
});

export const finding = (key: string, outcome: Finding["outcome"], more: Partial<Finding> = {}): Finding => ({
  app: "shop",
  service: "web",
  key,
  outcome,
  accepted: false,
  reason: `why ${key}`,
  remedy: outcome === "kept" ? "" : `change ${key}`,
  location: null,
  ...more,
});

const source = "https://docs.aws.amazon.com/";

export function compared(tier: TierName, monthly: MonthlyPrice | null, more: Partial<ComparedTier> = {}): ComparedTier {
  return {
    tier,
    title: `Title of ${tier}`,
    fits: monthly !== null,
    reasons: [],
    refused: 0,
    accepted: 0,
    changed: 0,
    resources: 7,
    monthlyUsd: monthly && { alone: monthly, added: monthly },
    responsibilities: [
      { what: "backup", who: "nobody", how: "nothing is kept", source },
      { what: "scaling", who: "you", how: "by hand", source },
    ],
    scaling: { by: "service", unit: "tasks", max: 5000, automatic: true, toZero: false, how: "how it scales", source },
    start: { class: "seconds", how: "how it starts", source },
    move: { from: null, steps: [], made: 0, deleted: 0, kept: 0 },
    findings: [],
    planned: [],
    outputs: {},
    ...more,
  };
}

export const comparison = (tiers: readonly ComparedTier[], more: Partial<Comparison> = {}): Comparison => ({
  version: 1,
  environment: "dev",
  app: "shop",
  region: "us-east-1",
  from: null,
  assumptions: null,
  tiers,
  errors: [],
  warnings: [],
  ...more,
});
