/** The environment's VPC: made by awsx, or an existing one. */
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { Egress, EnvironmentConfig } from "../../app/config/types";
import { environmentPrefix } from "../names";

export interface Network {
  readonly vpcId: pulumi.Output<string>;
  /** The VPC's range: what the load balancers may call. */
  readonly cidrBlock: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
  /**
   * Subnets for managed data, made at the first call: nothing leads out of them or in from outside. In an existing VPC they
   * are its private ones.
   */
  isolatedSubnetIds(): pulumi.Output<string[]>;
  /** Number of zones: the length of each list. */
  readonly zones: number;
  /**
   * Where tasks run, and whether they get a public address, under an app's egress. One environment may hold both: tasks in
   * the public subnets of a tier that can, and in the private ones of a tier that cannot.
   */
  tasks(egress: Egress): TaskPlace;
  /**
   * Makes one of AWS's services reachable under the egress `endpoints`, once; under any other, and in an existing VPC, it
   * does nothing. What a task needs to start (`ecr.api`, `ecr.dkr`, `logs`, `ssm`) is there already. Each endpoint costs
   * 7.30 USD a month in each zone, and 0.01 USD a GB.
   */
  requireEndpoint(service: EndpointService): void;
}

export interface TaskPlace {
  readonly subnetIds: pulumi.Output<string[]>;
  readonly assignPublicIp: boolean;
}

/** The services that Spectrum asks for: credentials of registries and existing secrets, exec, mail and queues are the app's. */
export type EndpointService =
  | "ecr.api"
  | "ecr.dkr"
  | "logs"
  | "ssm"
  | "secretsmanager"
  | "ssmmessages"
  | "sqs"
  /** What ECS's agent on an instance calls. */
  | "ecs"
  | "ecs-agent"
  | "ecs-telemetry";

/** The range of a VPC that Spectrum makes: 65,536 addresses. */
export const VPC_CIDR = "10.0.0.0/16";

/**
 * Each zone has a range of its own, whatever their number, and both its subnets under every egress: neither a third zone,
 * nor a tier, nor an egress moves a subnet.
 */
const ZONE_MASK = 18;
const SUBNETS = [
  { type: awsx.types.enums.ec2.SubnetType.Private, cidrMask: 19 },
  { type: awsx.types.enums.ec2.SubnetType.Public, cidrMask: 20 },
];

const NAT_GATEWAYS: Readonly<Record<Egress, awsx.types.enums.ec2.NatGatewayStrategy>> = {
  public: "None",
  endpoints: "None",
  nat: "Single",
  "nat-per-az": "OnePerAz",
};

/**
 * What a Fargate task of platform 1.4 calls to start: its image, its logs, its parameters. Image layers come from S3.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
 */
const BASE_ENDPOINTS: readonly EndpointService[] = ["ecr.api", "ecr.dkr", "logs", "ssm"];

/**
 * How the tasks of an environment reach the internet where the config does not say: without a NAT gateway, which costs 33
 * USD a month, unless an app's tier cannot do without one.
 *
 * @param wanted the egress of each app
 */
export function environmentEgress({ platform }: EnvironmentConfig, wanted: readonly (Egress | null)[]): Egress {
  return platform.egress ?? wanted.find((egress) => egress !== null && egress !== "public") ?? "public";
}

/** The environment's network as a component: the VPC of the config, or one of its own. */
export class VpcNetwork extends pulumi.ComponentResource implements Network {
  readonly vpcId: pulumi.Output<string>;
  readonly cidrBlock: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
  readonly zones: number;
  private readonly made: boolean;
  private readonly endpoints = new Set<EndpointService>();
  private endpointGroup: aws.ec2.SecurityGroup | undefined;
  private isolated: pulumi.Output<string[]> | undefined;

