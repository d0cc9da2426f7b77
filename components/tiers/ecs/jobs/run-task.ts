/** ECS's `RunTask` for a job, and what its caller must be allowed. */
import type * as pulumi from "@pulumi/pulumi";
import { allow, type Statement } from "../../../iam";
import type { EcsJobTarget } from "../hosting";

/** In the words of the API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
export function runTaskRequest({ clusterArn, taskDefinitionArn, network, launch, placement }: EcsJobTarget) {
  return {
    cluster: clusterArn,
    taskDefinition: taskDefinitionArn,
    count: 1,
    ...("launchType" in launch
      ? launch
      : { capacityProviderStrategy: [{ capacityProvider: launch.capacityProvider, weight: 1 }] }),
    ...(network && {
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: network.subnetIds,
          securityGroups: network.securityGroupIds,
          assignPublicIp: network.assignPublicIp ? "ENABLED" : "DISABLED",
        },
      },
    }),
    ...(placement.length > 0 && {
      placementConstraints: placement.map((expression) => ({ type: "memberOf", expression })),
    }),
    propagateTags: "TASK_DEFINITION",
    enableECSManagedTags: true,
  };
}

/**
 * @param family ARN of all revisions of the task definition, with `*`: a new one is run before a policy that names it has reached
 * all of AWS
 */
export function runTaskPolicy({ clusterArn, roleArns }: EcsJobTarget, family: pulumi.Input<string>): Statement[] {
  return [
    { ...allow(["ecs:RunTask"], [family]), Condition: { ArnEquals: { "ecs:cluster": clusterArn } } },
    {
      ...allow(["iam:PassRole"], roleArns),
      Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
  ];
}
