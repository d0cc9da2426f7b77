/** A Lightsail database, in Lightsail's own network: Lightsail's containers and machines of the region reach it, and nobody else. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Database } from "../../../app/backing";
import { connection, credentialsOf, dataOptions, ending, identifierOf, nameOf } from "./database";
import type { BackingArgs, Made } from "./made";

const NAME_LENGTH = 255;
/** Lightsail wants a name; no service calls it where the image makes none. */
const DEFAULT_DATABASE = "spectrum";

/** 15 USD a month: 1 GB, two vCPU, 40 GB encrypted, with backups of seven days. */
export function makeLightsailDatabase(spec: Database, args: BackingArgs, parent: pulumi.Resource): Made {
  const relationalDatabaseName = identifierOf(spec, args, NAME_LENGTH);
  const { username, password, database } = credentialsOf(spec, args);
  const made = new aws.lightsail.Database(
    nameOf(spec, args),
    {
      relationalDatabaseName,
      blueprintId: `${spec.engine}_${spec.version.replace(".", "_")}`,
      bundleId: spec.class,
      masterDatabaseName: database ?? DEFAULT_DATABASE,
      masterUsername: username,
      masterPassword: password ?? pulumi.secret(""),
      publiclyAccessible: false,
      backupRetentionEnabled: true,
      ...lightsailEnding(args, relationalDatabaseName),
      applyImmediately: !args.environment.protected,
    },
    dataOptions(args, parent),
  );
  return { outputs: connection(spec, args, { host: made.masterEndpointAddress }, parent), ready: [made] };
}

function lightsailEnding(args: BackingArgs, name: string) {
  const { skipFinalSnapshot, finalSnapshotIdentifier: finalSnapshotName } = ending(args, name);
  return { skipFinalSnapshot, ...(finalSnapshotName !== undefined && { finalSnapshotName }) };
}
