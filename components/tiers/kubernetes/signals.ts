/** What is measured of an app's pods: at the load balancer, and by the agent of Container Insights on the nodes. Pure. */
import type { Placement } from "../../../app/config/types";
import type { App } from "../../../app/model";
import { isShifted } from "../../../app/priority";
import { publish } from "../../../app/publish";
import { balancedMeasures } from "../../../app/signals/entry";
import {
  combined,
  countedWith,
  type Measure,
  metric,
  type Metric,
  missing,
  type Missing,
} from "../../../app/signals/measure";
import type { ServiceMeasures, TierMeasures } from "../tier";
import { type Pod, podsOf } from "./pods";
import { containerResources } from "./sizes";

type PodMeasures = Pick<ServiceMeasures, "cpu" | "memory" | "restarts" | "tasks">;

const NO_INSIGHTS = missing(
  "nothing in the cluster sends it to CloudWatch",
  "platform: { insights: on } runs CloudWatch's agent on the nodes, 0.21 USD for a million values",
);

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights.html: on Fargate only with a collector of one's own */
const ON_FARGATE = missing(
  "the agent of Container Insights runs on nodes, and Fargate has none",
  "place the app on eks or fargate",
);

export function podMeasures(app: App, placement: Placement, compute: "nodes" | "fargate"): TierMeasures {
  const { points } = publish(app, placement);
  const insights = placement.environment.platform.insights !== "off";
  return Object.fromEntries(
    podsOf(app)
      .filter(({ main }) => !main.job)
      .flatMap((pod) =>
        pod.services.map(({ name }): [string, ServiceMeasures] => [
          name,
          {
            ...balancedMeasures(
              points.filter((point) => point.service === name),
              isShifted(placement, { service: name }),
            ),
            ...(compute === "fargate"
              ? all(ON_FARGATE)
              : !insights
                ? all(NO_INSIGHTS)
                : name === pod.name
                  ? agentMeasures(app, placement, pod)
                  : all(countedWith(pod.name, "its pods"))),
          },
        ]),
      ),
  );
}

const all = (why: Missing): PodMeasures => ({ cpu: why, memory: why, restarts: why, tasks: why });

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html */
function agentMeasures(app: App, placement: Placement, { services }: Pod): PodMeasures {
  const of = (name: string, stat: string, label?: string): Metric => ({
    namespace: "ContainerInsights",
    name,
    // of a pod its Deployment's name
    dimensions: {
      ClusterName: { from: "tier", name: "ClusterName" },
      Namespace: { from: "tier", name: "Namespace" },
      PodName: { from: "tier", name: "PodName" },
    },
    stat,
    ...(label !== undefined && { label }),
  });
  const limited = services.every((service) => containerResources(app, placement, service, "nodes").limit.cpu !== null);
  return {
    // without a limit there is nothing but the node to be a share of
    cpu: metric(of(limited ? "pod_cpu_utilization_over_pod_limit" : "pod_cpu_utilization", "Average")),
    memory: metric(of("pod_memory_utilization_over_pod_limit", "Average")),
    restarts: restarts(of("pod_number_of_container_restarts", "Maximum")),
    tasks: {
      ...combined(
        [of("replicas_desired", "Average", "wanted"), of("status_replicas_available", "Average", "running")],
        ([a, b]) => `${a}-FILL(${b},0)`,
      ),
      showsMetrics: true,
    },
  };
}

/** The metric is the sum since the pod began. */
const restarts = (total: Metric): Measure => ({
  ...combined([total], ([id]) => `DIFF(${id})`),
  period: 300,
});
