/** A database on RDS: one instance, and a second one in another zone where it is asked for. */
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

const IDENTIFIER_LENGTH = 63;
/** GiB that the storage may grow to by itself, where it begins with less than half of that. */
const GROWN_STORAGE = 100;

/** Encrypted, private, with minor upgrades; 0.115 USD a GiB and month, backups beyond its own size 0.095. */
export function makeRds(spec: Database, args: BackingArgs, parent: pulumi.Resource): Made {
  const name = nameOf(spec, args);
  const identifier = identifierOf(spec, args, IDENTIFIER_LENGTH);
  const { environment } = args;
  const group = securityGroup(spec, args, parent);
  const subnets = new aws.rds.SubnetGroup(name, { subnetIds: args.network().isolatedSubnetIds() }, { parent });
  const parameters = new aws.rds.ParameterGroup(
    name,
    {
      family: spec.family,
      parameters: spec.parameters.map(({ name, value, apply }) => ({ name, value, applyMethod: apply })),
    },
    { parent },
  );
  const { username, password, database } = credentialsOf(spec, args);
  const instance = new aws.rds.Instance(
    name,
    {
      identifier,
      engine: spec.engine,
      engineVersion: spec.version,
      instanceClass: spec.class,
      allocatedStorage: spec.storage,
      maxAllocatedStorage: Math.min(Math.max(GROWN_STORAGE, 2 * spec.storage), 65_536),
      storageType: "gp3",
      storageEncrypted: true,
      ...(database !== null && { dbName: database }),
      username,
      ...(password === null ? { manageMasterUserPassword: true } : { password }),
      port: spec.port,
      dbSubnetGroupName: subnets.name,
      vpcSecurityGroupIds: [group.id],
      publiclyAccessible: false,
      multiAz: spec.multiZone,
      parameterGroupName: parameters.name,
      backupRetentionPeriod: spec.backupDays,
      copyTagsToSnapshot: true,
      deletionProtection: environment.protected,
      tags: backupTag(environment),
      ...ending(args, identifier),
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: spec.versionGiven,
      // in the maintenance window where the environment is protected
      applyImmediately: !environment.protected,
      enabledCloudwatchLogsExports: [...spec.logs],
      caCertIdentifier: CERTIFICATE_AUTHORITY,
    },
    { ...dataOptions(args, parent), dependsOn: [...logGroups(spec, args, `/aws/rds/instance/${identifier}`, parent)] },
  );
  stopByHours(
    spec,
    args,
    { service: "rds", what: "Instance", identifier: instance.identifier, arn: instance.arn },
    { parent },
  );
  const managed = password === null ? { managed: managedSecret(instance.masterUserSecrets) } : {};
  return {
    outputs: {
      identifier: instance.identifier,
      ...connection(spec, args, { host: instance.address, ...managed }, parent),
    },
    reached: { securityGroupId: group.id, port: spec.port },
    ready: [instance],
  };
}

/** The secret that the service makes and changes by itself. */
export function managedSecret(
  secrets: pulumi.Output<readonly { readonly secretArn: string }[]>,
): pulumi.Output<string> {
  return secrets.apply(([secret]) => secret?.secretArn ?? "");
}
