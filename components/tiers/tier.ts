/** The contract of a tier: what every hosting option promises to the rest of Spectrum. */
import type * as pulumi from "@pulumi/pulumi";
import type { ZodType } from "zod";
import type { Claim } from "../../app/claims";
import type { Egress, Placement } from "../../app/config/types";
import type { Finding } from "../../app/finding";
import type { Verdict } from "../../app/fit";
import type { App } from "../../app/model";
import type { Measure } from "../../app/signals/measure";
import type { ServiceSignal } from "../../app/signals/signals";
import type { TierName } from "../../app/tiers";
import type { AppBacking } from "../platform/backing";
import type { ClusterDemand } from "../platform/eks";
import type { AppEntry } from "../platform/entry";
import type { AppImages } from "../platform/images";
import type { AppLogs } from "../platform/logs";
import type { Platform } from "../platform/platform";
import type { PoolNeed } from "../platform/pools";
import type { AppSecrets } from "../platform/secrets";
import type { AppVolumes } from "../platform/volumes";
import type { AppAlarms } from "../signals/rollback";
import type { EcsTierName } from "./ecs/ecs-tier";

export interface Tier {
  readonly name: TierName;
  /** "ECS on Fargate" */
  readonly title: string;
  readonly responsibilities: Responsibilities;
  readonly scaling: ScalingLimits;
  readonly start: StartTime;
  /** The tier's own settings in the config (`fargate: { … }`), without `accept`; strict, every default filled in. */
  readonly settings: ZodType<Record<string, unknown>>;
  /** How the entry reaches the tier: target groups of the load balancer, or a record that points to the tier itself. */
  entry(placement: Placement): EntryKind;
  /** How its containers reach the internet: the config's word, or the tier's own; `null`: they are outside of the VPC. */
  egress(placement: Placement): Egress | null;
  /** What the app asks of the environment's EKS cluster; left out by tiers that do not run on it. Pure. */
  eks?(app: App, placement: Placement): ClusterDemand;
  /** What the app needs of pools of EC2 instances that all apps share; nothing unless given. Pure. */
  pools?(app: App, placement: Placement): readonly PoolNeed[];
  /** What it takes of a machine that other apps may run on too: its ports. Nothing unless given. Pure. */
  claims?(app: App, placement: Placement): readonly Claim[];
  /** What the entry's target groups and registries hold: addresses of tasks, or instances and their ports. Default: `ip`. */
  targets?(placement: Placement): TargetType;
  /** Of a tier whose entry is a record: true where it ends TLS itself. Default: false. Pure. */
  endsTls?(app: App, placement: Placement): boolean;
  /** What becomes of an app that does not run all the time: refused, or how it is stopped. Pure. */
  offHours(app: App, placement: Placement): Verdict;
  /** What the tier does to each key that the app uses. Pure. */
  fit(app: App, placement: Placement): readonly Finding[];
  /** By service that goes on running: what each signal is measured by, or why it is not. Pure. */
  signals(app: App, placement: Placement): TierMeasures;
  /** True where a deployment can be rolled back by alarms. Pure. */
  rollsBack(placement: Placement): boolean;
  host(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions): HostedApp;
}

export type ServiceMeasures = Readonly<Record<ServiceSignal, Measure>>;
export type TierMeasures = Readonly<Record<string, ServiceMeasures>>;

/**
 * `target-groups`: the entry makes them, and the tier's containers join; ECS tasks join a registry instead where API Gateway
 * is the entry. `listeners`: the tier makes the groups and a rule of
 * its own on a listener of the entry's, and the production rule points to its group. `record`: only a name leads to the tier.
 */
export type EntryKind = "target-groups" | "listeners" | "record";
export type TargetType = "ip" | "instance";

/** Who does what, AWS or you. Each row's source is a page of AWS's documentation. */
export type Responsibilities = readonly Responsibility[];

export interface Responsibility {
  readonly what:
    | "machine patching"
    | "container runtime"
    | "orchestrator agent"
    | "control plane"
    | "certificate renewal"
    | "scaling"
    | "backup"
    | "secret rotation";
  readonly who: "aws" | "you" | "spectrum" | "nobody";
  readonly how: string;
  readonly source: string;
}

