/** What ECS measures of an app's tasks, and the entry of their requests. Pure; the same on the ECS tiers in the VPC. */
import { isApi } from "../../../app/api-entry";
import type { Placement } from "../../../app/config/types";
import type { App, Service } from "../../../app/model";
import { isShifted } from "../../../app/priority";
import { publish } from "../../../app/publish";
import { apiMeasures, balancedMeasures, type EntryMeasures } from "../../../app/signals/entry";
import { combined, countedWith, type Measure, metric, missing } from "../../../app/signals/measure";
import type { ServiceMeasures, TierMeasures } from "../tier";
import { registeredPort } from "./registry";
import { restartPolicy } from "./restart";
import type { EcsTask } from "./tasks";

type TaskMeasures = Pick<ServiceMeasures, "cpu" | "memory" | "restarts" | "tasks">;

/** What a service's metrics are found by. */
const SERVICE = {
  ClusterName: { from: "tier", name: "ClusterName" },
  ServiceName: { from: "tier", name: "ServiceName" },
} as const;

/** By service. A task's own signals are those of its main service, its requests those of who answers them. */
export function ecsMeasures(app: App, placement: Placement, tasks: readonly EcsTask[]): TierMeasures {
  return Object.fromEntries(
    tasks.flatMap((task) =>
      task.services.map(({ name }) => [
        name,
        { ...entryMeasures(app, placement, task, name), ...taskMeasures(placement, task, name) },
      ]),
    ),
  );
}

/** What is watched must be there before the service: an API is made after it. */
export const rollsBackByAlarms = (placement: Placement): boolean => !isApi(placement);

function entryMeasures(app: App, placement: Placement, task: EcsTask, service: string): EntryMeasures {
  const { points } = publish(app, placement);
  if (isApi(placement)) {
    const registered = registeredPort(app, placement, task);
    const own = registered?.service === service ? registered : null;
    const others = points.filter((point) => point.service !== service);
    return apiMeasures(own, new Set(others.flatMap(({ hosts }) => hosts.map(({ host }) => host))));
  }
  return balancedMeasures(
    points.filter((point) => point.service === service),
    isShifted(placement, { service }),
  );
}

function taskMeasures(placement: Placement, task: EcsTask, service: string): TaskMeasures {
  if (service !== task.name) {
    const shared = countedWith(task.name, "its task");
    return { cpu: shared, memory: shared, restarts: shared, tasks: shared };
  }
  return {
    cpu: metric({ namespace: "AWS/ECS", name: "CPUUtilization", dimensions: SERVICE, stat: "Average" }),
    memory: metric({ namespace: "AWS/ECS", name: "MemoryUtilization", dimensions: SERVICE, stat: "Average" }),
    restarts: restarts(placement, task.services),
    tasks: taskCount(placement),
  };
}

const NO_INSIGHTS = missing(
  "ECS publishes it with Container Insights alone",
  "platform: { insights: on } has it, at 0.30 USD a month for each metric",
);

/** Tasks wanted, less those that run. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html */
export function taskCount({ environment }: Placement): Measure {
  if (environment.platform.insights === "off") return NO_INSIGHTS;
  const of = (name: string, label: string) => ({
    namespace: "ECS/ContainerInsights",
    name,
    dimensions: SERVICE,
    stat: "Average",
    label,
  });
  return {
    ...combined([of("DesiredTaskCount", "wanted"), of("RunningTaskCount", "running")], ([a, b]) => `${a}-FILL(${b},0)`),
    showsMetrics: true,
  };
}

/** Of containers that start again in their task; a task that is replaced is another one, and no restart. */
function restarts({ environment }: Placement, services: readonly Service[]): Measure {
  if (environment.platform.insights === "off") return NO_INSIGHTS;
  if (services.every((service) => restartPolicy(service) === null))
    return missing("its containers are not started again in their task, which is replaced", "say restart: always");
  return metric({ namespace: "ECS/ContainerInsights", name: "RestartCount", dimensions: SERVICE, stat: "Sum" }, 300);
}
