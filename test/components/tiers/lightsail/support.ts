/** A Compose text on the tier: what fit says, and what the component makes. */
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { readCompose } from "../../../../app/compose/read";
import { disk, type FileSystem } from "../../../../app/compose/files";
import { readPlacement, type TierSettings } from "../../../../app/config/placement";
import type { PlatformConfig, Placement } from "../../../../app/config/types";
import type { Finding } from "../../../../app/finding";
import { withJobs } from "../../../../app/jobs";
import type { App } from "../../../../app/model";
import { tierNames } from "../../../../app/tiers";
import { noBacking } from "../../../../components/platform/backing";
import { EnvironmentEntry } from "../../../../components/platform/entry";
import { EcrImages } from "../../../../components/platform/images";
import { Platform } from "../../../../components/platform/platform";
import { StoredSecrets } from "../../../../components/platform/secrets";
import { lightsail } from "../../../../components/tiers/lightsail";
import { noAlarms } from "../../../../components/signals/rollback";
import type { HostArgs, HostedApp } from "../../../../components/tiers/tier";
import { secretToken } from "../../../../plan/tokens";
import { environmentOf } from "../../../support/app";
import { type Recorded, recordResources } from "../../../support/record";

export interface Input {
  readonly compose: string;
  /** Further files beside it, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the stack's config says of the app. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly platform?: Partial<PlatformConfig>;
  readonly region?: string;
  /** True: the app is called as the file says, not by its key under `spectrum:apps`. */
  readonly ownName?: boolean;
  /** Names of secret variables. */
  readonly secrets?: readonly string[];
}

/** A folder with Dockerfiles: build contexts are relative to it. */
export const folder = path.resolve("examples/shop");

/** The files that the test gives, and the disk's. */
function filesOf(input: Input): FileSystem {
  const given = new Map(
    Object.entries({ "compose.test.yaml": input.compose, ...input.files }).map(([name, text]) => [
      path.join(folder, name),
      text,
    ]),
  );
  return {
    read: (file) => {
      const text = given.get(file);
      return text === undefined ? disk.read(file) : { kind: "text", text };
    },
  };
}

export function read(input: Input): { readonly app: App; readonly placement: Placement } {
  const { app } = readCompose({
    files: [path.join(folder, "compose.test.yaml")],
    ...(!input.ownName && { appName: "shop" }),
    source: filesOf(input),
    secretVariables: input.secrets ?? [],
  });
  const plain = environmentOf();
  const environment = environmentOf({
    region: input.region ?? plain.region,
    platform: { ...plain.platform, ...input.platform },
    apps: {
      [app.name]: {
        compose: [],
        release: null,
        profiles: [],
        variables: {},
        rest: input.config ?? {},
        defaultTier: "lightsail",
        defaultTimeToFail: 600,
      },
    },
  });
  const open = Object.fromEntries(tierNames.map((name) => [name, z.record(z.string(), z.unknown())]));
  const settings = { ...(open as unknown as TierSettings), lightsail: lightsail.settings };
  const placement = readPlacement(app, environment, settings);
  return { app: withJobs(app, placement), placement };
}

export function findings(input: Input): readonly Finding[] {
  const { app, placement } = read(input);
  return lightsail.fit(app, placement);
}

/** `web.ports[0]: refused`, in the order that fit gives. */
export function said(input: Input, service: string | null, key: string): readonly string[] {
  return findings(input)
    .filter((f) => f.service === service && f.key === key)
    .map(({ outcome, reason }) => `${outcome}: ${reason}`);
}

/** Hosts the app on the real platform, its entry too, and says where it is reached. */
export function connected(input: Input): Readonly<Record<string, pulumi.Output<string>>> {
  const { hosted, entries, entry } = hostOnPlatform(input);
  return entries.connect(entry, hosted);
}

/** Hosts the app on the real platform, before its entry is connected. */
export const host = (input: Input): HostedApp => hostOnPlatform(input).hosted;

function hostOnPlatform(input: Input) {
  const { app, placement } = read(input);
  const { environment } = placement;
  const platform = new Platform("platform", environment, {
    secrets: { hub: pulumi.secret(secretToken("$platform.hub")) },
  });
  const secrets = new StoredSecrets("shop-secrets", {
    app: app.name,
    environment,
    sources: Object.fromEntries(
      (input.secrets ?? []).map((name) => [name, pulumi.secret(secretToken(`shop.${name}`))]),
    ),
  });
  const images = new EcrImages("shop-images", {
    app,
    environment,
    registries: () => platform.registries,
    others: () => platform.othersRepositories,
    secrets,
  });
  const entries = new EnvironmentEntry(platform);
  const entry = entries.open(app, placement, lightsail.entry(placement));
  const [logs, volumes] = [
    { of: () => never("a log group") },
    { of: () => never("a volume"), disk: () => never("a disk") },
  ];
  const args: HostArgs = {
    app,
    placement,
    platform,
    entry,
    images,
    logs,
    secrets,
    volumes,
    backing: noBacking,
    alarms: noAlarms,
  };
  return { hosted: lightsail.host(app.name, args), entries, entry };
}

function never(what: string): never {
  throw new Error(`the tier asks for ${what}`);
}

export async function plan(input: Input): Promise<Recorded> {
  return recordResources(() => host(input));
}

export const types = {
  service: "aws:lightsail/containerService:ContainerService",
  deployment: "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion",
  certificate: "aws:lightsail/certificate:Certificate",
  record: "aws:route53/record:Record",
  policy: "aws:ecr/repositoryPolicy:RepositoryPolicy",
  wait: "pulumi-nodejs:dynamic/spectrum:Wait",
} as const;
