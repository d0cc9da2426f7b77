/**
 * The provider functions that Spectrum calls, and what they answer with in a recording: tokens in the structure of the
 * real answer, so that a plan needs no cloud. A function that is not here is an error: its answer would be made up.
 */
import { partitionOf } from "../components/names";

/** What a lookup's answer is made from. */
export interface LookupContext {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** `aws:region`, where the config says it. */
  readonly region: string | undefined;
  /** The token of a path in the function's answer. */
  leaf(path: string): string;
}

type Lookup = (context: LookupContext) => Record<string, unknown>;

/** Zones that a region is taken to have; the smallest number that all of AWS's regions for general use have. */
const ZONES = 3;
/** Target groups that an Auto Scaling group is taken to have: as many as any app here asks for. */
const GROUPS = 5;

const LOOKUPS: Readonly<Record<string, Lookup>> = {
  "aws:index/getAvailabilityZones:getAvailabilityZones": (context) => ({
    ...context.inputs,
    id: context.leaf("id"),
    names: list(ZONES, "names", context),
    zoneIds: list(ZONES, "zoneIds", context),
    groupNames: list(1, "groupNames", context),
  }),
  "aws:index/getCallerIdentity:getCallerIdentity": leaves("id", "accountId", "arn", "userId"),
  "aws:index/getRegion:getRegion": (context) => {
    const region = text(context.inputs.region) ?? context.region;
    return {
      id: region ?? context.leaf("id"),
      name: region ?? context.leaf("name"),
      region: region ?? context.leaf("region"),
      endpoint: context.leaf("endpoint"),
      description: context.leaf("description"),
    };
  },
  "aws:index/getPartition:getPartition": (context) => {
    const partition = context.region === undefined ? undefined : partitionOf(context.region);
    return {
      id: partition ?? context.leaf("id"),
      partition: partition ?? context.leaf("partition"),
      dnsSuffix: context.leaf("dnsSuffix"),
      reverseDnsPrefix: context.leaf("reverseDnsPrefix"),
    };
  },
  "aws:acm/getCertificate:getCertificate": leaves("id", "arn", "domain", "status"),
  "aws:autoscaling/getGroup:getGroup": (context) => ({
    ...leaves("id", "arn", "name", "vpcZoneIdentifier")(context),
    targetGroupArns: list(GROUPS, "targetGroupArns", context),
  }),
  "aws:ec2/getVpc:getVpc": leaves("id", "arn", "cidrBlock", "mainRouteTableId", "ownerId", "state"),
  "aws:ec2/getSubnet:getSubnet": leaves("id", "arn", "cidrBlock", "vpcId", "availabilityZone", "availabilityZoneId"),
  "aws:ec2/getSubnets:getSubnets": (context) => ({
    ...context.inputs,
    id: context.leaf("id"),
    ids: list(2, "ids", context),
  }),
  "aws:ec2/getSecurityGroup:getSecurityGroup": leaves("id", "arn", "name", "vpcId"),
  "aws:ec2/getRouteTable:getRouteTable": leaves("id", "arn", "routeTableId", "vpcId"),
  "aws:ec2/getRouteTables:getRouteTables": (context) => ({
    ...context.inputs,
    id: context.leaf("id"),
    ids: list(2, "ids", context),
  }),
  "aws:ec2/getAmi:getAmi": leaves("id", "arn", "imageId", "name", "architecture", "rootDeviceName"),
  "aws:ec2/getPrefixList:getPrefixList": leaves("id", "name", "prefixListId"),
  "aws:ec2/getManagedPrefixList:getManagedPrefixList": leaves("id", "arn", "name"),
  "aws:ecr/getRepository:getRepository": leaves("id", "arn", "name", "registryId", "repositoryUrl"),
  "aws:ecr/getAuthorizationToken:getAuthorizationToken": leaves(
    "id",
    "authorizationToken",
    "expiresAt",
    "password",
    "proxyEndpoint",
    "userName",
  ),
  "aws:ecs/getCluster:getCluster": leaves("id", "arn", "clusterName", "status"),
  "aws:eks/getAddonVersion:getAddonVersion": leaves("id", "version"),
  "aws:eks/getCluster:getCluster": (context) => ({
    ...leaves("id", "arn", "endpoint", "name", "version")(context),
    certificateAuthorities: [{ data: context.leaf("certificateAuthorities[0].data") }],
    vpcConfig: { clusterSecurityGroupId: context.leaf("vpcConfig.clusterSecurityGroupId") },
  }),
  "aws:eks/getClusterAuth:getClusterAuth": leaves("id", "name", "token"),
  "aws:elasticbeanstalk/getSolutionStack:getSolutionStack": leaves("id", "name"),
  "aws:elasticbeanstalk/getHostedZone:getHostedZone": leaves("id"),
  "aws:lb/getLoadBalancer:getLoadBalancer": (context) => ({
    ...leaves("id", "arn", "arnSuffix", "dnsName", "name", "vpcId", "zoneId")(context),
    securityGroups: list(1, "securityGroups", context),
  }),
  "aws:lb/getHostedZoneId:getHostedZoneId": leaves("id"),
  "aws:lb/getTargetGroup:getTargetGroup": leaves("id", "arn", "arnSuffix", "name"),
  "aws:lb/getListener:getListener": leaves("id", "arn", "loadBalancerArn", "protocol"),
  "aws:route53/getZone:getZone": leaves("id", "arn", "name", "zoneId", "primaryNameServer"),
  "aws:secretsmanager/getRandomPassword:getRandomPassword": leaves("id", "randomPassword"),
  "aws:secretsmanager/getSecret:getSecret": leaves("id", "arn", "name"),
  "aws:secretsmanager/getSecretVersion:getSecretVersion": leaves("id", "arn", "secretString", "versionId"),
  "aws:ssm/getParameter:getParameter": leaves("id", "arn", "name", "value", "type"),
};

/** The answer of a function; undefined for one that Spectrum does not know. */
export function lookUp(token: string, context: LookupContext): Record<string, unknown> | undefined {
  return LOOKUPS[token]?.(context);
}

/** The functions that a recording can answer, sorted. */
export function knownLookups(): readonly string[] {
  return Object.keys(LOOKUPS).sort();
}

/** What was asked for, and a token for each other property named. */
function leaves(...properties: readonly string[]): Lookup {
  return (context) => ({
    ...Object.fromEntries(properties.map((property) => [property, context.leaf(property)])),
    ...context.inputs,
  });
}

function list(length: number, property: string, context: LookupContext): string[] {
  return Array.from({ length }, (_, i) => context.leaf(`${property}[${i}]`));
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
