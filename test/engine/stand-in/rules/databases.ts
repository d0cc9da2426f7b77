/** What AWS refuses about managed databases: names, passwords, groups that are held, an end without a last snapshot. */
import type { Account } from "../entity";
import { nameOf } from "../entity";
import { list, text } from "../values";
import type { Check, Checks } from "./rule";
import { Refusal } from "./rule";

const INSTANCE = "aws:rds/instance:Instance";
const CLUSTERS = ["aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster"];
const MEMBERS = ["aws:rds/clusterInstance:ClusterInstance", "aws:docdb/clusterInstance:ClusterInstance"];
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const LIGHTSAIL = "aws:lightsail/database:Database";

/** What each is called by, and what names it. */
const IDENTIFIERS: Readonly<Record<string, string>> = {
  [INSTANCE]: "identifier",
  ...Object.fromEntries(CLUSTERS.map((type) => [type, "clusterIdentifier"])),
  ...Object.fromEntries(MEMBERS.map((type) => [type, "identifier"])),
  [CACHE]: "replicationGroupId",
  [LIGHTSAIL]: "relationalDatabaseName",
};

const nameTaken: Check = (entity, account) => {
  const key = IDENTIFIERS[entity.type] ?? "";
  const name = text(entity.inputs[key]);
  if (account.all(entity.type).some((other) => other.serial !== entity.serial && other.inputs[key] === name))
    throw new Refusal(`AlreadyExists: ${name} already exists`);
};

