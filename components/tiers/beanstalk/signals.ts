/** What is measured of a Beanstalk environment: its load balancer, its instances, and what its health agent says. Pure. */
import type { Placement } from "../../../app/config/types";
import type { App } from "../../../app/model";
import { balancedMeasures, noEntry } from "../../../app/signals/entry";
import { combined, countedWith, type Measure, type Metric, metric, missing } from "../../../app/signals/measure";
import type { ServiceMeasures, TierMeasures } from "../tier";
import { type Deployment, deploymentOf } from "./deployment";

/** Of `EnvironmentHealth`: above it the environment is degraded or worse. */
const WARNING = 15;
/** Metrics of the health agent that insights publish, 0.30 USD a month each: instances that are in order. */
export const INSIGHT_METRICS = ["InstancesOk", "InstancesInfo"] as const;
/** Seconds: EC2's basic monitoring, which is free. */
const BASIC = 300;

const NOBODY_COUNTS = noEntry(
  "a single instance has no load balancer, and no proxy of Beanstalk's that would count requests",
  "set beanstalk: { type: load-balanced }",
);
const NO_MEMORY = missing(
  "neither EC2 nor Beanstalk's health agent measures memory",
  "place the app on fargate, or run CloudWatch's agent in a container of the app",
);
const NO_RESTARTS = missing(
  "Beanstalk counts no restarts of containers",
  "look at the instance's logs, or place the app on fargate",
);
const NO_INSIGHTS = missing(
  "Beanstalk publishes the number of its instances that are in order only where it is asked to",
  `platform: { insights: on } asks for it: ${INSIGHT_METRICS.length} metrics at 0.30 USD a month`,
);

export function beanstalkMeasures(app: App, placement: Placement): TierMeasures {
  const deployment = deploymentOf(app, placement);
  const [first] = deployment.services;
  return Object.fromEntries(
    deployment.services.map(({ name }): [string, ServiceMeasures] => [
      name,
      {
        ...entryMeasures(deployment, name),
        ...(name === first?.name
          ? instanceMeasures(placement, deployment)
          : sharedMeasures(first?.name ?? "", deployment)),
        memory: NO_MEMORY,
        restarts: NO_RESTARTS,
      },
    ]),
  );
}

function entryMeasures({ processes, type }: Deployment, service: string) {
  if (type === "single") return NOBODY_COUNTS;
  const points = processes.filter((process) => process.service === service).flatMap((process) => process.points);
  return balancedMeasures(points, false);
}

type InstanceMeasures = Pick<ServiceMeasures, "cpu" | "tasks"> & Partial<Pick<ServiceMeasures, "unhealthy">>;

function sharedMeasures(first: string, { type }: Deployment): InstanceMeasures {
  const shared = countedWith(first, "its instances");
  return { cpu: shared, tasks: shared, ...(type === "single" && { unhealthy: shared }) };
}

function instanceMeasures({ environment }: Placement, { type, instances }: Deployment): InstanceMeasures {
  const dimensions = { AutoScalingGroupName: { from: "tier", name: "AutoScalingGroupName" } } as const;
  const cpu = metric({ namespace: "AWS/EC2", name: "CPUUtilization", dimensions, stat: "Average" }, BASIC);
  const tasks: Measure =
    environment.platform.insights === "off"
      ? NO_INSIGHTS
      : combined(
          INSIGHT_METRICS.map((name) => ofEnvironment(name, "Average")),
          (ids) => `${instances.min}-(${ids.map((id) => `FILL(${id},0)`).join("+")})`,
        );
  return { cpu, tasks, ...(type === "single" && { unhealthy: HEALTH }) };
}

const ofEnvironment = (name: string, stat: string): Metric => ({
  namespace: "AWS/ElasticBeanstalk",
  name,
  dimensions: { EnvironmentName: { from: "tier", name: "EnvironmentName" } },
  stat,
});

/** Free: 0 in order, 15 warning, 20 degraded, 25 severe. https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/health-enhanced-cloudwatch.html */
const HEALTH = combined([ofEnvironment("EnvironmentHealth", "Maximum")], ([id]) => `IF(${id}>${WARNING},1,0)`);