/** How far an app grows on the tier, and by what. */
export interface ScalingLimits {
  /** Whether each service has a number of its own, or all of the app's one; `none`: one copy of each. */
  readonly by: "service" | "app" | "none";
  /** What there is more or less of: `tasks`. */
  readonly unit: string;
  /** The most of it for one service, or the app, by AWS's default quotas; `null`: what quotas of other things leave. */
  readonly max: number | null;
  /** True where load alone changes the number. */
  readonly automatic: boolean;
  /** True where nothing need run, and nothing of it is paid. */
  readonly toZero: boolean;
  readonly how: string;
  readonly source: string;
}

/** How long it takes from asking for one more to its first request, without the time that the app itself needs. */
export interface StartTime {
  /** Seconds on what is there already; about a minute for a machine of its own; minutes for a server with its system. */
  readonly class: "seconds" | "a minute" | "minutes";
  readonly how: string;
  readonly source: string;
}

/** The same for all tiers; no tier's words. */
export interface HostArgs {
  readonly app: App;
  readonly placement: Placement;
  readonly platform: Platform;
  readonly entry: AppEntry;
  readonly images: AppImages;
  readonly logs: AppLogs;
  readonly secrets: AppSecrets;
  readonly backing: AppBacking;
  readonly volumes: AppVolumes;
  /** What a deployment may be rolled back by. */
  readonly alarms: AppAlarms;
}

/** Where the entry's rules and names point. */
export type Endpoint =
  | { readonly kind: "target-group"; readonly targetGroupArn: pulumi.Output<string> }
  | { readonly kind: "registry"; readonly registryArn: pulumi.Output<string> }
  | {
      readonly kind: "alias";
      readonly aliasName: pulumi.Output<string>;
      readonly aliasZoneId: pulumi.Output<string>;
      /** Where it can be opened without a domain of one's own. */
      readonly url: pulumi.Output<string>;
      /** True where the name leads to a machine itself: its published ports as they are, TCP and UDP too, and no TLS. */
      readonly direct?: boolean;
      readonly origin?: LightsailOrigin;
    }
  | {
      readonly kind: "addresses";
      readonly addresses: pulumi.Output<string[]>;
      /** The port that answers there, whatever the entry's is: nothing stands between. Default: the entry's. */
      readonly port?: number;
      readonly origin?: LightsailOrigin;
    };

/** What a distribution of Lightsail's takes its answers from; left out where it could not. */
export interface LightsailOrigin {
  /** A container service, an instance with a static address, or a load balancer. */
  readonly name: pulumi.Output<string>;
  readonly protocol: "http-only" | "https-only";
  /** A certificate for the app's name that a distribution can take too; without, it gets one of its own. */
  readonly certificateName?: pulumi.Output<string>;
}

/** How operations reach a service on its tier. */
export type ServiceTarget =
  | {
      readonly tier: EcsTierName;
      readonly clusterArn: pulumi.Output<string>;
      readonly serviceName: pulumi.Output<string>;
      readonly container: string;
    }
  | { readonly tier: "lightsail"; readonly containerService: pulumi.Output<string>; readonly container: string }
  | {
      readonly tier: "lightsail-vm";
      readonly instances: readonly pulumi.Output<string>[];
      /** The tag that Systems Manager finds the machines by. */
      readonly nodeTag: { readonly key: string; readonly values: readonly string[] };
      /** The Compose service. */
      readonly service: string;
    }
  | {
      readonly tier: "beanstalk";
      readonly environmentName: pulumi.Output<string>;
      readonly environmentId: pulumi.Output<string>;
      /** The Compose service on each of the environment's instances. */
      readonly container: string;
    }
  | {
      readonly tier: "eks" | "eks-fargate";
      readonly clusterName: pulumi.Output<string>;
      readonly namespace: string;
      readonly deployment: string;
      readonly container: string;
    };

