/** One environment: the platform, and each app on its tier. */
import * as pulumi from "@pulumi/pulumi";
import { closedPorts } from "../app/cdn";
import type { EnvironmentConfig } from "../app/config/types";
import { publish } from "../app/publish";
import { EnvironmentEntry } from "../components/platform/entry";
import { type AppBacking, BackingServices, noBacking } from "../components/platform/backing";
import { EcrImages } from "../components/platform/images";
import { LogGroups } from "../components/platform/logs";
import { Platform } from "../components/platform/platform";
import { type AppSecrets, StoredSecrets, type SecretSource } from "../components/platform/secrets";
import { EfsVolumes } from "../components/platform/volumes";
import { bounding } from "../components/permissions-boundary";
import { noAlarms } from "../components/signals/rollback";
import { environmentTags, tagging } from "../components/tags";
import { tiers } from "../components/tiers";
import type { HostArgs, HostedApp } from "../components/tiers/tier";
import type { ReadApp, ReadEnvironment } from "./apps";
import { type BuiltApp, buildWorkflows, type Within, workflowOutputs } from "./build-workflows";
import { type SecretValues, secretValues } from "./config";
import { type StackOutputs, stackOutputs } from "./outputs";
import type { Overrides } from "./overrides";
import { finishSignals, openSignals } from "./signals";

type BuiltFrom = Pick<ReadEnvironment, "environment" | "apps"> & Partial<ReadEnvironment>;

/** What reaches every resource of an environment, those inside remote components too: options of what it is all a child of. */
export function inherited(environment: EnvironmentConfig, overrides: Overrides | null): Inherited {
  const { permissionsBoundary } = environment.platform;
  return {
    transformations: [tagging(environmentTags(environment))],
    transforms: [
      ...(permissionsBoundary === null ? [] : [bounding(permissionsBoundary)]),
      ...(overrides ? [overrides.forStack()] : []),
    ],
  };
}
type Inherited = Required<Pick<pulumi.ComponentResourceOptions, "transformations" | "transforms">>;

function reachEverything(environment: EnvironmentConfig, overrides: Overrides | null): void {
  const { transformations, transforms } = inherited(environment, overrides);
  for (const transformation of transformations) pulumi.runtime.registerStackTransformation(transformation);
  for (const transform of transforms) pulumi.runtime.registerStackTransform(transform);
}

/** What an environment stands in. */
export interface Surroundings {
  /** What everything is a child of, which has the options of `inherited`; by default the stack, and they are its own. */
  readonly parent?: pulumi.Resource;
  /** Default: `spectrum:secrets` of the stack's config. */
  readonly secrets?: SecretValues;
  readonly overrides?: Overrides | null;
}

/** Registers everything. The apps have been read, and no refusal stands unaccepted. */
export function buildEnvironment(
  { environment, apps, workflows = [] }: BuiltFrom,
  { parent, secrets = secretValues, overrides = null }: Surroundings = {},
): StackOutputs {
  const within: Within = { secrets, overrides, opts: parent ? { parent } : {} };
  if (!parent) reachEverything(environment, overrides);
  const platformSecrets = secrets("$platform", environment.secretNames.$platform ?? []);
  const egress = apps.map(({ placement }) => tiers[placement.tier].egress(placement));
  const eks = apps.flatMap(({ app, placement }) => tiers[placement.tier].eks?.(app, placement) ?? []);
  const pools = apps.flatMap(({ app, placement }) => tiers[placement.tier].pools?.(app, placement) ?? []);
  const closed = closedPorts(
    apps.map(({ app, placement }) => ({
      placement,
      points: publish(app, placement).points,
      reach: tiers[placement.tier].entry(placement),
    })),
  );
  const shared = { secrets: platformSecrets, egress, eks, pools, closed };
  const platform = new Platform("platform", environment, shared, within.opts);
  const entry = new EnvironmentEntry(platform);
  const built = apps.map((app) => hostApp(app, platform, entry, within));
  const started = buildWorkflows(platform, workflows, built, within);
  finishSignals(platform, built, started);
  platform.finish();
  return stackOutputs(built, workflows.length > 0 ? workflowOutputs(started) : null);
}

function hostApp(read: ReadApp, platform: Platform, entry: EnvironmentEntry, within: Within): BuiltApp {
  const { app, placement } = read;
  const { name } = app;
  const { environment } = platform;
  const tier = tiers[placement.tier];
  const opts = {
    ...within.opts,
    transformations: [tagging({ App: name })],
    ...(within.overrides && { transforms: [within.overrides.forApp(name)] }),
  };
  const secrets: AppSecrets = new StoredSecrets(
    name,
    { app: name, environment, sources: secretSources(read, within.secrets), backing: () => backing },
    opts,
  );
  const { data } = placement;
  const backing: AppBacking =
    read.backing.length === 0
      ? noBacking
      : new BackingServices(
          name,
          { app: name, environment, data, network: () => platform.network, secrets, services: read.backing },
          opts,
        );
  const appEntry = entry.open(app, placement, tier.entry(placement), opts, tier.targets?.(placement));
  const signals = openSignals(read, { entry: appEntry, secrets: within.secrets }, opts);
  const images = new EcrImages(
    name,
    {
      app,
      environment,
      registries: () => platform.registries,
      others: () => platform.othersRepositories,
      secrets,
    },
    opts,
  );
  const args: HostArgs = {
    app,
    placement,
    platform,
    secrets,
    backing,
    entry: appEntry,
    alarms: signals ?? noAlarms,
    logs: new LogGroups(name, { app: name, environment }, opts),
    images,
    volumes: new EfsVolumes(name, { app: name, environment, network: () => platform.network, data }, opts),
  };
  const hosted: HostedApp = tier.host(name, args, opts);
  images.finish();
  return {
    read,
    hosted,
    backing,
    images,
    signals,
    entry: appEntry,
    urls: entry.connect(appEntry, hosted),
  };
}

/** The values of an app's secrets: of `spectrum:secrets`, and of its Compose secrets. */
function secretSources({ app, placement, secrets }: ReadApp, secretsOf: SecretValues): Record<string, SecretSource> {
  const names = placement.environment.secretNames[app.name] ?? [];
  const values = secretsOf(app.name, names);
  const resolve = (source: ReadApp["secrets"][string], name: string): SecretSource => {
    switch (source.kind) {
      case "config":
        return values[source.name] ?? pulumi.secret("");
      case "text":
        return pulumi.secret(source.text);
      case "value":
        return pulumi
          .all(
            source.value.map((part) => {
              if (typeof part === "string") return part;
              // a secret's file names no host and no output
              return "secret" in part ? (values[part.secret] ?? "") : "";
            }),
          )
          .apply((texts) => texts.join(""));
      case "existing":
        return { existingArn: source.arn };
      case "assumed":
        return pulumi.secret(`a value for ${name}`);
    }
  };
  return {
    ...values,
    ...Object.fromEntries(Object.entries(secrets).map(([name, source]) => [name, resolve(source, name)])),
  };
}
