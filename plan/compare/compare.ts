/** Plans one app on each tier, in one process, and puts the plans side by side. */
import { resolve } from "node:path";
import { InputError, type Problem } from "../../app/finding";
import { tierNames, type TierName } from "../../app/tiers";
import { tiers as table } from "../../components/tiers";
import { readApps } from "../../stacks/apps";
import { budgetProblems } from "../budget";
import { appNames, chooseConfig, keepApps, placeApp } from "../config-choice";
import { planUnbudgeted, showPlaces, type PlanOptions } from "../plan";
import type { Budgets, MonthlyPrice } from "../prices/types";
import type { StackConfig } from "../stack-config";
import type { Plan } from "../types";
import { addedPrice, NOTHING, totalUsd } from "./added";
import { moveTo, type Side } from "./move";
import { sweepTiers } from "./run-sweep";
import type { SweepRange } from "./sweep";
import type { ComparedTier, Comparison } from "./types";

export interface CompareOptions extends Omit<PlanOptions, "tier"> {
  /** Which tiers; all by default. */
  readonly tiers?: readonly TierName[];
  /** The range that is gone through. */
  readonly sweep?: SweepRange;
  /** Told before each plan: what is planned, how many plans are done, and how many there are. */
  readonly onProgress?: (what: string, done: number, all: number) => void;
}

/** The config of the app, and of all that is beside it. */
interface Subject {
  readonly root: string;
  readonly config: StackConfig;
  readonly app: string;
  readonly options: CompareOptions;
}

/** Throws only for a defect of Spectrum; what is wrong with the input is in `errors`. */
export async function compareTiers(options: CompareOptions = {}): Promise<Comparison> {
  const root = resolve(options.root ?? process.cwd());
  const environment = options.environment ?? "dev";
  const nothing = {
    version: 1,
    environment,
    region: "",
    from: null,
    assumptions: null,
    tiers: [],
    warnings: [],
  } as const;
  let config: StackConfig | null = null;
  try {
    config = subjectConfig(root, { ...options, environment });
    const app = onlyApp(config, options.app);
    return await compare({ root, config, app, options });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { errors } = showPlaces({ apps: [], errors: error.problems, warnings: [] }, root, config);
    return { ...nothing, app: options.app ?? "", errors };
  }
}

/** Of a stack the whole config: what the app adds depends on what else is there. */
function subjectConfig(root: string, options: CompareOptions & { readonly environment: string }): StackConfig {
  const { app, ...rest } = options;
  return chooseConfig(root, (options.compose ?? []).length > 0 && app !== undefined ? { ...rest, app } : rest);
}

function onlyApp(config: StackConfig, asked: string | undefined): string {
  const names = appNames(config);
  const [first] = names;
  if (asked !== undefined && names.includes(asked)) return asked;
  if (asked === undefined && first !== undefined && names.length === 1) return first;
  const key = "spectrum:apps";
  const there = names.join(", ");
  const message =
    names.length === 0
      ? `the environment ${config.stack} has no app; name one with its Compose file ({ shop: { compose: compose.yaml } }), or give --compose`
      : asked === undefined
        ? `the environment ${config.stack} has ${names.length} apps; name one with --app: ${there}`
        : `the environment ${config.stack} has no app ${asked}: there is ${there}`;
  throw new InputError([{ key, message, location: config.locate(key) }]);
}

async function compare(subject: Subject): Promise<Comparison> {
  const { config, app, options } = subject;
  const chosen = options.tiers ?? tierNames;
  const others = appNames(config).filter((name) => name !== app);
  const all = chosen.length * (others.length > 0 ? 2 : 1) + (others.length > 0 ? 1 : 0);
  let done = 0;
  const plan = (what: string, of: StackConfig): Promise<Plan> => {
    options.onProgress?.(what, done++, all);
    return planUnbudgeted(subject.root, of, options);
  };
  const without =
    others.length > 0
      ? await plan(
          "the environment without it",
          keepApps(config, (name) => name !== app),
        )
      : null;
  const plans: { tier: TierName; alone: Plan; whole: Plan }[] = [];
  for (const tier of chosen) {
    const placed = placeApp(config, app, tier);
    const alone = await plan(
      tier,
      keepApps(placed, (name) => name === app),
    );
    plans.push({ tier, alone, whole: without ? await plan(`${tier}, in its environment`, placed) : alone });
  }
  const from = await currentSide(subject, plans);
  const rows = plans.map(({ tier, alone, whole }) => rowOf(app, tier, { alone, whole, without }, from));
  const assumptions = plans.flatMap(({ alone }) => alone.prices?.assumptions[app] ?? [])[0] ?? null;
  const sorted = [...rows].sort(byPrice);
  const onProgress = options.onProgress ?? (() => undefined);
  const sweep =
    options.sweep && assumptions
      ? await sweepTiers({ ...subject, onProgress }, sorted, assumptions, options.sweep)
      : null;
  const [first] = plans;
  const unread = plans.every(({ alone }) => alone.apps.length === 0)
    ? distinct(plans.flatMap(({ alone }) => alone.errors))
    : [];
  return {
    version: 1,
    environment: config.stack,
    app,
    region: config.values["aws:region"] ?? "",
    from: from?.tier ?? null,
    assumptions,
    tiers: unread.length > 0 ? [] : sorted,
    ...(sweep && { sweep }),
    errors: unread,
    warnings: first?.alone.warnings ?? [],
  };
}

