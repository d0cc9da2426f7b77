/** How an ECS tier runs its tasks, in Pulumi's words: what differs from one to the other. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../../app/model";
import type { EntryCaller } from "../../platform/entry";
import type { JobTarget } from "../tier";
import type { MachineParameters } from "./containers";
import type { EcsTier, EcsTierName } from "./ecs-tier";
import type { TaskMounts } from "./mounts";
import type { TaskSize } from "./size";
import type { TaskSecurity } from "./security";
import type { EcsTask } from "./tasks";

/** An app whose tasks get their security groups from the tier. */
export interface SecuredApp {
  readonly name: string;
  readonly tasks: readonly EcsTask[];
  /** By task: what the entry opens of it. */
  readonly callers: Readonly<Record<string, readonly EntryCaller[]>>;
}

export interface EcsHosting {
  readonly tier: EcsTier;
  /** Where the task can run, its network mode and its size. */
  definition(task: EcsTask, size: TaskSize): DefinitionPart;
  /** The service's capacity or launch type, its network and its placement. */
  service(task: EcsTask, group: aws.ec2.SecurityGroup): ServicePart;
  /** Where a run of a job starts: its capacity or launch type, its network and its placement. */
  job(task: EcsTask, group: aws.ec2.SecurityGroup): JobPlace;
  /** ARN of the Service Connect namespace of the app. */
  namespace(): pulumi.Output<string>;
  /** The machine's port that a container's is reached on: its own where the task has an interface of its own. */
  readonly hostPort: (containerPort: number) => number;
  /** What a container asks of the machine under it, where the tier's tasks may. */
  readonly machine?: (service: Service, mounts: TaskMounts) => MachineParameters;
  /** The groups of the tasks and what lets their callers in; a group for each task unless given. */
  readonly security?: (app: SecuredApp, parent: pulumi.Resource) => TaskSecurity;
  /** What a service must wait for, besides the cluster. */
  readonly ready?: (task: EcsTask) => readonly pulumi.Resource[];
  /** Seconds that a task may wait for a machine before it starts, on top of `timeToFail`. Default 0. */
  readonly capacitySeconds?: number;
}

/** A job's target on an ECS tier. */
export type EcsJobTarget = Extract<JobTarget, { readonly tier: EcsTierName }>;

export type JobPlace = Pick<EcsJobTarget, "network" | "launch" | "placement">;

export type DefinitionPart = Pick<
  aws.ecs.TaskDefinitionArgs,
  | "requiresCompatibilities"
  | "networkMode"
  | "cpu"
  | "memory"
  | "runtimePlatform"
  | "ephemeralStorage"
  | "ipcMode"
  | "pidMode"
>;

export type ServicePart = Pick<
  aws.ecs.ServiceArgs,
  | "capacityProviderStrategies"
  | "launchType"
  | "networkConfiguration"
  | "orderedPlacementStrategies"
  | "placementConstraints"
>;
