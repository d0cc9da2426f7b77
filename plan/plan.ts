/**
 * The plan of an environment: its config and Compose files read, its apps fitted to their tiers, and the program of
 * index.ts recorded. Needs no cloud, no credentials and no Pulumi CLI.
 */
import { resolve } from "node:path";
import type { UsageConfig } from "../app/config/types";
import type { Finding, Problem } from "../app/finding";
import { InputError } from "../app/finding";
import { drawText } from "../app/workflows";
import type { ReadEnvironment } from "../stacks/apps";
import type { Overrides } from "../stacks/overrides";
import type * as Program from "../stacks/program";
import { ownersOutputs } from "../stacks/owners-outputs";
import type { ReadWorkflow } from "../stacks/read-workflows";
import { budgetProblems } from "./budget";
import { addedPrice, NOTHING } from "./compare/added";
import { type ConfigChoice, chooseConfig, keepApps } from "./config-choice";
import type * as Check from "./overrides/check";
import { planPolicy } from "./policy";
import { monthlyPrice } from "./prices/monthly";
import { refreshedPrices } from "./prices/refreshed";
import type { MonthlyPrice } from "./prices/types";
import type { RecordedResource } from "./record";
import { recordProgram } from "./record";
import type { StackConfig } from "./stack-config";
import { showLocation, showProblem } from "./places";
import type { Plan, PlannedApp, PlannedResource, PlannedWorkflow } from "./types";

export interface PlanOptions extends Partial<ConfigChoice> {
  /** The Pulumi project's folder, absolute; the current folder by default. */
  readonly root?: string;
  /** The shell's variables, where Compose files may use them; none by default. */
  readonly shellEnv?: Readonly<Record<string, string>>;
  /** How many copies run of the services that can have several (`app/copies.ts`); by default as many as the files say. */
  readonly copies?: number;
  /** What every app is assumed to use, whatever the config says. */
  readonly assume?: Partial<UsageConfig>;
  /** The day on which exemptions are judged, `YYYY-MM-DD` in UTC; today by default. */
  readonly today?: string;
}

/**
 * Plans. What is wrong with the input, and what is refused, is in the plan's `errors`; the findings are there all the same
 * where the apps could be read, and no resources, for the program registers none then. Throws only for a defect of
 * Spectrum (`RecordingError`).
 */
