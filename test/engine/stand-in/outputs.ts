/** What AWS fills in when it makes a resource. */
import { createHash } from "node:crypto";

import { option, scalingGroup } from "./beanstalk";
import { ACCOUNT_ID } from "./entity";
import { awsType, isKubernetes } from "./types";
import type { Values } from "./values";
import { isRecord, list, records, text, UNKNOWN } from "./values";

export interface Making {
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  readonly inputs: Values;
  readonly region: string;
  /** How many resources were made before: what makes an id a new one. */
  readonly serial: number;
  /** How many revisions of the family were made before. */
  readonly revisions: (family: string) => number;
  /** The inputs of what a reference points to. */
  readonly lookUp: (reference: unknown) => Values;
}

interface Made {
  readonly id: string;
  readonly outputs: Values;
}

/** The id and the outputs, inputs included. */
export function makeOutputs(making: Making): Made {
  const { type, inputs } = making;
  const region = text(inputs.region) || making.region;
  const kind = awsType(type);
  const name = physicalName(making);
  const id =
    kind?.id === "name" ? name : kind?.id === "arn" ? arnOf(making, name) : `${kind?.id ?? "x"}-${digest(making, 17)}`;
  const arn = arnOf(making, name, id);
  const context = { ...making, region, id, physical: name, arn };
  const own = OUTPUTS[type]?.(context) ?? (isKubernetes(type) ? objectOutputs(context) : {});
  const given = text(own.id) || id;
  return { id: given, outputs: { arn, name, region, ...inputs, ...own, id: given } };
}

/**
 * What a preview knows: the inputs, and an unknown for each value that AWS puts inside an input. Other outputs are left
 * out: the engine takes them as unknown.
 */
export function previewOutputs(type: string, inputs: Values): Values {
  if (isKubernetes(type)) {
    const metadata = isRecord(inputs.metadata) ? inputs.metadata : {};
    return { ...inputs, metadata: { name: UNKNOWN, ...metadata } };
  }
  if (type === "aws:eks/cluster:Cluster" && isRecord(inputs.vpcConfig))
    return { ...inputs, vpcConfig: { ...inputs.vpcConfig, clusterSecurityGroupId: UNKNOWN, vpcId: UNKNOWN } };
  if (type === "aws:apigatewayv2/domainName:DomainName" && isRecord(inputs.domainNameConfiguration)) {
    const given = inputs.domainNameConfiguration;
    return { ...inputs, domainNameConfiguration: { ...given, targetDomainName: UNKNOWN, hostedZoneId: UNKNOWN } };
  }
  if (type !== "aws:lightsail/containerService:ContainerService" || !isRecord(inputs.privateRegistryAccess))
    return inputs;
  const access = inputs.privateRegistryAccess;
  const role = isRecord(access.ecrImagePullerRole) ? access.ecrImagePullerRole : {};
  return { ...inputs, privateRegistryAccess: { ...access, ecrImagePullerRole: { ...role, principalArn: UNKNOWN } } };
}

/** What is put inside an input stays there, whatever the program gives for the rest of it. */
export function withNested(type: string, outputs: Values, given: Values): Values {
  const kept: Record<string, unknown> = {};
  for (const key of [...(isKubernetes(type) ? ["metadata"] : []), ...(NESTED[type] ?? [])]) {
    if (!isRecord(outputs[key])) continue;
    kept[key] = isRecord(given[key]) ? { ...outputs[key], ...given[key] } : outputs[key];
  }
  return { ...given, ...kept };
}

const NESTED: Readonly<Record<string, readonly string[]>> = {
  "aws:apigatewayv2/domainName:DomainName": ["domainNameConfiguration"],
  "aws:eks/cluster:Cluster": ["vpcConfig"],
};

/** An object's name, where the program gives none, and what counts its versions. */
function objectOutputs(context: Context): Record<string, unknown> {
  const given = isRecord(context.inputs.metadata) ? context.inputs.metadata : {};
  const name = text(given.name) || `${context.name}-${digest(context, 8)}`;
  const namespace = text(given.namespace);
  const metadata = { uid: digest(context, 32, "uid"), generation: 1, ...given, name };
  return { id: namespace ? `${namespace}/${name}` : name, name, metadata };
}

