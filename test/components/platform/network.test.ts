import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Egress, PlatformConfig } from "../../../app/config/types";
import { Platform } from "../../../components/platform/platform";
import { recordResources } from "../../support/record";
import { useMocks, valueOf } from "../../support/mocks";
import { environment } from "./fixtures";

const VPC = "awsx:ec2:Vpc";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";

const record = (
  platform: Partial<PlatformConfig> = {},
  use: (made: Platform) => unknown = (made) => made.network,
  egress: readonly (Egress | null)[] = [],
) =>
  recordResources(() => {
    const platformOf = new Platform("platform", environment(platform), { egress });
    use(platformOf);
    platformOf.finish();
  });

describe("network", () => {
  it("is not made unless somebody asks", async () => {
    const made = await record({}, () => undefined);
    assert.deepEqual(
      made.resources.map(({ type }) => type),
      ["pulumi:pulumi:Stack", "spectrum:platform:Platform"],
    );
  });

  it("is made once", async () => {
    const made = await record({}, (platform) => [platform.network, platform.network]);
    made.one(VPC);
  });

  it("is a VPC of awsx without a NAT gateway", async () => {
    const made = await record();
    const vpc = made.one(VPC, "platform-network");
    assert.equal(made.parentOf(vpc).type, "spectrum:platform:Network");
    assert.equal(made.parentOf(made.parentOf(vpc)).name, "platform");
    assert.deepEqual(vpc.inputs, {
      availabilityZoneCidrMask: 18,
      cidrBlock: "10.0.0.0/16",
      enableDnsHostnames: true,
      enableDnsSupport: true,
      natGateways: { strategy: "None" },
      numberOfAvailabilityZones: 2,
      subnetSpecs: [
        { cidrMask: 19, type: "Private" },
        { cidrMask: 20, type: "Public" },
      ],
      subnetStrategy: "Auto",
      tags: { Name: "spectrum-dev" },
    });
    assert.deepEqual(made.all("aws:ec2/natGateway:NatGateway"), []);
    assert.deepEqual(made.all(ENDPOINT), []);
  });

  it("closes the VPC's default security group", async () => {
    const made = await record();
    const group = made.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
    assert.deepEqual(group.inputs.ingress, []);
    assert.deepEqual(group.inputs.egress, []);
  });

  const gateways: readonly [Egress, number][] = [
    ["public", 0],
    ["nat", 1],
    ["nat-per-az", 2],
    ["endpoints", 0],
  ];
  for (const [egress, count] of gateways) {
    it(`has ${count} NAT gateways under ${egress}`, async () => {
      const made = await record({ egress });
      assert.equal(made.all("aws:ec2/natGateway:NatGateway").length, count);
    });
  }

  it("has the same subnets under every egress, and a third zone moves none", async () => {
    const subnets = async (platform: Partial<PlatformConfig>) =>
      (await record(platform))
        .all("aws:ec2/subnet:Subnet")
        .map(({ urn, inputs }) => [urn, inputs.cidrBlock, inputs.mapPublicIpOnLaunch]);
    const two = await subnets({});
    assert.deepEqual(
      two.map(([, cidr]) => cidr),
      ["10.0.0.0/19", "10.0.64.0/19", "10.0.32.0/20", "10.0.96.0/20"],
    );
    for (const egress of ["nat", "nat-per-az", "endpoints"] as const) assert.deepEqual(await subnets({ egress }), two);
    const three = await subnets({ availabilityZones: 3 });
    assert.equal(three.length, 6);
    for (const subnet of two) assert.ok(three.some((other) => JSON.stringify(other) === JSON.stringify(subnet)));
  });

  it("reaches AWS by endpoints, made once each, and only under that egress", async () => {
    const use = ({ network }: Platform) => {
      network.requireEndpoint("ssmmessages");
      network.requireEndpoint("ssmmessages");
      network.requireEndpoint("logs");
    };
    const made = await record({ egress: "endpoints" }, use);
    assert.deepEqual(
      made.all(ENDPOINT).map(({ inputs }) => [inputs.serviceName, inputs.vpcEndpointType]),
      [
        ["com.amazonaws.us-east-1.ecr.api", "Interface"],
        ["com.amazonaws.us-east-1.ecr.dkr", "Interface"],
        ["com.amazonaws.us-east-1.logs", "Interface"],
        ["com.amazonaws.us-east-1.s3", "Gateway"],
        ["com.amazonaws.us-east-1.ssm", "Interface"],
        ["com.amazonaws.us-east-1.ssmmessages", "Interface"],
      ],
    );
    const group = made.one("aws:ec2/securityGroup:SecurityGroup", "platform-network-endpoints");
    const api = made.one(ENDPOINT, "platform-network-ecr-api");
    assert.deepEqual(api.inputs.securityGroupIds, [made.output(group, "id")]);
    assert.equal(api.inputs.privateDnsEnabled, true);
    assert.equal((api.inputs.subnetIds as unknown[]).length, 2);
    const rule = made.one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
    assert.deepEqual([rule.inputs.cidrIpv4, rule.inputs.fromPort, rule.inputs.toPort], ["10.0.0.0/16", 443, 443]);
    assert.deepEqual(
      (await record({ egress: "nat" }, use)).all(ENDPOINT).map(({ name }) => name),
      ["platform-network-s3"],
    );
  });

  it("gives S3 to every route table", async () => {
    const made = await record({ egress: "nat" });
    const tables = made.all("aws:ec2/routeTable:RouteTable").map((table) => made.output(table, "id"));
    assert.deepEqual(new Set(made.one(ENDPOINT).inputs.routeTableIds as unknown[]), new Set(tables));
  });

  it("runs tasks in public subnets with an address under public, in private ones without under any other", async () => {
    const mocks = await useMocks({
      outputs: {
        [VPC]: () => ({
          vpcId: "vpc-1",
          publicSubnetIds: ["p1", "p2"],
          privateSubnetIds: ["q1", "q2"],
          routeTables: [],
        }),
      },
    });
    const open = new Platform("open", environment()).network.tasks("public");
    const shut = new Platform("shut", environment({ egress: "nat" })).network.tasks("nat");
    await mocks.settled();
    assert.deepEqual([await valueOf(open.subnetIds), open.assignPublicIp], [["p1", "p2"], true]);
    assert.deepEqual([await valueOf(shut.subnetIds), shut.assignPublicIp], [["q1", "q2"], false]);
  });

  it("has a NAT gateway where an app's tier cannot do without one, unless the config says otherwise", async () => {
    const count = async (egress: readonly (Egress | null)[], config: Partial<PlatformConfig> = {}) =>
      (await record(config, (made) => made.network, egress)).all("aws:ec2/natGateway:NatGateway").length;
    assert.equal(await count([null, "public"]), 0);
    assert.equal(await count(["public", "nat", null]), 1);
    assert.equal(await count(["nat"], { egress: "public" }), 0);
  });

  it("takes one subnet of each kind in each zone of an existing VPC, in an order of its own", async () => {
    const asked: unknown[] = [];
    const mocks = await useMocks({
      calls: {
        "aws:index/getAvailabilityZones:getAvailabilityZones": { names: ["us-east-1a", "us-east-1b", "us-east-1c"] },
        "aws:ec2/getVpc:getVpc": { id: "vpc-9", cidrBlock: "172.31.0.0/16" },
        "aws:ec2/getSubnets:getSubnets": (inputs) => {
          asked.push(inputs.filters);
          const [, zone, isPublic] = inputs.filters as { values: string[] }[];
          const id = `${isPublic?.values[0] === "true" ? "public" : "private"}-${zone?.values[0]?.slice(-1)}`;
          return { ids: [`${id}-z`, `${id}-a`] };
        },
      },
    });
    const platform = new Platform("platform", environment({ vpcId: "vpc-9" }));
    const { network } = platform;
    network.requireEndpoint("logs");
    await mocks.settled();
    assert.deepEqual(await valueOf(network.publicSubnetIds), ["public-a-a", "public-b-a"]);
    assert.deepEqual(await valueOf(network.privateSubnetIds), ["private-a-a", "private-b-a"]);
    assert.equal(await valueOf(network.vpcId), "vpc-9");
    assert.equal(await valueOf(network.cidrBlock), "172.31.0.0/16");
    assert.deepEqual(asked[0], [
      { name: "vpc-id", values: ["vpc-9"] },
      { name: "availability-zone", values: ["us-east-1a"] },
      { name: "map-public-ip-on-launch", values: ["true"] },
    ]);
    assert.deepEqual(
      mocks.resources.filter(({ custom }) => custom),
      [],
    );
  });

  it("is the same in a preview, where no id is known", async () => {
    const mocks = await useMocks({ preview: true, outputs: { [VPC]: () => ({}) } });
    const { network } = new Platform("platform", environment());
    await mocks.settled();
    assert.equal(await valueOf(pulumi.output(network.vpcId)), undefined);
    mocks.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
  });
});
