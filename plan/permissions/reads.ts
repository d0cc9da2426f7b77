/** What the `spectrum` command itself asks AWS about what runs, beside Pulumi: `spectrum status` and what stands on it. Pure data. */
import type { TierName } from "../../app/tiers";
import type { Grant } from "./grant";

const grant = (actions: Grant["actions"], arns: Grant["arns"] = {}): Grant => ({ source: null, actions, arns });

const ecs = grant({
  ecs: "DescribeServices DescribeTaskDefinition ListTasks DescribeTasks ListServiceDeployments DescribeServiceDeployments",
  elasticloadbalancing: "DescribeTargetHealth",
});
/** The pods are asked for by Kubernetes' own permissions. */
const eks = grant({ eks: "DescribeCluster" });

/** By tier. */
export const readsOfSpectrum: Readonly<Record<TierName, Grant>> = {
  lightsail: grant({ lightsail: "GetContainerServices GetContainerServiceDeployments GetContainerImages" }),
  "lightsail-vm": grant({
    lightsail: "GetInstance GetInstanceState",
    ssm: "DescribeInstanceInformation SendCommand GetCommandInvocation",
  }),
  beanstalk: grant({
    elasticbeanstalk:
      "DescribeEnvironments DescribeEnvironmentHealth DescribeInstancesHealth DescribeApplicationVersions",
  }),
  "ecs-ec2": ecs,
  "ecs-anywhere": ecs,
  fargate: ecs,
  eks,
  "eks-fargate": eks,
};
