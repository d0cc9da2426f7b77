/**
 * Reads the environment's config: every error at once, with its key. Pure: the caller brings the raw values, and knows
 * which of them hold secrets; of those only the names are looked at.
 */
import { z } from "zod";
import { InputError, type Problem } from "../finding";
import { type Stage, stagesSchema } from "./environments";
import { appShape, environmentSchema, oneSource, usageOf } from "./schema";
import { workflowsSchema } from "./workflow-schema";
import { keyOf, problemsOf, suggest } from "./issues";
import { checkNotify } from "./notify";
import type { AppConfig, EnvironmentConfig } from "./types";

/** A stack's config as Pulumi hands it over: structured values as JSON text. */
export interface RawConfig {
  /** The stack's name. */
  readonly stack: string;
  /** By full key (`spectrum:apps`, `aws:region`). */
  readonly values: Readonly<Record<string, string>>;
  /** The full keys whose values hold a secret. */
  readonly secretKeys: ReadonlySet<string>;
}

const NAMESPACE = "spectrum:";
const appName = /^(?=.{1,40}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/u;
const regionName = /^[a-z]{2}(?:-[a-z]+)+-\d$/u;

/** The environment. Throws `InputError` with every problem. */
export function readEnvironment(raw: RawConfig): EnvironmentConfig {
  const problems: Problem[] = [];
  const fail = (key: string, message: string) => void problems.push({ key, message, location: null });

  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw.values)) {
    if (!key.startsWith(NAMESPACE)) continue;
    const name = key.slice(NAMESPACE.length);
    if (name === "secrets") continue;
    if (raw.secretKeys.has(key)) {
      const how = "pulumi config set --secret --path 'spectrum:secrets.<app>.<NAME>'";
      fail(key, `holds a secure value; keep it plain, and put the secret under spectrum:secrets (${how})`);
    } else own[name] = parse(value);
  }
  const region = raw.values["aws:region"];
  if (region === undefined)
    fail("aws:region", "is missing; give a region such as us-east-1 (pulumi config set aws:region us-east-1)");
  else if (!regionName.test(region))
    fail("aws:region", `got ${JSON.stringify(region)}; give a region such as us-east-1`);

  if (own.apps === undefined && !problems.some((p) => p.key === "spectrum:apps")) {
    fail(
      "spectrum:apps",
      "is missing; name at least one app with its Compose file: { shop: { compose: compose.yaml } }",
    );
    own.apps = {};
  }
  const parsed = environmentSchema.safeParse({ apps: {}, ...own }, { reportInput: true });
  if (!parsed.success)
    problems.push(
      ...problemsOf(parsed.error, environmentSchema, (path) => ({ key: keyOf(NAMESPACE, path), location: null })),
    );

  for (const name of Object.keys(isRecord(own.apps) ? own.apps : {})) {
    if (!appName.test(name))
      fail(
        `spectrum:apps.${name}`,
        "an app's name is 1 to 40 lower-case letters, digits and single hyphens, a letter first",
      );
  }
  const secretNames = readSecretNames(raw, Object.keys(isRecord(own.apps) ? own.apps : {}), fail);
  if (!parsed.success || problems.length > 0) throw new InputError(problems);

  const { apps, platform, tier, timeToFail, defaults, tags } = parsed.data;
  for (const [host, { password }] of Object.entries(platform.registries)) {
    if (secretNames.$platform?.includes(password)) continue;
    const how = `pulumi config set --secret --path 'spectrum:secrets["$platform"].${password}'`;
    fail(
      `spectrum:platform.registries["${host}"].password`,
      `spectrum:secrets.$platform has no ${password}; set it: ${how}`,
    );
  }
  checkNotify("$platform", parsed.data.signals?.notify ?? [], { region: region ?? "", secretNames }, (path, message) =>
    fail(keyOf(NAMESPACE, path), message),
  );
  const { environment: owner, readers } = platform.registry;
  if (owner !== null && owner !== raw.stack && readers.length > 0)
    fail(
      "spectrum:platform.registry.readers",
      `the repositories are ${owner}'s, which says itself who may pull from them; name the accounts in Pulumi.${owner}.yaml`,
    );
  if (problems.length > 0) throw new InputError(problems);
  return {
    name: raw.stack,
    region: region ?? "",
    defaults,
    protected: parsed.data.protected,
    tags,
    platform: { ...platform, availabilityZones: platform.availabilityZones ?? (parsed.data.protected ? 3 : 2) },
    secretNames,
    // by name: Pulumi gives a program its maps sorted, whatever the order in the file
    apps: Object.fromEntries(
      Object.entries(apps)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, app]) => [name, appConfig(app, { tier, timeToFail })]),
    ),
    workflows: parsed.data.workflows,
    budget: parsed.data.budget ?? null,
    usage: usageOf(parsed.data.usage),
    policy: parsed.data.policy,
    overrides: parsed.data.overrides.map((override, i) => ({
      ...override,
      app: null,
      service: null,
      place: { key: `${NAMESPACE}overrides[${i}]`, location: null },
    })),
    ...(parsed.data.signals !== undefined && { signals: parsed.data.signals }),
  };
}

