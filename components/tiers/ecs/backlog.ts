/** Autoscaling of an ECS service by the depth of the queue that it works off. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Scale } from "../../../app/config/types";
import { childName } from "../../names";

/** Seconds until fewer tasks run again; more start at once. */
const COOLDOWN = 300;
/** SQS counts once a minute. */
const PERIOD = 60;

export interface BacklogArgs {
  readonly scale: Pick<Scale, "min" | "max">;
  readonly messagesPerTask: number;
  readonly queueName: pulumi.Input<string>;
  /** What identifies the scalable target. */
  readonly at: Pick<aws.appautoscaling.PolicyArgs, "serviceNamespace" | "scalableDimension" | "resourceId">;
}

/**
 * A policy that sets the number of tasks, and the alarm that calls it. The alarm is always on, and calls once a minute with
 * the number of messages; two metrics of it are 0.20 USD a month.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
 */
export function scaleByBacklog(name: string, args: BacklogArgs, opts: pulumi.CustomResourceOptions): void {
  const suffixed = childName(name, "queue");
  const policy = new aws.appautoscaling.Policy(
    suffixed,
    {
      ...args.at,
      policyType: "StepScaling",
      stepScalingPolicyConfiguration: {
        adjustmentType: "ExactCapacity",
        cooldown: COOLDOWN,
        metricAggregationType: "Maximum",
        stepAdjustments: backlogSteps(args.scale, args.messagesPerTask).map(({ from, below, tasks }) => ({
          metricIntervalLowerBound: String(from),
          ...(below !== null && { metricIntervalUpperBound: String(below) }),
          scalingAdjustment: tasks,
        })),
      },
    },
    opts,
  );
  const metric = (metricName: string) => ({
    namespace: "AWS/SQS",
    metricName,
    dimensions: { QueueName: args.queueName },
    period: PERIOD,
    stat: "Maximum",
  });
  new aws.cloudwatch.MetricAlarm(
    suffixed,
    {
      alarmDescription: "Always on: the messages that it counts say how many tasks run",
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: 0,
      evaluationPeriods: 1,
      metricQueries: [
        // SQS may say nothing where nothing is in flight, and a sum with a gap has none
        { id: "depth", expression: "visible + FILL(inFlight, 0)", label: "waiting and worked at", returnData: true },
        { id: "visible", metric: metric("ApproximateNumberOfMessagesVisible") },
        { id: "inFlight", metric: metric("ApproximateNumberOfMessagesNotVisible") },
      ],
      alarmActions: [policy.arn],
    },
    opts,
  );
}

/** So many tasks run from `from` messages on, and below `below`. */
export interface BacklogStep {
  readonly from: number;
  /** `null`: without an end. */
  readonly below: number | null;
  readonly tasks: number;
}

/** A task for each begun `messagesPerTask` messages, from `min` to `max`. */
export function backlogSteps(
  { min, max }: Pick<Scale, "min" | "max">,
  messagesPerTask: number,
): readonly BacklogStep[] {
  // the first message beyond what one task fewer takes
  const start = (tasks: number) => (tasks === min ? 0 : (tasks - 1) * messagesPerTask + 1);
  return Array.from({ length: max - min + 1 }, (_, i) => {
    const tasks = min + i;
    return { from: start(tasks), below: tasks === max ? null : start(tasks + 1), tasks };
  });
}