interface Context extends Making {
  readonly id: string;
  readonly physical: string;
  readonly arn: string;
}

function physicalName(making: Making): string {
  const { inputs, name } = making;
  const given = text(inputs.name) || text(inputs.bucket);
  if (given) return given;
  return `${text(inputs.namePrefix) || text(inputs.bucketPrefix) || `${name}-`}${digest(making, 7)}`;
}

function digest({ type, name, serial }: Making, length: number, salt = ""): string {
  return createHash("sha256").update(`${type} ${name} ${serial} ${salt}`).digest("hex").slice(0, length);
}

/** The resource part of an ARN where it is more than `<kind>/<name>`. */
const ARN: Readonly<Record<string, (making: Making, name: string, id: string) => string>> = {
  "aws:acm/certificate:Certificate": (making) => `acm:REGION:certificate/${digest(making, 32)}`,
  "aws:autoscaling/group:Group": (making, name) =>
    `autoscaling:REGION:autoScalingGroup:${digest(making, 32)}:autoScalingGroupName/${name}`,
  "aws:cloudfront/distribution:Distribution": (_, __, id) => `cloudfront::distribution/${id}`,
  "aws:cloudwatch/logGroup:LogGroup": (_, name) => `logs:REGION:log-group:${name}`,
  "aws:ecr/repository:Repository": (_, name) => `ecr:REGION:repository/${name}`,
  "aws:ecs/capacityProvider:CapacityProvider": (_, name) => `ecs:REGION:capacity-provider/${name}`,
  "aws:ecs/cluster:Cluster": (_, name) => `ecs:REGION:cluster/${name}`,
  "aws:ecs/service:Service": ({ inputs }, name) => `ecs:REGION:service/${clusterName(inputs.cluster)}/${name}`,
  "aws:ecs/taskDefinition:TaskDefinition": ({ inputs, revisions }) =>
    `ecs:REGION:task-definition/${text(inputs.family)}:${revisions(text(inputs.family)) + 1}`,
  "aws:efs/accessPoint:AccessPoint": (_, __, id) => `elasticfilesystem:REGION:access-point/${id}`,
  "aws:efs/fileSystem:FileSystem": (_, __, id) => `elasticfilesystem:REGION:file-system/${id}`,
  "aws:elasticbeanstalk/application:Application": (_, name) => `elasticbeanstalk:REGION:application/${name}`,
  "aws:elasticbeanstalk/applicationVersion:ApplicationVersion": ({ inputs }, name) =>
    `elasticbeanstalk:REGION:applicationversion/${text(inputs.application)}/${name}`,
  "aws:elasticbeanstalk/environment:Environment": ({ inputs }, name) =>
    `elasticbeanstalk:REGION:environment/${text(inputs.application)}/${name}`,
  "aws:iam/instanceProfile:InstanceProfile": (_, name) => `iam::instance-profile/${name}`,
  "aws:iam/policy:Policy": (_, name) => `iam::policy/${name}`,
  "aws:iam/role:Role": (_, name) => `iam::role/${name}`,
  "aws:lambda/function:Function": (_, name) => `lambda:REGION:function:${name}`,
  "aws:lb/listener:Listener": (making) =>
    `elasticloadbalancing:REGION:listener/${tail(making.inputs.loadBalancerArn)}/${digest(making, 16)}`,
  "aws:lb/listenerRule:ListenerRule": (making) =>
    `elasticloadbalancing:REGION:listener-rule/${tail(making.inputs.listenerArn)}/${digest(making, 16)}`,
  "aws:lb/loadBalancer:LoadBalancer": (making, name) =>
    `elasticloadbalancing:REGION:loadbalancer/${making.inputs.loadBalancerType === "network" ? "net" : "app"}/${name}/${digest(making, 16)}`,
  "aws:lb/targetGroup:TargetGroup": (making, name) =>
    `elasticloadbalancing:REGION:targetgroup/${name}/${digest(making, 16)}`,
  "aws:lightsail/instance:Instance": (making) => `lightsail:REGION:Instance/${digest(making, 32)}`,
  "aws:lightsail/bucket:Bucket": (making) => `lightsail:REGION:Bucket/${digest(making, 32)}`,
  "aws:lightsail/lbCertificate:LbCertificate": (making) =>
    `lightsail:REGION:LoadBalancerTlsCertificate/${digest(making, 32)}`,
  "aws:lightsail/certificate:Certificate": (making) => `lightsail:REGION:Certificate/${digest(making, 32)}`,
  "aws:lightsail/containerService:ContainerService": (making) =>
    `lightsail:REGION:ContainerService/${digest(making, 32)}`,
  "aws:s3/bucket:Bucket": (_, name) => `s3:::${name}`,
  "aws:secretsmanager/secret:Secret": (making, name) => `secretsmanager:REGION:secret:${name}-${digest(making, 6)}`,
  "aws:secretsmanager/secretVersion:SecretVersion": ({ inputs }) => text(inputs.secretId),
  "aws:servicediscovery/httpNamespace:HttpNamespace": (_, __, id) => `servicediscovery:REGION:namespace/${id}`,
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": (_, __, id) =>
    `servicediscovery:REGION:namespace/${id}`,
  "aws:cloudwatch/eventConnection:EventConnection": (making, name) =>
    `events:REGION:connection/${name}/${digest(making, 32)}`,
  "aws:cloudwatch/eventRule:EventRule": (_, name) => `events:REGION:rule/${name}`,
  "aws:sfn/alias:Alias": ({ inputs }, name) =>
    `${text(records(inputs.routingConfigurations)[0]?.stateMachineVersionArn).split(":").slice(2, -1).join(":")}:${name}`,
  "aws:sfn/stateMachine:StateMachine": (_, name) => `states:REGION:stateMachine:${name}`,
  "aws:ssm/parameter:Parameter": (_, name) => `ssm:REGION:parameter${name.startsWith("/") ? "" : "/"}${name}`,
};

