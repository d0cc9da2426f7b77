/** The placement of one app: the stack's config over the Compose file's `x-spectrum`, validated, defaults filled in. */
import { z } from "zod";
import { InputError, type Problem } from "../finding";
import type { App } from "../model";
import { AWAITED_JOB } from "../jobs";
import { checkHours } from "../off-hours";
import { onTier, type Override, type PlacedOverride } from "../overrides";
import { containerPorts } from "../ports";
import { jobTimeout } from "../time-to-fail";
import { mainPort } from "../publish";
import { chooseSignals } from "../signals/choice";
import { tierNames, type TierName } from "../tiers";
import { keyOf, problemsOf, suggest } from "./issues";
import { checkNotify } from "./notify";
import { checkQueues } from "./queues";
import { isRecord } from "./read";
import type { hostSchema, serviceSchema } from "./schema";
import { placementShape, usageOf } from "./schema";
import type { AppConfig, EnvironmentConfig, Host, Placement, Redirect, ServicePlacement } from "./types";

/** Each built tier's own settings, as its schema has them. */
export type TierSettings = Readonly<Record<TierName, z.ZodType<Record<string, unknown>>>>;

export type Fail = (path: readonly PropertyKey[], message: string) => void;

/** Throws `InputError` with every problem; config problems carry the key, those of `x-spectrum` the place in the file. */
export function readPlacement(app: App, environment: EnvironmentConfig, settings: TierSettings): Placement {
  const config = environment.apps[app.name];
  if (!config) throw new Error(`no config for the app ${app.name}`);
  const problems: Problem[] = [];
  const place = (path: readonly PropertyKey[]) => placeOf(app, config, path);
  const fail: Fail = (path, message) => void problems.push({ ...place(path), message });

  const merged = merge(ownWords(app), config.rest);
  const schema = placementSchema(settings);
  const parsed = schema.safeParse(isRecord(merged) ? merged : {}, { reportInput: true });
  if (!parsed.success) problems.push(...problemsOf(parsed.error, schema, place));
  const raw = isRecord(merged) ? merged : {};

  const tier = readTier(raw.tier ?? config.defaultTier, fail);
  // under a tier's own name as well: whatever tier the app is on, a slip there would be taken for nothing
  for (const path of [["services"], ...tierNames.map((name) => [name, "services"])]) {
    const named = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), raw);
    for (const name of Object.keys(isRecord(named) ? named : {})) {
      if (!(name in app.services))
        fail([...path, name], `the Compose file has no such service${suggest(name, Object.keys(app.services))}`);
    }
  }
  if (!parsed.success || tier === null) throw new InputError(problems);

  const data = parsed.data;
  const hosts = readHosts(app, data, fail);
  checkQueues(app, data.services, fail);
  checkNotify(app.name, data.signals?.notify ?? [], environment, fail);
  const redirects = readRedirects(data, fail);
  if (problems.length > 0) throw new InputError(problems);
  const own = data[tier];
  const timeToFail = data.timeToFail ?? config.defaultTimeToFail;
  const placement: Placement = {
    app: app.name,
    tier,
    environment,
    hosts,
    redirects,
    cdn: data.cdn ?? null,
    data: data.data,
    timeToFail,
    hours: data.hours ?? null,
    services: Object.fromEntries(
      Object.values(app.services).map(({ name, job }) => [
        name,
        servicePlacement(data, data.services[name], { awaited: job, timeToFail }),
      ]),
    ),
    budget: data.budget ?? null,
    usage: usageOf(environment.usage, data.usage),
    signals: chooseSignals(app.name, { environment: environment.signals, app: data.signals }, environment.protected),
    settings: own?.settings ?? settings[tier].parse({}),
    accept: own?.accept ?? [],
    overrides: onTier(readOverrides(app.name, data, place), tier),
  };
  checkHours(placement, data, fail);
  if (problems.length > 0) throw new InputError(problems);
  return placement;
}

