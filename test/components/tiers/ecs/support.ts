/** A Compose text on an ECS tier: what fit says, and everything that the environment makes. */
import path from "node:path";
import { readCompose } from "../../../../app/compose";
import { disk, type FileSystem } from "../../../../app/compose/files";
import { readPlacement } from "../../../../app/config/placement";
import type { EnvironmentConfig, Placement } from "../../../../app/config/types";
import type { Finding } from "../../../../app/finding";
import type { App, ProjectFile } from "../../../../app/model";
import type { Tier } from "../../../../components/tiers/tier";
import { buildEnvironment } from "../../../../stacks/environment";
import { withProjectFiles } from "../../../../stacks/project-files";
import { readSecretSources } from "../../../../stacks/secret-sources";
import { secretToken } from "../../../../plan/tokens";
import { environmentOf } from "../../../support/app";
import { settingsWith } from "../../../support/tier-settings";
import { type Recorded, recordResources } from "../../../support/record";

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

/** The functions of a test of one tier. */
export function tierSupport(tier: Tier) {
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
    const settings = settingsWith({ [tier.name]: tier.settings });
    return { app, placement: readPlacement(app, environment, settings), variable };
  }

  function findings(input: Input): readonly Finding[] {
    const { app, placement } = read(input);
    return tier.fit(app, placement);
  }

  /** `outcome: reason` of each finding of a key, in the order that fit gives. */
  function said(input: Input, service: string | null, key: string): readonly string[] {
    return findings(input)
      .filter((f) => f.service === service && f.key === key)
      .map(({ outcome, reason }) => `${outcome}: ${reason}`);
  }

  /** Everything that the environment with this one app registers. */
  function record(input: Input): Promise<Recorded> {
    const { app, placement, variable } = read(input);
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

  return { read, findings, said, record };
}

/** The named container of a task's definition. */
export function container(made: Recorded, task: string, name: string): Record<string, unknown> {
  const definition = made.one("aws:ecs/taskDefinition:TaskDefinition", `shop-${task}`);
  const all = made.json<Record<string, unknown>[]>(definition, "containerDefinitions");
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`no container ${name} in ${all.map((one) => String(one.name)).join(", ")}`);
  return found;
}

export const service = (made: Recorded, task: string) => made.one("aws:ecs/service:Service", `shop-${task}`);
