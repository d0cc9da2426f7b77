/** Names, numbers and addresses that only one resource may have. */
import type { Account, Entity } from "../entity";
import { nameOf } from "../entity";
import { isKubernetes } from "../types";
import { list, records, text } from "../values";
import { API_CLAIMS } from "./apis";
import { MACHINE_CLAIMS } from "./machines";
import { Refusal } from "./rule";

/** What an entity claims for itself, each with the message that another one with the same claim gets. */
type Claims = (entity: Entity, account: Account) => Readonly<Record<string, string>>;

const CLAIMS: Readonly<Record<string, Claims>> = {
  ...API_CLAIMS,
  ...MACHINE_CLAIMS,
  "aws:cloudwatch/logGroup:LogGroup": named("ResourceAlreadyExistsException: The specified log group already exists"),
  "aws:ec2/route:Route": ({ inputs }) => {
    const target = text(inputs.destinationCidrBlock) || text(inputs.destinationPrefixListId);
    return {
      [`${text(inputs.routeTableId)} ${target}`]: `RouteAlreadyExists: The route identified by ${target} already exists.`,
    };
  },
  "aws:ec2/securityGroup:SecurityGroup": (entity) => ({
    [`${text(entity.inputs.vpcId)} ${nameOf(entity)}`]: `InvalidGroup.Duplicate: The security group '${nameOf(entity)}' already exists for VPC '${text(entity.inputs.vpcId)}'`,
  }),
  "aws:ec2/subnet:Subnet": ({ inputs }) => ({
    [`${text(inputs.vpcId)} ${text(inputs.cidrBlock)}`]: `InvalidSubnet.Conflict: The CIDR '${text(inputs.cidrBlock)}' conflicts with another subnet`,
  }),
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ inputs }) =>
    inputs.privateDnsEnabled === true
      ? {
          [`${text(inputs.vpcId)} ${text(inputs.serviceName)}`]: `InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${text(inputs.serviceName)}`,
        }
      : {},
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": ({ inputs: { ecrRepositoryPrefix } }) => ({
    [text(ecrRepositoryPrefix)]:
      `PullThroughCacheRuleAlreadyExistsException: A pull through cache rule already exists with the prefix '${text(ecrRepositoryPrefix)}'`,
  }),
  "aws:ecr/repository:Repository": named("RepositoryAlreadyExistsException: The repository already exists"),
  "aws:ecs/service:Service": (entity, account) => ({
    [`name ${text(entity.inputs.cluster)} ${nameOf(entity)}`]: `InvalidParameterException: Creation of service was not idempotent: ${nameOf(entity)}`,
    ...connectNames(entity, account),
  }),
  "aws:efs/fileSystem:FileSystem": ({ inputs: { creationToken } }): Record<string, string> =>
    creationToken
      ? {
          [text(creationToken)]:
            `FileSystemAlreadyExists: File system already exists with creation token ${text(creationToken)}`,
        }
      : {},
  "aws:efs/mountTarget:MountTarget": ({ inputs }, account) => {
    const zone = text(account.find(text(inputs.subnetId))?.outputs.availabilityZone) || text(inputs.subnetId);
    return { [`${text(inputs.fileSystemId)} ${zone}`]: "MountTargetConflict: mount target already exists in this AZ" };
  },
  "aws:elasticbeanstalk/application:Application": named("InvalidParameterValue: Application already exists"),
  "aws:elasticbeanstalk/applicationVersion:ApplicationVersion": (entity) => ({
    [`${text(entity.inputs.application)} ${nameOf(entity)}`]: `InvalidParameterValue: Application Version ${nameOf(entity)} already exists`,
  }),
  "aws:elasticbeanstalk/environment:Environment": (entity): Record<string, string> => ({
    ...named("InvalidParameterValue: Environment already exists")(entity),
    ...(entity.inputs.cnamePrefix !== undefined && {
      [`cname ${text(entity.inputs.cnamePrefix)}`]: `InvalidParameterValue: DNS name (${text(entity.inputs.cnamePrefix)}) is not available`,
    }),
  }),
  "aws:eks/accessEntry:AccessEntry": inCluster(
    "ResourceInUseException: The specified access entry resource is already in use on this cluster",
    "principalArn",
  ),
  "aws:eks/addon:Addon": inCluster("ResourceInUseException: Addon already exists", "addonName"),
  "aws:eks/cluster:Cluster": named("ResourceInUseException: Cluster already exists with name"),
  "aws:eks/fargateProfile:FargateProfile": inCluster(
    "ResourceInUseException: Fargate Profile already exists",
    "fargateProfileName",
  ),
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": inCluster(
    "ResourceInUseException: Association already exists",
    "namespace",
    "serviceAccount",
  ),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ({ inputs: { url } }) => ({
    [text(url)]: `EntityAlreadyExists: Provider with url ${text(url)} already exists.`,
  }),
  "aws:iam/instanceProfile:InstanceProfile": named("EntityAlreadyExists: Instance profile already exists"),
  "aws:iam/policy:Policy": named("EntityAlreadyExists: A policy with this name already exists"),
  "aws:iam/role:Role": named("EntityAlreadyExists: Role with this name already exists"),
  "aws:lb/listener:Listener": ({ inputs }) => ({
    [`${text(inputs.loadBalancerArn)} ${String(inputs.port)}`]: `DuplicateListener: A listener already exists on this port for this load balancer: ${String(inputs.port)}`,
  }),
  "aws:lb/listenerRule:ListenerRule": ({ inputs: { listenerArn, priority } }): Record<string, string> =>
    typeof priority !== "number"
      ? {} // AWS's provider takes the next free one
      : {
          [`${text(listenerArn)} ${priority}`]: `PriorityInUse: Priority '${priority}' is currently in use`,
        },
  "aws:lb/loadBalancer:LoadBalancer": named("DuplicateLoadBalancerName: A load balancer with the same name exists"),
  "aws:lb/targetGroup:TargetGroup": named("DuplicateTargetGroupName: A target group with the same name exists"),
  "aws:lightsail/certificate:Certificate": (entity) => ({
    ...named("InvalidInputException: Some names are already in use")(entity),
    ...Object.fromEntries(
      [...new Set([entity.inputs.domainName, ...list(entity.inputs.subjectAlternativeNames)].map(text))].map(
        (domain) => [
          `domain ${text(entity.outputs.region)} ${domain}`,
          `InvalidInputException: The domain ${domain} is already in use by another certificate`,
        ],
      ),
    ),
  }),
  "aws:lightsail/containerService:ContainerService": (entity) => ({
    ...named("InvalidInputException: Some names are already in use")(entity),
    ...Object.fromEntries(
      containerDomains(entity).map((domain) => [
        `domain ${domain}`,
        `InvalidInputException: The domain ${domain} is already in use by another container service`,
      ]),
    ),
  }),
  "aws:route53/record:Record": ({ inputs }): Record<string, string> => {
    const { zoneId, name, type, setIdentifier = "" } = inputs;
    const set = `[name='${text(name).replace(/\.$/u, "").toLowerCase()}', type='${text(type)}'${setIdentifier === "" ? "" : `, set='${text(setIdentifier)}'`}]`;
    return inputs.allowOverwrite === true
      ? {}
      : {
          [`${text(zoneId)} ${set}`]: `InvalidChangeBatch: Tried to create resource record set ${set} but it already exists`,
        };
  },
  "aws:s3/bucket:Bucket": named("BucketAlreadyOwnedByYou: The bucket already exists, and you own it"),
  "aws:secretsmanager/secret:Secret": named(
    "ResourceExistsException: The operation failed because the secret already exists",
  ),
  "aws:servicediscovery/httpNamespace:HttpNamespace": named("NamespaceAlreadyExists: The namespace already exists"),
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": ({ inputs }) => ({
    [`${text(inputs.vpc)} ${text(inputs.name)}`]: "ConflictingDomainExists: the VPC has a namespace of this name",
  }),
  "aws:servicediscovery/service:Service": (entity) => ({
    [`${text(entity.inputs.namespaceId)} ${nameOf(entity)}`]: `ServiceAlreadyExists: ${nameOf(entity)} exists in the namespace`,
  }),
  "aws:ssm/parameter:Parameter": (entity): Record<string, string> =>
    entity.inputs.overwrite === true ? {} : named("ParameterAlreadyExists: The parameter already exists")(entity),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": permission,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": permission,
};

