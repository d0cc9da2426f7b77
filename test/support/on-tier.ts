/** A Compose text on a tier: what fit says, and everything that the environment makes of it. */
import path from "node:path";
import { z } from "zod";
import { back, type Backed, type BackingService } from "../../app/backing";
import { frontFindings } from "../../app/cdn";
import { readCompose } from "../../app/compose";
import { disk, type FileSystem } from "../../app/compose/files";
import { readPlacement, type TierSettings } from "../../app/config/placement";
import type { EnvironmentConfig } from "../../app/config/types";
import { jobFindings, withJobs } from "../../app/jobs";
import type { Finding } from "../../app/finding";
import { withHours } from "../../app/off-hours";
import type { ProjectFile } from "../../app/model";
import { tierNames } from "../../app/tiers";
import { noBacking } from "../../components/platform/backing";
import { EnvironmentEntry } from "../../components/platform/entry";
import { EcrImages } from "../../components/platform/images";
import { LogGroups } from "../../components/platform/logs";
import { Platform } from "../../components/platform/platform";
import { StoredSecrets } from "../../components/platform/secrets";
import { EfsVolumes } from "../../components/platform/volumes";
import { noAlarms } from "../../components/signals/rollback";
import type { Tier } from "../../components/tiers/tier";
import { secretToken } from "../../plan/tokens";
import { buildEnvironment } from "../../stacks/environment";
import { withProjectFiles } from "../../stacks/project-files";
import { readSecretSources } from "../../stacks/secret-sources";
import { environmentOf, packedOf } from "./app";
import { type Recorded, recordResources } from "./record";

export interface Input {
  readonly compose: string;
  /** Further files beside it, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the stack's config says of the app. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly platform?: Partial<EnvironmentConfig["platform"]>;
  readonly protected?: boolean;
  /** Default: us-east-1. */
  readonly region?: string;
  /** Names under `spectrum:secrets.shop`. */
  readonly secrets?: readonly string[];
  readonly profiles?: readonly string[];
  /** True: the app is called as the file says, not by its key under `spectrum:apps`. */
  readonly ownName?: boolean;
}

export interface ReadInput extends Omit<Backed, "services"> {
  readonly backing: readonly BackingService[];
  readonly variable: (name: string) => string | undefined;
}

/** A folder with Dockerfiles: build contexts are relative to it. */
export const folder = path.resolve("examples/shop");

function filesOf({ compose, files }: Input): FileSystem {
  const given = new Map(
    Object.entries({ "compose.test.yaml": compose, ...files }).map(([name, text]) => [path.join(folder, name), text]),
  );
  return {
    read: (file) => {
      const text = given.get(file);
      return text === undefined ? disk.read(file) : { kind: "text", text };
    },
  };
}

/** The secrets that `registries` names. */
const loginsOf = ({ platform }: Input): string[] =>
  Object.values(platform?.registries ?? {}).map(({ password }) => password);

/** What tests ask of a tier. */
export interface OnTier {
  read(this: void, input: Input): ReadInput;
  findings(this: void, input: Input): readonly Finding[];
  /** `outcome: reason` of each finding of a key, in the order that fit gives. */
  said(this: void, input: Input, service: string | null, key: string): readonly string[];
  /** Everything that the environment with this one app registers. */
  record(this: void, input: Input): Promise<Recorded>;
  /** Hosts the app on the real platform, with its entry: for mocks, which have no stack that transformations could stand on. */
  host(this: void, input: Input): void;
}

