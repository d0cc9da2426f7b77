/**
 * What a stack's config says, validated: the environment, and for each app its placement. Plain values, no secrets:
 * of `spectrum:secrets` only the names are known here.
 *
 * Units: cpu in vCPU, memory in MiB, durations in seconds unless the name says otherwise.
 */
import type { Hours } from "../hours";
import type { PlacedOverride } from "../overrides";
import type { SignalsConfig } from "../signals/choice";
import type { TierName } from "../tiers";
import type { Value } from "../value";
import type { SaidSignals } from "./signals-schema";

/** How tasks and pods reach the internet. Prices are for two zones in us-east-1, without traffic. */
export type Egress =
  /** No NAT gateway: tasks in public subnets with public addresses, nothing open but the entry. 0 USD. */
  | "public"
  /** One NAT gateway, tasks in private subnets. 36.50 USD a month with its public address. */
  | "nat"
  /** A NAT gateway in each zone. 73 USD a month. */
  | "nat-per-az"
  /** VPC endpoints for AWS's own services and no other way out. 7.30 USD a month for each endpoint and zone. */
  | "endpoints";

/** How the world reaches apps in the VPC over HTTP. Prices are for us-east-1. */
export type EntryChoice =
  /** An Application Load Balancer: about 24 USD a month with its addresses in two zones. */
  | "alb"
  /** HTTP APIs of API Gateway with a link into the VPC: 0.50 USD a month, and 1 USD for a million requests. */
  | "apigateway";

export interface EnvironmentConfig {
  /** The Pulumi stack's name. */
  readonly name: string;
  readonly region: string;
  /** Version of the defaults. */
  readonly defaults: 1;
  readonly protected: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly platform: PlatformConfig;
  /** The names of the secrets under `spectrum:secrets`, by app; `$platform` holds what `registries` names. */
  readonly secretNames: Readonly<Record<string, readonly string[]>>;
  readonly apps: Readonly<Record<string, AppConfig>>;
  /** By name. */
  readonly workflows: Readonly<Record<string, WorkflowConfig>>;
  /** USD a month that the whole environment may cost. `null`: as much as it does. */
  readonly budget: number | null;
  /** What its apps are assumed to use. */
  readonly usage: UsageConfig;
  readonly policy: PolicyConfig;
  /** What it changes of any resource. */
  readonly overrides: readonly PlacedOverride[];
  /** What it says of its apps' signals; left out where it says nothing. */
  readonly signals?: SaidSignals;
}

/** What the environment says of the rules of `policy/`. */
export interface PolicyConfig {
  readonly exemptions: readonly Exemption[];
}

