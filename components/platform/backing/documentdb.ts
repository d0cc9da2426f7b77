/** A database on DocumentDB: a cluster, and an instance in one zone or two. */
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

const IDENTIFIER_LENGTH = 63;

/** Encrypted and private; storage 0.10 USD a GB-month, requests to it 0.20 USD a million. */
export function makeDocumentDb(spec: Database, args: BackingArgs, parent: pulumi.Resource): Made {
  const name = nameOf(spec, args);
  const clusterIdentifier = identifierOf(spec, args, IDENTIFIER_LENGTH);
  const { environment } = args;
  const group = securityGroup(spec, args, parent);
  const subnets = new aws.docdb.SubnetGroup(name, { subnetIds: args.network().isolatedSubnetIds() }, { parent });
  const parameters = new aws.docdb.ClusterParameterGroup(
    name,
    {
      family: spec.family,
      parameters: spec.parameters.map(({ name, value, apply }) => ({ name, value, applyMethod: apply })),
    },
    { parent },
  );
  const { username, password } = credentialsOf(spec, args);
  const cluster = new aws.docdb.Cluster(
    name,
    {
      clusterIdentifier,
      engine: spec.engine,
      engineVersion: spec.version,
      masterUsername: username,
      ...(password === null ? { manageMasterUserPassword: true } : { masterPassword: password }),
      port: spec.port,
      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [group.id],
      dbClusterParameterGroupName: parameters.name,
      storageEncrypted: true,
      backupRetentionPeriod: spec.backupDays,
      deletionProtection: environment.protected,
      tags: backupTag(environment),
      ...ending(args, clusterIdentifier),
      allowMajorVersionUpgrade: spec.versionGiven,
      applyImmediately: !environment.protected,
      enabledCloudwatchLogsExports: [...spec.logs],
    },
    {
      ...dataOptions(args, parent),
      dependsOn: [...logGroups(spec, args, `/aws/docdb/${clusterIdentifier}`, parent)],
    },
  );
  const instances = Array.from(
    { length: spec.multiZone ? 2 : 1 },
    (_, i) =>
      new aws.docdb.ClusterInstance(
        `${name}-${i + 1}`,
        {
          identifier: `${identifierOf(spec, args, IDENTIFIER_LENGTH - 2)}-${i + 1}`,
          clusterIdentifier: cluster.clusterIdentifier,
          engine: spec.engine,
          instanceClass: spec.class,
          applyImmediately: !environment.protected,
          copyTagsToSnapshot: true,
          caCertIdentifier: CERTIFICATE_AUTHORITY,
        },
        { parent, deleteBeforeReplace: true },
      ),
  );
  stopByHours(
    spec,
    args,
    { service: "docdb", what: "Cluster", identifier: cluster.clusterIdentifier, arn: cluster.arn },
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
