/** What is measured of an app's backing services: the same on every tier that can reach them. Pure. */
import type { BackingService, Database, Queue } from "../backing";
import { connectionLimit } from "./connection-limit";
import { combined, type Dimension, max, type Measure, type Measured, metric, missing, several } from "./measure";
import type { BackingSignal } from "./signals";

export type BackingMeasures = Readonly<Partial<Record<BackingSignal, Measure>>>;

/** Of the limit of connections: what is left is for those who come to look. */
const MOST_CONNECTIONS = 0.8;
const GIB = 1024 ** 3;

const GROWS = missing("its storage grows by itself, as far as AWS has any", "nothing to do");
const IN_LIGHTSAIL = missing(
  "Lightsail keeps the metrics of its databases to itself",
  "look at them in Lightsail's console, or use a tier of the VPC such as fargate",
);

/** A bucket has no signals: what is in it is counted once a day. */
export function backingMeasures(spec: BackingService): BackingMeasures {
  switch (spec.kind) {
    case "bucket":
      return {};
    case "queue":
      return { queueAge: queueAge(spec) };
    case "rds":
      return rdsMeasures(spec);
    case "aurora":
      return { storage: GROWS, connections: connections(spec, "AWS/RDS", { DBClusterIdentifier: identifier(spec) }) };
    case "documentdb":
      return { storage: GROWS, connections: connections(spec, "AWS/DocDB", { DBClusterIdentifier: identifier(spec) }) };
    case "elasticache":
      return cacheMeasures(spec);
    case "lightsail-database":
      return { storage: IN_LIGHTSAIL, connections: IN_LIGHTSAIL };
  }
}

const identifier = ({ id }: Database, suffix?: string): Dimension => ({
  from: "backing",
  output: `${id}.identifier`,
  ...(suffix !== undefined && { suffix }),
});

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
const queueAge = ({ id }: Queue): Measure =>
  metric({
    namespace: "AWS/SQS",
    name: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: { from: "backing", output: `${id}.name` } },
    stat: "Maximum",
  });

/** Against what the config asks for: RDS lets it grow, and the alarm is on a tenth of the first size that is left, as before. */
function rdsMeasures(spec: Database): BackingMeasures {
  const dimensions = { DBInstanceIdentifier: identifier(spec) };
  const free = { namespace: "AWS/RDS", name: "FreeStorageSpace", dimensions, stat: "Minimum" };
  return {
    storage: combined([free], ([id = ""]) => `100-100*${id}/${spec.storage * GIB}`),
    connections: connections(spec, "AWS/RDS", dimensions),
  };
}

function connections(spec: Database, namespace: string, dimensions: Readonly<Record<string, Dimension>>): Measure {
  return {
    ...metric({ namespace, name: "DatabaseConnections", dimensions, stat: "Maximum" }),
    ...mostConnections(spec),
  };
}

/** Where its alarm goes off; nothing where nobody knows the limit. */
function mostConnections(spec: Database): Pick<Measured, "above"> {
  const limit = connectionLimit(spec);
  return limit === null ? {} : { above: Math.floor(limit * MOST_CONNECTIONS) };
}

/**
 * By node: the first, and the second where there is one.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
 */
function cacheMeasures(spec: Database): BackingMeasures {
  const nodes = spec.multiZone ? ["-001", "-002"] : ["-001"];
  const of = (name: string) =>
    nodes.map((node) => ({
      namespace: "AWS/ElastiCache",
      name,
      dimensions: { CacheClusterId: identifier(spec, node) },
      stat: "Maximum",
    }));
  return {
    storage: several(of("DatabaseMemoryUsagePercentage"), max),
    connections: { ...several(of("CurrConnections"), max), ...mostConnections(spec) },
  };
}
