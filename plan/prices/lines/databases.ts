/** RDS, Aurora, DocumentDB, ElastiCache. Pure. */
import type { PlannedResource } from "../../types";
import { isTrue, mapOf, numberOf, textOf } from "../inputs";
import { databaseHours } from "../off-hours";
import type { PricedPlan } from "../priced-plan";
import { HOURS, type PriceItem, type Pricers, type UncountedItem } from "../types";
import { secret } from "./storage";

const AURORA = "aws:rds/cluster:Cluster";
const DOCUMENTDB = "aws:docdb/cluster:Cluster";
/** Capacity units that a cluster has at least while it works. */
const LEAST_CAPACITY = 0.5;
/** vCPU of the burstable classes; the only ones that Spectrum chooses by itself. */
const BURSTABLE_VCPU = 2;

export const databases: Pricers = {
  "aws:rds/instance:Instance": (instance, plan) => {
    const { inputs } = instance;
    const name = textOf(inputs.instanceClass);
    if (name === null) return [{ what: "a database", uncounted: "its class is not known in the plan" }];
    const zones = isTrue(inputs.multiAz) ? 2 : 1;
    const of = zones === 2 ? " in two zones" : "";
    const month = monthOf(instance, plan);
    return [
      fixed(`${name}${of}`, `rds.${name}`, zones * month),
      fixed(`storage${of}`, "rds.gp3", zones * (numberOf(inputs.allocatedStorage) ?? 0)),
      ...(isPastSupport(inputs) ? [fixed("extended support", "rds.extended", zones * BURSTABLE_VCPU * month)] : []),
      ...managedSecret(inputs),
    ];
  },
  [AURORA]: (cluster, plan) => [...stored(cluster, plan, "aurora"), ...managedSecret(cluster.inputs)],
  "aws:rds/clusterInstance:ClusterInstance": (instance, plan) => {
    const name = textOf(instance.inputs.instanceClass);
    if (name === null) return [{ what: "an instance of Aurora", uncounted: "its class is not known in the plan" }];
    const cluster = plan.find(instance.inputs.clusterIdentifier, AURORA);
    const month = monthOf(cluster, plan);
    if (name !== "db.serverless") return [fixed(name, `aurora.${name}`, month)];
    const min = numberOf(mapOf(cluster?.inputs.serverlessv2ScalingConfiguration).minCapacity) ?? 0;
    const working = Math.max(0, LEAST_CAPACITY - min) * Math.min(month, HOURS * (plan.usage(instance).hours / 24));
    return [
      ...(min > 0 ? [fixed(`at least ${min} capacity units`, "aurora.acu", min * month)] : []),
      ...(working > 0 ? [used(`${LEAST_CAPACITY} capacity units while it works`, "aurora.acu", working)] : []),
    ];
  },
  [DOCUMENTDB]: (cluster, plan) => [...stored(cluster, plan, "docdb"), ...managedSecret(cluster.inputs)],
  "aws:docdb/clusterInstance:ClusterInstance": ({ inputs }, plan) => {
    const name = textOf(inputs.instanceClass);
    return name === null
      ? [{ what: "an instance of DocumentDB", uncounted: "its class is not known in the plan" }]
      : [fixed(name, `docdb.${name}`, monthOf(plan.find(inputs.clusterIdentifier, DOCUMENTDB), plan))];
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": cache,
};

/** Hours of a month in which it is not stopped. */
const monthOf = (database: PlannedResource | null, plan: PricedPlan): number =>
  HOURS * (databaseHours(database, plan) / 24);

const fixed = (what: string, key: string, quantity: number): PriceItem => ({ what, kind: "fixed", key, quantity });
const used = (what: string, key: string, quantity: number): PriceItem => ({ what, kind: "usage", key, quantity });

type Inputs = PlannedResource["inputs"];

/** The secret that the service makes for its first user. */
const managedSecret = (inputs: Inputs): readonly PriceItem[] =>
  isTrue(inputs.manageMasterUserPassword) ? [secret("the secret of its first user")] : [];

/** What a cluster holds, and one access to it for each request. */
function stored(cluster: PlannedResource, plan: PricedPlan, service: string): readonly PriceItem[] {
  const { gbStored, requests } = plan.usage(cluster);
  return [used("data", `${service}.storage`, gbStored), used("accesses to the data", `${service}.io`, requests)];
}

/** MySQL 8.0's standard support ended on 2026-07-31. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html */
const isPastSupport = ({ engine, engineVersion }: Inputs): boolean =>
  engine === "mysql" && (textOf(engineVersion) ?? "").startsWith("8.0");

function cache({ inputs }: PlannedResource): readonly (PriceItem | UncountedItem)[] {
  const type = textOf(inputs.nodeType);
  if (type === null) return [{ what: "a cache", uncounted: "its node type is not known in the plan" }];
  const nodes = numberOf(inputs.numCacheClusters) ?? 1;
  const engine = inputs.engine === "valkey" ? "valkey" : "redis";
  return [fixed(`${nodes} × ${type}`, `elasticache.${engine}.${type}`, nodes * HOURS)];
}
