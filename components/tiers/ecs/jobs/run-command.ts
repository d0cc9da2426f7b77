/** The command line that runs a job by hand. */
import * as pulumi from "@pulumi/pulumi";
import type { EcsJobTarget } from "../hosting";

/** What is known of a job's target once it is made. */
interface Run {
  readonly region: string;
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
  /** `null`: the task has no interface of its own. */
  readonly network: {
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
    readonly assignPublicIp: boolean;
  } | null;
  /** `null`: machines of one's own. */
  readonly capacityProvider: string | null;
  readonly placement: readonly string[];
}

/**
 * `aws ecs run-task …`, one line for a shell. Another command or further variables are added by `--overrides`:
 * https://docs.aws.amazon.com/cli/latest/reference/ecs/run-task.html
 */
export function runTaskCommand({ region, network, placement, ...run }: Run): string {
  const list = (items: readonly string[]) => `[${items.join(",")}]`;
  const constraints = placement.map((expression) => ({ type: "memberOf", expression }));
  return [
    "aws ecs run-task",
    `--region ${region}`,
    `--cluster ${run.clusterArn}`,
    `--task-definition ${run.taskDefinitionArn}`,
    run.capacityProvider === null
      ? "--launch-type EXTERNAL"
      : `--capacity-provider-strategy capacityProvider=${run.capacityProvider},weight=1`,
    ...(network
      ? [
          `--network-configuration 'awsvpcConfiguration={subnets=${list(network.subnetIds)},securityGroups=${list(network.securityGroupIds)},assignPublicIp=${network.assignPublicIp ? "ENABLED" : "DISABLED"}}'`,
        ]
      : []),
    ...(constraints.length > 0 ? [`--placement-constraints '${JSON.stringify(constraints)}'`] : []),
    "--propagate-tags TASK_DEFINITION",
    "--enable-ecs-managed-tags",
  ].join(" ");
}

/** The command of a job's target, once that is made. */
export function runCommand(target: EcsJobTarget, region: string): pulumi.Output<string> {
  const { clusterArn, taskDefinitionArn, network, launch, placement } = target;
  const capacityProvider = "capacityProvider" in launch ? launch.capacityProvider : null;
  return pulumi
    .output({ clusterArn, taskDefinitionArn, network, capacityProvider })
    .apply((known) => runTaskCommand({ ...known, region, placement }));
}