/** Resources that may break a rule, for a reason and a time. */
export interface Exemption {
  /** The rule's name. */
  readonly rule: string;
  /** A resource's URN or logical name; `*` stands for any characters. */
  readonly resource: string;
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`, in UTC. */
  readonly until: string;
}

/**
 * What nobody can read off a plan, and a price needs: how much an app is used, in a month of 730 hours. Each is an assumption,
 * shown wherever a price is.
 */
export interface UsageConfig {
  /** HTTP requests. Default 100,000. */
  readonly requests: number;
  /** GB that are sent to the internet. Default 1. */
  readonly gbOut: number;
  /** GB that containers fetch by way of a NAT gateway or VPC endpoints. Default 1. */
  readonly gbFetched: number;
  /** GB of logs, of all services together. Default 0.1. */
  readonly gbLogs: number;
  /** GB that each file system, bucket and database cluster holds. Default 1. */
  readonly gbStored: number;
  /** GB of images that each repository holds. Default 0.5. */
  readonly gbImages: number;
  /** Messages that go through each queue. Default 10,000. */
  readonly messages: number;
  /** Runs of each workflow, and of each job that it calls or that a schedule starts. Default 30. */
  readonly executions: number;
  /** Hours a day for which containers run, where what they run on is paid only while they do. Default 24. */
  readonly hours: number;
  /** Replicas of a service that is scaled, on average. `null`, the default: as few as its scale allows. */
  readonly replicas: number | null;
  /** Machines of one's own that are registered (`ecs-anywhere`). Default 1. */
  readonly machines: number;
}

/** A state machine of AWS Step Functions, and what starts it. */
export interface WorkflowConfig {
  /** The path of its file in the Amazon States Language, from the project's folder. */
  readonly definition: string;
  /** Default STANDARD: 0.025 USD for 1,000 transitions. EXPRESS, of 5 minutes at most, is paid by requests and time. */
  readonly type: "STANDARD" | "EXPRESS";
  readonly logging: {
    /** `null`: ERROR, and ALL for EXPRESS, which keeps no history of its own. */
    readonly level: "OFF" | "ERROR" | "FATAL" | "ALL" | null;
    /** True: with inputs and outputs, which may hold what nobody should read. Default: false. */
    readonly executionData: boolean;
  };
  /** Traces in X-Ray: 100,000 a month are free. Default: true. */
  readonly tracing: boolean;
  /** A key of one's own for definition and history; `null`: AWS's, which is free. */
  readonly kmsKeyArn: string | null;
  /** What its tasks do that the definition does not say the resource of. */
  readonly policies: readonly (string | PolicyStatement)[];
  readonly triggers: WorkflowTriggers;
  /** What the alarms on failures and timeouts tell: ARNs. Default: nothing; each alarm is 0.10 USD a month. */
  readonly alarmActions: readonly string[];
  /** A gradual change: `percent` of new executions run the newest version, all others version `from`. `null`: all run the newest. */
  readonly canary: { readonly from: number; readonly percent: number } | null;
  /** How a service is called that wants more than the header of Spectrum's own, by `app.service`. */
  readonly connections: Readonly<Record<string, WorkflowConnection>>;
}

export interface WorkflowTriggers {
  readonly schedule: readonly WorkflowSchedule[];
  readonly events: readonly WorkflowEvent[];
  readonly queues: readonly WorkflowQueue[];
  /** True: an execution starts when the environment was deployed and something of its apps has changed. */
  readonly deploy: boolean;
}

export interface WorkflowSchedule {
  /** `cron(…)`, `rate(…)` or `at(…)`, as EventBridge Scheduler writes them. */
  readonly at: string;
  /** IANA name. Default UTC. */
  readonly timezone: string;
  /** Minutes after its time within which it may start; 0: at its time. */
  readonly windowMinutes: number;
  /** The execution's input. Default: the empty map. */
  readonly input: Readonly<Record<string, unknown>>;
}

export interface WorkflowEvent {
  /** An event pattern of EventBridge's. */
  readonly pattern: Readonly<Record<string, unknown>>;
  /** A bus by name or ARN. Default: the account's own. */
  readonly bus: string;
}

export interface WorkflowQueue {
  /** A job's queue as `app.service`, or an SQS queue by its ARN. */
  readonly queue: string;
  /** Messages of one execution at most. Default 1. */
  readonly batchSize: number;
}

export interface WorkflowConnection {
  /** Default `X-Spectrum-Workflow`. */
  readonly header: string;
  /** A name under `spectrum:secrets.<app>`. */
  readonly secret: string;
}

export interface PlatformConfig {
  readonly egress: Egress | null;
  /** Number of zones: 2 by default, 3 where protected. */
  readonly availabilityZones: number;
  /** An existing network; `null`: Spectrum makes one. */
  readonly vpcId: string | null;
  /** An existing Route 53 zone by id, or by name (looked up), or by name and made. */
  readonly hostedZoneId: string | null;
  readonly hostedZoneName: string | null;
  readonly createHostedZone: boolean;
  /** A Lightsail DNS zone for all hosts in the place of Route 53; with `createLightsailZone` it is made. Free. */
  readonly lightsailZoneName: string | null;
  readonly createLightsailZone: boolean;
  /** A Route 53 health check of each host. `null`: none. 0.50 USD a month each, and 1 USD for HTTPS. */
  readonly healthChecks: HealthChecks | null;
  /** An existing ACM certificate for all hosts; `null`: one is requested and validated by DNS. */
  readonly certificateArn: string | null;
  readonly loadBalancerArn: string | null;
  /** What stands before the apps. */
  readonly entry: EntryChoice;
  readonly ecsClusterArn: string | null;
  /** The ARN of an IAM policy that bounds what every role may do which Spectrum makes. `null`: none does. */
  readonly permissionsBoundary: string | null;
  /** By registry host (`ghcr.io`, `docker.io`). */
  readonly registries: Readonly<Record<string, RegistryConfig>>;
  readonly registry: RepositoriesConfig;
  /** CloudWatch Container Insights on the cluster. Each metric is billed. Default: off. */
  readonly insights: "off" | "on" | "enhanced";
  /** Where secrets are kept for tiers that read them by reference. Default: ssm. */
  readonly secretStore: SecretStore;
  /** Backups of file systems and databases; `null`: what each of them has of its own. */
  readonly backup: BackupConfig | null;
  readonly eks: EksConfig;
  /** An existing cluster for the apps on `eks`, in the network of `vpcId`. `null`: Spectrum makes one. */
  readonly eksClusterName: string | null;
}

/** The cluster that the apps on EKS tiers share. */
export interface EksConfig {
  /** Of Kubernetes, in AWS's standard support. Default: the newest. */
  readonly version: "1.34" | "1.35" | "1.36";
  /** ARNs of roles and users that may do everything in the cluster, besides who made it. */
  readonly admins: readonly string[];
  /** ARNs of roles and users that may look at everything but secrets. */
  readonly viewers: readonly string[];
  /** Where the cluster's API may be called from on the internet. Default: from anywhere, by who has a role for it. */
  readonly publicAccessCidrs: readonly string[];
  /** What the control plane logs. `null`: `api`, `audit` and `authenticator` where the environment is protected. */
  readonly logTypes: readonly ("api" | "audit" | "authenticator" | "controllerManager" | "scheduler")[] | null;
}

export interface HealthChecks {
  /** SNS topics in us-east-1 that an alarm of each host tells. None: no alarm. 0.10 USD a month for each alarm. */
  readonly alarmActions: readonly string[];
}

/** A plan of AWS Backup for what holds data. */
export interface BackupConfig {
  /** `cron(…)` in UTC. Default: each day at 5. */
  readonly schedule: string;
  /** Days that a copy is kept. Default 35. */
  readonly days: number;
  /** True: no copy can be deleted before its days are over, but by who may lift the lock. Default: false. */
  readonly vaultLock: boolean;
}

/** SSM's parameter store, free; or Secrets Manager, 0.40 USD a month for each secret. */
export type SecretStore = "ssm" | "secrets-manager";

/** Who has the repositories of the images that are built, and who may pull from them. */
export interface RepositoriesConfig {
  /** The environment that owns them. `null`: each environment its own. */
  readonly environment: string | null;
  /** Ids of other accounts that may pull from those that the environment owns. */
  readonly readers: readonly string[];
}

export interface RegistryConfig {
  readonly username: string;
  /** A name under `spectrum:secrets.$platform`. */
  readonly password: string;
  /** True: images come through an ECR pull-through cache (Docker Hub only). */
  readonly cache: boolean;
}

/** An app's keys as the config has them, before they are merged with the Compose file's `x-spectrum`. */
export interface AppConfig {
  /** Paths of its Compose files, from the project's folder; empty where it comes from a release. */
  readonly compose: readonly string[];
  /** The id of the release that it comes from, or its first digits. `null`: from the Compose files as they are. */
  readonly release: string | null;
  readonly profiles: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Everything else, raw: merged with `x-spectrum`, then validated. */
  readonly rest: Readonly<Record<string, unknown>>;
  /** `spectrum:tier` and `spectrum:timeToFail`: what the environment says for all its apps. */
  readonly defaultTier: string | null;
  readonly defaultTimeToFail: number;
}

/** The config switch of one app, merged with its `x-spectrum` and validated. */
export interface Placement {
  readonly app: string;
  readonly tier: TierName;
  readonly environment: EnvironmentConfig;
  readonly hosts: readonly Host[];
  /** Names that do nothing but send on to one of `hosts`. */
  readonly redirects: readonly Redirect[];
  /** A content delivery network before the app. `null`: none. */
  readonly cdn: CdnConfig | null;
  readonly data: "keep" | "delete";
  /** Seconds from a revision's start to its being healthy. Default 600. */
  readonly timeToFail: number;
  /** When the app runs. `null`: all the time. */
  readonly hours: Hours | null;
  /** A row for every service of the app. */
  readonly services: Readonly<Record<string, ServicePlacement>>;
  /** USD a month that the app may add to the environment's price. `null`: as much as it does. */
  readonly budget: number | null;
  /** The app's own words over the environment's. */
  readonly usage: UsageConfig;
  /** Its dashboard and alarms. `null`: none. */
  readonly signals: SignalsConfig | null;
  /** The tier's own settings, validated by the tier's schema, defaults filled in. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Findings that the user accepts on this tier, by `service.key`. */
  readonly accept: readonly string[];
  /** What the app and its services change of the app's resources on this tier; a service's after the app's. */
  readonly overrides: readonly PlacedOverride[];
}

/** A name, and optionally a path, at which one service is reached. */
export interface Host {
  readonly host: string;
  /** `/` by default; a prefix. */
  readonly path: string;
  readonly service: string;
  /** Container port. */
  readonly port: number;
  /** The load balancer rule's priority (1 to 39,999); `null`: derived from host and path. */
  readonly priority: number | null;
}

/** `www.example.com` to `example.com`, with the path and query as they are. */
export interface Redirect {
  readonly from: string;
  readonly to: string;
}

/** CloudFront, or Lightsail's distribution on the tiers of Lightsail. */
export interface CdnConfig {
  /** Where it answers: North America, Europe and Israel by default. */
  readonly priceClass: "PriceClass_100" | "PriceClass_200" | "PriceClass_All";
  /** What is cached; all else goes to the app. The first path that matches counts. Default: nothing. */
  readonly cache: readonly CacheRule[];
  /** What is cached is sent as gzip or Brotli. Default: true. */
  readonly compress: boolean;
  /** Each request is logged, 0.50 USD a GB. Default: false. */
  readonly logs: boolean;
  /** ARN of a web ACL for CloudFront. From 5 USD a month. `null`: none. */
  readonly webAcl: string | null;
  /** True: the load balancer also answers who calls it past the distribution. */
  readonly direct: boolean;
}

export interface CacheRule {
  /** `/assets/*` */
  readonly path: string;
  /** Seconds that an answer is kept which does not say itself. Default: a day. */
  readonly ttl: number;
}

