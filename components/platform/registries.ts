/** The registries that the config has credentials for, and the pull-through cache of Docker Hub. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, RegistryConfig } from "../../app/config/types";
import { DOCKER_HUB, registryName } from "../../app/image";
import { environmentPrefix, slug } from "../names";

export interface RegistriesArgs {
  readonly environment: EnvironmentConfig;
  /** `spectrum:secrets.$platform`, by name. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
}

/** How images of one registry are pulled. */
export interface RegistryAccess {
  /** ARN of the secret `{ username, password }`; `null` where the cache holds the credentials. */
  readonly credentialsArn: pulumi.Output<string> | null;
  /** What the secret holds, for a tier that takes no reference; `null` with the cache. */
  readonly login: RegistryLogin | null;
  /** Where a cache stands before the registry. */
  readonly cache: PullThroughCache | null;
}

export interface RegistryLogin {
  /** As image names have it: `ghcr.io`. */
  readonly registry: string;
  readonly username: string;
  readonly password: pulumi.Output<string>;
}

export interface PullThroughCache {
  /** Host of the environment's own registry: `123456789012.dkr.ecr.us-east-1.amazonaws.com`. */
  readonly host: pulumi.Output<string>;
  /** Account that the registry belongs to. */
  readonly account: pulumi.Output<string>;
  /** What the names of cached repositories start with. */
  readonly prefix: string;
}

/** The longest prefix that ECR takes. */
const PREFIX_LENGTH = 30;
/** Days in which a deleted secret can be restored; none where the environment is not protected, so that nothing lingers. */
const RECOVERY_DAYS = 30;

/**
 * Credentials as Secrets Manager secrets, 0.40 USD a month each, made when an image of the registry is used. The cache
 * itself is free; cached images are stored at 0.10 USD a GB-month.
 */
export class Registries extends pulumi.ComponentResource {
  private readonly known = new Map<string, RegistryAccess>();

  constructor(
    private readonly name: string,
    private readonly args: RegistriesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Registries", name, {}, opts);
    this.registerOutputs({});
  }

  /** Access to a registry by its host; `null` where the config does not name it. */
  access(registry: string): RegistryAccess | null {
    const known = this.known.get(registry);
    if (known) return known;
    const registries = Object.entries(this.args.environment.platform.registries);
    const config = registries.find(([host]) => registryName(host) === registry)?.[1];
    if (!config) return null;
    const access = config.cache && registry === DOCKER_HUB ? this.cache(config) : this.credentials(registry, config);
    this.known.set(registry, access);
    return access;
  }

  private credentials(registry: string, config: RegistryConfig): RegistryAccess {
    const { username } = config;
    const secret = this.makeSecret(registry, `${this.prefix()}/registries/`, {
      username,
      password: this.password(config),
    });
    const login = { registry, username, password: this.password(config) };
    return { credentialsArn: secret.arn, login, cache: null };
  }

  /** https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html */
  private cache(config: RegistryConfig): RegistryAccess {
    const { username } = config;
    const content = { username, accessToken: this.password(config) };
    const secret = this.makeSecret(DOCKER_HUB, `ecr-pullthroughcache/${this.prefix()}-`, content);
    const prefix = slug(`${this.prefix()}-hub`, PREFIX_LENGTH);
    const rule = new aws.ecr.PullThroughCacheRule(
      `${this.name}-${DOCKER_HUB}`,
      { ecrRepositoryPrefix: prefix, upstreamRegistryUrl: "registry-1.docker.io", credentialArn: secret.arn },
      { parent: this, dependsOn: [secret.version] },
    );
    const { region } = this.args.environment;
    const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    const host = pulumi.interpolate`${rule.registryId}.dkr.ecr.${region}.${domain}`;
    return { credentialsArn: null, login: null, cache: { host, account: rule.registryId, prefix } };
  }

  private makeSecret(registry: string, namePrefix: string, content: Record<string, pulumi.Input<string>>) {
    const secret = new aws.secretsmanager.Secret(
      `${this.name}-${registry}`,
      {
        namePrefix: `${namePrefix}${slug(registry, 40)}-`,
        description: `credentials of ${registry}`,
        recoveryWindowInDays: this.args.environment.protected ? RECOVERY_DAYS : 0,
      },
      { parent: this },
    );
    const version = new aws.secretsmanager.SecretVersion(
      `${this.name}-${registry}`,
      { secretId: secret.id, secretString: pulumi.secret(pulumi.jsonStringify(content)) },
      { parent: this },
    );
    // whoever uses the secret needs its value to be there
    return { arn: version.arn, version };
  }

  private password({ password }: RegistryConfig): pulumi.Output<string> {
    const value = this.args.secrets[password];
    // the reader has refused a name without a value, so this is a defect
    if (!value) throw new Error(`spectrum:secrets.$platform has no ${password}`);
    return pulumi.secret(value);
  }

  private prefix(): string {
    return environmentPrefix(this.args.environment.name);
  }
}
