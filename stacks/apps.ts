/**
 * Reads what an environment consists of before anything is registered: the config, each app's Compose files, its placement,
 * and what the tier does to it. Opens files; touches no Pulumi.
 */
import { apiProblems } from "../app/api-entry";
import { back, type BackingService } from "../app/backing";
import { frontFindings, lightsailZoneProblems } from "../app/cdn";
import { type Claimant, conflicts, crowded } from "../app/claims";
import { readCompose } from "../app/compose";
import { readPlacement, tierProblems, type TierSettings } from "../app/config/placement";
import { readEnvironment, type RawConfig, salvageEnvironment } from "../app/config/read";
import type { AppConfig, EnvironmentConfig, Placement } from "../app/config/types";
import { withCopies } from "../app/copies";
import { InputError, type Finding, type Problem } from "../app/finding";
import { acceptFindings } from "../app/fit";
import type { App } from "../app/model";
import { jobFindings, withJobs } from "../app/jobs";
import { hoursWarnings, withHours } from "../app/off-hours";
import { type EntryClaim, entryProblems } from "../app/priority";
import { publish } from "../app/publish";
import { timeToFailFindings } from "../app/time-to-fail";
import { signalFindings } from "../app/signals/findings";
import { tierNames } from "../app/tiers";
import { tellVisibleSecrets } from "../app/visible-secrets";
import { clusterProblems } from "../components/platform/eks";
import { tiers } from "../components/tiers";
import type { Packed } from "../app/release/pack";
import { appSource } from "./app-source";
import { type ReadWorkflow, readWorkflows } from "./read-workflows";
import { readSecretSources, type SecretSource } from "./secret-sources";

export interface ReadOptions {
  /** The folder that `compose:` paths start from: the Pulumi project's. Default: the current folder. */
  readonly root?: string;
  /** The shell's variables; left out by default, so that a plan is the same everywhere. */
  readonly shellEnv?: Readonly<Record<string, string>>;
  /** True where there is no stack that could hold secrets: a Compose secret without a value is taken as given. */
  readonly assumeSecrets?: boolean;
  /** How many copies run of the services that can have several, whatever the files and the config say (`app/copies.ts`). */
  readonly copies?: number;
}

/** One app, read and fitted to its tier. */
export interface ReadApp {
  readonly app: App;
  readonly placement: Placement;
  readonly findings: readonly Finding[];
  /** What is made beside its containers. */
  readonly backing: readonly BackingService[];
  /** By the name of the Compose secret. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
  /** What a release of it holds, or that of the release that it comes from. */
  readonly packed: Packed;
}

