/** What AWS does not delete: what still holds something, or is still held by something. */
import { ENVIRONMENT, scalingGroup, targetGroups } from "../beanstalk";
import type { Account, Entity } from "../entity";
import { ACCOUNT_ID, nameOf, references } from "../entity";
import { clusterName } from "../outputs";
import type { Values } from "../values";
import { isRecord, records, text, texts } from "../values";
import { API_DELETES } from "./apis";
import { EXTERNAL_DELETES } from "./external";
import { MACHINE_HOLDERS } from "./machines";
import { CAPACITY_DELETES } from "./capacity";
import { DATABASE_DELETES } from "./databases";
import { EDGE_DELETES } from "./edge";
import type { Checks } from "./rule";
import { joinChecks, Refusal } from "./rule";

/** One kind of holder: the entities of `types` that say one of the held one's references somewhere in `of`. */
interface Holder {
  readonly types: readonly string[];
  /** What of the holder's inputs counts; all of them unless given. */
  readonly of?: (inputs: Values) => unknown;
  /** What the holder says to name the held one; its id and ARN unless given. */
  readonly names?: (held: Entity) => readonly string[];
}

interface Held {
  readonly message: string;
  readonly by: readonly Holder[];
}

const LISTENERS = ["aws:lb/listener:Listener", "aws:lb/listenerRule:ListenerRule"];
/** What has a network interface in a subnet, with security groups. */
const INTERFACES = [
  "aws:ecs/service:Service",
  "aws:eks/cluster:Cluster",
  "aws:efs/mountTarget:MountTarget",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:ec2/natGateway:NatGateway",
];
const GROUP_RULES = [
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
];

/** Instances of Beanstalk's have interfaces too: their groups and subnets stand in lists of texts with commas. */
const INSTANCES: Holder = {
  types: [ENVIRONMENT],
  of: ({ settings }) => texts(settings).flatMap((value) => value.split(",")),
};

