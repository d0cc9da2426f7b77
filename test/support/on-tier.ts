/** A Compose text on a tier: what fit says, and everything that the environment makes. */
import path from "node:path";
import { z } from "zod";
import { readCompose } from "../../app/compose";
import { disk, type FileSystem } from "../../app/compose/files";
import { readPlacement, type TierSettings } from "../../app/config/placement";
import type { EnvironmentConfig, Placement } from "../../app/config/types";
import type { Finding } from "../../app/finding";
import { tierNames } from "../../app/tiers";
import type { App, ProjectFile } from "../../app/model";
import type { Tier } from "../../components/tiers/tier";
import { buildEnvironment } from "../../stacks/environment";
import { withProjectFiles } from "../../stacks/project-files";
import { readSecretSources } from "../../stacks/secret-sources";
import { secretToken } from "../../plan/tokens";
import { environmentOf } from "./app";
import { type Recorded, recordResources } from "./record";

export interface Input {
  readonly compose: string;
  /** Further files beside it, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the stack's config says of the app. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly platform?: Partial<EnvironmentConfig["platform"]>;
  readonly protected?: boolean;
  /** Names under `spectrum:secrets.shop`. */
  readonly secrets?: readonly string[];
  readonly profiles?: readonly string[];
  /** True: the app is called as the file says, not by its key under `spectrum:apps`. */
  readonly ownName?: boolean;
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

export interface ReadInput {
  readonly app: App;
  readonly placement: Placement;
  readonly variable: (name: string) => string | undefined;
}

/** What tests ask of a tier. */
export interface OnTier {
  readonly read: (input: Input) => ReadInput;
  readonly findings: (input: Input) => readonly Finding[];
  /** `outcome: reason` of each finding of a key, in the order that fit gives. */
  readonly said: (input: Input, service: string | null, key: string) => readonly string[];
  /** Everything that the environment with this one app registers. */
  readonly record: (input: Input) => Promise<Recorded>;
}

export function onTier(tier: Tier): OnTier {
  return {
    read: (input) => read(tier, input),
    findings: (input) => findings(tier, input),
    said: (input, service, key) => said(tier, input, service, key),
    record: (input) => record(tier, input),
  };
}

function read(tier: Tier, input: Input): ReadInput {
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
    protected: input.protected ?? false,
    platform: { ...base.platform, ...input.platform },
    secretNames: { [app.name]: input.secrets ?? [] },
    apps: {
      [app.name]: {
        compose: [],
        profiles: [],
        variables: {},
        rest: input.config ?? {},
        defaultTier: tier.name,
        defaultTimeToFail: 600,
      },
    },
  });
  const open = Object.fromEntries(tierNames.map((name) => [name, z.record(z.string(), z.unknown())]));
  const settings = { ...(open as unknown as TierSettings), [tier.name]: tier.settings };
  return { app, placement: readPlacement(app, environment, settings), variable };
}

function findings(tier: Tier, input: Input): readonly Finding[] {
  const { app, placement } = read(tier, input);
  return tier.fit(app, placement);
}

function said(tier: Tier, input: Input, service: string | null, key: string): readonly string[] {
  return findings(tier, input)
    .filter((f) => f.service === service && f.key === key)
    .map(({ outcome, reason }) => `${outcome}: ${reason}`);
}

function record(tier: Tier, input: Input): Promise<Recorded> {
  const { app, placement, variable } = read(tier, input);
  const names = input.secrets ?? [];
  const secrets = Object.fromEntries(names.map((name) => [name, secretToken(name)]));
  const { sources } = readSecretSources(app, names, variable, true);
  return recordResources(
    () => {
      buildEnvironment({
        environment: placement.environment,
        apps: [{ app, placement, findings: [], secrets: sources }],
        conflicts: [],
        warnings: [],
      });
    },
    {
      config: names.length > 0 ? { "spectrum:secrets": JSON.stringify({ [app.name]: secrets }) } : {},
      secretConfigKeys: names.length > 0 ? ["spectrum:secrets"] : [],
    },
  );
}