export interface ReadEnvironment {
  readonly environment: EnvironmentConfig;
  readonly apps: readonly ReadApp[];
  /** Those that are called stand before those that call them. */
  readonly workflows: readonly ReadWorkflow[];
  /** What the apps claim together and cannot both have. Nothing may be registered while there is any. */
  readonly conflicts: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Throws `InputError` with the problems of the config and of every app at once. Refused findings do not throw. */
export function readApps(raw: RawConfig, options: ReadOptions = {}): ReadEnvironment {
  const problems: Problem[] = [];
  const environment = environmentOf(raw, problems);
  // of a wrong environment nobody knows which secrets it would have
  const assumeSecrets = options.assumeSecrets === true || problems.length > 0;
  const warnings: Problem[] = [];
  const apps = Object.keys(environment.apps).flatMap((name): ReadApp[] => {
    try {
      const read = readApp(name, environment, { ...options, assumeSecrets });
      warnings.push(...read.warnings);
      return [read];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  const claimants = apps.map(({ app, placement }): Claimant & EntryClaim => {
    const kind = tiers[placement.tier].entry(placement);
    // a tier with groups of its own shares the HTTP load balancer alone
    const points = publish(app, placement).points.filter(({ protocol }) => kind !== "listeners" || protocol === "http");
    const claims = tiers[placement.tier].claims?.(app, placement) ?? [];
    return { placement, points, sharesEntry: kind !== "record", ownGroups: kind === "listeners", claims };
  });
  const demands = apps.flatMap(({ app, placement }) => tiers[placement.tier].eks?.(app, placement) ?? []);
  const entered = claimants.filter(({ sharesEntry }) => sharesEntry);
  const byApi = environment.platform.entry === "apigateway";
  const clashes = [
    ...conflicts(claimants),
    ...(byApi ? apiProblems(entered) : entryProblems(entered)),
    ...clusterProblems(demands, environment),
    ...lightsailZoneProblems(apps.map(({ placement }) => placement)),
  ];
  const complete = problems.length === 0;
  const workflows = readWorkflows(environment, complete ? apps : null, options.root ?? process.cwd());
  problems.push(...workflows.problems);
  if (problems.length > 0) throw new InputError([...problems, ...clashes]);
  return {
    environment,
    apps,
    workflows: workflows.workflows,
    conflicts: clashes,
    warnings: [...warnings, ...workflows.warnings, ...crowded(claimants)],
  };
}

/** A wrong environment hides no app's problems: what its apps say can still be read. */
function environmentOf(raw: RawConfig, problems: Problem[]): EnvironmentConfig {
  try {
    return readEnvironment(raw);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.problems);
    return salvageEnvironment(raw);
  }
}

/** The Compose files, and with what is wrong in them a tier that is none. */
function readFiles(name: string, config: AppConfig, input: Parameters<typeof readCompose>[0]) {
  try {
    return readCompose(input);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError([...error.problems, ...tierProblems(name, config)]);
  }
}

function readApp(name: string, environment: EnvironmentConfig, options: ReadOptions) {
  const config = environment.apps[name];
  if (!config) throw new Error(`no app ${name}`);
  const { complete, ...opened } = appSource(name, config, options.root ?? process.cwd());
  const read = readFiles(name, config, {
    ...opened,
    appName: name,
    profiles: [...config.profiles],
    variables: { ...config.variables },
    secretVariables: [...(environment.secretNames[name] ?? [])],
    shellEnv: options.shellEnv && { ...options.shellEnv },
  });
  const { warnings, variable } = read;
  const { app: whole, packed } = complete(read);
  const asked = readPlacement(whole, environment, tierSettings);
  const { app: copied, placement: placed } =
    options.copies === undefined ? { app: whole, placement: asked } : withCopies(whole, asked, options.copies);
  const marked = withJobs(copied, placed);
  const tier = tiers[placed.tier];
  const timed = withHours(marked, placed, (...of) => tier.offHours(...of));
  const { app, placement, ...backed } = back(marked, timed.placement);
  const secrets = readSecretSources(app, environment.secretNames[name] ?? [], variable, options.assumeSecrets === true);
  const found = [
    ...tier.fit(app, placement),
    ...frontFindings(app, placement, tier.entry(placement)),
    ...jobFindings(app, placement),
    ...timeToFailFindings(app, placement),
    ...timed.findings,
    ...backed.findings,
    ...secrets.findings,
    ...signalFindings(
      { app, placement },
      {
        measures: tier.signals(app, placement),
        backing: backed.services,
        rollsBack: tier.rollsBack(placement),
      },
    ),
  ];
  const fitted = acceptFindings(tellVisibleSecrets({ app, placement }, found), placement.accept);
  const unused = fitted.unused.map((accept) => ({
    key: `spectrum:apps.${name}.${placement.tier}.accept`,
    location: null,
    message: `${accept} accepts nothing: no refusal on this tier has that name`,
  }));
  return {
    app,
    placement,
    findings: fitted.findings,
    backing: backed.services,
    secrets: secrets.sources,
    packed,
    warnings: [...warnings, ...unused, ...hoursWarnings(app, placement)],
  };
}

const tierSettings = Object.fromEntries(
  tierNames.map((tier) => [tier, tiers[tier].settings]),
) as unknown as TierSettings;

/** The refusals that nobody accepted, as problems. */
export function unacceptedRefusals(apps: readonly ReadApp[]): readonly Problem[] {
  return apps.flatMap(({ placement, findings }) =>
    findings
      .filter((f) => f.outcome === "refused" && !f.accepted)
      .map(({ app, service, key, reason, remedy, location }) => {
        const named = (path: string) => (service === null ? path : `${service}.${path}`);
        // a list as a whole reads better than its items
        const accept = `spectrum:apps.${app}.${placement.tier}.accept: [${named(key.replace(/\[.*$/u, ""))}]`;
        const message = `${named(key)} is refused on ${placement.tier}: ${reason}; ${remedy}; or accept the loss: ${accept}`;
        return { location, message };
      }),
  );
}
