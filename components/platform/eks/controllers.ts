/** What runs in the cluster for all apps and is not an add-on of EKS's: charts at fixed versions, and the router of Fargate's logs. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { allow, type Statement } from "../../iam";
import { partitionOf } from "../../names";
import { type LogPlace, logOutputs } from "./fluent-bit";
import type { ClusterDemand } from "./demand";
import type { PodRole } from "./pod-roles";

/** Chart and app version; a chart is fetched when it is deployed, and no plan needs it. */
const LOAD_BALANCER_CHART = "1.17.0";
const AUTOSCALER_CHART = "9.54.0";

export const LOAD_BALANCER_ACCOUNT = "aws-load-balancer-controller";
export const AUTOSCALER_ACCOUNT = "cluster-autoscaler";
const OBSERVABILITY = "aws-observability";

/**
 * What the controller may do to register pods in the entry's target groups, and no more: it cannot make a load balancer,
 * so none can live outside of the state. The Describe calls take no resource.
 */
export function loadBalancerStatements(region: string, accountId: pulumi.Input<string>): readonly Statement[] {
  const groups = arn(region, accountId, "elasticloadbalancing", "targetgroup/*/*");
  return [
    allow(
      [
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstances",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
      ],
      ["*"],
    ),
    allow(["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"], [groups]),
  ];
}

/** https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md */
export function autoscalerStatements(
  region: string,
  accountId: pulumi.Input<string>,
  tag: string,
): readonly Statement[] {
  return [
    allow(
      [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
      ],
      ["*"],
    ),
    {
      ...allow(
        ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
        [arn(region, accountId, "autoscaling", "autoScalingGroup:*")],
      ),
      Condition: { StringEquals: { [`aws:ResourceTag/eks:cluster-name`]: tag } },
    },
    allow(["eks:DescribeNodegroup"], [arn(region, accountId, "eks", `nodegroup/${tag}/*`)]),
  ];
}

function arn(
  region: string,
  accountId: pulumi.Input<string>,
  service: string,
  resource: string,
): pulumi.Output<string> {
  return pulumi.interpolate`arn:${partitionOf(region)}:${service}:${region}:${accountId}:${resource}`;
}

export interface ControllerArgs {
  readonly clusterName: pulumi.Output<string>;
  readonly region: string;
  readonly vpcId: pulumi.Output<string>;
  readonly replicas: number;
  readonly role: PodRole;
}

/** The AWS Load Balancer Controller, for TargetGroupBindings alone. Region and network are told: pods see no metadata. */
export function loadBalancerController(
  name: string,
  { clusterName, region, vpcId, replicas, role }: ControllerArgs,
  opts: pulumi.CustomResourceOptions,
): kubernetes.helm.v3.Release {
  return new kubernetes.helm.v3.Release(
    `${name}-load-balancer-controller`,
    {
      name: LOAD_BALANCER_ACCOUNT,
      chart: LOAD_BALANCER_ACCOUNT,
      version: LOAD_BALANCER_CHART,
      repositoryOpts: { repo: "https://aws.github.io/eks-charts" },
      namespace: "kube-system",
      timeout: 900,
      values: {
        clusterName,
        region,
        vpcId,
        replicaCount: replicas,
        serviceAccount: { create: true, name: LOAD_BALANCER_ACCOUNT, annotations: role.annotations },
        // neither Ingress nor Service of type LoadBalancer: the entry's own load balancers are the only ones
        createIngressClassResource: false,
        enableServiceMutatorWebhook: false,
        enableShield: false,
        enableWaf: false,
        enableWafv2: false,
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
      },
    },
    opts,
  );
}

/** The Cluster Autoscaler: more nodes where pods find no room, fewer where they stand empty. */
export function clusterAutoscaler(
  name: string,
  {
    clusterName,
    region,
    tag,
  }: { readonly clusterName: pulumi.Output<string>; readonly region: string; readonly tag: string },
  opts: pulumi.CustomResourceOptions,
): kubernetes.helm.v3.Release {
  return new kubernetes.helm.v3.Release(
    `${name}-autoscaler`,
    {
      name: AUTOSCALER_ACCOUNT,
      chart: "cluster-autoscaler",
      version: AUTOSCALER_CHART,
      repositoryOpts: { repo: "https://kubernetes.github.io/autoscaler" },
      namespace: "kube-system",
      timeout: 900,
      values: {
        autoDiscovery: { clusterName, tags: ["k8s.io/cluster-autoscaler/enabled", `k8s.io/cluster-autoscaler/${tag}`] },
        awsRegion: region,
        fullnameOverride: AUTOSCALER_ACCOUNT,
        rbac: { serviceAccount: { create: true, name: AUTOSCALER_ACCOUNT } },
        extraArgs: { "balance-similar-node-groups": true, "skip-nodes-with-system-pods": false },
        resources: { requests: { cpu: "50m", memory: "100Mi" }, limits: { memory: "400Mi" } },
      },
    },
    opts,
  );
}

/** Fargate's own router reads one ConfigMap of this name, in a namespace of this name. */
export function fargateLogging(
  name: string,
  { demands, place }: { readonly demands: readonly ClusterDemand[]; readonly place: LogPlace },
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const namespace = new kubernetes.core.v1.Namespace(
    `${name}-observability`,
    { metadata: { name: OBSERVABILITY, labels: { "aws-observability": "enabled" } } },
    opts,
  );
  return new kubernetes.core.v1.ConfigMap(
    `${name}-observability`,
    {
      metadata: { name: "aws-logging", namespace: OBSERVABILITY },
      data: { flb_log_cw: "false", "output.conf": `${logOutputs(demands, place)}\n` },
    },
    // its name is fixed, so a changed one is not put beside the old one
    { ...opts, dependsOn: [namespace, ...dependencies(opts)], deleteBeforeReplace: true },
  );
}

function dependencies({ dependsOn }: pulumi.CustomResourceOptions): pulumi.Resource[] {
  return Array.isArray(dependsOn) ? (dependsOn as pulumi.Resource[]) : [];
}
