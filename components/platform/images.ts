/** The images of one app: built and pushed to ECR, or taken as they are. */
import * as path from "node:path";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";
import { ecrRegistry, imageSuffix, parseImage, type ImageReference } from "../../app/image";
import type { App, Build, Service } from "../../app/model";
import { hasSecret, parseValue } from "../../app/value";
import { environmentPrefix, partitionOf, repositoryName, shortHash } from "../names";
import { contextHash, isUrl } from "./context-hash";
import type { Registries, RegistryLogin } from "./registries";
import type { AppSecrets } from "./secrets";

export interface AppImage {
  /** What a container definition's `image` says. */
  readonly uri: pulumi.Output<string>;
  /** The ECR repository it is pulled from (the app's own, or a pull-through cache's); `null`: another registry. */
  readonly repository: {
    readonly arn: pulumi.Output<string>;
    readonly name: pulumi.Output<string>;
    /**
     * True for a pull-through cache's, which the first pull makes: the puller also needs `ecr:CreateRepository` and
     * `ecr:BatchImportUpstreamImage` on it.
     */
    readonly pullThrough?: boolean;
  } | null;
  /** ARN of the Secrets Manager secret with the registry's user name and password; `null`: none needed. */
  readonly credentialsArn: pulumi.Output<string> | null;
  /** The same as values, for a tier that takes no reference. */
  readonly login?: RegistryLogin | null;
}

export interface AppImages {
  /** The image of a service of the app. */
  of(service: string): AppImage;
  /** By service: those that have been asked for. */
  readonly used: ReadonlyMap<string, AppImage>;
}

export interface EcrImagesArgs {
  readonly app: App;
  readonly environment: EnvironmentConfig;
  /** Asked for with the first image of a registry that the config names. */
  readonly registries: () => Registries;
  /** Resolves secrets in build arguments; they end up in the image's history, as `docker build` has it too. */
  readonly secrets: AppSecrets;
}

/** What an image without `platform:` is built for. */
const DEFAULT_PLATFORM = "linux/amd64";
/** Days after which ECR drops what no tag names. */
const UNTAGGED_DAYS = 14;
const TAG_LENGTH = 128;

/**
 * An app's images: for each service with `build:` a repository and an image, made when a tier asks for it. A repository
 * costs 0.10 USD a GB-month.
 */
export class EcrImages extends pulumi.ComponentResource implements AppImages {
  readonly used = new Map<string, AppImage>();

  constructor(
    private readonly name: string,
    private readonly args: EcrImagesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Images", name, {}, opts);
    this.registerOutputs({});
  }

  of(service: string): AppImage {
    const known = this.used.get(service);
    if (known) return known;
    const model = this.args.app.services[service];
    if (!model) throw new Error(`the app ${this.args.app.name} has no service named ${service}`);
    const image = model.build ? this.build(model, model.build) : this.take(model);
    this.used.set(service, image);
    return image;
  }

  private build(service: Service, build: Build): AppImage {
    const platform = build.platforms[0] ?? service.platform ?? DEFAULT_PLATFORM;
    const repository = this.makeRepository(service.name);
    const imageName = `${this.args.app.name}-${service.name}-${contextHash(build, platform)}`;
    const cacheFrom = cacheReferences(build.cacheFrom);
    const image = new awsx.ecr.Image(
      imageName,
      {
        repositoryUrl: repository.repositoryUrl,
        // awsx's own tag says nothing of the content, so that an immutable tag refuses the second build; it also names the
        // component's child, so that it has to be one of its own for each service
        imageTag: imageTag(imageName),
        ...(isUrl(build.context)
          ? { context: build.context, dockerfile: build.dockerfile }
          : { context: relative(build.context), dockerfile: relative(path.resolve(build.context, build.dockerfile)) }),
        platform,
        ...(build.target !== null && { target: build.target }),
        ...this.buildArgs(build),
        ...(cacheFrom.length > 0 && { cacheFrom }),
      },
      { parent: this, ...(holdsSecret(build) && { transforms: [hideBuildArgs] }) },
    );
    return {
      uri: image.imageUri,
      repository: { arn: repository.arn, name: repository.name },
      credentialsArn: null,
    };
  }