function arnOf(making: Making, name: string, id = ""): string {
  const [, module = "", kind = ""] = /^[^:]+:([^/:]+)[/:]([^:]+)/u.exec(making.type) ?? [];
  const full = ARN[making.type]?.(making, name, id) ?? `${module}:REGION:${kind}/${id || name}`;
  if (full.startsWith("arn:")) return full;
  const [service = "", region = "", ...rest] = full.split(":");
  if (service === "s3") return `arn:aws:${full}`;
  return `arn:aws:${service}:${region && (text(making.inputs.region) || making.region)}:${ACCOUNT_ID}:${rest.join(":")}`;
}

const OUTPUTS: Readonly<Record<string, (context: Context) => Record<string, unknown>>> = {
  "aws:cloudwatch/eventConnection:EventConnection": (context) => ({
    secretArn: `arn:aws:secretsmanager:${context.region}:${ACCOUNT_ID}:secret:events!connection/${context.physical}`,
  }),
  "aws:sfn/stateMachine:StateMachine": ({ arn }) => ({ stateMachineVersionArn: `${arn}:1` }),
  "aws:acm/certificate:Certificate": (context) => ({
    status: "PENDING_VALIDATION",
    // of a name and the account, whatever the certificate and its region
    domainValidationOptions: validationOptions({ ...context, name: "acm", serial: 0 }, "acm-validations.aws"),
  }),
  "aws:cloudfront/distribution:Distribution": (context) => ({
    domainName: `d${digest(context, 13)}.cloudfront.net`,
    hostedZoneId: "Z2FDTNDATAQYW2",
    status: "Deployed",
  }),
  "aws:apigatewayv2/api:Api": ({ id, region }) => ({
    apiEndpoint: `https://${id}.execute-api.${region}.amazonaws.com`,
    routeSelectionExpression: "$request.method $request.path",
  }),
  "aws:apigatewayv2/domainName:DomainName": (context) => {
    const { inputs, region } = context;
    const given = isRecord(inputs.domainNameConfiguration) ? inputs.domainNameConfiguration : {};
    const targetDomainName = `d-${digest(context, 10)}.execute-api.${region}.amazonaws.com`;
    return {
      id: text(inputs.domainName),
      domainNameConfiguration: { ...given, targetDomainName, hostedZoneId: "Z1UJRXOUMOOFQ8" },
    };
  },
  "aws:apigatewayv2/stage:Stage": ({ inputs }) => ({ id: text(inputs.name) }),
  "aws:appautoscaling/target:Target": ({ inputs }) => ({ id: text(inputs.resourceId) }),
  "aws:docdb/cluster:Cluster": (context) => clusterOutputs(context, "docdb"),
  "aws:docdb/clusterInstance:ClusterInstance": ({ inputs }) => ({ id: text(inputs.identifier) }),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": () => ({ name: "default" }),
  "aws:ec2/eip:Eip": ({ id, serial }) => ({
    allocationId: id,
    publicIp: `203.0.113.${serial % 250}`,
    domain: "vpc",
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 1, defaultVersion: 1 }),
  "aws:ec2/natGateway:NatGateway": ({ serial }) => ({ publicIp: `203.0.113.${serial % 250}` }),
  "aws:ec2/subnet:Subnet": ({ inputs, region }) => ({
    availabilityZone: text(inputs.availabilityZone) || `${region}a`,
    ipv6CidrBlock: "",
  }),
  "aws:ec2/vpc:Vpc": (context) => ({
    defaultSecurityGroupId: `sg-${digest(context, 17)}`,
    defaultRouteTableId: `rtb-${digest(context, 17)}`,
    mainRouteTableId: `rtb-${digest(context, 17)}`,
    defaultNetworkAclId: `acl-${digest(context, 17)}`,
    ipv6CidrBlock: "",
    ownerId: ACCOUNT_ID,
  }),
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": () => ({ registryId: ACCOUNT_ID }),
  "aws:ecr/repository:Repository": ({ physical, region }) => ({
    registryId: ACCOUNT_ID,
    repositoryUrl: `${registryHost(region)}/${physical}`,
  }),
  "aws:ecs/taskDefinition:TaskDefinition": ({ inputs, arn, revisions }) => ({
    id: text(inputs.family),
    revision: revisions(text(inputs.family)) + 1,
    arnWithoutRevision: arn.slice(0, arn.lastIndexOf(":")),
  }),
  "aws:efs/fileSystem:FileSystem": ({ id, region }) => ({ dnsName: `${id}.efs.${region}.amazonaws.com` }),
  "aws:efs/mountTarget:MountTarget": (context) => ({
    networkInterfaceId: `eni-${digest(context, 17)}`,
    ipAddress: "10.0.0.10",
    availabilityZoneName: text(context.lookUp(context.inputs.subnetId).availabilityZone),
  }),
  "aws:elasticbeanstalk/environment:Environment": (context) => {
    const { id, inputs, physical, region } = context;
    const prefix = text(inputs.cnamePrefix) || `${physical}.eba-${digest(context, 8)}`;
    const cname = `${prefix}.${region}.elasticbeanstalk.com`;
    const isSingle = option(inputs, "aws:elasticbeanstalk:environment", "EnvironmentType") === "SingleInstance";
    const balancer = option(inputs, "aws:elbv2:loadbalancer", "SharedLoadBalancer");
    return {
      cname,
      endpointUrl: isSingle ? `198.51.100.${context.serial % 250}` : cname,
      autoscalingGroups: [scalingGroup(id, inputs)],
      instances: [`i-${digest(context, 17)}`],
      loadBalancers: balancer ? [balancer] : [],
      launchConfigurations: [],
      queues: [],
      triggers: [],
      allSettings: inputs.settings ?? [],
    };
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": ({ inputs, region }) => {
    const id = text(inputs.replicationGroupId);
    return { id, primaryEndpointAddress: `master.${id}.abc123.${region}.cache.amazonaws.com` };
  },
  "aws:eks/cluster:Cluster": (context) => {
    const { inputs, physical, region } = context;
    const vpcConfig = isRecord(inputs.vpcConfig) ? inputs.vpcConfig : {};
    const clusterSecurityGroupId = `sg-${digest(context, 17, "group")}`;
    return {
      endpoint: `https://${digest(context, 32)}.gr7.${region}.eks.amazonaws.com`,
      certificateAuthority: { data: "Y2VydGlmaWNhdGU=" },
      identities: [{ oidcs: [{ issuer: `https://oidc.eks.${region}.amazonaws.com/id/${digest(context, 32)}` }] }],
      vpcConfig: { ...vpcConfig, clusterSecurityGroupId, vpcId: "vpc-of-cluster" },
      name: physical,
      status: "ACTIVE",
    };
  },
  "aws:iam/role:Role": (context) => ({ uniqueId: `AROA${digest(context, 17).toUpperCase()}` }),
  "aws:lb/loadBalancer:LoadBalancer": ({ physical, arn, region }) => ({
    dnsName: `${physical}-1.${region}.elb.amazonaws.com`,
    zoneId: "Z35SXDOTRQ7X7K",
    arnSuffix: arn.slice(arn.indexOf("loadbalancer/") + "loadbalancer/".length),
  }),
  "aws:lb/targetGroup:TargetGroup": ({ arn }) => ({ arnSuffix: arn.slice(arn.indexOf("targetgroup/")) }),
  "aws:lightsail/bucketAccessKey:BucketAccessKey": (context) => ({
    accessKeyId: `AKIA${digest(context, 16).toUpperCase()}`,
    secretAccessKey: `secret-${digest(context, 33)}`,
    status: "Active",
  }),
  "aws:lightsail/certificate:Certificate": (context) => ({
    domainValidationOptions: validationOptions(context, "acm-validations.aws"),
  }),
  "aws:lightsail/containerService:ContainerService": (context) => {
    const { inputs, physical, region } = context;
    const access = isRecord(inputs.privateRegistryAccess) ? inputs.privateRegistryAccess : {};
    const role = isRecord(access.ecrImagePullerRole) ? access.ecrImagePullerRole : {};
    const principalArn = `arn:aws:iam::${ACCOUNT_ID}:role/amazon/lightsail/${region}/containers/${physical}/${digest(context, 12)}`;
    return {
      url: `https://${physical}.${digest(context, 12)}.${region}.cs.amazonlightsail.com/`,
      privateDomainName: `${physical}.service.local`,
      principalArn: `arn:aws:iam::${ACCOUNT_ID}:role/lightsail-${physical}`,
      powerId: `${text(inputs.power)}-1`,
      state: "READY",
      ...(role.isActive === true && { privateRegistryAccess: { ecrImagePullerRole: { ...role, principalArn } } }),
    };
  },
  "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion": ({ serial }) => ({
    state: "ACTIVE",
    version: serial,
  }),
  "aws:lightsail/database:Database": ({ inputs, region }) => {
    const id = text(inputs.relationalDatabaseName);
    const port = text(inputs.blueprintId).startsWith("mysql") ? 3306 : 5432;
    return { id, masterEndpointAddress: `ls-${id}.abc123.${region}.rds.amazonaws.com`, masterEndpointPort: port };
  },
  "aws:lightsail/distribution:Distribution": (context) => ({ domainName: `d${digest(context, 13)}.cloudfront.net` }),
  "aws:lightsail/instance:Instance": ({ inputs, serial }) => ({
    publicIpAddress: `198.51.100.${serial % 250}`,
    privateIpAddress: `172.26.0.${serial % 250}`,
    username: "ubuntu",
    createdAt: `2026-01-01T00:00:${String(serial % 60).padStart(2, "0")}Z`,
    ...inputs,
  }),
  "aws:lightsail/lb:Lb": (context) => ({
    dnsName: `${digest(context, 32)}-1.${context.region}.elb.amazonaws.com`,
    protocol: "HTTP",
  }),
  "aws:lightsail/lbCertificate:LbCertificate": (context) => ({
    domainValidationRecords: validationOptions(context, "acm-validations.aws"),
  }),
  "aws:lightsail/staticIp:StaticIp": ({ serial }) => ({ ipAddress: `192.0.2.${serial % 250}` }),
  "aws:rds/cluster:Cluster": (context) => clusterOutputs(context, "rds"),
  "aws:rds/clusterInstance:ClusterInstance": ({ inputs }) => ({ id: text(inputs.identifier) }),
  "aws:rds/instance:Instance": (context) => {
    const { inputs, region } = context;
    const identifier = text(inputs.identifier);
    const address = `${identifier}.abc123.${region}.rds.amazonaws.com`;
    return {
      id: `db-${digest(context, 26).toUpperCase()}`,
      address,
      endpoint: `${address}:${String(inputs.port)}`,
      ...ownSecret(context),
    };
  },
  "aws:route53/record:Record": ({ inputs }) => ({ fqdn: text(inputs.name).replace(/\.$/u, "") }),
  "aws:route53/zone:Zone": ({ id }) => ({
    zoneId: id,
    nameServers: [0, 1, 2, 3].map((i) => `ns-${i}.awsdns-0${i}.com`),
  }),
  "aws:s3/bucket:Bucket": ({ physical, region }) => ({
    bucket: physical,
    bucketDomainName: `${physical}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${physical}.s3.${region}.amazonaws.com`,
  }),
  "aws:secretsmanager/secretVersion:SecretVersion": (context) => ({ versionId: digest(context, 32) }),
  "aws:servicediscovery/httpNamespace:HttpNamespace": ({ physical }) => ({ httpName: physical }),
  "aws:sqs/queue:Queue": ({ inputs, physical, region }) => {
    const name = `${physical}${inputs.fifoQueue === true ? ".fifo" : ""}`;
    const url = `https://sqs.${region}.amazonaws.com/${ACCOUNT_ID}/${name}`;
    return { id: url, url, name, arn: `arn:aws:sqs:${region}:${ACCOUNT_ID}:${name}` };
  },
  "aws:ssm/activation:Activation": (context) => ({
    activationCode: digest(context, 20, "code"),
    expired: false,
    registrationCount: 0,
  }),
  "aws:ssm/association:Association": (context) => ({ associationId: digest(context, 32) }),
  "aws:ssm/document:Document": (context) => ({ hash: digest(context, 64), latestVersion: "1", defaultVersion: "1" }),
  "aws:ssm/parameter:Parameter": () => ({ version: 1 }),
  "docker-build:index:Image": (context) => {
    const sha = `sha256:${digest(context, 64)}`;
    const [tag = ""] = list(context.inputs.tags).map(text);
    return { digest: sha, ref: `${tag}@${sha}`, contextHash: digest(context, 64, "context") };
  },
};

