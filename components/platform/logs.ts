/** CloudWatch log groups, each with a retention. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";
import { childName } from "../names";

/** Days that logs are kept: 14, and 90 where the environment is protected. Ingestion is 0.50 USD a GB, storage 0.03 USD a GB-month. */
export function retentionDays(environment: Pick<EnvironmentConfig, "protected">): 14 | 90 {
  return environment.protected ? 90 : 14;
}

/** What the names of the environment's log groups start with: `/spectrum/dev`. */
export const logPrefix = ({ name }: Pick<EnvironmentConfig, "name">): string => `/${pulumi.getProject()}/${name}`;

export interface LogGroupArgs {
  readonly environment: EnvironmentConfig;
  /** What the group is of: `["shop", "web"]` gives `/spectrum/dev/shop/web`. */
  readonly path: readonly string[];
  /** Default: the environment's. */
  readonly region?: string;
}

/** A log group that is named after the environment and what writes to it. */
export function logGroup(
  name: string,
  { environment, path, region }: LogGroupArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup {
  const fullName = [logPrefix(environment), ...path].join("/");
  const retentionInDays = retentionDays(environment);
  return new aws.cloudwatch.LogGroup(name, { name: fullName, retentionInDays, ...(region && { region }) }, opts);
}

/** The log groups of one app. */
export interface AppLogs {
  /** The group of a Compose service, made at the first call: `/spectrum/dev/shop/web`. */
  of(service: string): aws.cloudwatch.LogGroup;
}

export interface LogGroupsArgs {
  readonly app: string;
  readonly environment: EnvironmentConfig;
}

/**
 * An app's log groups, a group for each service that its tier asks for. Their URNs have no tier in them: AWS refuses a second
 * group of one name while the first is there, so a change of tier keeps the group, and with it the logs.
 */
export class LogGroups extends pulumi.ComponentResource implements AppLogs {
  private readonly groups = new Map<string, aws.cloudwatch.LogGroup>();

  constructor(
    private readonly name: string,
    private readonly args: LogGroupsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Logs", name, {}, opts);
    this.registerOutputs({});
  }

  of(service: string): aws.cloudwatch.LogGroup {
    const known = this.groups.get(service);
    if (known) return known;
    const { app, environment } = this.args;
    const group = logGroup(childName(this.name, service), { environment, path: [app, service] }, { parent: this });
    this.groups.set(service, group);
    return group;
  }
}