const password =
  (key: string): Check =>
  ({ inputs }) => {
    const given = inputs[key];
    if ((given === undefined) !== (inputs.manageMasterUserPassword === true))
      throw new Refusal("InvalidParameterValue: give a MasterUserPassword, or ManageMasterUserPassword");
    if (given !== undefined && !/^(?!.*[/@" ])[!-~]{8,128}$/u.test(text(given)))
      throw new Refusal("InvalidParameterValue: The parameter MasterUserPassword is not a valid password");
  };

const lightsailPassword: Check = ({ inputs }) => {
  if (!/^(?!.*[/@" ])[!-~]{8,128}$/u.test(text(inputs.masterPassword)))
    throw new Refusal("InvalidInputException: the master password is not a valid one");
};

/** A log group that is not there first is made by AWS, without a retention. */
const logged =
  (prefix: string, key: string): Check =>
  ({ inputs }, account) => {
    const groups = account.ready("aws:cloudwatch/logGroup:LogGroup").map(nameOf);
    for (const log of list(inputs.enabledCloudwatchLogsExports).map(text)) {
      const name = `${prefix}/${text(inputs[key])}/${log}`;
      if (!groups.includes(name)) throw new Refusal(`the log group ${name} would be made without a retention`);
    }
  };

const twoZones: Check = ({ inputs }, account) => {
  const zones = list(inputs.subnetIds).map((id) => text(account.find(text(id))?.outputs.availabilityZone));
  if (new Set(zones).size < 2)
    throw new Refusal("DBSubnetGroupDoesNotCoverEnoughAZs: add subnets to cover at least 2 availability zones");
};

const cacheAccess: Check = ({ inputs }) => {
  const { authToken, transitEncryptionEnabled, automaticFailoverEnabled, numCacheClusters } = inputs;
  if (authToken !== undefined && transitEncryptionEnabled !== true)
    throw new Refusal("InvalidParameterCombination: AUTH needs encryption in transit");
  if (authToken !== undefined && !/^[A-Za-z0-9!&#$^<>-]{16,128}$/u.test(text(authToken)))
    throw new Refusal("InvalidParameterValue: Invalid AuthToken provided");
  if (automaticFailoverEnabled === true && Number(numCacheClusters) < 2)
    throw new Refusal("InvalidParameterValue: automatic failover needs a replica");
};

export const DATABASE_NEEDS: Checks = {
  [INSTANCE]: [nameTaken, password("password"), logged("/aws/rds/instance", "identifier")],
  "aws:rds/cluster:Cluster": [nameTaken, password("masterPassword"), logged("/aws/rds/cluster", "clusterIdentifier")],
  "aws:docdb/cluster:Cluster": [nameTaken, password("masterPassword"), logged("/aws/docdb", "clusterIdentifier")],
  ...Object.fromEntries(MEMBERS.map((type) => [type, [nameTaken]])),
  [CACHE]: [nameTaken, cacheAccess],
  [LIGHTSAIL]: [nameTaken, lightsailPassword],
  "aws:rds/subnetGroup:SubnetGroup": [twoZones],
  "aws:docdb/subnetGroup:SubnetGroup": [twoZones],
};

const notProtected: Check = ({ inputs, id }) => {
  if (inputs.deletionProtection === true)
    throw new Refusal(`InvalidParameterCombination: Cannot delete protected DB Instance or Cluster ${id}`);
};

const lastSnapshot =
  (key: string): Check =>
  ({ inputs, id }) => {
    if (inputs.skipFinalSnapshot !== true && !text(inputs[key]))
      throw new Refusal(`${key} is required when skipFinalSnapshot is false: ${id}`);
  };

/** Refuses while another of these types says the name in that input. */
const heldBy =
  (types: readonly string[], ...keys: readonly string[]): Check =>
  (entity, account: Account) => {
    const names = [nameOf(entity), entity.id];
    const holder = types
      .flatMap((type) => account.all(type))
      .find(({ inputs }) => keys.some((key) => [inputs[key]].flat().some((value) => names.includes(text(value)))));
    if (holder) throw new Refusal(`InvalidState: ${nameOf(entity)} is in use by ${holder.id}`);
  };

const RDS = [INSTANCE, "aws:rds/cluster:Cluster"];
const DATABASES = [INSTANCE, ...CLUSTERS, CACHE];

export const DATABASE_DELETES: Checks = {
  [INSTANCE]: [notProtected, lastSnapshot("finalSnapshotIdentifier")],
  "aws:rds/cluster:Cluster": [
    notProtected,
    lastSnapshot("finalSnapshotIdentifier"),
    heldBy(["aws:rds/clusterInstance:ClusterInstance"], "clusterIdentifier"),
  ],
  "aws:docdb/cluster:Cluster": [
    notProtected,
    lastSnapshot("finalSnapshotIdentifier"),
    heldBy(["aws:docdb/clusterInstance:ClusterInstance"], "clusterIdentifier"),
  ],
  [LIGHTSAIL]: [lastSnapshot("finalSnapshotName")],
  "aws:rds/subnetGroup:SubnetGroup": [heldBy(RDS, "dbSubnetGroupName")],
  "aws:docdb/subnetGroup:SubnetGroup": [heldBy(["aws:docdb/cluster:Cluster"], "dbSubnetGroupName")],
  "aws:elasticache/subnetGroup:SubnetGroup": [heldBy([CACHE], "subnetGroupName")],
  "aws:rds/parameterGroup:ParameterGroup": [heldBy([INSTANCE], "parameterGroupName")],
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": [
    heldBy(["aws:rds/cluster:Cluster"], "dbClusterParameterGroupName"),
  ],
  "aws:docdb/clusterParameterGroup:ClusterParameterGroup": [
    heldBy(["aws:docdb/cluster:Cluster"], "dbClusterParameterGroupName"),
  ],
  "aws:elasticache/parameterGroup:ParameterGroup": [heldBy([CACHE], "parameterGroupName")],
  "aws:ec2/securityGroup:SecurityGroup": [heldBy(DATABASES, "vpcSecurityGroupIds", "securityGroupIds")],
  "aws:ec2/subnet:Subnet": [
    heldBy(
      [
        "aws:rds/subnetGroup:SubnetGroup",
        "aws:docdb/subnetGroup:SubnetGroup",
        "aws:elasticache/subnetGroup:SubnetGroup",
      ],
      "subnetIds",
    ),
  ],
};
