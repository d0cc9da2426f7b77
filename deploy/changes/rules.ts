/**
 * What users notice of a change, by the type of the resource. Pure. A type without a rule is noticed by nobody, and is only
 * named where it is replaced or deleted. Facts are of AWS's documentation, named where they stand.
 */
import type { Fate, ResourceChange } from "./resource-changes";

/** `loss`: what it holds is gone. `interruption`: somebody who uses the app sees it. `note`: worth knowing. */
export type Severity = "loss" | "interruption" | "note";

export interface Notice {
  readonly severity: Severity;
  readonly urn: string;
  readonly text: string;
}

type Said = readonly [Severity, string] | null;
/** What is said after the resource's noun and name; a function sees the change. */
type Words = Said | ((change: ResourceChange) => Said);

interface Rule {
  /** "the service" */
  readonly noun: string;
  readonly words: Readonly<Partial<Record<Fate, Words>>>;
}

/** What is noticed of one change; `null`: nothing. */
export function noticeOf(change: ResourceChange): Notice | null {
  const rule = rules[change.type];
  const words = rule?.words[change.fate];
  const said = typeof words === "function" ? words(change) : words;
  if (!rule || !said || isRemade(change)) return null;
  const [severity, text] = said;
  return { severity, urn: change.urn, text: `${rule.noun} ${change.name} ${text}` };
}

/** The bucket of what is deployed as a bundle holds nothing of its own: each deployment puts it there again. */
const isRemade = ({ type, urn }: ResourceChange): boolean =>
  type === "aws:s3/bucket:Bucket" && urn.includes("spectrum:platform:Bundles$");

const note = (text: string): Said => ["note", text];
const interruption = (text: string): Said => ["interruption", text];
const loss = (text: string): Said => ["loss", text];

const given = (values: Readonly<Record<string, unknown>>, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    values,
  );

/** Because of what: "(engine changes)". */
const because = ({ replaceKeys }: ResourceChange): string =>
  replaceKeys.length > 0 ? ` (${replaceKeys.join(", ")} ${replaceKeys.length === 1 ? "changes" : "change"})` : "";

/** Whatever holds data that nobody else has. */
const holder = (noun: string, updated: Words = null): Rule => ({
  noun,
  words: {
    updated,
    replaced: (change) =>
      loss(`is replaced by an empty one${because(change)}: what it holds is lost, unless it is copied or restored`),
    deleted: ({ old }) => {
      const snapshot = given(old, "skipFinalSnapshot") === false ? given(old, "finalSnapshotIdentifier") : undefined;
      return typeof snapshot === "string"
        ? loss(`is deleted; the snapshot ${snapshot} of what it holds is kept`)
        : loss("is deleted with all that it holds");
    },
  },
});

/**
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.Settings.html: "Downtime occurs during this
 * change"; whether at once or in the window is `applyImmediately`.
 */
const RESTARTS = ["engineVersion", "instanceClass", "parameterGroupName", "port", "storageType"];
const restarted: Words = ({ changed, new: next }) => {
  const why = changed.filter((key) => RESTARTS.includes(key));
  if (why.length === 0) return null;
  const when = given(next, "applyImmediately") === true ? "at once" : "in its next maintenance window";
  return interruption(
    `is away for some minutes ${when} (${why.join(", ")} ${why.length === 1 ? "changes" : "change"})`,
  );
};

const gone = note("is taken away");
const REACHED = "whoever has its own address must learn the new one; names of Route 53 follow it";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html */
const ecsService: Words = ({ changed, old, new: next }) => {
  if (changed.every((key) => key === "desiredCount") && changed.length > 0)
    return note(`runs ${String(given(next, "desiredCount"))} tasks instead of ${String(given(old, "desiredCount"))}`);
  if (!changed.some((key) => ["taskDefinition", "networkConfiguration", "forceNewDeployment"].includes(key)))
    return null;
  const strategy = given(next, "deploymentConfiguration", "strategy");
  if (typeof strategy === "string" && strategy !== "ROLLING")
    return note("gets a new version beside the old one, and the traffic moves over to it: no interruption");
  if (given(next, "deploymentMinimumHealthyPercent") === 0)
    return interruption("is stopped, and its new version started: away until that is healthy");
  return note("gets a new version, task by task: no interruption");
};

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy */
const deployment: Words = ({ changed, new: next }) => {
  if (!changed.includes("spec")) return null;
  return given(next, "spec", "strategy", "type") === "Recreate"
    ? interruption("is stopped, and its new version started: away until that is ready")
    : note("gets a new version, pod by pod: no interruption");
};