  constructor(
    private readonly name: string,
    private readonly environment: EnvironmentConfig,
    /** What the VPC's gateways are made for. */
    private readonly egress: Egress,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Network", name, {}, opts);
    const { vpcId, availabilityZones } = environment.platform;
    this.zones = availabilityZones;
    this.made = vpcId === null;

    const vpc = vpcId === null ? this.makeVpc() : this.lookUpVpc(vpcId);
    this.vpcId = vpc.vpcId;
    this.cidrBlock = vpc.cidrBlock;
    this.publicSubnetIds = vpc.publicSubnetIds;
    this.privateSubnetIds = vpc.privateSubnetIds;
    if (this.made) this.closeDefaultGroup();
    for (const service of BASE_ENDPOINTS) this.requireEndpoint(service);
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
    });
  }

  tasks(egress: Egress): TaskPlace {
    const isPublic = egress === "public";
    return { subnetIds: isPublic ? this.publicSubnetIds : this.privateSubnetIds, assignPublicIp: isPublic };
  }

  isolatedSubnetIds(): pulumi.Output<string[]> {
    return (this.isolated ??= this.made ? this.makeIsolatedSubnets() : this.privateSubnetIds);
  }

  requireEndpoint(service: EndpointService): void {
    if (!this.made || this.egress !== "endpoints" || this.endpoints.has(service)) return;
    this.endpoints.add(service);
    this.endpointGroup ??= this.makeEndpointGroup();
    new aws.ec2.VpcEndpoint(
      `${this.name}-${service.replace(".", "-")}`,
      {
        vpcId: this.vpcId,
        serviceName: serviceName(this.environment.region, service),
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: this.privateSubnetIds,
        securityGroupIds: [this.endpointGroup.id],
      },
      { parent: this },
    );
  }

  private makeVpc() {
    const vpc = new awsx.ec2.Vpc(
      this.name,
      {
        cidrBlock: VPC_CIDR,
        numberOfAvailabilityZones: this.zones,
        availabilityZoneCidrMask: ZONE_MASK,
        subnetStrategy: "Auto",
        subnetSpecs: SUBNETS,
        natGateways: { strategy: NAT_GATEWAYS[this.egress] },
        enableDnsHostnames: true,
        enableDnsSupport: true,
        tags: { Name: environmentPrefix(this.environment.name) },
      },
      { parent: this },
    );
    if (this.egress !== "public") this.addS3Endpoint(vpc);
    return { ...vpcOutputs(vpc), cidrBlock: pulumi.output(VPC_CIDR) };
  }

  /**
   * Free, and takes image layers off the NAT gateway's 0.045 USD a GB; without a gateway they come no other way. Public
   * subnets reach S3 free of charge without it.
   */
  private addS3Endpoint(vpc: awsx.ec2.Vpc): void {
    new aws.ec2.VpcEndpoint(
      `${this.name}-s3`,
      {
        vpcId: vpc.vpcId,
        serviceName: serviceName(this.environment.region, "s3"),
        vpcEndpointType: "Gateway",
        routeTableIds: vpc.routeTables.apply((tables) => tables.map((table) => table.id)),
      },
      { parent: this },
    );
  }

  /** The last quarter of each zone's range, which the VPC's own subnets leave free, under a route table without routes. */
  private makeIsolatedSubnets(): pulumi.Output<string[]> {
    const zoneNames = this.zoneNames();
    const name = `${this.name}-isolated`;
    const tags = { Name: `${environmentPrefix(this.environment.name)}-isolated` };
    const table = new aws.ec2.RouteTable(name, { vpcId: this.vpcId, tags }, { parent: this });
    const subnets = Array.from({ length: this.zones }, (_, zone) => {
      const subnet = new aws.ec2.Subnet(
        `${name}-${zone + 1}`,
        {
          vpcId: this.vpcId,
          cidrBlock: `10.0.${64 * zone + 48}.0/20`,
          availabilityZone: zoneNames.apply((names) => names[zone] ?? ""),
          mapPublicIpOnLaunch: false,
          tags,
        },
        // a new zone of the region's must not move what is there
        { parent: this, ignoreChanges: ["availabilityZone"] },
      );
      new aws.ec2.RouteTableAssociation(
        `${name}-${zone + 1}`,
        { routeTableId: table.id, subnetId: subnet.id },
        { parent: this },
      );
      return subnet;
    });
    return pulumi.all(subnets.map(({ id }) => id));
  }

  private zoneNames(): pulumi.Output<string[]> {
    return aws.getAvailabilityZonesOutput(
      { state: "available", filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }] },
      { parent: this },
    ).names;
  }

  /** One subnet of each kind in each zone; which is public is what AWS says of addresses at launch. */
  private lookUpVpc(id: string) {
    const invoke = { parent: this };
    const zoneNames = this.zoneNames();
    const subnets = (isPublic: boolean) =>
      pulumi.all(
        Array.from(
          { length: this.zones },
          (_, zone) =>
            aws.ec2
              .getSubnetsOutput(
                {
                  filters: [
                    { name: "vpc-id", values: [id] },
                    { name: "availability-zone", values: [zoneNames.apply((names) => names[zone] ?? "")] },
                    { name: "map-public-ip-on-launch", values: [String(isPublic)] },
                  ],
                },
                invoke,
              )
              .ids.apply((ids) => [...ids].sort()[0] ?? ""), // the answer has no order of its own
        ),
      );
    return {
      vpcId: pulumi.output(id),
      cidrBlock: aws.ec2.getVpcOutput({ id }, invoke).cidrBlock,
      publicSubnetIds: subnets(true),
      privateSubnetIds: subnets(false),
    };
  }

  /** AWS's default group lets its members reach each other; without rules nothing that forgets a group of its own is open. */
  private closeDefaultGroup(): void {
    new aws.ec2.DefaultSecurityGroup(this.name, { vpcId: this.vpcId, ingress: [], egress: [] }, { parent: this });
  }

  private makeEndpointGroup(): aws.ec2.SecurityGroup {
    const group = new aws.ec2.SecurityGroup(
      `${this.name}-endpoints`,
      { vpcId: this.vpcId, description: "AWS services, for tasks of the apps" },
      { parent: this },
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${this.name}-endpoints`,
      { securityGroupId: group.id, cidrIpv4: this.cidrBlock, ipProtocol: "tcp", fromPort: 443, toPort: 443 },
      { parent: this },
    );
    return group;
  }
}

function vpcOutputs(vpc: awsx.ec2.Vpc): Pick<Network, "vpcId" | "publicSubnetIds" | "privateSubnetIds"> {
  const { vpcId, publicSubnetIds, privateSubnetIds } = vpc;
  return { vpcId, publicSubnetIds, privateSubnetIds };
}

function serviceName(region: string, service: string): string {
  // https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
  return `${region.startsWith("cn-") && service !== "s3" ? "cn.com" : "com"}.amazonaws.${region}.${service}`;
}
