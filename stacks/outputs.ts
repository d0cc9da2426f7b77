/** What a stack exports: what people look for under `apps`, and under `deployed` what the `spectrum` command asks AWS about. */
import type * as pulumi from "@pulumi/pulumi";
import { mapValues } from "../app/records";
import { contentHash } from "../app/release/release";
import type { RepositoryOutputs } from "../components/platform/repositories";
import type { HostedService, JobTarget, ServiceTarget } from "../components/tiers/tier";
import type { BuiltApp, WorkflowOutputs } from "./build-workflows";

export interface StackOutputs {
  readonly apps: Readonly<Record<string, AppOutputs>>;
  readonly deployed: Readonly<Record<string, DeployedApp>>;
  /** What other environments push to that have no repositories of their own; none where nothing is built. */
  readonly repositories?: RepositoryOutputs;
  /** None where the environment has no workflows. */
  readonly workflows?: WorkflowOutputs;
}

/** What a stack exports of each app for people. */
export interface AppOutputs {
  readonly tier: string;
  /** Where the app is reached, by `service:port`. */
  readonly urls: Readonly<Record<string, pulumi.Output<string>>>;
  /** What its tier adds: on `ecs-anywhere` the command that registers a machine, a secret. */
  readonly outputs?: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Where each service and job of an app is on its tier, and what runs there. No person, no time and no secret. */
export interface DeployedApp {
  readonly tier: string;
  /** What its files say, apart from its images: 64 hex digits (`contentHash`). */
  readonly content: string;
  /** The id of the release that it comes from; left out where it comes from the files. */
  readonly release?: string;
  /** By service and job, the reference that the tier pulls; of what Spectrum has built it ends with the digest. */
  readonly images: Readonly<Record<string, pulumi.Output<string>>>;
  readonly services: Readonly<Record<string, DeployedService>>;
  readonly jobs: Readonly<Record<string, JobTarget>>;
}

export interface DeployedService {
  readonly revision: pulumi.Output<string>;
  readonly target: ServiceTarget;
  /** The name of its group in CloudWatch Logs; left out where its logs are elsewhere. */
  readonly logGroup?: pulumi.Output<string>;
}

export function stackOutputs(apps: readonly BuiltApp[], workflows: WorkflowOutputs | null): StackOutputs {
  const byName = <T>(of: (app: BuiltApp) => T): Record<string, T> =>
    Object.fromEntries(apps.map((app) => [app.read.app.name, of(app)]));
  const repositories = Object.fromEntries(
    apps.flatMap(({ read, images: { repositories: own } }) =>
      Object.keys(own).length > 0 ? [[read.app.name, own]] : [],
    ),
  );
  return {
    apps: byName(appOutputs),
    deployed: byName(deployedApp),
    ...(Object.keys(repositories).length > 0 && { repositories }),
    ...(workflows && { workflows }),
  };
}

function appOutputs({ read, hosted, urls }: BuiltApp): AppOutputs {
  const { outputs = {} } = hosted;
  return { tier: read.placement.tier, urls, ...(Object.keys(outputs).length > 0 && { outputs }) };
}

function deployedApp({ read, hosted, images }: BuiltApp): DeployedApp {
  const { release } = read.app;
  return {
    tier: read.placement.tier,
    content: contentHash(read.packed.content),
    ...(release && { release: release.id }),
    images: Object.fromEntries([...images.used].map(([name, { uri }]) => [name, uri])),
    services: mapValues(hosted.services, deployedService),
    jobs: hosted.jobs ?? {},
  };
}

const deployedService = ({ revision, target, logGroup }: HostedService): DeployedService => ({
  revision,
  target,
  ...(logGroup && { logGroup }),
});
