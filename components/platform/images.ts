/** The images of one app: built and pushed to ECR, or taken as they are. */
import * as path from "node:path";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";
import { ecrRegistry, imageSuffix, parseImage, pullName, type ImageReference } from "../../app/image";
import type { App, Build, Service } from "../../app/model";
import { ownsRepositories } from "../../app/repositories";
import { hasSecret, parseValue } from "../../app/value";
import { partitionOf, shortHash } from "../names";
import { contextHash, isUrl } from "./context-hash";
import type { Registries, RegistryLogin } from "./registries";
import { type ImageRepository, type OthersRepositories, OwnRepositories } from "./repositories";
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
  /**
   * Adds a statement to the policy of the repository that the service's image is in, for who can be allowed in no other way,
   * and gives what has to be there before anybody pulls; `null` where the environment owns no such repository.
   */
  letPull(
    service: string,
    statement: pulumi.Input<object>,
    dependsOn: readonly pulumi.Resource[],
  ): pulumi.Resource | null;
}

export interface EcrImagesArgs {
  readonly app: App;
  readonly environment: EnvironmentConfig;
  /** Asked for with the first image of a registry that the config names. */
  readonly registries: () => Registries;
  /** Asked for where the images that are built go to another environment's repositories. */
  readonly others: () => OthersRepositories;
  /** Resolves secrets in build arguments; they end up in the image's history, as `docker build` has it too. */
  readonly secrets: AppSecrets;
}

/** What an image without `platform:` is built for. */
const DEFAULT_PLATFORM = "linux/amd64";
const TAG_LENGTH = 128;

/**
 * An app's images: for each service with `build:` a repository and an image, made when a tier asks for it. A repository
 * costs 0.10 USD a GB-month. An app that comes from a release builds nothing; its environment keeps the repositories that it
 * owns, so that no image is lost that a release names.
 */
export class EcrImages extends pulumi.ComponentResource implements AppImages {
  readonly used = new Map<string, AppImage>();
  private readonly own: OwnRepositories;

  constructor(
    name: string,
    private readonly args: EcrImagesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Images", name, {}, opts);
    const { app, environment } = args;
    this.own = new OwnRepositories(name, { app: app.name, environment }, this);
  }

  of(service: string): AppImage {
    const known = this.used.get(service);
    if (known) return known;
    const model = this.args.app.services[service];
    if (!model) throw new Error(`the app ${this.args.app.name} has no service named ${service}`);
    const image = this.image(model);
    this.used.set(service, image);
    return image;
  }

  letPull(
    service: string,
    statement: pulumi.Input<object>,
    dependsOn: readonly pulumi.Resource[],
  ): pulumi.Resource | null {
    return this.own.letPull(service, statement, dependsOn);
  }

  /** Ends the component: called once, when the tier has what it asked for. */
  finish(): void {
    this.own.finish();
    this.registerOutputs({});
  }

  /** The repositories that the environment owns, by service: those that have been asked for. */
  get repositories(): Readonly<Record<string, ImageRepository>> {
    return Object.fromEntries([...this.own.made.keys()].map((service) => [service, this.own.of(service)]));
  }

  private image(service: Service): AppImage {
    const { app, environment } = this.args;
    const pinned = app.release?.images[service.name];
    if (pinned?.built) {
      if (ownsRepositories(environment)) this.own.of(service.name);
      return this.take(pinned.image);
    }
    return service.build ? this.build(service, service.build) : this.take(service.image ?? "");
  }

  private build(service: Service, build: Build): AppImage {
    const { app, environment } = this.args;
    const platform = build.platforms[0] ?? service.platform ?? DEFAULT_PLATFORM;
    const owns = ownsRepositories(environment);
    const repository = owns ? this.own.of(service.name) : this.args.others().of(app.name, service.name);
    const imageName = `${app.name}-${service.name}-${contextHash(build, platform)}`;
    const cacheFrom = cacheReferences(build.cacheFrom);
    const image = new awsx.ecr.Image(
      imageName,
      {
        repositoryUrl: repository.url,
        // awsx's own tag says nothing of the content, so that an immutable tag refuses the second build; it also names the
        // component's child, so that it has to be one of its own for each service; in another's repository the environment's
        // name makes it one of its own too, for the same content may be there already
        imageTag: imageTag(owns ? imageName : `${imageName}-${environment.name}`),
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

  private take(text: string): AppImage {
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
      uri: pulumi.output(pullName(text)),
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