/** https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.rolling-version-deploy.html */
const beanstalk: Words = ({ changed, new: next }) => {
  if (!changed.some((key) => key === "version" || key === "settings")) return null;
  const settings = given(next, "settings");
  const single =
    Array.isArray(settings) &&
    settings.some((one: unknown) => {
      const { name, value } = (one ?? {}) as { readonly name?: unknown; readonly value?: unknown };
      return name === "EnvironmentType" && value === "SingleInstance";
    });
  return single
    ? interruption("gets a new version on its one instance: away for about a minute")
    : note("gets a new version in batches: no interruption");
};

const runsFirst = (change: ResourceChange): Said =>
  // the platform's own attach capacity to a cluster
  change.urn.includes("spectrum:platform:PoolAttachments")
    ? null
    : note("runs now, before what waits for it is updated");

const machine: Rule = {
  noun: "the machine",
  words: {
    replaced: (change) =>
      interruption(
        `is replaced${because(change)}: what runs on it is away until the new one has started it, some minutes`,
      ),
    deleted: gone,
  },
};

const nodes: Rule = {
  noun: "the group of machines",
  words: {
    updated: ({ changed }) =>
      changed.some((key) => /launchTemplate|version|instanceTypes|amiType|releaseVersion/iu.test(key))
        ? note("gets new machines one after the other; what runs on the old ones is started anew")
        : null,
    replaced: () => note("is replaced: what runs on its machines is started anew on others"),
    deleted: gone,
  },
};

const cluster: Rule = {
  noun: "the cluster",
  words: {
    replaced: (change) => interruption(`is replaced${because(change)}, and all that runs on it with it`),
    deleted: interruption("is deleted, and all that runs on it with it"),
  },
};

/** What has an address of AWS's own. */
const reached = (noun: string, updated: Words = null): Rule => ({
  noun,
  words: {
    updated,
    replaced: (change) => interruption(`is replaced${because(change)}: its address changes; ${REACHED}`),
    deleted: interruption("is deleted: nobody reaches an app by it any more"),
  },
});

const network = (noun: string): Rule => ({
  noun,
  words: { replaced: (change) => interruption(`is replaced${because(change)}, and what is in it with it`) },
});

const dataHolders: Readonly<Record<string, Rule>> = {
  "aws:rds/instance:Instance": holder("the database", restarted),
  "aws:rds/cluster:Cluster": holder("the database", restarted),
  "aws:docdb/cluster:Cluster": holder("the database", restarted),
  "aws:elasticache/replicationGroup:ReplicationGroup": holder("the cache"),
  "aws:lightsail/database:Database": holder("the database", restarted),
  "aws:lightsail/disk:Disk": holder("the disk"),
  "aws:lightsail/bucket:Bucket": holder("the bucket"),
  "aws:s3/bucket:Bucket": holder("the bucket"),
  "aws:sqs/queue:Queue": holder("the queue"),
  "aws:efs/fileSystem:FileSystem": holder("the file system"),
  "kubernetes:core/v1:PersistentVolumeClaim": holder("the disk"),
};

