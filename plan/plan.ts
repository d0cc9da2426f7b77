/**
 * The plan of an environment: its config and Compose files read, its apps fitted to their tiers, and the program of
 * index.ts recorded. Needs no cloud, no credentials and no Pulumi CLI.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { closest } from "fastest-levenshtein";
import type { Finding, Problem } from "../app/finding";
import { InputError } from "../app/finding";
import { drawText } from "../app/workflows";
import type { ReadEnvironment } from "../stacks/apps";
import type * as Program from "../stacks/program";
import type { ReadWorkflow } from "../stacks/read-workflows";
import type { RecordedResource } from "./record";
import { recordProgram } from "./record";
import type { StackConfig } from "./stack-config";
import { showLocation, showProblem } from "./places";
import { composeConfig, readStackConfig } from "./stack-config";
import type { Plan, PlannedApp, PlannedResource, PlannedWorkflow } from "./types";

export interface PlanOptions {
  /** The Pulumi project's folder, absolute; the current folder by default. */
  readonly root?: string;
  /** The stack's name; `dev` by default. */
  readonly environment?: string;
  /** Compose files to plan alone, without a stack file; relative to `root` or absolute. */
  readonly compose?: readonly string[];
  /** The tier of the app (of all apps, without `app` and `compose`), whatever the config says. */
  readonly tier?: string;
  /**
   * With `compose`: the app's name; by default the Compose project's, else its folder's. Without: the only app of the
   * environment that is planned.
   */
  readonly app?: string;
  /** The shell's variables, where Compose files may use them; none by default. */
  readonly shellEnv?: Readonly<Record<string, string>>;
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
    config = readConfig(root, environment, options);
    return showPlaces(await planConfig(root, config, options), root, config);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return showPlaces({ ...empty, errors: error.problems }, root, config);
  }
}

async function planConfig(root: string, config: StackConfig, options: PlanOptions): Promise<Plan> {
  const { runProgram } = load<typeof Program>("../stacks/program");
  let read: ReadEnvironment | null = null;
  const started: Pick<Plan, "version" | "environment"> = { version: 1, environment: config.stack };
  try {
    const { resources, outputs } = await recordProgram(
      () =>
        Promise.resolve(
          runProgram({
            root,
            ...(options.shellEnv ? { shellEnv: options.shellEnv } : {}),
            assumeSecrets: (options.compose ?? []).length > 0,
            onRead: (what) => (read = what),
          }),
        ),
      {
        project: config.project,
        stack: config.stack,
        config: config.values,
        secretConfigKeys: [...config.secretKeys],
        root,
      },
    );
    return { ...started, ...readPart(read), resources: resources.map(plannedResource), outputs, errors: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...started, ...readPart(read), resources: [], outputs: {}, errors: error.problems };
  }
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

function readConfig(root: string, environment: string, { compose = [], tier, app }: PlanOptions): StackConfig {
  if (!/^[A-Za-z0-9._-]{1,100}$/u.test(environment)) {
    const message = `got the environment ${JSON.stringify(environment)}; a stack's name is 1 to 100 letters, digits, hyphens, underscores and dots`;
    throw new InputError([{ message, location: null }]);
  }
  if (compose.length > 0) {
    const name = app ?? appName(resolve(root, compose.at(-1) ?? ""));
    return composeConfig({ compose, environment, app: name, ...(tier === undefined ? {} : { tier }) });
  }
  const config = readStackConfig(root, environment);
  return tier === undefined && app === undefined ? config : narrow(config, tier, app);
}

/** The config with one app alone, or with another tier. */
function narrow(config: StackConfig, tier: string | undefined, app: string | undefined): StackConfig {
  const key = "spectrum:apps";
  const apps = parseMap(config.values[key]);
  if (!apps) return config;
  if (app !== undefined && !(app in apps)) {
    const names = Object.keys(apps).sort();
    const near = names.length ? `, did you mean ${closest(app, names)}` : "";
    const message = `the environment ${config.stack} has no app ${app}: there is ${names.join(", ") || "none"}${near}`;
    throw new InputError([{ key, message, location: config.locate(key) }]);
  }
  const kept = Object.entries(apps).filter(([name]) => app === undefined || name === app);
  const placed = kept.map(([name, value]) => [name, tier === undefined ? value : { ...parseMap(value), tier }]);
  // a workflow may call what is left out
  const { "spectrum:workflows": _, ...others } = config.values;
  const values: Record<string, string> = {
    ...(app === undefined ? config.values : others),
    [key]: JSON.stringify(Object.fromEntries(placed)),
  };
  return { ...config, values };
}

function parseMap(value: unknown): Record<string, unknown> | null {
  try {
    const parsed: unknown = typeof value === "string" ? JSON.parse(value) : value;
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/**
 * The app's name for a Compose file: its `name:`, else its folder's name, in the letters that an app's name may have. Looked
 * for by its line alone: whatever else is in the file is the reader's to judge.
 */
function appName(file: string): string {
  const text = existsSync(file) && isFile(file) ? readFileSync(file, "utf8") : "";
  const written = /^name:[ \t]*["']?([^"'\s#]+)/m.exec(text)?.[1];
  const name = (written ?? basename(dirname(file)))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return name || "app";
}

function isFile(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

function plannedApp({ app, placement, findings }: ReadEnvironment["apps"][number]): PlannedApp {
  return { name: app.name, tier: placement.tier, findings };
}

function plannedResource(resource: RecordedResource): PlannedResource {
  const { urn, type, name, parent, remote, inputs, dependencies, options } = resource;
  return { urn, type, name, parent, remote, inputs, dependencies, ...(options ? { options } : {}) };
}

/** Places of files as a user writes them, and places for what is said of a config key. */
function showPlaces(plan: Plan, root: string, config: StackConfig | null): Plan {
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
