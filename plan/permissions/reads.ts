/** What the `spectrum` command itself asks AWS about what runs, beside Pulumi: `spectrum status` and what stands on it. Pure data. */
import type { TierName } from "../../app/tiers";
import { asking, type Grant } from "./grant";

/** The last lines of what does not start. */
const LOGS = "GetLogEvents";

const ecs = asking({
  ecs: "DescribeServices ListTasks DescribeTasks",
  elasticloadbalancing: "DescribeTargetHealth",
  logs: LOGS,
});
/** The pods and their logs are asked for by Kubernetes' own permissions. */
const eks = asking({ eks: "DescribeCluster" });

/** By tier. */
export const readsOfSpectrum: Readonly<Record<TierName, Grant>> = {
  lightsail: asking({ lightsail: "GetContainerServices GetContainerServiceDeployments GetContainerLog" }),
  "lightsail-vm": asking({
    lightsail: "GetInstanceState",
    ssm: `DescribeInstanceInformation DescribeAssociation DescribeAssociationExecutions
      DescribeAssociationExecutionTargets GetCommandInvocation`,
  }),
  beanstalk: asking({
    elasticbeanstalk: "DescribeEnvironments DescribeEnvironmentHealth DescribeInstancesHealth DescribeEvents",
    logs: LOGS,
  }),
  "ecs-ec2": ecs,
  "ecs-anywhere": ecs,
  fargate: ecs,
  eks,
  "eks-fargate": eks,
};
