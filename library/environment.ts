/** An environment as a component of another Pulumi program. */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { formatProblem, InputError } from "../app/finding";
import type { appShape, environmentSchema, placementShape } from "../app/config/schema";
import { mapValues } from "../app/records";
import type { TierName } from "../app/tiers";
import { readApps, type ReadEnvironment, unacceptedRefusals } from "../stacks/apps";
import type { SecretValues } from "../stacks/config";
import { buildEnvironment, inherited } from "../stacks/environment";
import type { AppOutputs, DeployedApp } from "../stacks/outputs";
import { Overrides } from "../stacks/overrides";

type Shape<T extends z.core.$ZodLooseShape> = z.input<z.ZodObject<T>>;

/** What `spectrum:apps.<app>` takes: its Compose files, and its placement; a tier's own settings under the tier's name. */
export type AppArgs = Shape<typeof appShape> &
  Omit<Shape<typeof placementShape>, "tier"> & { readonly tier?: TierName } & Partial<
    Record<TierName, Readonly<Record<string, unknown>>>
  >;

/** What a stack's file takes under `spectrum:`, as plain values; the secrets apart. */
export interface EnvironmentArgs extends Omit<z.input<typeof environmentSchema>, "apps" | "tier" | "environments"> {
  /** Where the AWS provider makes it: `us-east-1`. */
  readonly region: string;
  /** By name. */
  readonly apps: Readonly<Record<string, AppArgs>>;
  /** The default tier of the apps. */
  readonly tier?: TierName;
  /** Values by app and name, as `spectrum:secrets` has them; `$platform` for what `registries` names. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string>>>>>;
  /** The folder that the Compose files' paths start from. Default: the current folder. */
  readonly root?: string;
}

/**
 * One environment: the platform, and each app on its tier, all of it children of the component. `name` is the environment's,
 * part of its resources' physical names. Throws `pulumi.RunError` with every problem at once before anything is registered:
 * wrong arguments, or a refusal that no `accept` names. Budgets are not checked, which takes a stack's file.
 */
export class Environment extends pulumi.ComponentResource {
  /** What there is to open of each app. */
  readonly apps: Readonly<Record<string, AppOutputs>>;
  /** Where each service and job is on its tier, and what it pulls. */
  readonly deployed: Readonly<Record<string, DeployedApp>>;
  /** The ARN that executions of each workflow are started by. */
  readonly workflows: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: EnvironmentArgs, opts?: pulumi.ComponentResourceOptions) {
    const read = readArgs(name, args);
    const overrides = new Overrides({ ...read, hook: null });
    const { transformations, transforms } = inherited(read.environment, overrides);
    const inherit = {
      transformations: [...(opts?.transformations ?? []), ...transformations],
      transforms: [...(opts?.transforms ?? []), ...transforms],
    };
    super("spectrum:index:Environment", name, {}, { ...opts, ...inherit });
    for (const warning of read.warnings) void pulumi.log.warn(formatProblem(warning), this);
    const {
      apps,
      deployed,
      workflows = {},
    } = buildEnvironment(read, { parent: this, secrets: secretsOf(args), overrides });
    this.apps = apps;
    this.deployed = deployed;
    this.workflows = workflows;
    this.registerOutputs({ apps, deployed, workflows });
  }
}

function readArgs(name: string, { region, secrets = {}, root, ...own }: EnvironmentArgs): ReadEnvironment {
  const values = Object.fromEntries(
    Object.entries(own).map(([key, value]) => [`spectrum:${key}`, JSON.stringify(value) as string | undefined]),
  );
  // of secrets the names alone are read
  const names = mapValues(secrets, (named) => mapValues(named, () => "secret"));
  const given = Object.entries({
    ...values,
    "aws:region": region,
    ...(Object.keys(names).length > 0 && { "spectrum:secrets": JSON.stringify(names) }),
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    const read = readApps(
      { stack: name, values: Object.fromEntries(given), secretKeys: new Set(["spectrum:secrets"]) },
      root === undefined ? {} : { root },
    );
    const problems = [...read.conflicts, ...unacceptedRefusals(read.apps)];
    if (problems.length > 0) throw new InputError(problems);
    return read;
  } catch (error) {
    if (error instanceof InputError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

const secretsOf =
  ({ secrets = {} }: EnvironmentArgs): SecretValues =>
  (app, names) =>
    Object.fromEntries(names.map((name) => [name, pulumi.secret(secrets[app]?.[name] ?? "")]));