/** Refuses an entity with a claim that another one of its type has, ready or not. */
export function checkTaken(entity: Entity, account: Account): void {
  const claimsOf = CLAIMS[entity.type] ?? (isKubernetes(entity.type) ? objectName : undefined);
  const claims = claimsOf?.(entity, account);
  if (!claimsOf || !claims) return;
  for (const other of account.all(entity.type)) {
    if (other.serial === entity.serial) continue;
    const theirs = claimsOf(other, account);
    for (const [claim, message] of Object.entries(claims)) if (claim in theirs) throw new Refusal(message);
  }
}

export const takenTypes = Object.keys(CLAIMS).sort();

function named(message: string): (entity: Entity) => Record<string, string> {
  return (entity) => ({ [`name ${nameOf(entity)}`]: `${message}: ${nameOf(entity)}` });
}

function inCluster(message: string, ...keys: readonly string[]): (entity: Entity) => Record<string, string> {
  return ({ inputs }) => {
    const name = keys.map((key) => text(inputs[key])).join("/");
    return { [`${text(inputs.clusterName)} ${name}`]: `${message}: ${name}` };
  };
}

/** Kubernetes has one object of a kind and name in a namespace. */
function objectName({ id, type }: Entity): Record<string, string> {
  return { [id]: `AlreadyExists: ${type.slice(type.lastIndexOf(":") + 1)} "${id}" already exists` };
}

