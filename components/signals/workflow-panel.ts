/** The workflows that an app takes part in, on its dashboard. Their alarms are the workflows' own (components/workflow/alarms.ts). */
import type * as pulumi from "@pulumi/pulumi";
import type { Panel } from "../../app/signals/dashboard";
import type { OwnWorkflow } from "./signals";

/** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
const METRICS = { ExecutionsStarted: "started", ExecutionsFailed: "failed", ExecutionsTimedOut: "timed out" };

export function workflowPanel(workflows: readonly OwnWorkflow[]): readonly Panel<pulumi.Input<string>>[] {
  if (workflows.length === 0) return [];
  const graphs = workflows.map(({ name, workflow }) => ({
    title: name,
    unit: "executions",
    threshold: null,
    measured: {
      metrics: Object.entries(METRICS).map(([metric, label]) => ({
        namespace: "AWS/States",
        name: metric,
        dimensions: { StateMachineArn: workflow.started.machine.arn },
        stat: "Sum",
        label,
      })),
      expression: null,
      period: 300 as const,
    },
  }));
  return [{ title: "workflows", graphs }];
}
