/** What the apps of one environment share. Each part is made once, and only when somebody asks for it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Egress, EnvironmentConfig } from "../../app/config/types";
import { ApiGateway } from "./api-gateway";
import { Backups } from "./backups";
import { type BundleStore, SharedBundleStore } from "./bundles";
import { type EcsCluster, SharedEcsCluster } from "./ecs-cluster";
import { type ClusterDemand, type EksCluster, ExistingEksCluster, SharedEksCluster } from "./eks";
import { DnsNames } from "./dns-names";
import { LoadBalancers } from "./load-balancers";
import { environmentPrefix } from "../names";
import { InstancePool } from "./instance-pool";
import { JobRunner } from "./job-runner";
import { environmentEgress, type Network, VpcNetwork } from "./network";
import { PoolAttachments } from "./pool-attachments";
import { planPools, type PoolNeed } from "./pools";
import { Registries } from "./registries";
import { OthersRepositories } from "./repositories";
import { ServiceNames } from "./service-names";

/** The secrets that `registries` names: `spectrum:secrets.$platform`. */
export type PlatformSecrets = Readonly<Record<string, pulumi.Output<string>>>;

export interface PlatformOptions {
  readonly secrets?: PlatformSecrets;
  /** How the apps reach the internet, each as its tier says; the config's word wins over all. Default: none asks. */
  readonly egress?: readonly (Egress | null)[];
  /** What the apps on EKS ask of the cluster that they share. Default: none asks. */
  readonly eks?: readonly ClusterDemand[];
  /** What the apps need of pools of EC2 instances. Default: none. */
  readonly pools?: readonly PoolNeed[];
  /** Ports of the load balancer that CloudFront alone may call. Default: none. */
  readonly closed?: readonly number[];
}

export class Platform extends pulumi.ComponentResource {
  private readonly parts: {
    network?: VpcNetwork;
    ecsCluster?: SharedEcsCluster;
    eksCluster?: EksCluster;
    registries?: Registries;
    repositories?: OthersRepositories;
    loadBalancers?: LoadBalancers;
    apiGateway?: ApiGateway;
    names?: DnsNames;
    serviceNames?: ServiceNames;
    bundles?: SharedBundleStore;
    jobRunner?: JobRunner;
    schedules?: aws.scheduler.ScheduleGroup;
    poolAttachments?: PoolAttachments;
  } = {};
  private readonly pools = new Map<string, InstancePool>();

  constructor(
    private readonly name: string,
    readonly environment: EnvironmentConfig,
    private readonly options: PlatformOptions = {},
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Platform", name, {}, opts);
  }

  /** The VPC with its subnets. */
  get network(): Network {
    const egress = environmentEgress(this.environment, this.options.egress ?? []);
    return (this.parts.network ??= new VpcNetwork(`${this.name}-network`, this.environment, egress, { parent: this }));
  }

  /** The ECS cluster with its Fargate capacity providers and its Service Connect namespaces. */
  get ecsCluster(): EcsCluster {
    return (this.parts.ecsCluster ??= new SharedEcsCluster(`${this.name}-ecs`, this.environment, { parent: this }));
  }

  /** The EKS cluster with all that the apps on it share. */
  get eksCluster(): EksCluster {
    return (this.parts.eksCluster ??= this.findEksCluster());
  }

  /** A pool of EC2 instances for ECS tasks, by its name (`poolName`): made once for all apps that need the same. */
  instancePool(name: string): InstancePool {
    const made = this.pools.get(name);
    if (made) return made;
    const plan = planPools(this.options.pools ?? []).get(name);
    if (!plan) throw new Error(`nobody said what the pool ${name} is for`);
    const { environment, network, ecsCluster: cluster } = this;
    const attachments = (this.parts.poolAttachments ??= new PoolAttachments(
      `${this.name}-pools`,
      { environment, cluster },
      { parent: this },
    ));
    const before = plan.trunking ? [attachments.enableTrunking()] : [];
    for (const service of ["ecs", "ecs-agent", "ecs-telemetry"] as const) network.requireEndpoint(service);
    const pool = new InstancePool(
      `${this.name}-${name}`,
      { environment, plan, network, cluster, attachments, before },
      { parent: this },
    );
    this.pools.set(name, pool);
    return pool;
  }