  private buildArgs({ args }: Build): { readonly args?: Record<string, pulumi.Output<string>> } {
    const given = Object.entries(args)
      .filter((entry): entry is [string, string] => entry[1] !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    if (given.length === 0) return {};
    const noHost = () => "";
    return {
      args: Object.fromEntries(
        given.map(([name, text]) => [name, this.args.secrets.resolve(parseValue(text), noHost)]),
      ),
    };
  }

  private makeRepository(service: string): aws.ecr.Repository {
    const { app, environment } = this.args;
    const name = `${this.name}-${service}`;
    const repository = new aws.ecr.Repository(
      name,
      {
        name: repositoryName(environmentPrefix(environment.name), app.name, service),
        imageScanningConfiguration: { scanOnPush: true },
        imageTagMutability: "IMMUTABLE",
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        forceDelete: !environment.protected,
      },
      { parent: this },
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
      { parent: this },
    );
    return repository;
  }

  private take(service: Service): AppImage {
    const text = service.image ?? "";
    const reference = parseImage(text);
    if (!reference) return { uri: pulumi.output(text), repository: null, credentialsArn: null };
    const access = this.isConfigured(reference) ? this.args.registries().access(reference.registry) : null;
    if (access?.cache) {
      const { host, account, prefix } = access.cache;
      const repository = `${prefix}/${reference.repository}`;
      return {
        uri: pulumi.interpolate`${host}/${repository}${imageSuffix(reference)}`,
        repository: {
          arn: account.apply((id) => repositoryArn(this.args.environment.region, id, repository)),
          name: pulumi.output(repository),
          pullThrough: true,
        },
        credentialsArn: null,
      };
    }
    const own = ecrRegistry(reference.registry);
    return {
      uri: pulumi.output(text),
      repository: own && {
        arn: pulumi.output(repositoryArn(own.region, own.account, reference.repository)),
        name: pulumi.output(reference.repository),
      },
      credentialsArn: access?.credentialsArn ?? null,
      login: access?.login ?? null,
    };
  }

  private isConfigured({ registry }: ImageReference): boolean {
    const hosts = Object.keys(this.args.environment.platform.registries);
    return hosts.some((host) => parseImage(`${host}/x`)?.registry === registry);
  }
}

const holdsSecret = ({ args }: Build): boolean => Object.values(args).some((text) => text !== null && hasSecret(text));

/** awsx hands its arguments on in plain text, so that the state of the image would show them. */
const hideBuildArgs: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type === "docker-build:index:Image"
    ? { props: { ...props, buildArgs: pulumi.secret((props as Record<string, unknown>).buildArgs) }, opts }
    : undefined;

/** The tag is the image's name, shortened where ECR would not take it. */
function imageTag(name: string): string {
  return name.length <= TAG_LENGTH ? name : `${name.slice(0, TAG_LENGTH - 17)}-${shortHash(name, 16)}`;
}

/** awsx takes registries' references alone: `repo:tag`, or `type=registry,ref=repo:tag`. */
function cacheReferences(entries: readonly string[]): string[] {
  return entries.flatMap((entry) => {
    if (!entry.includes("=")) return [entry];
    const fields = new Map(entry.split(",").map((field) => field.split("=", 2) as [string, string]));
    const reference = fields.get("ref");
    return fields.get("type") === "registry" && reference !== undefined ? [reference] : [];
  });
}

/** Relative to where the program runs, so that no state and no plan holds a machine's own paths. */
function relative(file: string): string {
  const fromHere = path.relative(process.cwd(), file).split(path.sep).join("/");
  return fromHere === "" ? "." : fromHere;
}

function repositoryArn(region: string, account: string, repository: string): string {
  return `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${repository}`;
}