const HELD: Readonly<Record<string, Held>> = {
  ...Object.fromEntries(
    MACHINE_HOLDERS.map(({ held, holder, property, message }): [string, Held] => [
      held,
      {
        message,
        by: [{ types: [holder], of: (inputs) => inputs[property], names: (entity) => [nameOf(entity)] }],
      },
    ]),
  ),
  "aws:acm/certificate:Certificate": {
    message: "ResourceInUseException: Certificate is in use",
    by: [{ types: ["aws:lb/listener:Listener", "aws:lb/listenerCertificate:ListenerCertificate"] }],
  },
  "aws:ec2/eip:Eip": {
    message: "InvalidIPAddress.InUse: Address is in use",
    by: [{ types: ["aws:ec2/natGateway:NatGateway"] }],
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    message: "DependencyViolation: resource has a dependent object",
    by: [
      { types: INTERFACES },
      { types: GROUP_RULES, of: ({ referencedSecurityGroupId }) => referencedSecurityGroupId },
      {
        types: ["aws:ec2/securityGroupRule:SecurityGroupRule"],
        of: ({ sourceSecurityGroupId }) => sourceSecurityGroupId,
      },
      { types: ["aws:ec2/securityGroup:SecurityGroup"], of: ({ ingress, egress }) => [ingress, egress] },
      INSTANCES,
    ],
  },
  "aws:ec2/subnet:Subnet": {
    message: "DependencyViolation: The subnet has dependencies and cannot be deleted",
    by: [{ types: INTERFACES }, INSTANCES],
  },
  "aws:ec2/vpc:Vpc": {
    message: "DependencyViolation: The vpc has dependencies and cannot be deleted",
    by: [
      {
        types: [
          "aws:ec2/subnet:Subnet",
          "aws:ec2/securityGroup:SecurityGroup",
          "aws:ec2/internetGateway:InternetGateway",
          "aws:ec2/routeTable:RouteTable",
          "aws:ec2/vpcEndpoint:VpcEndpoint",
        ],
      },
    ],
  },
  "aws:ecs/cluster:Cluster": {
    message: "ClusterContainsServicesException: The Cluster cannot be deleted while Services are active",
    by: [
      {
        types: ["aws:ecs/service:Service"],
        of: ({ cluster }) => clusterName(cluster),
        names: (held) => [nameOf(held)],
      },
    ],
  },
  "aws:eks/cluster:Cluster": {
    message: "ResourceInUseException: Cluster has nodegroups or fargate profiles attached",
    by: [
      {
        types: ["aws:eks/nodeGroup:NodeGroup", "aws:eks/fargateProfile:FargateProfile"],
        of: ({ clusterName: cluster }) => cluster,
        names: (held) => [nameOf(held)],
      },
    ],
  },
  "aws:efs/fileSystem:FileSystem": {
    message: "FileSystemInUse: the file system has mount targets created in it",
    by: [{ types: ["aws:efs/mountTarget:MountTarget"] }],
  },
  "aws:elasticbeanstalk/application:Application": {
    message: "InvalidParameterValue: Unable to delete application because it has a running environment, in use",
    by: [{ types: [ENVIRONMENT], of: ({ application }) => application, names: (held) => [nameOf(held)] }],
  },
  "aws:elasticbeanstalk/applicationVersion:ApplicationVersion": {
    message: "SourceBundleDeletionFailure: Unable to delete application version because it is in use by an environment",
    by: [
      {
        types: [ENVIRONMENT],
        of: ({ application, version }) => `${text(application)} ${text(version)}`,
        names: (held) => [`${text(held.inputs.application)} ${nameOf(held)}`],
      },
    ],
  },
  "aws:iam/policy:Policy": {
    message: "DeleteConflict: Cannot delete a policy attached to entities",
    by: [{ types: ["aws:iam/rolePolicyAttachment:RolePolicyAttachment"] }],
  },
  "aws:iam/role:Role": {
    message: "DeleteConflict: Cannot delete entity, must detach all policies first",
    by: [
      {
        types: [
          "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
          "aws:iam/rolePolicy:RolePolicy",
          "aws:iam/instanceProfile:InstanceProfile",
        ],
        of: ({ role }) => role,
      },
    ],
  },
  "aws:lb/targetGroup:TargetGroup": {
    message: "ResourceInUse: Target group is currently in use by a listener or a rule",
    by: [{ types: LISTENERS }],
  },
  "aws:lightsail/certificate:Certificate": {
    message: "InvalidInputException: the certificate is attached to a container service",
    by: [
      {
        types: ["aws:lightsail/containerService:ContainerService"],
        of: ({ publicDomainNames }) => publicDomainNames,
        names: (held) => [nameOf(held)],
      },
    ],
  },
  "aws:route53/zone:Zone": {
    message: "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets",
    by: [{ types: ["aws:route53/record:Record"], of: ({ zoneId }) => zoneId }],
  },
  "aws:servicediscovery/httpNamespace:HttpNamespace": {
    message: "ResourceInUse: Namespace has associated services",
    by: [
      { types: ["aws:servicediscovery/service:Service"] },
      { types: ["aws:ecs/service:Service"], of: publishedNames },
    ],
  },
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {
    message: "ResourceInUse: Namespace has associated services",
    by: [{ types: ["aws:servicediscovery/service:Service"] }],
  },
};

/** Refuses to delete what another entity, ready or not, still holds. */
export function checkHeld(entity: Entity, account: Account): void {
  const held = HELD[entity.type];
  if (!held || entity.inputs.forceDestroy === true) return;
  for (const { types, of = (inputs: Values) => inputs, names = references } of held.by) {
    const wanted = new Set(names(entity));
    for (const holder of types.flatMap((type) => account.all(type))) {
      if (holder !== entity && texts(of(holder.inputs)).some((value) => wanted.has(value)))
        throw new Refusal(`${held.message} (${nameOf(entity)}, by ${holder.type} ${nameOf(holder)})`);
    }
  }
}

