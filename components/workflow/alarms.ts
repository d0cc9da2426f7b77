/** What tells that executions have failed, or took too long. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** By the end of a name, Step Functions' own metric. https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
const METRICS = { failed: "ExecutionsFailed", "timed-out": "ExecutionsTimedOut" } as const;
const PERIOD = 300;

/** Each goes off with the first execution within five minutes. 0.10 USD a month each. */
export function alarms(
  name: string,
  {
    stateMachineArn,
    actions,
  }: { readonly stateMachineArn: pulumi.Output<string>; readonly actions: readonly string[] },
  parent: pulumi.Resource,
): readonly aws.cloudwatch.MetricAlarm[] {
  return Object.entries(METRICS).map(
    ([suffix, metricName]) =>
      new aws.cloudwatch.MetricAlarm(
        `${name}-${suffix}`,
        {
          alarmDescription: `executions of the workflow ${name} have ${suffix === "failed" ? "failed" : "timed out"}`,
          namespace: "AWS/States",
          metricName,
          dimensions: { StateMachineArn: stateMachineArn },
          statistic: "Sum",
          period: PERIOD,
          evaluationPeriods: 1,
          threshold: 1,
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          treatMissingData: "notBreaching",
          alarmActions: [...actions],
        },
        { parent },
      ),
  );
}
