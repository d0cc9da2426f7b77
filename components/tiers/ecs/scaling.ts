/** Autoscaling of an ECS service by cpu, memory, requests, the clock and a queue, and its off hours. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Scale } from "../../../app/config/types";
import type { Hours } from "../../../app/hours";
import type { Value } from "../../../app/value";
import { childName } from "../../names";
import { scaleByBacklog } from "./backlog";
import { hoursActions } from "./off-hours";

export interface ScalingArgs {
  readonly scale: Scale;
  /** `null`: it runs all the time. */
  readonly hours: Hours | null;
  readonly clusterName: pulumi.Input<string>;
  readonly service: aws.ecs.Service;
  /** The entry's target group, for requests; `null` where the service has none that speaks HTTP. */
  readonly resourceLabel: pulumi.Input<string> | null;
  /** Fills in the name of a queue. */
  readonly resolve: (value: Value) => pulumi.Output<string>;
}

const NAMESPACE = "ecs";
const DIMENSION = "ecs:service:DesiredCount";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html */
export function autoscaling(name: string, args: ScalingArgs, opts: pulumi.CustomResourceOptions): void {
  const { scale, hours, clusterName, service } = args;
  const target = new aws.appautoscaling.Target(
    name,
    {
      serviceNamespace: NAMESPACE,
      scalableDimension: DIMENSION,
      resourceId: pulumi.interpolate`service/${clusterName}/${service.name}`,
      minCapacity: scale.min,
      maxCapacity: scale.max,
    },
    opts,
  );
  const at = {
    serviceNamespace: target.serviceNamespace,
    scalableDimension: target.scalableDimension,
    resourceId: target.resourceId,
  };
  for (const { suffix, metric, value, resourceLabel } of metricsOf(args)) {
    new aws.appautoscaling.Policy(
      childName(name, suffix),
      {
        ...at,
        policyType: "TargetTrackingScaling",
        targetTrackingScalingPolicyConfiguration: {
          targetValue: value,
          predefinedMetricSpecification: {
            predefinedMetricType: metric,
            ...(resourceLabel !== undefined && { resourceLabel }),
          },
        },
      },
      opts,
    );
  }
  const { backlog } = scale;
  if (backlog) {
    const { messagesPerTask } = backlog;
    scaleByBacklog(name, { at, scale, messagesPerTask, queueName: args.resolve(backlog.queue) }, opts);
  }
  const scheduled = scale.schedule.map((action, i) => ({
    ...action,
    key: `schedule-${i + 1}`,
    schedule: action.at,
  }));
  for (const { key, schedule, timezone, min, max } of [...scheduled, ...(hours ? hoursActions(hours, scale) : [])])
    new aws.appautoscaling.ScheduledAction(
      childName(name, key),
      { ...at, schedule, timezone, scalableTargetAction: { minCapacity: min, maxCapacity: max } },
      opts,
    );
}

interface Metric {
  readonly suffix: string;
  readonly metric: string;
  readonly value: number;
  readonly resourceLabel?: pulumi.Input<string>;
}

function metricsOf({ scale, resourceLabel }: ScalingArgs): readonly Metric[] {
  const { cpu, memory, requests } = scale;
  return [
    ...(cpu === null ? [] : [{ suffix: "cpu", metric: "ECSServiceAverageCPUUtilization", value: cpu }]),
    ...(memory === null ? [] : [{ suffix: "memory", metric: "ECSServiceAverageMemoryUtilization", value: memory }]),
    ...(requests === null || resourceLabel === null
      ? []
      : [{ suffix: "requests", metric: "ALBRequestCountPerTarget", value: requests, resourceLabel }]),
  ];
}
