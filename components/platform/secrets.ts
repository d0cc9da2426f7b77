/** The secrets of one app, by name: a key of `spectrum:secrets.<app>` or a Compose secret. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, SecretStore } from "../../app/config/types";
import type { Value } from "../../app/value";
import { parameterName } from "../names";
import type { AppBacking } from "./backing";

/** A stored secret: an SSM parameter, or a secret of Secrets Manager's; one of the app's own, or an existing one by ARN. */
export interface StoredSecret {
  /** What ECS's `valueFrom` takes. */
  readonly arn: pulumi.Output<string>;
  readonly store: SecretStore;
  /** Another with each new value, while the ARN stays; not known of an existing one. */
  readonly version?: pulumi.Output<string>;
}

export interface AppSecrets {
  /** The secret's own value: a secret Output. */
  value(name: string): pulumi.Output<string>;
  /** An output of a backing service: `db.host`. */
  output(ref: string): pulumi.Output<string>;
  /** The value with its hosts, secrets and outputs filled in: a secret Output where a secret stands in it. */
  resolve(value: Value, host: (service: string) => pulumi.Input<string>): pulumi.Output<string>;
  /** Stores a value by reference, once for each `key` (unique in the app: `api-DATABASE_URL`, `db_password`). */
  store(key: string, value: pulumi.Output<string>): StoredSecret;
  /** A Compose secret by its name, stored once and shared by the services that it is given to. */
  stored(name: string): StoredSecret;
}

/** Days in which a deleted secret can be restored; none where the environment is not protected, so that nothing lingers. */
const RECOVERY_DAYS = 30;

/** Where a secret's value comes from: a value that is a secret already, or an SSM parameter or Secrets Manager secret. */
export type SecretSource = pulumi.Output<string> | { readonly existingArn: string };

export interface StoredSecretsArgs {
  readonly app: string;
  readonly environment: EnvironmentConfig;
  /** By name. */
  readonly sources: Readonly<Record<string, SecretSource>>;
  /** The app's backing services, made after its secrets, for some hold one. Default: it has none. */
  readonly backing?: () => Pick<AppBacking, "output" | "secret">;
}

/**
 * An app's secrets, under AWS's own key, in the store that the config names. SSM's parameter store: standard parameters are
 * free, and one of more than 4 KB, which becomes an advanced one by itself, is 0.05 USD a month. Secrets Manager: 0.40 USD a
 * month each. A secret that nobody asks for is not stored.
 */
export class StoredSecrets extends pulumi.ComponentResource implements AppSecrets {
  private readonly made = new Map<string, StoredSecret>();
  private readonly existing = new Map<string, pulumi.Output<string>>();

  constructor(
    private readonly name: string,
    private readonly args: StoredSecretsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Secrets", name, {}, opts);
    this.registerOutputs({});
  }

  value(name: string): pulumi.Output<string> {
    const source = this.source(name);
    if (pulumi.Output.isInstance(source)) return pulumi.secret(source);
    const known = this.existing.get(name);
    if (known) return known;
    const value = pulumi.secret(this.lookUp(source.existingArn));
    this.existing.set(name, value);
    return value;
  }

  output(ref: string): pulumi.Output<string> {
    if (!this.args.backing) throw new Error(`the app ${this.args.app} has no backing service for ${ref}`);
    return this.args.backing().output(ref);
  }

  resolve(value: Value, host: (service: string) => pulumi.Input<string>): pulumi.Output<string> {
    const parts = value.map((part) => {
      if (typeof part === "string") return part;
      if ("host" in part) return host(part.host);
      return "secret" in part ? this.value(part.secret) : this.output(part.output);
    });
    const plain = parts.filter((part) => typeof part === "string");
    if (plain.length === parts.length) return pulumi.output(plain.join(""));
    return pulumi.all(parts).apply((texts) => texts.join(""));
  }

  store(key: string, value: pulumi.Output<string>): StoredSecret {
    const known = this.made.get(key);
    if (known) return known;
    const { secretStore } = this.args.environment.platform;
    const stored = secretStore === "ssm" ? this.makeParameter(key, value) : this.makeSecret(key, value);
    this.made.set(key, stored);
    return stored;
  }

  stored(name: string): StoredSecret {
    const source = this.source(name);
    if (pulumi.Output.isInstance(source)) return this.store(name, source);
    return { arn: pulumi.output(source.existingArn), store: storeOf(source.existingArn) };
  }

  private makeParameter(key: string, value: pulumi.Output<string>): StoredSecret {
    const parameter = new aws.ssm.Parameter(
      `${this.name}-${key}`,
      {
        name: this.nameOf(key),
        type: "SecureString",
        tier: "Intelligent-Tiering",
        value, // the SDK marks it as a secret
      },
      { parent: this },
    );
    return { arn: parameter.arn, store: "ssm", version: parameter.version.apply(String) };
  }

  /** A prefix: the name of a deleted secret is taken until its recovery window ends. */
  private makeSecret(key: string, value: pulumi.Output<string>): StoredSecret {
    const name = `${this.name}-${key}`;
    const secret = new aws.secretsmanager.Secret(
      name,
      {
        namePrefix: `${this.nameOf(key).slice(1)}-`,
        recoveryWindowInDays: this.args.environment.protected ? RECOVERY_DAYS : 0,
      },
      { parent: this },
    );
    const version = new aws.secretsmanager.SecretVersion(
      name,
      { secretId: secret.id, secretString: pulumi.secret(value) },
      { parent: this },
    );
    // the version's: whoever reads the secret needs its value to be there
    return { arn: version.arn, store: "secrets-manager", version: version.versionId };
  }

  private nameOf(key: string): string {
    const { app, environment } = this.args;
    return parameterName(pulumi.getProject(), environment.name, app, key);
  }

  private source(name: string): SecretSource {
    const source = this.args.sources[name] ?? this.args.backing?.().secret(name);
    // the reader has refused a name without a value, so this is a defect
    if (!source) throw new Error(`the app ${this.args.app} has no secret named ${name}`);
    return source;
  }

  /** A tier that takes no references needs the value of an existing secret too. */
  private lookUp(arn: string): pulumi.Output<string> {
    if (storeOf(arn) === "ssm") {
      const name = arn.slice(arn.indexOf(":parameter/") + ":parameter".length);
      return aws.ssm.getParameterOutput({ name, withDecryption: true }, { parent: this }).value;
    }
    return aws.secretsmanager.getSecretVersionOutput({ secretId: arn }, { parent: this }).secretString;
  }
}

/**
 * What changes with any of the secrets' values, so that what reads them by ARN is made anew; `null` where no version is
 * known.
 */
export function versionOf(secrets: readonly StoredSecret[]): pulumi.Output<string> | null {
  const versions = [...new Set(secrets)].flatMap(({ version }) => (version ? [version] : []));
  return versions.length === 0 ? null : pulumi.all(versions).apply((known) => known.join("."));
}

/** Fills in values that name no host. */
export const valueOf =
  (secrets: AppSecrets) =>
  (value: Value): pulumi.Output<string> =>
    secrets.resolve(value, (host) => host);

function storeOf(arn: string): StoredSecret["store"] {
  return arn.split(":")[2] === "secretsmanager" ? "secrets-manager" : "ssm";
}
