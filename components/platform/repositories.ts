/**
 * The repositories of built images: one for each service with `build:`, made by the environment that owns them
 * (`platform.registry`), found by the others in its stack's outputs.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";
import { ecrRegistry, parseImage } from "../../app/image";
import type { App } from "../../app/model";
import { ownsRepositories } from "../../app/repositories";
import { environmentPrefix, partitionOf, repositoryName } from "../names";

export interface ImageRepository {
  /** `123456789012.dkr.ecr.us-east-1.amazonaws.com/spectrum-dev/shop/api` */
  readonly url: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
}

/** What the owner's stack exports of its repositories, by app and service. */
export type RepositoryOutputs = Readonly<Record<string, Readonly<Record<string, ImageRepository>>>>;

/** What ECR is asked for when an image is pulled: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-pull.html */
const PULL_ACTIONS = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/** Days after which ECR drops what no tag names. */
const UNTAGGED_DAYS = 14;

/** True where the image that is built from the service is in a repository of the environment's own. */
export function isInOwnRepository(app: App, service: string, environment: EnvironmentConfig): boolean {
  if (!ownsRepositories(environment)) return false;
  const pinned = app.release?.images[service];
  if (!pinned) return true;
  const reference = parseImage(pinned.image);
  const region = reference && ecrRegistry(reference.registry)?.region;
  return region === environment.region && reference?.repository === nameOf(environment, app.name, service);
}

const nameOf = (environment: EnvironmentConfig, app: string, service: string): string =>
  repositoryName(environmentPrefix(environment.name), app, service);

export interface OwnRepositoriesArgs {
  readonly app: string;
  readonly environment: EnvironmentConfig;
}

/** An app's own repositories, each made when it is asked for, with who else may pull from it. */
export class OwnRepositories {
  readonly made = new Map<string, aws.ecr.Repository>();
  private readonly policies = new Set<string>();

  /** `parent` is the component that has the app's images; its children are called `${name}-${service}`. */
  constructor(
    private readonly name: string,
    private readonly args: OwnRepositoriesArgs,
    private readonly parent: pulumi.Resource,
  ) {}

  of(service: string): ImageRepository {
    const known = this.made.get(service) ?? this.make(service);
    this.made.set(service, known);
    return { url: known.repositoryUrl, arn: known.arn, name: known.name };
  }

  /** As `AppImages` says it. */
  letPull(
    service: string,
    statement: pulumi.Input<object>,
    dependsOn: readonly pulumi.Resource[],
  ): aws.ecr.RepositoryPolicy | null {
    const repository = this.made.get(service);
    if (!repository) return null;
    this.policies.add(service);
    return this.policy(service, repository, [statement, ...this.readers()], dependsOn);
  }

  /** The policies of those that no tier lets anybody pull from. A repository has one policy, so this comes last. */
  finish(): void {
    const readers = this.readers();
    if (readers.length === 0) return;
    for (const [service, repository] of this.made)
      if (!this.policies.has(service)) this.policy(service, repository, readers, []);
  }

  /** Other accounts: what their own roles may do there, they may do here. */
  private readers(): object[] {
    const { region, platform } = this.args.environment;
    const { readers } = platform.registry;
    if (readers.length === 0) return [];
    const accounts = [...readers].sort().map((account) => `arn:${partitionOf(region)}:iam::${account}:root`);
    return [{ Sid: "ReadersPull", Effect: "Allow", Principal: { AWS: accounts }, Action: PULL_ACTIONS }];
  }

  private policy(
    service: string,
    repository: aws.ecr.Repository,
    statements: pulumi.Input<object>[],
    dependsOn: readonly pulumi.Resource[],
  ): aws.ecr.RepositoryPolicy {
    return new aws.ecr.RepositoryPolicy(
      `${this.name}-${service}`,
      {
        repository: repository.name,
        policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements }),
      },
      { parent: this.parent, dependsOn: [...dependsOn] },
    );
  }

  private make(service: string): aws.ecr.Repository {
    const { app, environment } = this.args;
    const name = `${this.name}-${service}`;
    const { parent } = this;
    const repository = new aws.ecr.Repository(
      name,
      {
        name: nameOf(environment, app, service),
        imageScanningConfiguration: { scanOnPush: true },
        imageTagMutability: "IMMUTABLE",
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        forceDelete: !environment.protected,
      },
      { parent },
    );
    // untagged images alone: no rule can name a digest, so any other could expire one that a release pulls by digest
    const rule = {
      rulePriority: 1,
      description: `untagged images after ${UNTAGGED_DAYS} days`,
      selection: {
        tagStatus: "untagged",
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: UNTAGGED_DAYS,
      },
      action: { type: "expire" },
    };
    new aws.ecr.LifecyclePolicy(
      name,
      { repository: repository.name, policy: JSON.stringify({ rules: [rule] }) },
      { parent },
    );
    return repository;
  }
}

/** The repositories of another environment's, as its stack exports them. */
export class OthersRepositories {
  private readonly stack: pulumi.StackReference;

  constructor(
    name: string,
    private readonly environment: string,
    opts: pulumi.ResourceOptions,
  ) {
    const stack = `${pulumi.getOrganization()}/${pulumi.getProject()}/${environment}`;
    this.stack = new pulumi.StackReference(name, { name: stack }, opts);
  }

  of(app: string, service: string): ImageRepository {
    const all = this.stack.getOutput("repositories") as pulumi.Output<RepositoryTexts | undefined>;
    // nothing throws in an apply: what is not there is told by the builder, which takes this for no name of an image
    const missing = `${this.environment} has no repository of ${app}.${service}: deploy it there first`;
    const field = (key: keyof ImageRepository) => all.apply((given) => given?.[app]?.[service]?.[key] ?? missing);
    return { url: field("url"), arn: field("arn"), name: field("name") };
  }
}

type RepositoryTexts = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<keyof ImageRepository, string>>> | undefined> | undefined>
>;
