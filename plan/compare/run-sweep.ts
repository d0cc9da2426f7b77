/** Prices an app on each tier over a range: planned anew for each number of copies, priced anew for everything else. */
import { copiedServices, runsFewer } from "../../app/copies";
import type { UsageConfig } from "../../app/config/types";
import type { TierName } from "../../app/tiers";
import { tiers as table } from "../../components/tiers";
import { readApps } from "../../stacks/apps";
import { keepApps, placeApp } from "../config-choice";
import { planUnbudgeted, type PlanOptions } from "../plan";
import { monthlyPrice } from "../prices/monthly";
import { refreshedPrices } from "../prices/refreshed";
import type { StackConfig } from "../stack-config";
import { totalUsd } from "./added";
import { crossingsOf, pointOf, type Sweep, type SweepPoint, type SweepRange, valuesOf } from "./sweep";
import type { ComparedTier } from "./types";

export interface SweepSubject {
  readonly root: string;
  readonly config: StackConfig;
  readonly app: string;
  readonly options: PlanOptions;
  /** Told before each plan: what is planned, how many points are done, and how many there are. */
  readonly onProgress: (what: string, done: number, all: number) => void;
}

/** The sweep of the tiers that the app fits on as it is. */
export async function sweepTiers(
  subject: SweepSubject,
  rows: readonly ComparedTier[],
  assumptions: UsageConfig,
  range: SweepRange,
): Promise<Sweep> {
  const fitting = rows.filter(({ planned }) => planned.length > 0);
  const values = valuesOf(range);
  if (range.key === "replicas") {
    const points = await plannedPoints(
      subject,
      fitting.map(({ tier }) => tier),
      values,
    );
    return { ...range, points, crossings: crossingsOf(points, null) };
  }
  const between = (value: number) => pricedPoint(subject, fitting, { ...assumptions, [range.key]: value }, value);
  const points = values.map(between);
  return { ...range, points, crossings: crossingsOf(points, between) };
}

function pricedPoint(
  { root, config, app }: SweepSubject,
  rows: readonly ComparedTier[],
  usage: UsageConfig,
  value: number,
): SweepPoint {
  const region = config.values["aws:region"] ?? "";
  const refreshed = refreshedPrices(root, region);
  const usd = rows.map(({ tier, planned }) => {
    return [tier, totalUsd(monthlyPrice(planned, { region, usages: { [app]: usage }, refreshed }))] as const;
  });
  return pointOf(value, Object.fromEntries(usd));
}

/** A tier that cannot run so many copies cannot run more: it is not planned again. */
async function plannedPoints(
  subject: SweepSubject,
  names: readonly TierName[],
  values: readonly number[],
): Promise<readonly SweepPoint[]> {
  const open = new Set(names);
  const points: SweepPoint[] = [];
  for (const [i, value] of values.entries()) {
    const usd: Partial<Record<TierName, number | null>> = {};
    for (const tier of names) {
      if (open.has(tier)) subject.onProgress(`${value} copies on ${tier}`, i, values.length);
      usd[tier] = open.has(tier) ? await copiesUsd(subject, tier, value) : null;
      if (usd[tier] === null) open.delete(tier);
    }
    points.push(pointOf(value, usd));
  }
  return points;
}

/** `null` where the tier runs fewer, or refuses so many. */
async function copiesUsd(subject: SweepSubject, tier: TierName, copies: number): Promise<number | null> {
  const { root, config, app, options } = subject;
  const { max } = table[tier].scaling;
  if (max !== null && copies > max) return null;
  const alone = keepApps(placeApp(config, app, tier), (name) => name === app);
  const plan = await planUnbudgeted(root, alone, { ...options, copies });
  const fewer = copies > 1 && runsFewer(plan.apps[0]?.findings ?? [], copied(subject, alone));
  return plan.prices && !fewer ? totalUsd(plan.prices) : null;
}

function copied({ root, options }: SweepSubject, alone: StackConfig): readonly string[] {
  const { shellEnv } = options;
  const [read] = readApps(alone, { root, assumeSecrets: true, ...(shellEnv && { shellEnv }) }).apps;
  return read ? copiedServices(read.app, read.placement) : [];
}