/** By Pulumi's type token. */
export const rules: Readonly<Record<string, Rule>> = {
  ...dataHolders,
  "aws:cloudwatch/logGroup:LogGroup": {
    noun: "the log group",
    words: { replaced: loss("is replaced: the logs in it are lost"), deleted: loss("is deleted with its logs") },
  },
  "aws:ecr/repository:Repository": {
    noun: "the repository",
    words: { replaced: loss("is replaced: the images in it are lost"), deleted: loss("is deleted with its images") },
  },
  "aws:backup/vault:Vault": {
    noun: "the backup vault",
    words: { replaced: loss("is replaced: the backups in it are lost"), deleted: loss("is deleted with its backups") },
  },
  "aws:ecs/service:Service": {
    noun: "the service",
    words: {
      created: note("starts"),
      updated: ecsService,
      replaced: (change) =>
        change.deletedFirst
          ? interruption(`is made anew${because(change)}: away until its new tasks are healthy`)
          : note(`is made anew beside the old one${because(change)}, which ends when the new one is healthy`),
      deleted: gone,
    },
  },
  "aws:lightsail/containerService:ContainerService": {
    ...reached("the container service"),
    noun: "the container service",
  },
  "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion": {
    noun: "the app",
    words: {
      // a version is never changed; Lightsail keeps the old one running until the new one is healthy:
      // https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-container-services-deployments.html
      replaced: note("gets a new version; the old one serves until it is healthy: no interruption"),
    },
  },
  "aws:lightsail/instance:Instance": machine,
  "aws:ssm/association:Association": {
    noun: "the app",
    words: {
      updated: interruption("gets a new version where it stands: its containers are away for some seconds"),
      replaced: interruption("gets a new version where it stands: its containers are away for some seconds"),
    },
  },
  "aws:lightsail/staticIp:StaticIp": reached("the address"),
  "aws:elasticbeanstalk/environment:Environment": reached("the Beanstalk environment", beanstalk),
  "kubernetes:apps/v1:Deployment": {
    noun: "the service",
    words: {
      created: note("starts"),
      updated: deployment,
      replaced: (change) => interruption(`is made anew${because(change)}: away until its new pods are ready`),
      deleted: gone,
    },
  },
  "kubernetes:batch/v1:Job": {
    noun: "the job",
    words: { created: runsFirst, updated: runsFirst, replaced: runsFirst },
  },
  "aws:lambda/invocation:Invocation": {
    noun: "the job",
    words: { created: runsFirst, updated: runsFirst, replaced: runsFirst },
  },
  "aws:lb/loadBalancer:LoadBalancer": reached("the load balancer"),
  "aws:lightsail/lb:Lb": reached("the load balancer"),
  "aws:apigatewayv2/api:Api": reached("the API"),
  "aws:cloudfront/distribution:Distribution": reached(
    "the distribution",
    note("is changed; it takes some minutes until all of CloudFront has it"),
  ),
  "aws:lightsail/distribution:Distribution": reached("the distribution"),
  "aws:lb/listener:Listener": {
    noun: "the listener",
    words: { replaced: interruption("is replaced: its port answers nobody for some seconds") },
  },
  "aws:lb/listenerRule:ListenerRule": {
    noun: "the rule of",
    words: {
      updated: ({ changed }) =>
        changed.includes("actions") ? note("sends its requests elsewhere from then on") : null,
    },
  },
  "aws:route53/record:Record": {
    noun: "the name",
    words: {
      updated: note("leads elsewhere; whoever has looked it up follows when the record's time is over"),
      replaced: interruption("is made anew: for some seconds it may lead nowhere"),
      deleted: interruption("is taken away: it leads nowhere"),
    },
  },
  "aws:ecs/cluster:Cluster": cluster,
  "aws:eks/cluster:Cluster": {
    ...cluster,
    words: {
      ...cluster.words,
      updated: ({ changed }) =>
        changed.includes("version") ? note("gets another version of Kubernetes; what runs on it goes on") : null,
    },
  },
  "aws:eks/nodeGroup:NodeGroup": nodes,
  "aws:autoscaling/group:Group": nodes,
  "aws:ec2/vpc:Vpc": network("the network"),
  "aws:ec2/subnet:Subnet": network("the subnet"),
  "aws:ec2/natGateway:NatGateway": {
    noun: "the NAT gateway",
    words: { replaced: interruption("is replaced: calls out of the network fail meanwhile, and its address changes") },
  },
  "aws:sfn/stateMachine:StateMachine": {
    noun: "the workflow",
    words: {
      updated: note("is changed; executions that run go on with the old version"),
      replaced: interruption("is replaced: executions that run are ended, and their history is lost"),
      deleted: interruption("is deleted; executions that run are ended"),
    },
  },
};