export interface ServicePlacement {
  /** `null`: from `deploy.resources`, else the default size. */
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly scale: Scale | null;
  readonly deployment: Deployment;
  /** When it runs: the app's hours, or its own. `null`: all the time. */
  readonly hours: Hours | null;
  /** True: several writers may share the service's named volumes. */
  readonly concurrent: boolean;
  /** What the service's own role may do: ARNs of managed policies, or statements. */
  readonly policies: readonly (string | PolicyStatement)[];
  /** `null`: it has none. */
  readonly bucket: BucketConfig | null;
  /** `null`: it goes on running. */
  readonly job: JobConfig | null;
  /** `null`: it works off none. */
  readonly queue: QueueConfig | null;
  /** `null`: it runs as a container. */
  readonly managed: ManagedConfig | null;
}

/** How a service that runs to its end is run. */
export interface JobConfig {
  /** `once`: by hand, or as a workflow's step. `deploy`: with each deployment, before a new version takes traffic. */
  readonly on: "once" | "deploy" | "schedule";
  /** Of a schedule: `cron(0 3 * * ? *)`, `rate(1 hour)` or `at(2027-01-01T00:00:00)`, as EventBridge writes them. */
  readonly at: string | null;
  /** IANA name. Default UTC. */
  readonly timezone: string;
  /** Minutes after its time within which it may start; 0: at its time. */
  readonly windowMinutes: number;
  /** How often a run that failed is started again. Default 0. */
  readonly retries: number;
  /** Seconds until a run is stopped. Default 900; of `deploy` as much less as lets all tries end within `timeToFail`. */
  readonly timeout: number;
  /** Whether a run may start while an earlier one goes on. Default `forbid`. */
  readonly concurrency: "allow" | "forbid";
}