/** The app's own, then its services'. */
function readOverrides(
  app: string,
  data: PlacementData,
  place: (path: readonly PropertyKey[]) => PlacedOverride["place"],
): readonly PlacedOverride[] {
  const placed = (overrides: readonly Override[], service: string | null): readonly PlacedOverride[] =>
    overrides.map((override, i) => {
      const path = ["overrides", i];
      return { ...override, app, service, place: place(service === null ? path : ["services", service, ...path]) };
    });
  return [
    ...placed(data.overrides, null),
    ...Object.entries(data.services).flatMap(([name, { overrides }]) => placed(overrides, name)),
  ];
}

function placementSchema(settings: TierSettings) {
  // `accept` is every tier's; the rest of the section is the tier's own
  const section = (own: z.ZodType<Record<string, unknown>>) =>
    z.record(z.string(), z.unknown()).transform((value, context) => {
      const { accept = [], ...rest } = value;
      const names = z.array(z.string().min(1)).safeParse(accept, { reportInput: true });
      const parsed = own.safeParse(rest, { reportInput: true });
      const shift = (issue: z.core.$ZodIssue, path: PropertyKey[]) =>
        ({ ...issue, path: [...path, ...issue.path] }) as z.core.$ZodRawIssue;
      for (const issue of names.error?.issues ?? [])
        context.issues.push({ ...shift(issue, ["accept"]), continue: false });
      for (const issue of parsed.error?.issues ?? []) context.issues.push({ ...shift(issue, []), continue: false });
      return { accept: names.data ?? [], settings: parsed.data ?? {} };
    });
  const sections = mapTiers(tierNames, (name) => section(settings[name]).optional());
  return z.strictObject({ ...placementShape, ...sections });
}

/** A row for each name, typed by its names. */
const mapTiers = <N extends string, T>(names: readonly N[], map: (name: N) => T) =>
  Object.fromEntries(names.map((name) => [name, map(name)])) as Record<N, T>;

type PlacementData = z.output<ReturnType<typeof placementSchema>>;

/** What is wrong with the tier alone, for an app whose Compose files could not be read. */
export function tierProblems(name: string, { rest, defaultTier }: AppConfig): readonly Problem[] {
  // a file that could not be read may name it in `x-spectrum`
  const tier = rest.tier ?? defaultTier;
  if (tier === null || tier === undefined) return [];
  const problems: Problem[] = [];
  readTier(tier, (path, message) => {
    problems.push({ key: keyOf(`spectrum:apps.${name}`, path), location: null, message });
  });
  return problems;
}

function readTier(tier: unknown, fail: Fail): TierName | null {
  const built = tierNames.find((name) => name === tier);
  if (built) return built;
  const allowed = `allowed: ${tierNames.join(", ")}`;
  if (tier === null || tier === undefined)
    fail(["tier"], `is missing; name the tier here or under spectrum:tier; ${allowed}`);
  else
    fail(
      ["tier"],
      `got ${JSON.stringify(tier)}, which is no tier${suggest(typeof tier === "string" ? tier : "", tierNames)}`,
    );
  return null;
}

function servicePlacement(
  app: PlacementData,
  service: z.output<typeof serviceSchema> | undefined,
  { awaited, timeToFail }: { readonly awaited: boolean; readonly timeToFail: number },
): ServicePlacement {
  const job = service?.job ?? (awaited ? AWAITED_JOB : null);
  return {
    cpu: service?.size?.cpu ?? app.size?.cpu ?? null,
    memory: service?.size?.memory ?? app.size?.memory ?? null,
    scale: service?.scale ?? app.scale ?? null,
    deployment: service?.deployment ?? app.deployment ?? { strategy: "rolling" },
    concurrent: service?.concurrent ?? false,
    hours: service?.hours === undefined ? (app.hours ?? null) : service.hours,
    policies: service?.policies ?? [],
    bucket: service?.bucket ?? null,
    job: job && { ...job, timeout: jobTimeout(job, timeToFail) },
    queue: service?.queue ?? null,
    managed: service?.managed ?? null,
  };
}

