/** The stand-in cloud refuses what AWS refuses about managed databases. */
import assert from "node:assert/strict";

import { ProviderClient } from "./provider-client";
import { Cloud } from "./stand-in/cloud";
import type { Values } from "./stand-in/values";

const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const CACHE_PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup";
const CACHE_SUBNETS = "aws:elasticache/subnetGroup:SubnetGroup";
const DOCUMENTS = "aws:docdb/cluster:Cluster";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const INSTANCE = "aws:rds/instance:Instance";
const LIGHTSAIL = "aws:lightsail/database:Database";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const SUBNET = "aws:ec2/subnet:Subnet";
const CLUSTER = "aws:rds/cluster:Cluster";

describe("stand-in: databases", () => {
  let cloud: Cloud;
  let client: ProviderClient;
  beforeEach(async () => {
    cloud = new Cloud({ latency: 0, patience: 50 });
    client = await ProviderClient.open(cloud);
  });
  afterEach(() => client.close());

  const make = (type: string, inputs: Values = {}) =>
    client.create(type, `${type.split(":").at(-1)}${cloud.everything.length}`, inputs);
  const refuses = (action: Promise<unknown>, message: RegExp) => assert.rejects(action, message);

  const password = "long-enough-1";
  const ends = { skipFinalSnapshot: true };
  /** By type: one that is taken. */
  const databases: Readonly<Record<string, Values>> = {
    [INSTANCE]: { identifier: "shop-db", password, ...ends },
    [CLUSTER]: { clusterIdentifier: "shop-db", masterPassword: password, ...ends },
    [DOCUMENTS]: { clusterIdentifier: "shop-db", masterPassword: password, ...ends },
    "aws:rds/clusterInstance:ClusterInstance": { identifier: "shop-db-1", clusterIdentifier: "other" },
    "aws:docdb/clusterInstance:ClusterInstance": { identifier: "shop-db-1", clusterIdentifier: "other" },
    [CACHE]: { replicationGroupId: "shop-redis" },
    [LIGHTSAIL]: { relationalDatabaseName: "shop-db", masterPassword: password, ...ends },
  };

  for (const [type, inputs] of Object.entries(databases)) {
    it(`a name twice: ${type}`, async () => {
      await make(type, inputs);
      await refuses(make(type, inputs), /already exists/u);
    });
  }

  for (const [type, key] of [
    [INSTANCE, "password"],
    [CLUSTER, "masterPassword"],
    [DOCUMENTS, "masterPassword"],
    [LIGHTSAIL, "masterPassword"],
  ] as const) {
    it(`a password that is too short, has a slash, or is not there: ${type}`, async () => {
      for (const wrong of ["short", "has/a/slash", undefined])
        await refuses(make(type, { ...databases[type], [key]: wrong }), /password/iu);
    });
  }

  for (const [type, group] of [
    [INSTANCE, "/aws/rds/instance/shop-db/error"],
    [CLUSTER, "/aws/rds/cluster/shop-db/error"],
    [DOCUMENTS, "/aws/docdb/shop-db/error"],
  ] as const) {
    it(`logs that have no group yet: ${type}`, async () => {
      const inputs = { ...databases[type], enabledCloudwatchLogsExports: ["error"] };
      await refuses(make(type, inputs), /without a retention/u);
      await make(LOGS, { name: group });
      await make(type, inputs);
    });

    it(`deleting it protected, or without a last snapshot: ${type}`, async () => {
      const kept = await make(type, { ...databases[type], deletionProtection: true });
      await refuses(client.delete(kept), /protected/u);
      const key = type === INSTANCE ? "identifier" : "clusterIdentifier";
      const silent = await make(type, { ...databases[type], [key]: "other", skipFinalSnapshot: false });
      await refuses(client.delete(silent), /finalSnapshotIdentifier is required/u);
      const said = { [key]: "third", skipFinalSnapshot: false, finalSnapshotIdentifier: "last" };
      await client.delete(await make(type, { ...databases[type], ...said }));
    });
  }

  it("deleting a Lightsail database without a last snapshot", async () => {
    const made = await make(LIGHTSAIL, { ...databases[LIGHTSAIL], skipFinalSnapshot: false });
    await refuses(client.delete(made), /finalSnapshotName is required/u);
  });

  for (const service of ["rds", "docdb"]) {
    it(`subnets in one zone alone, and a subnet in a group: ${service}`, async () => {
      const type = `aws:${service}/subnetGroup:SubnetGroup`;
      const [one, same, two] = await Promise.all(
        ["a", "a", "b"].map((zone, i) =>
          make(SUBNET, { vpcId: "vpc-1", cidrBlock: `10.0.${16 * i}.0/20`, availabilityZone: `us-east-1${zone}` }),
        ),
      );
      assert.ok(one && same && two);
      await refuses(make(type, { name: "a", subnetIds: [one.id, same.id] }), /CoverEnoughAZs/u);
      const group = await make(type, { name: "b", subnetIds: [one.id, two.id] });
      await refuses(client.delete(one), /is in use/u);
      await client.delete(group);
      await client.delete(one);
    });
  }

  it("a cache with a password in the open, with one that is too short, and a failover to nothing", async () => {
    const cache = { replicationGroupId: "shop-redis" };
    const authToken = "a-token-of-20-letters";
    await refuses(make(CACHE, { ...cache, authToken }), /encryption in transit/u);
    await refuses(make(CACHE, { ...cache, authToken: "short", transitEncryptionEnabled: true }), /AuthToken/u);
    await refuses(make(CACHE, { ...cache, automaticFailoverEnabled: true, numCacheClusters: 1 }), /needs a replica/u);
    await make(CACHE, { ...cache, authToken, transitEncryptionEnabled: true });
  });

  /** What a database holds: its type, the database's, and the input that names it. */
  const held = [
    ["aws:rds/subnetGroup:SubnetGroup", INSTANCE, "dbSubnetGroupName"],
    ["aws:rds/subnetGroup:SubnetGroup", CLUSTER, "dbSubnetGroupName"],
    ["aws:docdb/subnetGroup:SubnetGroup", DOCUMENTS, "dbSubnetGroupName"],
    ["aws:rds/parameterGroup:ParameterGroup", INSTANCE, "parameterGroupName"],
    ["aws:rds/clusterParameterGroup:ClusterParameterGroup", CLUSTER, "dbClusterParameterGroupName"],
    ["aws:docdb/clusterParameterGroup:ClusterParameterGroup", DOCUMENTS, "dbClusterParameterGroupName"],
    [CACHE_SUBNETS, CACHE, "subnetGroupName"],
    [CACHE_PARAMETERS, CACHE, "parameterGroupName"],
  ] as const;
  for (const [type, database, key] of held) {
    it(`deleting ${type} while ${database} is there`, async () => {
      const zones = await Promise.all(
        ["a", "b"].map((zone, i) =>
          make(SUBNET, { vpcId: "vpc-1", cidrBlock: `10.0.${16 * i}.0/20`, availabilityZone: `us-east-1${zone}` }),
        ),
      );
      const group = await make(type, { name: "group", subnetIds: zones.map(({ id }) => id) });
      const holder = await make(database, { ...databases[database], [key]: "group" });
      await refuses(client.delete(group), /is in use/u);
      await client.delete(holder);
      await client.delete(group);
    });
  }

  for (const [type, key] of [
    [INSTANCE, "vpcSecurityGroupIds"],
    [CLUSTER, "vpcSecurityGroupIds"],
    [DOCUMENTS, "vpcSecurityGroupIds"],
    [CACHE, "securityGroupIds"],
  ] as const) {
    it(`deleting the security group of ${type}`, async () => {
      const group = await make(GROUP, { name: "db", vpcId: "vpc-1" });
      await make(type, { ...databases[type], [key]: [group.id] });
      await refuses(client.delete(group), /is in use/u);
    });
  }

  for (const [type, member] of [
    [CLUSTER, "aws:rds/clusterInstance:ClusterInstance"],
    [DOCUMENTS, "aws:docdb/clusterInstance:ClusterInstance"],
  ] as const) {
    it(`deleting ${type} while it has instances`, async () => {
      const cluster = await make(type, databases[type]);
      await make(member, { identifier: "shop-db-1", clusterIdentifier: "shop-db" });
      await refuses(client.delete(cluster), /is in use/u);
    });
  }
});
