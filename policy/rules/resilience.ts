/** What outlives a zone, a mistake and a bad day. Pure. */
import { numberOf } from "../../plan/prices/inputs";
import type { PolicyResource, ResourceRule, StackRule } from "./rule";
import { when } from "./rule";
import type { PolicyStack } from "./stack";
import { isOff, isUnknown, knownList, listOf, mapAt, textOf } from "./values";

const RDS = "aws:rds/instance:Instance";
const AURORA = "aws:rds/cluster:Cluster";
const DOCUMENTDB = "aws:docdb/cluster:Cluster";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const LIGHTSAIL_DATABASE = "aws:lightsail/database:Database";
const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const EKS = "aws:eks/cluster:Cluster";
const SERVICE = "aws:ecs/service:Service";
const POOL = "aws:autoscaling/group:Group";
const FILE_SYSTEM = "aws:efs/fileSystem:FileSystem";

/** The list of subnets of each, one subnet being in one zone. */
const SUBNETS: Readonly<Record<string, (resource: PolicyResource) => ReturnType<typeof knownList>>> = {
  [LOAD_BALANCER]: ({ inputs }) => knownList(inputs.subnets),
  [POOL]: ({ inputs }) => knownList(inputs.vpcZoneIdentifiers),
  [EKS]: ({ inputs }) => (isUnknown(inputs.vpcConfig) ? null : knownList(mapAt(inputs, "vpcConfig").subnetIds)),
  // a service of the host's network has no subnets of its own
  [SERVICE]: ({ inputs }) =>
    inputs.networkConfiguration === undefined || isUnknown(inputs.networkConfiguration)
      ? null
      : knownList(mapAt(inputs, "networkConfiguration").subnets),
};

/** The instances that a cluster of databases has, by its type. */
const INSTANCES: Readonly<Record<string, string>> = {
  [AURORA]: "aws:rds/clusterInstance:ClusterInstance",
  [DOCUMENTDB]: "aws:docdb/clusterInstance:ClusterInstance",
};

function standsInOneZone(resource: PolicyResource, stack: PolicyStack): string | null {
  const { type, inputs } = resource;
  const subnets = SUBNETS[type]?.(resource);
  if (subnets) return subnets.length < 2 ? `it has ${subnets.length} subnets` : null;
  const instances = INSTANCES[type];
  if (instances !== undefined) {
    const count = stack.referring(instances, "clusterIdentifier", resource, "clusterIdentifier").length;
    return count === 1 ? "it has one instance" : null;
  }
  if (type === RDS) return isOff(inputs.multiAz) ? "multiAz is off" : null;
  if (type === CACHE) return isOff(inputs.multiAzEnabled) ? "multiAzEnabled is off" : null;
  return type === FILE_SYSTEM && textOf(inputs.availabilityZoneName) !== null ? "it is in one zone by name" : null;
}

const twoZones: StackRule = {
  name: "two-zones",
  scope: "stack",
  severity: "mandatory",
  description: "In a protected environment what can be in two zones or more is: load balancers, pools, services, data.",
  remedy: "give it subnets in two zones at least; a database multiAz, a cluster a second instance",
  source:
    "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/use-fault-isolation-to-protect-your-workload.html",
  types: [...Object.keys(SUBNETS), ...Object.keys(INSTANCES), RDS, CACHE, FILE_SYSTEM],
  check: (resource, stack) => {
    const wrong = stack.protected ? standsInOneZone(resource, stack) : null;
    return wrong === null ? [] : [wrong];
  },
};

const PROTECTED_BY: Readonly<Record<string, string>> = {
  [RDS]: "deletionProtection",
  [AURORA]: "deletionProtection",
  [DOCUMENTDB]: "deletionProtection",
  [EKS]: "deletionProtection",
  [LOAD_BALANCER]: "enableDeletionProtection",
};

const deletionProtection: ResourceRule = {
  name: "deletion-protection",
  scope: "resource",
  severity: "mandatory",
  description: "In a protected environment AWS refuses to delete databases, load balancers and clusters.",
  remedy: "turn the deletion protection on, and off again in a deployment of its own before it is to go",
  source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html",
  types: Object.keys(PROTECTED_BY),
  check: ({ type, inputs }, { protected: isProtected }) => {
    const input = PROTECTED_BY[type] ?? "";
    return when(isProtected && isOff(inputs[input]), `${input} is off`);
  },
};

const RETAINED_BY: Readonly<Record<string, string>> = {
  [RDS]: "backupRetentionPeriod",
  [AURORA]: "backupRetentionPeriod",
  [DOCUMENTDB]: "backupRetentionPeriod",
  [CACHE]: "snapshotRetentionLimit",
};
/** Days that backups are kept at the least, where the environment is protected. */
const WEEK = 7;

const databaseBackups: ResourceRule = {
  name: "database-backups",
  scope: "resource",
  severity: "mandatory",
  description: `Databases are backed up; in a protected environment the backups are kept for ${WEEK} days or more.`,
  remedy: `keep the backups (managed.backupDays): ${WEEK} days at least in a protected environment`,
  source:
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html",
  types: [...Object.keys(RETAINED_BY), LIGHTSAIL_DATABASE],
  check: ({ type, inputs }, { protected: isProtected }) => {
    if (type === LIGHTSAIL_DATABASE)
      return when(inputs.backupRetentionEnabled === false, "backupRetentionEnabled is false");
    const input = RETAINED_BY[type] ?? "";
    const value = inputs[input];
    if (isUnknown(value)) return [];
    const days = numberOf(value) ?? 0;
    // what only a cache holds can be made again
    const least = isProtected ? WEEK : type === CACHE ? 0 : 1;
    return when(days < least, `${input} is ${days}`);
  },
};

const SELECTION = "aws:backup/selection:Selection";

/** True where a plan of AWS Backup takes what has one of the resource's tags. */
const isSelected = ({ inputs }: PolicyResource, stack: PolicyStack): boolean =>
  stack
    .ofType(SELECTION)
    .flatMap(({ inputs: selection }) => listOf(selection.selectionTags))
    .some(({ key, value }) => typeof key === "string" && mapAt(inputs, "tags")[key] === value);

const volumeBackups: StackRule = {
  name: "volume-backups",
  scope: "stack",
  severity: "mandatory",
  description: "In a protected environment file systems are backed up each day.",
  remedy: "enable the file system's backup policy, or let a plan of AWS Backup take it (spectrum:platform.backup)",
  source: "https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html",
  types: [FILE_SYSTEM],
  check: (resource, stack) => {
    if (!stack.protected) return [];
    const policies = stack.referring("aws:efs/backupPolicy:BackupPolicy", "fileSystemId", resource);
    const enabled = policies.some(({ inputs }) => {
      const { status } = mapAt(inputs, "backupPolicy");
      return isUnknown(inputs.backupPolicy) || isUnknown(status) || status === "ENABLED";
    });
    return when(!enabled && !isSelected(resource, stack), "no backup policy and no plan of AWS Backup takes it");
  },
};

export const resilienceRules = [twoZones, deletionProtection, databaseBackups, volumeBackups];
