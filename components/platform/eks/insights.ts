/** Container Insights on a cluster's nodes: CloudWatch's agent, as the add-on brings it, without its logs of containers. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../../app/config/types";
import { partitionOf } from "../../names";
import { retentionDays } from "../logs";
import { addonRole } from "./pod-roles";

export interface InsightsArgs {
  readonly environment: EnvironmentConfig;
  /** The cluster's own name. */
  readonly cluster: string;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html */
export const INSIGHTS_ADDON = "amazon-cloudwatch-observability";
const AGENT = "cloudwatch-agent";

/** Containers' logs go to groups of their own already; a configuration of the agent's takes the place of all its defaults. */
const CONFIGURATION = {
  agent: { config: { logs: { metrics_collected: { kubernetes: { enhanced_container_insights: true } } } } },
  containerLogs: { enabled: false },
};

/**
 * What the add-on is given, besides the nodes that it runs on. Each value of a metric is billed, 0.21 USD a million. The group
 * that they come by would be made without an end to what it keeps.
 */
export function insightsAddon(
  name: string,
  { environment, cluster }: InsightsArgs,
  opts: pulumi.CustomResourceOptions,
) {
  const group = new aws.cloudwatch.LogGroup(
    name,
    { name: `/aws/containerinsights/${cluster}/performance`, retentionInDays: retentionDays(environment) },
    opts,
  );
  const role = addonRole(name, AGENT, opts);
  const policyArn = `arn:${partitionOf(environment.region)}:iam::aws:policy/CloudWatchAgentServerPolicy`;
  const attached = new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn }, opts);
  return { configuration: CONFIGURATION, roles: { [AGENT]: role.arn }, ready: [group, attached] };
}