/** The workflows alone, for those who want nothing else of a stack. Throws `InputError` with every problem of theirs. */
export function readWorkflows(raw: RawConfig): EnvironmentConfig["workflows"] {
  return readKey(raw, "workflows", workflowsSchema);
}

/** The environments in the order of promotion; none where the project names none. Throws `InputError` with every problem of theirs. */
export function readStages(raw: RawConfig): readonly Stage[] {
  return readKey(raw, "environments", stagesSchema);
}

/** One key of the config, alone. */
function readKey<T extends z.ZodType>({ values }: RawConfig, name: string, schema: T): z.output<T> {
  const key = `${NAMESPACE}${name}`;
  const text = values[key];
  const parsed = schema.safeParse(text === undefined ? undefined : parse(text), { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new InputError(problemsOf(parsed.error, schema, (path) => ({ key: keyOf(key, path), location: null })));
}

/** What a policy pack needs of the config, and no more. Throws `InputError` with every problem of theirs. */
export function readPolicy(raw: RawConfig): Pick<EnvironmentConfig, "protected" | "policy"> {
  const schema = environmentSchema.pick({ protected: true, policy: true });
  const values = ["protected", "policy"].flatMap((name) => {
    const value = raw.values[`${NAMESPACE}${name}`];
    return value === undefined ? [] : [[name, parse(value)] as const];
  });
  const parsed = schema.safeParse(Object.fromEntries(values), { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new InputError(problemsOf(parsed.error, schema, (path) => ({ key: keyOf(NAMESPACE, path), location: null })));
}

const appKeys = z.object(appShape).superRefine(oneSource);

/**
 * What can still be read of the apps where the environment is wrong, so that their problems are told in the same breath:
 * every app whose own keys are right, in an environment of defaults. Nothing is ever made from it.
 */
export function salvageEnvironment(raw: RawConfig): EnvironmentConfig {
  const own = parse(raw.values[`${NAMESPACE}apps`] ?? "{}");
  const apps = Object.entries(isRecord(own) ? own : {}).filter(
    ([name, app]) => appName.test(name) && isRecord(app) && appKeys.safeParse(app).success,
  );
  const secrets = Object.fromEntries(
    Object.entries(raw.values).filter(([key]) => key === `${NAMESPACE}secrets` && raw.secretKeys.has(key)),
  );
  const tier = parse(raw.values[`${NAMESPACE}tier`] ?? "null");
  const values = {
    "aws:region": "us-east-1",
    ...secrets,
    ...(typeof tier === "string" && { [`${NAMESPACE}tier`]: tier }),
    [`${NAMESPACE}apps`]: JSON.stringify(Object.fromEntries(apps)),
  };
  try {
    return readEnvironment({ ...raw, values });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { [`${NAMESPACE}secrets`]: _, ...plain } = values as Record<string, string>;
    return readEnvironment({ ...raw, values: plain, secretKeys: new Set() });
  }
}

function appConfig(
  app: Record<string, unknown>,
  defaults: { tier?: string | undefined; timeToFail: number },
): AppConfig {
  const { compose = [], release = null, profiles, variables } = appKeys.parse(app);
  const rest = Object.fromEntries(Object.entries(app).filter(([key]) => !(key in appShape)));
  return {
    compose,
    release,
    profiles,
    variables,
    rest,
    defaultTier: defaults.tier ?? null,
    defaultTimeToFail: defaults.timeToFail,
  };
}

/** Names only: the values stay secret, and stay where they are. */
function readSecretNames(
  raw: RawConfig,
  apps: readonly string[],
  fail: (key: string, message: string) => void,
): Record<string, readonly string[]> {
  const key = "spectrum:secrets";
  const value = raw.values[key];
  if (value === undefined) return {};
  const secrets = parse(value);
  const shape = "give { <app>: { <NAME>: <secure value> } }";
  if (!isRecord(secrets)) {
    fail(key, `is no map; ${shape}`);
    return {};
  }
  if (!raw.secretKeys.has(key) && Object.keys(secrets).length > 0) {
    fail(key, "holds plain values; set each with pulumi config set --secret --path 'spectrum:secrets.<app>.<NAME>'");
    return {};
  }
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([app, named]): [string, readonly string[]][] => {
      if (app !== "$platform" && !apps.includes(app))
        fail(`${key}.${app}`, `no app has this name${suggest(app, [...apps, "$platform"])}`);
      if (!isRecord(named)) {
        fail(`${key}.${app}`, `is no map; ${shape}`);
        return [];
      }
      for (const [name, secret] of Object.entries(named)) {
        if (typeof secret !== "string") fail(`${key}.${app}.${name}`, "is no text; set one value for each name");
      }
      return [[app, Object.keys(named).sort()]];
    }),
  );
}

/** Pulumi hands structured values, numbers and booleans over as JSON, texts as they are. */
function parse(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
