/**
 * Uses of awsx's remote components in all the ways that Spectrum knows. The real provider's children for it are in
 * test/plan/remote-recorded.json; remote-record.ts beside that file writes it.
 */
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";

/** A component around one VPC, with a transform that must reach the VPC's children. */
class Net extends pulumi.ComponentResource {
  constructor(name: string) {
    const transform: pulumi.ResourceTransform = ({ type, props, opts }) =>
      type === "aws:ec2/eip:Eip"
        ? { props: { ...props, domain: "vpc" }, opts: { ...opts, retainOnDelete: true } }
        : undefined;
    super("spectrum:test:Net", name, {}, { transforms: [transform] });
    const provider = new aws.Provider(`${name}-provider`, { region: "eu-west-1" }, { parent: this });
    const vpc = new awsx.ec2.Vpc(
      name,
      {
        cidrBlock: "10.0.0.0/16",
        numberOfAvailabilityZones: 2,
        subnetStrategy: "Auto",
        subnetSpecs: [{ type: "Public" }, { type: "Private" }],
        natGateways: { strategy: "Single" },
        tags: { team: "a", Name: "mine" },
      },
      { parent: this, protect: true, providers: { aws: provider } },
    );
    new aws.ec2.SecurityGroup("group", {
      vpcId: vpc.vpcId,
      tags: { subnets: vpc.publicSubnetIds.apply((ids) => ids.join()) },
    });
    new aws.ec2.VpcEndpoint("endpoint", {
      vpcId: vpc.vpc.id,
      serviceName: "s3",
      routeTableIds: vpc.routeTables.apply((tables) => pulumi.all(tables.map(({ id }) => id))),
    });
    new aws.sqs.Queue("after", {}, { dependsOn: [vpc] });
    this.registerOutputs({});
  }
}

export function remoteProgram(): Record<string, unknown> {
  new Net("wrapped");
  const common = { subnetStrategy: "Auto" as const };
  const both = [{ type: "Public" as const }, { type: "Private" as const }];
  new awsx.ec2.Vpc("none", {
    ...common,
    numberOfAvailabilityZones: 2,
    subnetSpecs: both,
    natGateways: { strategy: "None" },
  });
  new awsx.ec2.Vpc("each", { ...common, cidrBlock: "172.16.0.0/20", subnetSpecs: both, enableDnsHostnames: true });
  new awsx.ec2.Vpc("plain", { ...common, natGateways: { strategy: "None" } });
  new awsx.ec2.Vpc("mixed", {
    ...common,
    availabilityZoneNames: ["us-east-1a", "us-east-1c"],
    subnetSpecs: [
      { type: "Isolated", cidrMask: 24, name: "data", tags: { kind: "db" } },
      { type: "Unused", cidrMask: 20 },
      { type: "Private", cidrMask: 20 },
      { type: "Public", cidrMask: 22, tags: { kind: "lb" } },
    ],
    natGateways: { strategy: "OnePerAz", elasticIpAllocationIds: ["eipalloc-a", "eipalloc-b"] },
  });

  const repository = new aws.ecr.Repository("repo");
  const image = new awsx.ecr.Image("image", {
    repositoryUrl: repository.repositoryUrl,
    context: "./app",
    dockerfile: "./app/Dockerfile",
    platform: "linux/amd64",
    target: "prod",
    args: { A: "1" },
    imageName: "shop-web-abc",
  });
  new awsx.ecr.Image("default", { repositoryUrl: repository.repositoryUrl, context: "./app" });
  new aws.sns.Topic("topic", { displayName: image.imageUri });
  return { uri: image.imageUri };
}