/** The secret that RDS and DocumentDB make of a password of their own. */
function ownSecret({ inputs, region }: Context): Values {
  if (inputs.manageMasterUserPassword !== true) return {};
  const name = text(inputs.identifier) || text(inputs.clusterIdentifier);
  const secretArn = `arn:aws:secretsmanager:${region}:${ACCOUNT_ID}:secret:rds!${name}-abc123`;
  return { masterUserSecrets: [{ secretArn, secretStatus: "active", kmsKeyId: "" }] };
}

function clusterOutputs(context: Context, service: "docdb" | "rds"): Values {
  const { inputs, region } = context;
  const id = text(inputs.clusterIdentifier);
  return { id, endpoint: `${id}.cluster-abc123.${region}.${service}.amazonaws.com`, ...ownSecret(context) };
}

export function registryHost(region: string): string {
  return `${ACCOUNT_ID}.dkr.ecr.${region}.amazonaws.com`;
}

function validationOptions(context: Context, domain: string): readonly Values[] {
  const { domainName, subjectAlternativeNames } = context.inputs;
  const names = [...new Set([text(domainName), ...list(subjectAlternativeNames).map(text)])];
  return names.map((name) => ({
    domainName: name,
    resourceRecordName: `_${digest(context, 12, name)}.${name.replace(/^\*\./u, "")}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${digest(context, 12, `${name} value`)}.${domain}.`,
  }));
}

/** The records that a certificate waits for. */
export function validationRecords(outputs: Values): readonly string[] {
  const options = [outputs.domainValidationOptions, outputs.domainValidationRecords].flatMap(records);
  return options.map((option) => text(option.resourceRecordName));
}

export function clusterName(reference: unknown): string {
  const given = text(reference) || "default";
  return given.slice(given.lastIndexOf("/") + 1);
}

function tail(reference: unknown): string {
  return text(reference).split("/").slice(1).join("/");
}