/** Where the config has the app now; of a Compose file alone nobody knows. */
async function currentSide(
  subject: Subject,
  plans: readonly { readonly tier: TierName; readonly alone: Plan }[],
): Promise<Side | null> {
  const { root, config, app, options } = subject;
  if ((options.compose ?? []).length > 0) return null;
  const own = keepApps(config, (name) => name === app);
  const tier = tierOf(subject, own);
  if (tier === null) return null;
  const known = plans.find((plan) => plan.tier === tier)?.alone ?? (await planUnbudgeted(root, own, options));
  return { tier, resources: known.resources, outputs: known.outputs };
}

/** `null` where the app cannot be read. */
function tierOf({ root, options }: Subject, config: StackConfig): TierName | null {
  try {
    const { shellEnv } = options;
    return readApps(config, { root, ...(shellEnv && { shellEnv }) }).apps[0]?.placement.tier ?? null;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

interface Plans {
  readonly alone: Plan;
  readonly whole: Plan;
  readonly without: Plan | null;
}

function rowOf(app: string, tier: TierName, { alone, whole, without }: Plans, from: Side | null): ComparedTier {
  const { title, responsibilities, scaling, start } = table[tier];
  const findings = alone.apps[0]?.findings ?? [];
  const added = addedPrice(monthlyOf(whole), without ? monthlyOf(without) : NOTHING);
  const over =
    whole.prices && alone.prices
      ? budgetProblems(whole.environment, { budgets: budgetsOf(app, whole), whole: whole.prices, added: () => added })
      : [];
  const reasons = distinct([...alone.errors, ...whole.errors, ...(without?.errors ?? []), ...over]);
  const fits = reasons.length === 0;
  return {
    tier,
    title,
    fits,
    reasons,
    refused: findings.filter(({ outcome, accepted }) => outcome === "refused" && !accepted).length,
    accepted: findings.filter(({ accepted }) => accepted).length,
    changed: findings.filter(({ outcome }) => outcome === "changed").length,
    resources: Math.max(0, alone.resources.length - 1),
    monthlyUsd: alone.prices && whole.prices ? { alone: monthlyOf(alone), added } : null,
    responsibilities,
    scaling,
    start,
    move: moveTo(app, from, alone.errors.length === 0 ? { tier, ...alone } : null, findings),
    findings,
    planned: alone.resources,
    outputs: alone.outputs,
  };
}

/** The environment's, and the app's own: what others may add is not what a choice of its tier is about. */
function budgetsOf(app: string, { prices }: Plan): Budgets {
  const own = prices?.budgets.apps[app];
  return { environment: prices?.budgets.environment ?? null, apps: own === undefined ? {} : { [app]: own } };
}

/** Without what is assumed, which the comparison has once. */
function monthlyOf({ prices }: Plan): MonthlyPrice {
  if (!prices) return NOTHING;
  const { fixed, usage, lines, unpriced, saved } = prices;
  return { fixed, usage, lines, unpriced, ...(saved !== undefined && { saved }) };
}

/** What fits first, by what it adds; then the fewest refusals. */
function byPrice(a: ComparedTier, b: ComparedTier): number {
  if (a.fits !== b.fits) return a.fits ? -1 : 1;
  const price = ({ monthlyUsd }: ComparedTier) => (monthlyUsd ? totalUsd(monthlyUsd.added) : Infinity);
  const [left, right] = [price(a), price(b)];
  if (left !== right) return left < right ? -1 : 1;
  return a.refused - b.refused || tierNames.indexOf(a.tier) - tierNames.indexOf(b.tier);
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
