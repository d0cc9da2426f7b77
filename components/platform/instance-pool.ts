/** One pool of EC2 instances for ECS tasks: what the apps of an environment that need the same kind of machine share. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";
import { inlinePolicy, trustPolicy } from "../iam";
import { environmentPrefix } from "../names";
import { environmentTags } from "../tags";
import type { EntryCaller } from "./entry";
import type { Network } from "./network";
import type { PoolAttachments } from "./pool-attachments";
import type { PoolPlan } from "./pools";

export interface InstancePoolArgs {
  readonly environment: EnvironmentConfig;
  readonly plan: PoolPlan;
  readonly network: Network;
  readonly cluster: { readonly arn: pulumi.Output<string>; readonly name: pulumi.Output<string> };
  readonly attachments: PoolAttachments;
  /** What must be there before an instance starts. */
  readonly before: readonly pulumi.Resource[];
}

/** The ports that Docker gives to containers under bridge. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html */
export const DYNAMIC_PORTS = { from: 32_768, to: 65_535 } as const;

const AMI = "/aws/service/ecs/optimized-ami/amazon-linux-2023";

/**
 * An Auto Scaling group that ECS scales, from no instance at all on: its launch template, its role, its security group, and
 * the capacity provider that puts tasks on it. The pool itself is free; each instance costs what its type costs, 2.40 USD a
 * month for 30 GiB of disk, and 3.65 USD for a public address where it stands in a public subnet.
 */
export class InstancePool extends pulumi.ComponentResource {
  /** `arm64-bridge` */
  readonly poolName: string;
  /** The capacity provider's name. */
  readonly provider: pulumi.Output<string>;
  readonly group: aws.ec2.SecurityGroup;
  /** What a service on the pool must wait for. */
  readonly ready: readonly pulumi.Resource[];
  private readonly opened = new Map<string, pulumi.Resource>();

  constructor(
    private readonly name: string,
    private readonly args: InstancePoolArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:InstancePool", name, {}, opts);
    this.poolName = args.plan.name;
    this.group = this.makeGroup();
    const { profile, policy } = this.makeProfile();
    const template = this.makeTemplate(profile);
    const instances = this.makeInstances(template, [policy, this.openOutwards(), ...args.before]);
    const provider = this.makeProvider(instances);
    this.provider = provider.name;
    this.ready = [args.attachments.add(name, provider.name)];
    this.registerOutputs({ provider: this.provider, autoScalingGroup: instances.name });
  }

  /** Lets the entry call the containers on their dynamic ports; once for all apps, for AWS takes each rule once. */
  letIn(
    caller: EntryCaller["caller"],
    securityGroupId: pulumi.Output<string>,
    protocol: "tcp" | "udp",
  ): pulumi.Resource {
    return this.open(`from-${caller}-${protocol}`, securityGroupId, protocol, "from the entry");
  }

  /** Lets the tasks of the pool's instances call each other by Service Connect. */
  letInEachOther(): pulumi.Resource {
    return this.open("from-each-other", this.group.id, "tcp", "from each other");
  }

  private open(
    key: string,
    source: pulumi.Output<string>,
    protocol: "tcp" | "udp",
    description: string,
  ): pulumi.Resource {
    const known = this.opened.get(key);
    if (known) return known;
    const rule = new aws.vpc.SecurityGroupIngressRule(
      `${this.name}-${key}`,
      {
        securityGroupId: this.group.id,
        referencedSecurityGroupId: source,
        ipProtocol: protocol,
        fromPort: DYNAMIC_PORTS.from,
        toPort: DYNAMIC_PORTS.to,
        description,
      },
      { parent: this },
    );
    this.opened.set(key, rule);
    return rule;
  }

  /** Nothing calls an instance itself; under bridge its containers' ports are opened one by one. */
  private makeGroup(): aws.ec2.SecurityGroup {
    const { network, plan } = this.args;
    return new aws.ec2.SecurityGroup(
      this.name,
      { vpcId: network.vpcId, description: `instances for tasks: ${plan.name}` },
      { parent: this },
    );
  }