/** What AWS runs in the place of a database's container. */
export interface ManagedConfig {
  /** `null`: RDS for a relational database, ElastiCache for a cache; no other image has a service of its own. */
  readonly engine: "aurora" | "documentdb" | null;
  /** `null`: the image's tag says it. */
  readonly version: string | null;
  /** In AWS's words: `db.t4g.small`, `cache.t4g.small`; on Lightsail a bundle: `small_2_0`. `null`: the smallest. */
  readonly class: string | null;
  /** GiB. `null`: 20. */
  readonly storage: number | null;
  /** `null`: 7, and 30 where the environment is protected. */
  readonly backupDays: number | null;
  /** A second one in another zone, at its own price. `null`: where the environment is protected. */
  readonly multiZone: boolean | null;
  /** True: connections without TLS are refused. */
  readonly tls: boolean;
}

/** A bucket of a service's own. */
export interface BucketConfig {
  /** Other services that may use it. */
  readonly sharedWith: readonly string[];
  /** What the names of its variables start with. Default `BUCKET`: `BUCKET_NAME`, `BUCKET_REGION`. */
  readonly variable: string;
  /** `null`: where the environment is protected. */
  readonly versioned: boolean | null;
}

/** A queue that a service works off. */
export interface QueueConfig {
  /** The services that send to it. */
  readonly senders: readonly string[];
  /** What the names of its variables start with. Default `QUEUE`: `QUEUE_URL`, `QUEUE_REGION`. */
  readonly variable: string;
  /** In the order of sending, each message once. Default: false. */
  readonly fifo: boolean;
  /** Seconds for which a received message is hidden from other tasks: longer than its work takes. Default 300. */
  readonly visibilitySeconds: number;
  /** Days that a message waits. Default 4. */
  readonly retentionDays: number;
  /** Receives after which a message goes to the dead-letter queue. Default 5. */
  readonly maxReceives: number;
  /** `null`: the queue has no say in how many run. */
  readonly scale: QueueScale | null;
}