/** The tools of one tier's tests. */
export function onTier(tier: Tier): OnTier {
  const any = z.record(z.string(), z.unknown());
  const settings = {
    ...Object.fromEntries(tierNames.map((name) => [name, any])),
    [tier.name]: tier.settings,
  } as unknown as TierSettings;

  function read(input: Input): ReadInput {
    const { app: plain, variable } = readCompose({
      files: [path.join(folder, "compose.test.yaml")],
      ...(!input.ownName && { appName: "shop" }),
      source: filesOf(input),
      secretVariables: input.secrets ?? [],
      profiles: input.profiles ?? [],
    });
    const found = withProjectFiles(plain, variable);
    const given = Object.entries(input.files ?? {}).map(([name, text]): [string, ProjectFile] => [
      path.join(folder, name),
      { content: text, encoding: "utf8", size: text.length, executable: name.endsWith(".sh") },
    ]);
    const app = { ...found, files: { ...found.files, ...Object.fromEntries(given) } };
    const base = environmentOf();
    const environment = environmentOf({
      region: input.region ?? base.region,
      protected: input.protected ?? false,
      platform: { ...base.platform, ...input.platform },
      secretNames: { [app.name]: input.secrets ?? [], $platform: loginsOf(input) },
      apps: {
        [app.name]: {
          compose: [],
          release: null,
          profiles: [],
          variables: {},
          rest: input.config ?? {},
          defaultTier: tier.name,
          defaultTimeToFail: 600,
        },
      },
    });
    const placed = readPlacement(app, environment, settings);
    const marked = withJobs(app, placed);
    const timed = withHours(marked, placed, (...of) => tier.offHours(...of));
    const { services: backing, ...backed } = back(marked, timed.placement);
    const own = [...jobFindings(backed.app, timed.placement), ...timed.findings, ...backed.findings];
    return { ...backed, findings: own, backing, variable };
  }

  function findings(input: Input): readonly Finding[] {
    const { app, placement, findings: own } = read(input);
    return [...tier.fit(app, placement), ...frontFindings(app, placement, tier.entry(placement)), ...own];
  }

  /** `outcome: reason` of each finding of a key, in the order that fit gives. */
  function said(input: Input, service: string | null, key: string): readonly string[] {
    return findings(input)
      .filter((f) => f.service === service && f.key === key)
      .map(({ outcome, reason }) => `${outcome}: ${reason}`);
  }

  /** What `buildEnvironment` is given for the one app. */
  function environment(input: Input) {
    const { app, placement, backing, variable } = read(input);
    const { sources } = readSecretSources(app, input.secrets ?? [], variable, true);
    const apps = [{ app, placement, findings: [], backing, secrets: sources, packed: packedOf(app) }];
    return { environment: placement.environment, apps, conflicts: [], warnings: [] };
  }

  /** Everything that the environment with this one app registers. */
  function record(input: Input): Promise<Recorded> {
    const built = environment(input);
    const app = built.apps[0]?.app.name ?? "";
    const tokens = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, secretToken(name)]));
    const secrets = { [app]: tokens(input.secrets ?? []), $platform: tokens(loginsOf(input)) };
    const any = Object.values(secrets).some((named) => Object.keys(named).length > 0);
    return recordResources(() => ({ ...buildEnvironment(built) }), {
      config: {
        "aws:region": built.environment.region,
        ...(any && { "spectrum:secrets": JSON.stringify(secrets) }),
      },
      secretConfigKeys: any ? ["spectrum:secrets"] : [],
    });
  }

  /** Hosts the app on the real platform, with its entry: for mocks, which have no stack that transformations could stand on. */
  function host(input: Input): void {
    const { app, placement } = read(input);
    const { environment: config } = placement;
    const platform = new Platform("platform", config, { egress: [tier.egress(placement)] });
    const secrets = new StoredSecrets(app.name, { app: app.name, environment: config, sources: {} });
    const registries = () => platform.registries;
    const others = () => platform.othersRepositories;
    const entries = new EnvironmentEntry(platform);
    const entry = entries.open(app, placement, tier.entry(placement));
    const images = new EcrImages(app.name, { app, environment: config, registries, others, secrets });
    const network = () => platform.network;
    const volumes = new EfsVolumes(app.name, { app: app.name, environment: config, network, data: placement.data });
    const logs = new LogGroups(app.name, { app: app.name, environment: config });
    const args = {
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
    entries.connect(entry, tier.host(app.name, args));
    images.finish();
    platform.finish();
  }

  return { read, findings, said, record, host };
}
