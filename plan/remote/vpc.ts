/**
 * What `awsx.ec2.Vpc` 3.9 makes under `subnetStrategy: "Auto"` (`awsx/ec2/vpc.ts`, `subnetDistributorNew.ts` of
 * pulumi/pulumi-awsx; compared with the real provider child by child). What Spectrum does not use of it is refused here,
 * so that no plan is silently wrong.
 */
import { RESOURCE, SIGNATURE } from "../convert";
import type { Block } from "./cidr";
import { align, blockSize, formatBlock, nextBlock, parseBlock } from "./cidr";
import type { RemoteComponent, RemoteContext, RemoteOutput } from "./component";

const ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones";

/** Arguments that go to the inner `aws.ec2.Vpc` as they are. */
const VPC_INPUTS = [
  "enableDnsHostnames",
  "enableDnsSupport",
  "enableNetworkAddressUsageMetrics",
  "instanceTenancy",
  "region",
];
const KNOWN = new Set([
  ...VPC_INPUTS,
  "availabilityZoneCidrMask",
  "availabilityZoneNames",
  "cidrBlock",
  "natGateways",
  "numberOfAvailabilityZones",
  "subnetSpecs",
  "subnetStrategy",
  "tags",
]);

interface SubnetSpec {
  readonly type: string;
  readonly name?: string;
  readonly cidrMask?: number;
  readonly size?: number;
  readonly tags?: Readonly<Record<string, unknown>>;
}

interface VpcInputs {
  readonly region?: unknown;
  readonly availabilityZoneCidrMask?: number;
  readonly availabilityZoneNames?: readonly string[];
  readonly cidrBlock?: string;
  readonly natGateways?: { readonly strategy?: string; readonly elasticIpAllocationIds?: readonly string[] };
  readonly numberOfAvailabilityZones?: number;
  readonly subnetSpecs?: readonly SubnetSpec[];
  readonly subnetStrategy?: string;
  readonly tags?: Readonly<Record<string, unknown>>;
}

/** A registered child: what the outputs refer to. */
interface Child {
  readonly urn: string;
  readonly type: string;
}

