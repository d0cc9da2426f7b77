/** The machines that pods run on: managed node groups of one role. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../../app/config/types";
import { inlinePolicy } from "../../iam";
import { environmentPrefix, partitionOf, slug } from "../../names";
import type { NodeGroupSize } from "./fleet";

export interface NodesArgs {
  readonly environment: EnvironmentConfig;
  readonly clusterName: pulumi.Output<string>;
  readonly subnetIds: pulumi.Output<string[]>;
  readonly kubernetesVersion: string;
  readonly groups: readonly NodeGroupSize[];
  /** True where an autoscaler counts the nodes. */
  readonly scaled: boolean;
  readonly dependsOn: readonly pulumi.Resource[];
}

/** Seconds that a group may take to be made, to move its pods to new machines, or to end. */
const TIMEOUT = "45m";

const IMAGES = {
  amd64: { type: "AL2023_x86_64_STANDARD", path: "x86_64" },
  arm64: { type: "AL2023_ARM_64_STANDARD", path: "arm64" },
} as const;

/**
 * Node groups, with a role that joins the cluster, gives pods their addresses and pulls images. Each `up` asks for the
 * newest image of the cluster's version, so machines are patched with every deployment, one after the other.
 */
export function makeNodes(name: string, args: NodesArgs, opts: pulumi.CustomResourceOptions): aws.eks.NodeGroup[] {
  const { role, ready } = nodeRole(name, args.environment, opts);
  return args.groups.map((group) => {
    const groupName = `${name}-${group.name}`;
    const template = launchTemplate(groupName, group, args.environment, opts);
    const image = IMAGES[group.architecture];
    const releaseVersion = aws.ssm.getParameterOutput(
      {
        name: `/aws/service/eks/optimized-ami/${args.kubernetesVersion}/amazon-linux-2023/${image.path}/standard/recommended/release_version`,
      },
      { parent: opts.parent },
    ).value;
    return new aws.eks.NodeGroup(
      groupName,
      {
        clusterName: args.clusterName,
        // a prefix: another type is another group, made before the old one goes
        nodeGroupNamePrefix: `${slug(group.name, 30)}-`,
        nodeRoleArn: role.arn,
        subnetIds: args.subnetIds,
        amiType: image.type,
        version: args.kubernetesVersion,
        releaseVersion,
        capacityType: group.capacity === "spot" ? "SPOT" : "ON_DEMAND",
        instanceTypes: [group.instanceType],
        scalingConfig: { minSize: group.min, maxSize: group.max, desiredSize: group.min },
        updateConfig: { maxUnavailable: 1 },
        nodeRepairConfig: { enabled: true },
        launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      },
      {
        ...opts,
        customTimeouts: { create: TIMEOUT, update: TIMEOUT, delete: TIMEOUT },
        ...(args.scaled && { ignoreChanges: ["scalingConfig.desiredSize"] }),
        dependsOn: [...ready, ...args.dependsOn],
      },
    );
  });
}

/** The cluster's own name, which its autoscaler also looks for. */
export const clusterName = (environment: EnvironmentConfig) => slug(environmentPrefix(environment.name), 100);

/** IMDSv2, out of the pods' reach: one hop ends in the machine. The disk is encrypted. */
function launchTemplate(
  name: string,
  { disk }: NodeGroupSize,
  environment: EnvironmentConfig,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.LaunchTemplate {
  const tags = { Name: `${environmentPrefix(environment.name)}-node`, Environment: environment.name };
  return new aws.ec2.LaunchTemplate(
    name,
    {
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: { volumeType: "gp3", volumeSize: disk, encrypted: "true", deleteOnTermination: "true" },
        },
      ],
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags })),
      updateDefaultVersion: true,
    },
    opts,
  );
}

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html */
function nodeRole(name: string, environment: EnvironmentConfig, opts: pulumi.CustomResourceOptions) {
  const role = new aws.iam.Role(
    `${name}-node`,
    {
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
      }),
    },
    opts,
  );
  const policies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy"];
  const attachments: pulumi.Resource[] = policies.map(
    (policy) =>
      new aws.iam.RolePolicyAttachment(
        `${name}-node-${policy}`,
        { role: role.name, policyArn: `arn:${partitionOf(environment.region)}:iam::aws:policy/${policy}` },
        opts,
      ),
  );
  return { role, ready: [...attachments, ...cachePolicy(`${name}-node`, role, environment, opts)] };
}

/** A pull-through cache makes a repository at the first pull of an image, by the right of whoever pulls. */
export function cachePolicy(
  name: string,
  role: aws.iam.Role,
  environment: EnvironmentConfig,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { region, platform } = environment;
  if (!Object.values(platform.registries).some(({ cache }) => cache)) return [];
  const prefix = slug(`${environmentPrefix(environment.name)}-hub`, 30);
  const arn = `arn:${partitionOf(region)}:ecr:${region}:*:repository/${prefix}/*`;
  const statements = [
    { Effect: "Allow" as const, Action: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"], Resource: [arn] },
  ];
  return [inlinePolicy(`${name}-cache`, { role, statements }, opts)];
}
