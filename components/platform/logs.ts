/** CloudWatch log groups, each with a retention. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";

/** Days that logs are kept: 14, and 90 where the environment is protected. Ingestion is 0.50 USD a GB, storage 0.03 USD a GB-month. */
export function retentionDays(environment: Pick<EnvironmentConfig, "protected">): 14 | 90 {
  return environment.protected ? 90 : 14;
}

export interface LogGroupArgs {
  readonly environment: EnvironmentConfig;
  /** What the group is of: `["shop", "web"]` gives `/spectrum/dev/shop/web`. */
  readonly path: readonly string[];
}

/** A log group that is named after the environment and what writes to it. */
export function logGroup(
  name: string,
  { environment, path }: LogGroupArgs,
  opts?: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup {
  const fullName = `/${[pulumi.getProject(), environment.name, ...path].join("/")}`;
  return new aws.cloudwatch.LogGroup(name, { name: fullName, retentionInDays: retentionDays(environment) }, opts);
}