function readHosts(app: App, data: PlacementData, fail: Fail): Host[] {
  if (data.domain !== undefined && data.hosts !== undefined)
    fail(["domain"], "domain is short for one host; give domain or hosts, not both");
  const written: z.output<typeof hostSchema>[] =
    data.hosts ??
    (data.domain === undefined ? [] : [{ host: data.domain, path: "/", priority: null, redirectFrom: [] }]);
  const seen = new Map<string, number>();
  return written.flatMap((host, i) => {
    const path = data.domain === undefined ? ["hosts", i] : ["domain"];
    const twin = seen.get(host.host + host.path);
    if (twin !== undefined)
      fail(path, `${host.host}${host.path} is claimed by hosts[${twin}] already; give it another path`);
    seen.set(host.host + host.path, i);
    const target = readTarget(app, host, path, fail);
    return target ? [{ host: host.host, path: host.path, priority: host.priority, ...target }] : [];
  });
}

/** A name leads to one place, so one that redirects is no host, and redirects once. */
function readRedirects(data: PlacementData, fail: Fail): Redirect[] {
  const hosts = new Set((data.hosts ?? []).map(({ host }) => host));
  const seen = new Set<string>();
  return (data.hosts ?? []).flatMap(({ host, redirectFrom }, i) =>
    redirectFrom.map((from, j) => {
      const path = ["hosts", i, "redirectFrom", j];
      if (hosts.has(from)) fail(path, `${from} is a host of the app; leave it out here, or there`);
      else if (seen.has(from)) fail(path, `${from} redirects already; name it once`);
      seen.add(from);
      return { from, to: host };
    }),
  );
}

function readTarget(
  app: App,
  host: z.output<typeof hostSchema>,
  path: PropertyKey[],
  fail: Fail,
): { service: string; port: number } | null {
  const main = mainPort(app);
  const service = host.service ?? main?.service;
  if (service === undefined) {
    fail(path, "no service publishes an HTTP port that this could lead to; name the service and its container port");
    return null;
  }
  const found = app.services[service];
  if (!found) {
    fail(
      [...path, "service"],
      `the Compose file has no service ${JSON.stringify(service)}${suggest(service, Object.keys(app.services))}`,
    );
    return null;
  }
  const known = containerPorts(app)[service]?.ports.filter((p) => p.protocol === "tcp") ?? [];
  const port = host.port ?? (main?.service === service ? main.port : (found.ports[0]?.target ?? known[0]?.port));
  if (port === undefined) {
    fail(
      [...path, "port"],
      `no port of ${service} is known; name the container port here, or expose it in the Compose file`,
    );
    return null;
  }
  return { service, port };
}

/** `x-spectrum` at the top, with each service's own `x-spectrum` under `services`. */
function ownWords(app: App): unknown {
  const services = Object.fromEntries(
    Object.values(app.services).flatMap((s) =>
      s.extension === null || s.extension === undefined ? [] : [[s.name, s.extension]],
    ),
  );
  const top = app.extension ?? {};
  return Object.keys(services).length > 0 ? merge(top, { services }) : top;
}

/** Maps merge deeply, lists and everything else replace; `over` wins. */
export function merge(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isRecord(base) || !isRecord(over)) return over;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((key) => [key, merge(base[key], over[key])]),
  );
}

function placeOf(app: App, config: AppConfig, path: readonly PropertyKey[]): PlacedOverride["place"] {
  const inConfig = { key: keyOf(`spectrum:apps.${app.name}`, path), location: null };
  if (path.length === 0 || has(config.rest, path) || !has(ownWords(app), path)) return inConfig;
  const [first, service, ...rest] = path;
  const ofService = first === "services" && has(app.services[String(service)]?.extension, rest);
  const key = ofService ? keyOf(`services.${String(service)}.x-spectrum`, rest) : keyOf("x-spectrum", path);
  return { key, location: app.locate(key) };
}

function has(value: unknown, path: readonly PropertyKey[]): boolean {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !(step in at)) return false;
    at = (at as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return true;
}