export const vpc: RemoteComponent = async (context) => {
  const inputs = context.inputs as VpcInputs;
  refuseUnknown(context, inputs);
  const { name } = context;
  const tags = inputs.tags ?? {};
  const region = inputs.region === undefined ? {} : { region: inputs.region };
  const shared = { Name: name, ...tags };
  const zones =
    inputs.availabilityZoneNames ??
    Array.from({ length: inputs.numberOfAvailabilityZones ?? 3 }, (_, i) => context.lookup(ZONES, `names[${i}]`));
  const strategy = (inputs.natGateways?.strategy ?? "OnePerAz").toLowerCase();
  const cidrBlock = inputs.cidrBlock ?? "10.0.0.0/16";
  const specs = inputs.subnetSpecs ?? [{ type: "Private" }, { type: "Public" }];
  const blocks = layOut(context, cidrBlock, zones.length, inputs);

  /** A child whose provider waits for its parent explicitly, as all of them do. */
  const make = (
    type: string,
    child: string,
    parent: string,
    properties: Record<string, unknown>,
    dependencies: Readonly<Record<string, readonly string[]>> = {},
  ): Promise<string> =>
    context.child({
      type,
      name: child,
      parent,
      inputs: { ...region, ...properties },
      dependencies: [...new Set([...(parent === context.urn ? [] : [parent]), ...Object.values(dependencies).flat()])],
      propertyDependencies: dependencies,
    });

  const main = await make("aws:ec2/vpc:Vpc", name, context.urn, {
    ...Object.fromEntries(
      VPC_INPUTS.filter((key) => context.inputs[key] !== undefined).map((key) => [key, context.inputs[key]]),
    ),
    cidrBlock,
    tags: shared,
  });
  const inVpc = { vpcId: context.output(main, "id") };
  const onVpc = { vpcId: [main] };
  const gateway = await make("aws:ec2/internetGateway:InternetGateway", name, main, { ...inVpc, tags: shared }, onVpc);

  const subnets: (Child & { readonly kind: string })[] = [];
  const routeTables: Child[] = [];
  const associations: Child[] = [];
  const routes: Child[] = [];
  const eips: Child[] = [];
  const natGateways: Child[] = [];

  for (const [zone, zoneName] of zones.entries()) {
    const number = zone + 1;
    for (const { spec, index } of inOrder(specs)) {
      const kind = spec.type.toLowerCase();
      const subnetName = `${name}-${spec.name ?? kind}-${number}`;
      const subnet = await make(
        "aws:ec2/subnet:Subnet",
        subnetName,
        main,
        {
          ...inVpc,
          availabilityZone: zoneName,
          mapPublicIpOnLaunch: kind === "public",
          cidrBlock: blocks[zone]?.[index],
          assignIpv6AddressOnCreation: false,
          tags: { ...shared, ...spec.tags, Name: subnetName, SubnetType: spec.type },
        },
        onVpc,
      );
      subnets.push({ urn: subnet, type: "aws:ec2/subnet:Subnet", kind });
      const routeTable = await make(
        "aws:ec2/routeTable:RouteTable",
        subnetName,
        subnet,
        { ...inVpc, tags: { ...shared, Name: subnetName, SubnetType: spec.type } },
        onVpc,
      );
      routeTables.push({ urn: routeTable, type: "aws:ec2/routeTable:RouteTable" });
      associations.push({
        type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
        urn: await make(
          "aws:ec2/routeTableAssociation:RouteTableAssociation",
          subnetName,
          routeTable,
          { routeTableId: context.output(routeTable, "id"), subnetId: context.output(subnet, "id") },
          { routeTableId: [routeTable], subnetId: [subnet] },
        ),
      });

      if (kind === "public" && needsGateway(strategy, natGateways.length, zone)) {
        const gatewayName = `${name}-${number}`;
        const given = inputs.natGateways?.elasticIpAllocationIds?.[zone];
        const gatewayTags = { ...tags, Name: gatewayName };
        let address: unknown = given;
        let onAddress: Record<string, readonly string[]> = {};
        if (given === undefined) {
          const eip = await make("aws:ec2/eip:Eip", gatewayName, subnet, { tags: gatewayTags });
          eips.push({ urn: eip, type: "aws:ec2/eip:Eip" });
          address = context.output(eip, "allocationId");
          onAddress = { allocationId: [eip] };
        }
        natGateways.push({
          type: "aws:ec2/natGateway:NatGateway",
          urn: await make(
            "aws:ec2/natGateway:NatGateway",
            gatewayName,
            subnet,
            { subnetId: context.output(subnet, "id"), allocationId: address, tags: gatewayTags },
            { ...onAddress, subnetId: [subnet] },
          ),
        });
      }

      const nat = strategy === "single" ? natGateways[0] : natGateways[zone];
      const target =
        kind === "public"
          ? { property: "gatewayId", urn: gateway }
          : kind === "private" && strategy !== "none" && nat
            ? { property: "natGatewayId", urn: nat.urn }
            : null;
      if (target) {
        routes.push({
          type: "aws:ec2/route:Route",
          urn: await make(
            "aws:ec2/route:Route",
            subnetName,
            routeTable,
            {
              routeTableId: context.output(routeTable, "id"),
              [target.property]: context.output(target.urn, "id"),
              destinationCidrBlock: "0.0.0.0/0",
            },
            { routeTableId: [routeTable], [target.property]: [target.urn] },
          ),
        });
      }
    }
  }

  // every output of the provider's comes from one object that holds the ids of the VPC and of all subnets
  const base = [main, ...subnets.map(({ urn }) => urn)];
  const ids = (kind: string): RemoteOutput => ({
    value: subnets.filter((subnet) => subnet.kind === kind).map(({ urn }) => context.output(urn, "id")),
    dependencies: base,
  });
  const references = (children: readonly Child[]): RemoteOutput => ({
    value: children.map((child) => reference(context, child)),
    dependencies: [...new Set([...base, ...children.map(({ urn }) => urn)])],
  });
  const single = (child: Child): RemoteOutput => ({
    value: reference(context, child),
    dependencies: [...new Set([...base, child.urn])],
  });
  return {
    vpcId: { value: context.output(main, "id"), dependencies: base },
    publicSubnetIds: ids("public"),
    privateSubnetIds: ids("private"),
    isolatedSubnetIds: ids("isolated"),
    vpc: single({ urn: main, type: "aws:ec2/vpc:Vpc" }),
    internetGateway: single({ urn: gateway, type: "aws:ec2/internetGateway:InternetGateway" }),
    subnets: references(subnets),
    publicSubnets: references(subnets.filter(({ kind }) => kind === "public")),
    privateSubnets: references(subnets.filter(({ kind }) => kind === "private")),
    isolatedSubnets: references(subnets.filter(({ kind }) => kind === "isolated")),
    routeTables: references(routeTables),
    routeTableAssociations: references(associations),
    routes: references(routes),
    eips: references(eips),
    natGateways: references(natGateways),
    vpcEndpoints: references([]),
  };
};