export async function makePlan(options: PlanOptions = {}): Promise<Plan> {
  const root = resolve(options.root ?? process.cwd());
  const environment = options.environment ?? "dev";
  const empty = { version: 1 as const, environment, apps: [], resources: [], outputs: {}, warnings: [] };
  let config: StackConfig | null = null;
  try {
    config = chooseConfig(root, { ...options, environment });
    return await planStack(root, config, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return showPlaces({ ...empty, errors: error.problems }, root, config);
  }
}

/**
 * The plan of a config that is chosen already; what else `makePlan` says of a plan holds for it. What is over a budget is
 * an error: the plan then has its price, and no resources.
 */
export async function planStack(root: string, config: StackConfig, options: PlanOptions): Promise<Plan> {
  const plan = await planUnbudgeted(root, config, options);
  const errors = await overBudget(plan, root, config, options);
  return errors.length === 0 ? plan : showPlaces({ ...plan, resources: [], outputs: {}, errors }, root, config);
}

/** The same, whatever it costs. */
export async function planUnbudgeted(root: string, config: StackConfig, options: PlanOptions): Promise<Plan> {
  return showPlaces(await planConfig(root, config, options), root, config);
}

/** Where there are several apps, what one of them adds is the difference to a plan without it. */
async function overBudget(
  { prices, environment, apps }: Plan,
  root: string,
  config: StackConfig,
  options: PlanOptions,
): Promise<readonly Problem[]> {
  if (!prices) return [];
  const { budgets } = prices;
  const added = new Map<string, MonthlyPrice>();
  for (const app of Object.keys(budgets.apps)) {
    const others =
      apps.length > 1
        ? await planConfig(
            root,
            keepApps(config, (name) => name !== app),
            options,
          )
        : null;
    // without a price of the others nobody knows what it adds
    if (others && !others.prices) return others.errors;
    added.set(app, addedPrice(prices, others?.prices ?? NOTHING));
  }
  return budgetProblems(environment, { budgets, whole: prices, added: (app) => added.get(app) ?? NOTHING });
}

async function planConfig(root: string, config: StackConfig, options: PlanOptions): Promise<Plan> {
  const { runProgram } = load<typeof Program>("../stacks/program");
  let read: ReadEnvironment | null = null;
  let overrides: Overrides | null = null;
  const overrideProblems: Problem[] = [];
  const started: Pick<Plan, "version" | "environment"> = { version: 1, environment: config.stack };
  try {
    const { resources, outputs } = await recordProgram(
      () =>
        Promise.resolve(
          runProgram({
            root,
            ...(options.shellEnv ? { shellEnv: options.shellEnv } : {}),
            ...(options.copies === undefined ? {} : { copies: options.copies }),
            assumeSecrets: (options.compose ?? []).length > 0,
            onRead: (what) => (read = what),
            onOverrides: (what) => (overrides = what),
            onOverrideProblem: (problem) => overrideProblems.push(problem),
          }),
        ),
      {
        project: config.project,
        stack: config.stack,
        config: config.values,
        secretConfigKeys: [...config.secretKeys],
        root,
        stackOutputs: (leaf) => (read ? ownersOutputs(read, leaf) : {}),
      },
    );
    const made = resources.map(plannedResource);
    const overridden = overrides ? checkOverrides(overrides, made, config) : null;
    const planned = overridden?.resources ?? made;
    const { warnings, ...rest } = readPart(read);
    const { today = new Date().toISOString().slice(0, 10) } = options;
    const judged = read ? planPolicy(planned, (read as ReadEnvironment).environment, today) : null;
    return {
      ...started,
      ...rest,
      resources: planned,
      outputs,
      ...pricePart(read, planned, root, options.assume),
      ...(judged && { policy: judged.policy }),
      errors: [...inOrder(overrideProblems), ...(overridden?.errors ?? []), ...(judged?.errors ?? [])],
      warnings: [...warnings, ...(overridden?.warnings ?? []), ...(judged?.warnings ?? [])],
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...started, ...readPart(read), resources: [], outputs: {}, errors: error.problems };
  }
}

/** Resources are registered in no fixed order, and so told of. */
const inOrder = (problems: readonly Problem[]): readonly Problem[] =>
  [...problems].sort((a, b) => (a.message < b.message ? -1 : 1));

/** The resources with what has overridden them, and what is wrong with that. */
function checkOverrides(overrides: Overrides, resources: readonly PlannedResource[], config: StackConfig) {
  const { project, stack, partial = false } = config;
  const check = load<typeof Check>("./overrides/check");
  const { byUrn, ...problems } = check.checkOverrides(overrides, resources, { project, stack, partial });
  const marked = resources.map((resource): PlannedResource => {
    const reached = byUrn.get(resource.urn);
    return reached ? { ...resource, overrides: reached } : resource;
  });
  return { resources: marked, ...problems };
}

function pricePart(
  read: ReadEnvironment | null,
  resources: readonly PlannedResource[],
  root: string,
  assume: Partial<UsageConfig> = {},
): Pick<Plan, "prices"> {
  if (!read) return {};
  const { region, budget } = read.environment;
  const apps = read.apps.flatMap(({ app, placement }) =>
    placement.budget === null ? [] : [[app.name, placement.budget] as const],
  );
  const budgets = { environment: budget, apps: Object.fromEntries(apps) };
  const assumptions = Object.fromEntries(
    read.apps.map(({ app, placement }) => [app.name, { ...placement.usage, ...assume }]),
  );
  const monthly = monthlyPrice(resources, { region, usages: assumptions, refreshed: refreshedPrices(root, region) });
  return { prices: { region, budgets, assumptions, ...monthly } };
}

/** What is known of the apps once they have been read, whatever comes then. */
function readPart(read: ReadEnvironment | null): Pick<Plan, "apps" | "workflows" | "warnings"> {
  const workflows = read?.workflows.map(plannedWorkflow) ?? [];
  return {
    apps: read?.apps.map(plannedApp) ?? [],
    ...(workflows.length > 0 && { workflows }),
    warnings: read?.warnings ?? [],
  };
}

function plannedWorkflow({ name, config: { type, definition: file }, definition }: ReadWorkflow): PlannedWorkflow {
  return { name, type, definition: file, drawing: drawText(definition) };
}

function plannedApp({ app, placement, findings }: ReadEnvironment["apps"][number]): PlannedApp {
  return { name: app.name, tier: placement.tier, findings };
}

function plannedResource(resource: RecordedResource): PlannedResource {
  const { urn, type, name, parent, remote, inputs, dependencies, options } = resource;
  return { urn, type, name, parent, remote, inputs, dependencies, ...(options ? { options } : {}) };
}

/** Places of files as a user writes them, and places for what is said of a config key. */
export function showPlaces<P extends Pick<Plan, "apps" | "errors" | "warnings">>(
  plan: P,
  root: string,
  config: StackConfig | null,
): P {
  const problem = (given: Problem): Problem => {
    const location = given.location ?? (given.key === undefined ? null : (config?.locate(given.key) ?? null));
    return showProblem({ ...given, location }, root);
  };
  const finding = (given: Finding): Finding => ({ ...given, location: showLocation(given.location, root) });
  return {
    ...plan,
    apps: plan.apps.map((app) => ({ ...app, findings: app.findings.map(finding) })),
    errors: plan.errors.map(problem),
    warnings: plan.warnings.map(problem),
  };
}

/** The rooms that a plan of a wrong config never needs: loaded when they are. */
function load<T>(path: string): T {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() of a path without extension is ESM's
  return require(path) as T;
}