function permission({ inputs }: Entity): Record<string, string> {
  const { securityGroupId, ipProtocol, fromPort, toPort } = inputs;
  const peer = ["cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "prefixListId"].map((key) => text(inputs[key]));
  const ports = ipProtocol === "-1" ? "" : `${String(fromPort)} ${String(toPort)}`;
  return {
    [`${text(securityGroupId)} ${text(ipProtocol)} ${ports} ${peer.join(" ")}`]: `InvalidPermission.Duplicate: the specified rule "peer: ${peer.join("")}, ${text(ipProtocol)}, ${ports}" already exists`,
  };
}

/** The discovery names and client aliases of a service in its Service Connect namespace. */
function connectNames({ inputs }: Entity, account: Account): Record<string, string> {
  const connect = records(inputs.serviceConnectConfiguration)[0] ?? record(inputs.serviceConnectConfiguration);
  if (connect?.enabled !== true) return {};
  const namespace = account.find(text(connect.namespace))?.id ?? text(connect.namespace);
  const claims: Record<string, string> = {};
  for (const service of records(connect.services)) {
    const discovery = text(service.discoveryName) || text(service.portName);
    if (`discovery ${namespace} ${discovery}` in claims)
      throw new Refusal(`InvalidParameterException: The discovery name ${discovery} must be unique in the namespace`);
    claims[`discovery ${namespace} ${discovery}`] =
      `InvalidParameterException: The discovery name ${discovery} is in use by another service of the namespace`;
    for (const alias of records(service.clientAlias)) {
      const address = `${text(alias.dnsName) || discovery}:${String(alias.port)}`;
      claims[`alias ${namespace} ${address}`] =
        `InvalidParameterException: The client alias ${address} is in use by another service of the namespace`;
    }
  }
  return claims;
}

function containerDomains({ inputs }: Entity): readonly string[] {
  const names = record(inputs.publicDomainNames) ?? {};
  return records(names.certificates).flatMap((certificate) => list(certificate.domainNames).map(text));
}

function record(value: unknown) {
  return records([value])[0];
}