export interface HostedService {
  /** By container port, for the published ones. */
  readonly endpoints: Readonly<Record<number, Endpoint>>;
  readonly logGroup?: pulumi.Output<string>;
  /** ARN of the role that the service's own calls run under; `null` where the tier has none. */
  readonly identity: pulumi.Output<string> | null;
  /** What changes with each new version: a task definition's ARN, a deployment's version. */
  readonly revision: pulumi.Output<string>;
  readonly target: ServiceTarget;
  /** What the metrics of its signals are found by, where the tier has any: by the dimension's name. */
  readonly dimensions?: Readonly<Record<string, pulumi.Input<string>>>;
  /** What the entry's production rules wait for. */
  readonly ready: pulumi.Resource;
}

/**
 * How a job is run on its tier, by hand or as a workflow's step. By Systems Manager a run may be told other values of two
 * parameters, each JSON in base64: `Command`, an array, in the place of the job's, and `Environment`, an object, on top of the
 * job's; a parameter of an Automation has 512 characters at most. Exit code 124: its time was up; 75: an earlier run goes on.
 */
export type JobTarget = JobPlace & {
  /** ARN of the role that the job's own calls run under; left out where it has none of its own. */
  readonly identity?: pulumi.Output<string>;
};

type JobPlace =
  | {
      readonly tier: EcsTierName;
      readonly clusterArn: pulumi.Output<string>;
      readonly clusterName: pulumi.Output<string>;
      readonly taskDefinitionArn: pulumi.Output<string>;
      /** All revisions of the task definition: an ARN with `*`. */
      readonly family: pulumi.Output<string>;
      /** Where the container's log streams are, and what their names start with: `prefix/container/task`. */
      readonly logs: { readonly group: pulumi.Output<string>; readonly prefix: string };
      readonly container: string;
      /** Of its awsvpc interface; `null`: it has none. */
      readonly network: {
        readonly subnetIds: pulumi.Output<string[]>;
        readonly securityGroupIds: readonly pulumi.Output<string>[];
        readonly assignPublicIp: boolean;
      } | null;
      readonly launch: { readonly launchType: "EXTERNAL" } | { readonly capacityProvider: pulumi.Output<string> };
      /** The roles that a task of it runs under: who starts it must be allowed to pass them. */
      readonly roleArns: readonly pulumi.Output<string>[];
      /** ECS's placement constraints, as expressions. */
      readonly placement: readonly string[];
    }
  | {
      readonly tier: "eks" | "eks-fargate";
      readonly clusterName: pulumi.Output<string>;
      readonly namespace: string;
      /** A CronJob, suspended where it has no schedule: `kubectl create job --from=cronjob/<name>`. */
      readonly cronJob: string;
      readonly container: string;
    }
  | {
      readonly tier: "lightsail-vm";
      /**
       * A Command document: `ssm:SendCommand` with `nodeTag` as its target runs the job on the one machine that has the tag.
       * `ssm:GetCommandInvocation` tells its end: `Status`, and `ResponseCode`, which is the job's exit code.
       */
      readonly document: pulumi.Output<string>;
      /** The tag that Systems Manager finds the machine by: the target's key is `tag:<key>`. */
      readonly nodeTag: { readonly key: string; readonly values: readonly string[] };
    }
  | {
      readonly tier: "beanstalk";
      /**
       * An Automation runbook: `ssm:StartAutomationExecution` with it chooses an instance and runs the job there.
       * `ssm:GetAutomationExecution` tells its end: `AutomationExecutionStatus`, and in `Outputs` as `run.ResponseCode` the
       * job's exit code.
       */
      readonly runbook: pulumi.Output<string>;
      /** The role that the runbook runs under: who starts it must be allowed to pass it. */
      readonly roleArn: pulumi.Output<string>;
    };

/** A ComponentResource with the same outputs by service on every tier. Nothing outside the tier looks deeper. */
export interface HostedApp extends pulumi.ComponentResource {
  readonly services: Readonly<Record<string, HostedService>>;
  /** By service; none where the app has no jobs or the tier runs none. */
  readonly jobs?: Readonly<Record<string, JobTarget>>;
  /** What the user must know of the tier besides: it becomes the stack's outputs. */
  readonly outputs?: Readonly<Record<string, pulumi.Output<string>>>;
}
