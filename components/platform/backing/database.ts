/** What every managed database has: its place in the network, its secret, how it ends, where its logs go. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Database } from "../../../app/backing";
import { childName, environmentPrefix, slug } from "../../names";
import { retentionDays } from "../logs";
import { valueOf } from "../secrets";
import type { BackingArgs } from "./made";

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html: RDS's default, valid until 2061 */
export const CERTIFICATE_AUTHORITY = "rds-ca-rsa2048-g1";

/** Days in which a deleted secret can be had back. */
const RECOVERY_DAYS = 30;

/** The logical name: `shop-db-database`. */
export const nameOf = ({ id }: Database, { app }: BackingArgs): string => childName(app, ...id.split("."));

/** The physical name: `spectrum-dev-shop-db`. Fixed, for the log groups are called by it before the database is there. */
export const identifierOf = ({ service }: Database, { app, environment }: BackingArgs, length: number): string =>
  slug(`${environmentPrefix(environment.name)}-${app}-${service}`, length);

/** Another engine is another database: the old one goes first, for both have one name. */
export function dataOptions({ data }: BackingArgs, parent: pulumi.Resource): pulumi.CustomResourceOptions {
  return { parent, protect: data === "keep", deleteBeforeReplace: true };
}

/** A last snapshot is taken, unless the data may go and the environment is not protected. */
export function ending({ data, environment }: BackingArgs, identifier: string) {
  const gone = data === "delete" && !environment.protected;
  return gone
    ? { skipFinalSnapshot: true }
    : { skipFinalSnapshot: false, finalSnapshotIdentifier: `${identifier}-final` };
}

/** Its own security group, which lets in nobody until a tier asks for it (`admit`). */
export function securityGroup(spec: Database, args: BackingArgs, parent: pulumi.Resource): aws.ec2.SecurityGroup {
  return new aws.ec2.SecurityGroup(
    nameOf(spec, args),
    { vpcId: args.network().vpcId, description: `database ${spec.service} of ${args.app}` },
    { parent },
  );
}

/**
 * The groups of a log that AWS writes under a name of its own, made first so that they have a retention. Ingestion is
 * 0.50 USD a GB.
 */
export function logGroups(
  spec: Database,
  args: BackingArgs,
  prefix: string,
  parent: pulumi.Resource,
): readonly aws.cloudwatch.LogGroup[] {
  return spec.logs.map(
    (log) =>
      new aws.cloudwatch.LogGroup(
        `${nameOf(spec, args)}-${log}`,
        { name: `${prefix}/${log}`, retentionInDays: retentionDays(args.environment) },
        { parent },
      ),
  );
}

/** What the first user is called and knows, as inputs. */
export function credentialsOf({ credentials }: Database, { secrets }: BackingArgs) {
  const resolve = valueOf(secrets);
  return {
    username: resolve(credentials?.username ?? []),
    password: credentials?.password ? pulumi.secret(resolve(credentials.password)) : null,
    database: credentials?.database ? resolve(credentials.database) : null,
  };
}

/**
 * How to connect, as Secrets Manager's own tools read it: 0.40 USD a month. `null` where the service keeps the password itself.
 */
export function connectionSecret(
  spec: Database,
  args: BackingArgs,
  host: pulumi.Output<string>,
  parent: pulumi.Resource,
): aws.secretsmanager.Secret | null {
  const { username, password, database } = credentialsOf(spec, args);
  if (password === null) return null;
  const name = nameOf(spec, args);
  const { data, environment } = args;
  const secret = new aws.secretsmanager.Secret(
    name,
    {
      description: `how to connect to ${spec.service} of ${args.app}`,
      recoveryWindowInDays: data === "delete" && !environment.protected ? 0 : RECOVERY_DAYS,
    },
    { parent },
  );
  const secretString = pulumi.jsonStringify({
    engine: spec.engine,
    host,
    port: spec.port,
    username,
    password,
    ...(database !== null && { dbname: database }),
  });
  new aws.secretsmanager.SecretVersion(
    name,
    { secretId: secret.id, secretString: pulumi.secret(secretString) },
    { parent },
  );
  return secret;
}

/** `host`, `port`, and `secretArn` where there is one. */
export function connection(
  spec: Database,
  args: BackingArgs,
  { host, managed }: { readonly host: pulumi.Output<string>; readonly managed?: pulumi.Output<string> },
  parent: pulumi.Resource,
): Readonly<Record<string, pulumi.Output<string>>> {
  const own = connectionSecret(spec, args, host, parent);
  const secretArn = own?.arn ?? managed;
  return { host, port: pulumi.output(String(spec.port)), ...(secretArn && { secretArn }) };
}