  /** The registries' credentials and caches. */
  get registries(): Registries {
    const { environment } = this;
    const { secrets = {} } = this.options;
    return (this.parts.registries ??= new Registries(
      `${this.name}-registries`,
      { environment, secrets },
      { parent: this },
    ));
  }

  /** The repositories of the environment that `registry` names, for what is built here. */
  get othersRepositories(): OthersRepositories {
    const { environment: owner } = this.environment.platform.registry;
    if (owner === null) throw new Error("the environment has repositories of its own");
    return (this.parts.repositories ??= new OthersRepositories(`${this.name}-repositories`, owner, { parent: this }));
  }

  /** The load balancers that the apps share. */
  get loadBalancers(): LoadBalancers {
    const { environment } = this;
    const { closed = [] } = this.options;
    return (this.parts.loadBalancers ??= new LoadBalancers(
      `${this.name}-entry`,
      { environment, network: () => this.network, closed },
      { parent: this },
    ));
  }

  /** The HTTP APIs that stand before the apps where `entry` says so. */
  get apiGateway(): ApiGateway {
    const { environment } = this;
    return (this.parts.apiGateway ??= new ApiGateway(
      `${this.name}-api`,
      { environment, network: () => this.network, names: () => this.names },
      { parent: this },
    ));
  }

  /** The bucket for what is deployed as a bundle of files. */
  get bundles(): BundleStore {
    return (this.parts.bundles ??= new SharedBundleStore(`${this.name}-bundles`, this.environment, { parent: this }));
  }

  /** Hosted zones, certificates and records. */
  get names(): DnsNames {
    return (this.parts.names ??= new DnsNames(`${this.name}-names`, this.environment, { parent: this }));
  }

  /** The function that runs jobs on ECS with a deployment. */
  get jobRunner(): JobRunner {
    const { environment, ecsCluster: cluster } = this;
    return (this.parts.jobRunner ??= new JobRunner(`${this.name}-jobs`, { environment, cluster }, { parent: this }));
  }

  /** The group of EventBridge Scheduler's schedules; free. */
  get schedules(): aws.scheduler.ScheduleGroup {
    return (this.parts.schedules ??= new aws.scheduler.ScheduleGroup(
      `${this.name}-schedules`,
      { name: environmentPrefix(this.environment.name) },
      { parent: this },
    ));
  }

  /** Names of services in the VPC, for jobs. */
  get serviceNames(): ServiceNames {
    const { network } = this;
    const environment = this.environment.name;
    return (this.parts.serviceNames ??= new ServiceNames(
      `${this.name}-services`,
      { environment, network },
      { parent: this },
    ));
  }

  private findEksCluster(): EksCluster {
    const { environment } = this;
    const { eks: demands = [] } = this.options;
    const { eksClusterName: cluster } = environment.platform;
    const name = `${this.name}-eks`;
    const opts = { parent: this };
    return cluster === null
      ? new SharedEksCluster(name, { environment, network: this.network, demands }, opts)
      : new ExistingEksCluster(name, { cluster, environment, demands }, opts);
  }

  /** Backups of what holds data, where the config asks for them. */
  private backUp(): void {
    const { backup } = this.environment.platform;
    if (backup !== null) new Backups(`${this.name}-backups`, this.environment, backup, { parent: this });
  }

  /** Ends the component: called once, when every app has what it asked for. */
  finish(): void {
    this.backUp();
    const { network, ecsCluster, eksCluster } = this.parts;
    this.registerOutputs({
      vpcId: network?.vpcId,
      ecsClusterArn: ecsCluster?.arn,
      ...(eksCluster && { eksClusterName: eksCluster.name }),
    });
  }
}
