/** What tells the ECS tiers apart where they read and fit an app; everything else of it is the same on all of them. Pure. */
import type { Placement } from "../../../app/config/types";
import type { Verdict } from "../../../app/fit";
import type { App, Mount, Service } from "../../../app/model";
import type { Decision } from "./mounts";
import type { TaskSize } from "./size";
import type { EcsTask } from "./tasks";

export type EcsTierName = "fargate" | "ecs-ec2" | "ecs-anywhere";

/** One ECS tier, as its key rules, its findings and its containers see it. */
export interface EcsTier {
  /** Its name in the config. */
  readonly name: EcsTierName;
  /** What its tasks run on, as findings call it: `Fargate`. */
  readonly title: string;
  /** The tasks that an app's services become. */
  tasks(app: App): readonly EcsTask[];
  /** What a task asks for, and what it gets. */
  size(app: App, placement: Placement, tasks: readonly EcsTask[], task: EcsTask): TaskSize;
  settings(placement: Placement): EcsSettings;
  /** The host by which one service calls another; without it `hostOf` of tasks.ts says it. */
  readonly host?: (app: App, from: string, to: string) => string;
  /** Why a job cannot call the app's services by name; `null`: it can. */
  jobsCall(app: App, placement: Placement): Verdict | null;
  /** The word about the keys of a service that has no container; without it every service has one. */
  readonly absent?: (app: App, service: Service) => Verdict;
  readonly containers: ContainerRules;
}

/** What every ECS tier can be told under its own name, besides its own settings. */
export interface EcsSettings {
  /** The image that writes secrets and configs into files: one with `sh`, `base64` and `chown`. */
  readonly filesImage: string;
  /** True where people may open a shell in the service's containers. */
  exec(service: string): boolean;
  /** True where tasks of the service may run on Spot. */
  spot(service: string): boolean;
}

/** What a container may ask of the machine under it. */
export interface ContainerRules {
  /** The Linux capabilities that can be added to Docker's default set, and what a finding calls them. */
  readonly capabilities: { readonly addable: readonly string[]; readonly text: string };
  /** The kernel parameters that can be set, and what a finding calls them. */
  readonly sysctls: { readonly can: (name: string) => boolean; readonly text: string };
  /** The most seconds between SIGTERM and SIGKILL. */
  readonly stopSeconds: number;
  readonly mounts: MountRules;
}

/** What becomes of mounts that are neither files nor folders of the project. */
export interface MountRules {
  /** True where a tmpfs is in memory; else it is on the task's own disk. */
  readonly memory: boolean;
  /** The tier's own word about a mount; `null` where it is that of every ECS tier. */
  readonly decide?: (app: App, service: Service, mount: Mount) => Decision | null;
}
