/**
 * Outputs that a program looks into: lists and objects that AWS answers with. A recording gives them the structure
 * that AWS would, with a token at each leaf; every other output is one token.
 */

/** Makes the token of a path inside the resource's outputs. */
export type Leaf = (path: string) => string;

type Inputs = Readonly<Record<string, unknown>>;
type Shape = (inputs: Inputs, leaf: Leaf) => unknown;

/** By resource type and property. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  "aws:apigatewayv2/domainName:DomainName": {
    domainNameConfiguration: ({ domainNameConfiguration }, leaf) => ({
      ...record(domainNameConfiguration),
      targetDomainName: leaf("domainNameConfiguration.targetDomainName"),
      hostedZoneId: leaf("domainNameConfiguration.hostedZoneId"),
    }),
  },
  "aws:acm/certificate:Certificate": {
    domainValidationOptions: (inputs, leaf) =>
      // one for each name; a wildcard and its base name share one record, which AWS lists for both
      names(inputs.domainName, inputs.subjectAlternativeNames).map((domainName, i) => ({
        domainName,
        resourceRecordName: leaf(`domainValidationOptions[${i}].resourceRecordName`),
        resourceRecordType: leaf(`domainValidationOptions[${i}].resourceRecordType`),
        resourceRecordValue: leaf(`domainValidationOptions[${i}].resourceRecordValue`),
      })),
  },
  "aws:lightsail/certificate:Certificate": {
    domainValidationOptions: (inputs, leaf) =>
      names(inputs.domainName, inputs.subjectAlternativeNames).map((domainName, i) => ({
        domainName,
        resourceRecordName: leaf(`domainValidationOptions[${i}].resourceRecordName`),
        resourceRecordType: leaf(`domainValidationOptions[${i}].resourceRecordType`),
        resourceRecordValue: leaf(`domainValidationOptions[${i}].resourceRecordValue`),
      })),
  },
  "aws:lightsail/lbCertificate:LbCertificate": {
    domainValidationRecords: (inputs, leaf) =>
      names(inputs.domainName, inputs.subjectAlternativeNames).map((domainName, i) => ({
        domainName,
        resourceRecordName: leaf(`domainValidationRecords[${i}].resourceRecordName`),
        resourceRecordType: leaf(`domainValidationRecords[${i}].resourceRecordType`),
        resourceRecordValue: leaf(`domainValidationRecords[${i}].resourceRecordValue`),
      })),
  },
  "aws:lightsail/containerService:ContainerService": {
    privateRegistryAccess: ({ privateRegistryAccess: given }, leaf) => ({
      ...record(given),
      ecrImagePullerRole: {
        ...record(record(given).ecrImagePullerRole),
        principalArn: leaf("privateRegistryAccess.ecrImagePullerRole.principalArn"),
      },
    }),
  },
  "aws:route53/zone:Zone": {
    nameServers: (_, leaf) => [0, 1, 2, 3].map((i) => leaf(`nameServers[${i}]`)),
  },
  "aws:elasticbeanstalk/environment:Environment": {
    autoscalingGroups: (_, leaf) => [leaf("autoscalingGroups[0]")],
    loadBalancers: (_, leaf) => [leaf("loadBalancers[0]")],
  },
  "aws:eks/cluster:Cluster": {
    identities: (_, leaf) => [{ oidcs: [{ issuer: leaf("identities[0].oidcs[0].issuer") }] }],
    certificateAuthority: (_, leaf) => ({ data: leaf("certificateAuthority.data") }),
    certificateAuthorities: (_, leaf) => [{ data: leaf("certificateAuthorities[0].data") }],
    vpcConfig: ({ vpcConfig }, leaf) => ({
      ...record(vpcConfig),
      clusterSecurityGroupId: leaf("vpcConfig.clusterSecurityGroupId"),
      vpcId: leaf("vpcConfig.vpcId"),
    }),
  },
  "aws:elasticache/cluster:Cluster": {
    cacheNodes: ({ numCacheNodes }, leaf) =>
      count(numCacheNodes).map((i) => ({
        id: leaf(`cacheNodes[${i}].id`),
        address: leaf(`cacheNodes[${i}].address`),
        port: leaf(`cacheNodes[${i}].port`),
        availabilityZone: leaf(`cacheNodes[${i}].availabilityZone`),
      })),
  },
  "aws:elasticache/serverlessCache:ServerlessCache": {
    endpoints: (_, leaf) => [{ address: leaf("endpoints[0].address"), port: leaf("endpoints[0].port") }],
    readerEndpoints: (_, leaf) => [
      { address: leaf("readerEndpoints[0].address"), port: leaf("readerEndpoints[0].port") },
    ],
  },
  "aws:rds/instance:Instance": {
    masterUserSecrets: (_, leaf) => [masterSecret(leaf)],
  },
  "aws:rds/cluster:Cluster": {
    masterUserSecrets: (_, leaf) => [masterSecret(leaf)],
  },
  "aws:mq/broker:Broker": {
    instances: (_, leaf) => [
      { consoleUrl: leaf("instances[0].consoleUrl"), endpoints: [leaf("instances[0].endpoints[0]")] },
    ],
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    dnsEntries: (_, leaf) => [
      { dnsName: leaf("dnsEntries[0].dnsName"), hostedZoneId: leaf("dnsEntries[0].hostedZoneId") },
    ],
  },
};

/** The outputs of the resource that have a structure, by property; undefined for a type that has none. */
export function structuredOutputs(type: string, inputs: Inputs, leaf: Leaf): Record<string, unknown> | undefined {
  if (type.startsWith("kubernetes:")) return { metadata: metadata(inputs, leaf) };
  const shapes = SHAPES[type];
  if (!shapes) return undefined;
  return Object.fromEntries(Object.entries(shapes).map(([property, shape]) => [property, shape(inputs, leaf)]));
}

/** What Kubernetes answers of every object: a name where the program gives none, and what changes with each version. */
function metadata(inputs: Inputs, leaf: Leaf): Record<string, unknown> {
  const { metadata: given } = inputs;
  return { name: leaf("metadata.name"), generation: leaf("metadata.generation"), ...record(given) };
}

function masterSecret(leaf: Leaf): Record<string, string> {
  return {
    secretArn: leaf("masterUserSecrets[0].secretArn"),
    secretStatus: leaf("masterUserSecrets[0].secretStatus"),
    kmsKeyId: leaf("masterUserSecrets[0].kmsKeyId"),
  };
}

function names(first: unknown, others: unknown): readonly unknown[] {
  return [...new Set([first, ...(Array.isArray(others) ? (others as unknown[]) : [])])];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function count(value: unknown): readonly number[] {
  return Array.from({ length: typeof value === "number" ? value : 1 }, (_, i) => i);
}