/** A task for each `messagesPerTask` messages that wait or are worked at, from `min` to `max`. */
export interface QueueScale {
  /** Default 0. */
  readonly min: number;
  readonly max: number;
  /** Default 10. */
  readonly messagesPerTask: number;
}

export interface PolicyStatement {
  readonly actions: readonly string[];
  /** ARNs; a value where a backing service's stands in it. */
  readonly resources: readonly (string | Value)[];
}

export interface Scale {
  readonly min: number;
  readonly max: number;
  /** Target utilisation in percent. */
  readonly cpu: number | null;
  readonly memory: number | null;
  /** Target requests per minute and replica. */
  readonly requests: number | null;
  readonly schedule: readonly ScheduledScale[];
  /** The queue whose depth says how many run. Set by the service's queue, not by the config's `scale`. */
  readonly backlog?: Backlog;
}

export interface Backlog {
  /** The queue's name. */
  readonly queue: Value;
  readonly messagesPerTask: number;
}

export interface ScheduledScale {
  /** `cron(0 7 ? * MON-FRI *)`, `rate(1 hour)` or `at(2027-01-01T00:00:00)`. */
  readonly at: string;
  /** IANA name. Default UTC. */
  readonly timezone: string;
  readonly min: number;
  readonly max: number;
}

export type Deployment =
  | { readonly strategy: "rolling" }
  | { readonly strategy: "blue-green"; readonly bakeMinutes: number }
  | {
      readonly strategy: "linear";
      readonly bakeMinutes: number;
      readonly stepPercent: number;
      readonly stepBakeMinutes: number;
    }
  | {
      readonly strategy: "canary";
      readonly bakeMinutes: number;
      readonly canaryPercent: number;
      readonly canaryBakeMinutes: number;
    };
