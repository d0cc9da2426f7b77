/** A cache on ElastiCache: a replication group of one node, or two in two zones. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { canPrefer, type Database } from "../../../app/backing";
import { logGroup } from "../logs";
import { connection, credentialsOf, dataOptions, ending, identifierOf, nameOf, securityGroup } from "./database";
import type { BackingArgs, Made } from "./made";

/** Numbers of nodes come after it. */
const IDENTIFIER_LENGTH = 36;

/** Encrypted and private, with minor upgrades; snapshots beyond the first 0.085 USD a GB-month. */
export function makeElastiCache(spec: Database, args: BackingArgs, parent: pulumi.Resource): Made {
  const name = nameOf(spec, args);
  const replicationGroupId = identifierOf(spec, args, IDENTIFIER_LENGTH);
  const { app, environment } = args;
  const group = securityGroup(spec, args, parent);
  const subnets = new aws.elasticache.SubnetGroup(name, { subnetIds: args.network().isolatedSubnetIds() }, { parent });
  const parameters = new aws.elasticache.ParameterGroup(
    name,
    { family: spec.family, parameters: spec.parameters.map(({ name, value }) => ({ name, value })) },
    { parent },
  );
  const logs = spec.logs.map((log) => ({
    log,
    group: logGroup(`${name}-${log}`, { environment, path: [app, spec.service, log] }, { parent }),
  }));
  const { password } = credentialsOf(spec, args);
  const { skipFinalSnapshot, ...last } = ending(args, replicationGroupId);
  const cache = new aws.elasticache.ReplicationGroup(
    name,
    {
      replicationGroupId,
      description: `${spec.service} of ${app}`,
      engine: spec.engine,
      engineVersion: spec.version,
      nodeType: spec.class,
      numCacheClusters: spec.multiZone ? 2 : 1,
      automaticFailoverEnabled: spec.multiZone,
      multiAzEnabled: spec.multiZone,
      port: spec.port,
      subnetGroupName: subnets.name,
      securityGroupIds: [group.id],
      parameterGroupName: parameters.name,
      atRestEncryptionEnabled: true,
      ...transit(spec),
      ...(password !== null && { authToken: password }),
      snapshotRetentionLimit: spec.backupDays,
      ...(!skipFinalSnapshot && spec.backupDays > 0 && last),
      autoMinorVersionUpgrade: true,
      applyImmediately: !environment.protected,
      logDeliveryConfigurations: logs.map(({ log, group: { name: destination } }) => ({
        destination,
        destinationType: "cloudwatch-logs",
        logFormat: "json",
        logType: log,
      })),
    },
    dataOptions(args, parent),
  );
  return {
    outputs: {
      identifier: cache.replicationGroupId,
      ...connection(spec, args, { host: cache.primaryEndpointAddress }, parent),
    },
    reached: { securityGroupId: group.id, port: spec.port },
    ready: [cache],
  };
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html */
function transit({ tls, version }: Database) {
  if (tls) return { transitEncryptionEnabled: true, transitEncryptionMode: "required" };
  return canPrefer(version)
    ? { transitEncryptionEnabled: true, transitEncryptionMode: "preferred" }
    : { transitEncryptionEnabled: false };
}