/** The other reasons not to delete. */
const OWN_DELETE_CHECKS: Checks = {
  "aws:ec2/internetGateway:InternetGateway": [
    ({ inputs: { vpcId } }, account) => {
      const user = addresses(account).find((entity) => vpcOf(entity, account) === vpcId);
      // the provider waits: awsx's NAT gateways do not depend on the gateway, so both are deleted at once
      if (user)
        throw new Refusal(`DependencyViolation: Network ${text(vpcId)} has some mapped public address(es)`, true);
    },
  ],
  "aws:ecr/repository:Repository": [
    (entity, account) => {
      const name = nameOf(entity);
      if (entity.inputs.forceDelete !== true && account.images(name).size > 0)
        throw new Refusal(
          `RepositoryNotEmptyException: The repository with name '${name}' cannot be deleted because it still contains images`,
        );
    },
  ],
  [ENVIRONMENT]: [
    (entity, account) => {
      const groups = targetGroups(scalingGroup(entity.id, entity.inputs), account.region, ACCOUNT_ID);
      const rule = account
        .all("aws:lb/listenerRule:ListenerRule")
        .find(({ inputs }) => texts(inputs.actions).some((value) => groups.includes(value)));
      if (rule)
        throw new Refusal(
          `the environment's stack cannot be deleted: ResourceInUse: Target group is currently in use by a listener or a rule (${nameOf(rule)})`,
        );
    },
  ],
  "aws:eks/cluster:Cluster": [
    ({ inputs, id }) => {
      if (inputs.deletionProtection === true)
        throw new Refusal(`InvalidRequestException: cluster ${id} has deletion protection enabled`);
    },
  ],
  "aws:eks/fargateProfile:FargateProfile": [oneProfileAtATime],
  "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding": [
    ({ id }, account) => {
      if (!hasController(account)) throw new Refusal(`timeout: nobody is there to end the finalizer of ${id}`);
    },
  ],
  "aws:lb/loadBalancer:LoadBalancer": [
    ({ inputs, id }) => {
      if (inputs.enableDeletionProtection === true)
        throw new Refusal(
          `OperationNotPermitted: Load balancer '${id}' cannot be deleted because deletion protection is enabled`,
        );
    },
  ],
  "aws:s3/bucket:Bucket": [
    (entity, account) => {
      const name = nameOf(entity);
      const made = ["aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2"]
        .flatMap((type) => account.all(type))
        .filter(({ inputs }) => inputs.bucket === name);
      if (entity.inputs.forceDestroy !== true && made.length + account.objects(name) > 0)
        throw new Refusal(`BucketNotEmpty: The bucket you tried to delete is not empty: ${name}`);
    },
  ],
};

/** By type, with what each room of the stand-in has to say. */
export const DELETE_CHECKS: Checks = joinChecks(
  OWN_DELETE_CHECKS,
  EXTERNAL_DELETES,
  CAPACITY_DELETES,
  DATABASE_DELETES,
  EDGE_DELETES,
  API_DELETES,
);

/** `<held> by <holder>` of every rule, sorted: each has a test. */
export const heldPairs = Object.entries(HELD)
  .flatMap(([held, { by }]) => by.flatMap(({ types }) => types.map((holder) => `${held} by ${holder}`)))
  .sort();

/** AWS makes or deletes one profile of a cluster at a time. */
export function oneProfileAtATime(entity: Entity, account: Account): void {
  const busy = account
    .all(entity.type)
    .find((other) => other !== entity && !other.ready && other.inputs.clusterName === entity.inputs.clusterName);
  if (busy)
    throw new Refusal(
      `ResourceInUseException: another Fargate profile of the cluster is being changed: ${nameOf(busy)}`,
    );
}

/** True where the AWS Load Balancer Controller runs, with the kinds that it brings. */
export function hasController(account: Account): boolean {
  return account
    .ready("kubernetes:helm.sh/v3:Release")
    .some(({ inputs }) => inputs.chart === "aws-load-balancer-controller");
}

/** What has a public address in a VPC. */
function addresses(account: Account): readonly Entity[] {
  return [
    ...account.all("aws:ec2/natGateway:NatGateway"),
    ...account.all("aws:lb/loadBalancer:LoadBalancer").filter(({ inputs }) => inputs.internal !== true),
    ...account
      .all("aws:ecs/service:Service")
      .filter(
        ({ inputs }) => isRecord(inputs.networkConfiguration) && inputs.networkConfiguration.assignPublicIp === true,
      ),
  ];
}

/** The VPC of the first subnet that an entity names. */
export function vpcOf({ inputs }: Entity, account: Account): unknown {
  for (const value of texts(inputs)) {
    const subnet = value.startsWith("subnet-") ? account.find(value) : undefined;
    if (subnet) return subnet.inputs.vpcId;
  }
  return undefined;
}

/** The namespace, where a service publishes a name in it: Cloud Map then holds a service of ECS's own. */
function publishedNames({ serviceConnectConfiguration: connect }: Values): unknown {
  return isRecord(connect) && records(connect.services).length > 0 ? connect.namespace : undefined;
}
