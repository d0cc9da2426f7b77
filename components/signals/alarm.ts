/** One signal's alarm. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Measured } from "../../app/signals/measure";

export interface AlarmArgs {
  /** The physical one: the same on every tier. */
  readonly alarmName: string;
  readonly description: string;
  readonly measured: Measured<pulumi.Input<string>>;
  readonly comparison: "above" | "below";
  readonly threshold: number;
  readonly minutes: number;
  /** ARNs of what it tells when it goes off, and when it is over. */
  readonly actions: readonly string[];
}

const SIMPLE = ["Average", "Maximum", "Minimum", "Sum"];

/**
 * 0.10 USD a month for each metric that it looks at. It goes off when each value of its minutes is beyond the threshold; no
 * values are none beyond it. Another tier's metrics are put in its place.
 */
export function metricAlarm(
  name: string,
  { alarmName, description, measured, comparison, threshold, minutes, actions }: AlarmArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      name: alarmName,
      alarmDescription: description,
      ...metricsOf(measured),
      comparisonOperator: comparison === "above" ? "GreaterThanThreshold" : "LessThanThreshold",
      threshold,
      evaluationPeriods: Math.ceil((minutes * 60) / measured.period),
      treatMissingData: "notBreaching",
      alarmActions: [...actions],
      okActions: [...actions],
    },
    opts,
  );
}

function metricsOf({ metrics, expression, period }: Measured<pulumi.Input<string>>) {
  const [first] = metrics;
  if (expression === null && first) {
    const { namespace, name: metricName, dimensions, stat } = first;
    const statistic = SIMPLE.includes(stat) ? { statistic: stat } : { extendedStatistic: stat };
    return { namespace, metricName, dimensions: { ...dimensions }, period, ...statistic };
  }
  const math = { id: "e1", expression: expression ?? "", label: "the signal", returnData: true };
  return {
    metricQueries: [
      math,
      ...metrics.map(({ namespace, name: metricName, dimensions, stat }, i) => ({
        id: `m${i + 1}`,
        metric: { namespace, metricName, dimensions: { ...dimensions }, period, stat },
      })),
    ],
  };
}
