/** A database on Aurora: a cluster, and an instance in one zone or two. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Database } from "../../../app/backing";
import { backupTag } from "../../tags";
import {
  CERTIFICATE_AUTHORITY,
  connection,
  credentialsOf,
  dataOptions,
  ending,
  identifierOf,
  logGroups,
  nameOf,
  securityGroup,
} from "./database";
import type { BackingArgs, Made } from "./made";
import { stopByHours } from "./off-hours";
import { managedSecret } from "./rds";

const MYSQL = aws.rds.EngineType.AuroraMysql;
const IDENTIFIER_LENGTH = 63;
/**
 * Aurora capacity units (2 GiB each, 0.12 USD an hour): none while nobody is connected for five minutes, and the first to come
 * then waits for some 15 seconds; a protected environment never pauses, at 44 USD a month.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
 */
const CAPACITY = { min: 0, protectedMin: 0.5, max: 4 };

export function makeAurora(spec: Database, args: BackingArgs, parent: pulumi.Resource): Made {
  const name = nameOf(spec, args);
  const clusterIdentifier = identifierOf(spec, args, IDENTIFIER_LENGTH);
  const { environment } = args;
  const group = securityGroup(spec, args, parent);
  const subnets = new aws.rds.SubnetGroup(name, { subnetIds: args.network().isolatedSubnetIds() }, { parent });
  const parameters = new aws.rds.ClusterParameterGroup(
    name,
    {
      family: spec.family,
      parameters: spec.parameters.map(({ name, value, apply }) => ({ name, value, applyMethod: apply })),
    },
    { parent },
  );
  const { username, password, database } = credentialsOf(spec, args);
  const cluster = new aws.rds.Cluster(
    name,
    {
      clusterIdentifier,
      engine: spec.engine,
      engineVersion: spec.version,
      engineMode: "provisioned",
      ...(database !== null && { databaseName: database }),
      masterUsername: username,
      ...(password === null ? { manageMasterUserPassword: true } : { masterPassword: password }),
      port: spec.port,
      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [group.id],
      dbClusterParameterGroupName: parameters.name,
      storageEncrypted: true,
      ...(spec.class === "db.serverless" && {
        serverlessv2ScalingConfiguration: {
          minCapacity: environment.protected ? CAPACITY.protectedMin : CAPACITY.min,
          maxCapacity: CAPACITY.max,
        },
      }),
      backupRetentionPeriod: spec.backupDays,
      copyTagsToSnapshot: true,
      deletionProtection: environment.protected,
      tags: backupTag(environment),
      ...ending(args, clusterIdentifier),
      allowMajorVersionUpgrade: spec.versionGiven,
      applyImmediately: !environment.protected,
      enabledCloudwatchLogsExports: [...spec.logs],
    },
    {
      ...dataOptions(args, parent),
      dependsOn: [...logGroups(spec, args, `/aws/rds/cluster/${clusterIdentifier}`, parent)],
    },
  );
  const instances = Array.from(
    { length: spec.multiZone ? 2 : 1 },
    (_, i) =>
      new aws.rds.ClusterInstance(
        `${name}-${i + 1}`,
        {
          identifier: `${identifierOf(spec, args, IDENTIFIER_LENGTH - 2)}-${i + 1}`,
          clusterIdentifier: cluster.clusterIdentifier,
          engine: spec.engine === MYSQL ? MYSQL : aws.rds.EngineType.AuroraPostgresql,
          instanceClass: spec.class,
          publiclyAccessible: false,
          autoMinorVersionUpgrade: true,
          applyImmediately: !environment.protected,
          caCertIdentifier: CERTIFICATE_AUTHORITY,
        },
        { parent, deleteBeforeReplace: true },
      ),
  );
  stopByHours(
    spec,
    args,
    { service: "rds", what: "Cluster", identifier: cluster.clusterIdentifier, arn: cluster.arn },
    { parent, ready: instances },
  );
  const managed = password === null ? { managed: managedSecret(cluster.masterUserSecrets) } : {};
  return {
    outputs: {
      identifier: cluster.clusterIdentifier,
      ...connection(spec, args, { host: cluster.endpoint, ...managed }, parent),
    },
    reached: { securityGroupId: group.id, port: spec.port },
    ready: instances,
  };
}