  /** To ECS, to registries, and under bridge to whatever the apps call. */
  private openOutwards(): pulumi.Resource {
    return new aws.vpc.SecurityGroupEgressRule(
      this.name,
      { securityGroupId: this.group.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0", description: "to everywhere" },
      { parent: this },
    );
  }

  /**
   * What ECS's agent calls, in the environment's cluster alone, and nothing else: images, logs and secrets are fetched with
   * each task's own execution role. Where AWS knows no resource for an action it stands on `*`.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html
   */
  private makeProfile() {
    const { arn } = this.args.cluster;
    const role = new aws.iam.Role(this.name, { assumeRolePolicy: trustPolicy("ec2.amazonaws.com") }, { parent: this });
    const inCluster = { ArnEquals: { "ecs:cluster": arn } };
    const policy = inlinePolicy(
      this.name,
      {
        role,
        statements: [
          {
            Effect: "Allow",
            Action: ["ecs:DeregisterContainerInstance", "ecs:RegisterContainerInstance"],
            Resource: [arn],
          },
          {
            Effect: "Allow",
            Action: ["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
            Resource: "*",
            Condition: inCluster,
          },
          {
            Effect: "Allow",
            Action: [
              "ecs:DiscoverPollEndpoint",
              "ecs:SubmitAttachmentStateChanges",
              "ecs:SubmitContainerStateChange",
              "ecs:SubmitTaskStateChange",
            ],
            Resource: "*",
          },
        ],
      },
      { parent: this },
    );
    const profile = new aws.iam.InstanceProfile(this.name, { role: role.name }, { parent: this });
    return { profile, policy };
  }

  private makeTemplate(profile: aws.iam.InstanceProfile): aws.ec2.LaunchTemplate {
    const { environment, plan, cluster, network } = this.args;
    const { kind, type, disk } = plan;
    const variant = kind.gpu ? "/gpu" : kind.architecture === "ARM64" ? "/arm64" : "";
    const image = aws.ssm.getParameterOutput({ name: `${AMI}${variant}/recommended/image_id` }, { parent: this }).value;
    const tags = { ...environmentTags(environment), Name: `${environmentPrefix(environment.name)}-${plan.name}` };
    return new aws.ec2.LaunchTemplate(
      this.name,
      {
        imageId: image,
        instanceType: type.name,
        iamInstanceProfile: { arn: profile.arn },
        updateDefaultVersion: true,
        networkInterfaces: [
          {
            deviceIndex: 0,
            associatePublicIpAddress: String(network.tasks(kind.egress).assignPublicIp),
            securityGroups: [this.group.id],
            deleteOnTermination: "true",
          },
        ],
        // one hop reaches the instance alone: a container under bridge is two away, and the agent closes it to the others
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        },
        blockDeviceMappings: [
          {
            deviceName: "/dev/xvda",
            ebs: { volumeType: "gp3", volumeSize: disk, encrypted: "true", deleteOnTermination: "true" },
          },
        ],
        tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags })),
        userData: cluster.name.apply((name) => Buffer.from(userData(name, plan)).toString("base64")),
      },
      { parent: this },
    );
  }

  private makeInstances(template: aws.ec2.LaunchTemplate, after: readonly pulumi.Resource[]): aws.autoscaling.Group {
    const { environment, plan, network } = this.args;
    const version = pulumi.interpolate`${template.latestVersion}`;
    const name = `${environmentPrefix(environment.name)}-${plan.name}`;
    const tags = { ...environmentTags(environment), Name: name, AmazonECSManaged: "true" };
    return new aws.autoscaling.Group(
      this.name,
      {
        // ECS says how many: from none on
        minSize: 0,
        maxSize: plan.max,
        vpcZoneIdentifiers: network.tasks(plan.kind.egress).subnetIds,
        ...(plan.kind.spot
          ? { mixedInstancesPolicy: mixedInstances(template.id, version, plan), capacityRebalance: true }
          : { launchTemplate: { id: template.id, version } }),
        // ECS takes the protection from an instance that has no task left
        protectFromScaleIn: true,
        terminationPolicies: ["OldestLaunchTemplate", "Default"],
        healthCheckType: "EC2",
        healthCheckGracePeriod: 60,
        waitForCapacityTimeout: "0",
        // a new image or type: instances are replaced one after the other, their tasks moved before
        instanceRefresh: {
          strategy: "Rolling",
          preferences: {
            minHealthyPercentage: 100,
            maxHealthyPercentage: 110,
            scaleInProtectedInstances: "Refresh",
            skipMatching: true,
          },
        },
        // the end of the group is the end of its instances, protected or not: nothing else runs on them
        forceDelete: true,
        tags: Object.entries(tags)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, value]) => ({ key, value, propagateAtLaunch: key === "AmazonECSManaged" })),
      },
      {
        parent: this,
        dependsOn: [...after],
        customTimeouts: { delete: "20m" },
        // ECS's managed scaling sets it
        ignoreChanges: ["desiredCapacity"],
      },
    );
  }

  private makeProvider(instances: aws.autoscaling.Group): aws.ecs.CapacityProvider {
    return new aws.ecs.CapacityProvider(
      this.name,
      {
        autoScalingGroupProvider: {
          autoScalingGroupArn: instances.arn,
          managedScaling: {
            status: "ENABLED",
            targetCapacity: 100,
            minimumScalingStepSize: 1,
            maximumScalingStepSize: Math.max(1, this.args.plan.max),
            instanceWarmupPeriod: 60,
          },
          managedTerminationProtection: "ENABLED",
          managedDraining: "ENABLED",
        },
      },
      { parent: this },
    );
  }
}

function mixedInstances(
  launchTemplateId: pulumi.Output<string>,
  version: pulumi.Output<string>,
  { types, base, spot }: PoolPlan,
): aws.types.input.autoscaling.GroupMixedInstancesPolicy {
  return {
    instancesDistribution: {
      onDemandBaseCapacity: base,
      onDemandPercentageAboveBaseCapacity: 100 - spot,
      spotAllocationStrategy: "price-capacity-optimized",
    },
    launchTemplate: {
      launchTemplateSpecification: { launchTemplateId, version },
      overrides: types.map((type) => ({ instanceType: type.name })),
    },
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
function userData(cluster: string, { kind }: PoolPlan): string {
  const settings = [
    `ECS_CLUSTER=${cluster}`,
    // the instance's own role is not the tasks'
    "ECS_AWSVPC_BLOCK_IMDS=true",
    ...(kind.spot ? ["ECS_ENABLE_SPOT_INSTANCE_DRAINING=true"] : []),
    ...(kind.gpu ? ["ECS_ENABLE_GPU_SUPPORT=true"] : []),
  ];
  return ["#!/bin/bash", "cat <<'END' >> /etc/ecs/ecs.config", ...settings, "END", ""].join("\n");
}
