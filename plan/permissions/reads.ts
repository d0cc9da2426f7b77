/** What the `spectrum` command itself asks AWS about what runs, beside Pulumi: `spectrum status` and what stands on it. Pure data. */
import type { TierName } from "../../app/tiers";
import type { Grant } from "./grant";

const grant = (actions: Grant["actions"]): Grant => ({ source: null, actions });

/** The last lines of what does not start. */
const LOGS = "GetLogEvents";

const ecs = grant({
  ecs: "DescribeServices ListTasks DescribeTasks",
  elasticloadbalancing: "DescribeTargetHealth",
  logs: LOGS,
});
/** The pods are asked for by Kubernetes' own permissions. */
const eks = grant({ eks: "DescribeCluster", logs: LOGS });

/** By tier. */
export const readsOfSpectrum: Readonly<Record<TierName, Grant>> = {
  lightsail: grant({ lightsail: "GetContainerServices GetContainerServiceDeployments GetContainerLog" }),
  "lightsail-vm": grant({
    lightsail: "GetInstanceState",
    ssm: `DescribeInstanceInformation DescribeAssociation DescribeAssociationExecutions
      DescribeAssociationExecutionTargets GetCommandInvocation`,
  }),
  beanstalk: grant({
    elasticbeanstalk: "DescribeEnvironments DescribeEnvironmentHealth DescribeInstancesHealth DescribeEvents",
    logs: LOGS,
  }),
  "ecs-ec2": ecs,
  "ecs-anywhere": ecs,
  fargate: ecs,
  eks,
  "eks-fargate": eks,
};
