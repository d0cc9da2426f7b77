/** What runs a job on an ECS tier for workflows. */
import * as pulumi from "@pulumi/pulumi";
import type { JobConfig } from "../../app/config/types";
import type { Json } from "../../app/workflows";
import { ecsRunner } from "../../app/workflows/deploy/runner/ecs";
import { allow, type Statement } from "../iam";
import { partitionOf } from "../names";
import type { EcsJobTarget } from "../tiers/ecs/hosting";
import { runTaskPolicy, runTaskRequest } from "../tiers/ecs/jobs/run-task";
import type { Caller } from "./role";

export function ecsDefinition(
  { caller, config }: { readonly caller: Caller; readonly config: Pick<JobConfig, "timeout"> },
  target: EcsJobTarget,
): pulumi.Output<Json> {
  return pulumi.all([pulumi.output(runTaskRequest(target)), pulumi.output(target.logs)]).apply(([request, logs]) =>
    ecsRunner({
      partition: partitionOf(caller.region),
      request: request,
      container: target.container,
      logs,
      timeout: config.timeout,
    }),
  );
}

/** Starting, watching and stopping its tasks, learning of their end, reading what they wrote. */
export function ecsStatements(target: EcsJobTarget, { region, accountId }: Caller): readonly Statement[] {
  const partition = partitionOf(region);
  const { clusterArn, clusterName, family, logs } = target;
  const tasks = pulumi.interpolate`arn:${partition}:ecs:${region}:${accountId}:task/${clusterName}/*`;
  const rule = pulumi.interpolate`arn:${partition}:events:${region}:${accountId}:rule/StepFunctionsGetEventsForECSTaskRule`;
  return [
    ...runTaskPolicy(target, family),
    {
      ...allow(["ecs:DescribeTasks", "ecs:StopTask"], [tasks]),
      Condition: { ArnEquals: { "ecs:cluster": clusterArn } },
    },
    // the tags of its task definition
    { ...allow(["ecs:TagResource"], [tasks]), Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } } },
    allow(["events:DescribeRule", "events:PutRule", "events:PutTargets"], [rule]),
    allow(
      ["logs:GetLogEvents"],
      [pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:${logs.group}:log-stream:*`],
    ),
  ];
}