/** By zone and spec. Zones share the block evenly; in a zone the specs follow each other, aligned to their size. */
function layOut(context: RemoteContext, cidrBlock: string, zones: number, inputs: VpcInputs): readonly string[][] {
  const whole = parseBlock(cidrBlock);
  if (!whole) {
    context.problem(`cidrBlock must be a plain IPv4 block ("10.0.0.0/16"), got ${JSON.stringify(cidrBlock)}`);
    return [];
  }
  const zoneMask = inputs.availabilityZoneCidrMask ?? whole.mask + bits(zones);
  const masks = inputs.subnetSpecs
    ? inputs.subnetSpecs.map(
        (spec, _, { length }) =>
          spec.cidrMask ?? (spec.size === undefined ? zoneMask + bits(length) : 32 - Math.log2(spec.size)),
      )
    : [1, 2].map((more) => Math.max(zoneMask, 16) + more);
  const needed = masks.reduce((sum, mask) => sum + blockSize({ base: 0, mask }), 0);
  if (needed > blockSize({ base: 0, mask: zoneMask })) {
    context.problem(`the subnets need ${needed} addresses in each zone, a zone has ${2 ** (32 - zoneMask)}`);
  }
  const result: string[][] = [];
  let zone: Block = { base: whole.base, mask: zoneMask };
  for (let i = 0; i < zones; i++) {
    const row: string[] = [];
    let block: Block | undefined;
    for (const mask of masks) {
      block = block ? nextBlock(block, mask) : align(zone.base, mask);
      row.push(formatBlock(block));
    }
    result.push(row);
    zone = nextBlock(zone, zoneMask);
  }
  return result;
}

/** Bits that count so many things. */
function bits(count: number): number {
  return count === 0 ? 0 : Math.ceil(Math.log2(count));
}

const ORDER = ["public", "private", "isolated"];

/** Public subnets first, for the NAT gateways live in them; `Unused` ones only take up space. */
function inOrder(specs: readonly SubnetSpec[]): readonly { readonly spec: SubnetSpec; readonly index: number }[] {
  return specs
    .map((spec, index) => ({ spec, index, rank: ORDER.indexOf(spec.type.toLowerCase()) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank);
}

function needsGateway(strategy: string, made: number, zone: number): boolean {
  return strategy === "single" ? made < 1 : strategy === "oneperaz" && made < zone + 1;
}

function reference(context: RemoteContext, { urn }: Child): Record<string, unknown> {
  return { [SIGNATURE]: RESOURCE, urn, id: context.output(urn, "id") };
}

function refuseUnknown(context: RemoteContext, inputs: VpcInputs): void {
  for (const key of Object.keys(context.inputs)) {
    if (!KNOWN.has(key)) context.problem(`the plan does not know the argument "${key}" of awsx.ec2.Vpc`);
  }
  if (inputs.subnetStrategy !== "Auto") {
    context.problem(
      `the plan knows awsx.ec2.Vpc with subnetStrategy "Auto", got ${JSON.stringify(inputs.subnetStrategy)}`,
    );
  }
  for (const spec of inputs.subnetSpecs ?? []) {
    for (const key of Object.keys(spec)) {
      if (!["type", "name", "cidrMask", "size", "tags"].includes(key)) {
        context.problem(`the plan does not know "${key}" of a subnet of awsx.ec2.Vpc`);
      }
    }
  }
}
