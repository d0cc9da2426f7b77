/** CloudWatch: logs, alarms, dashboards. Pure. */
import type { UsageConfig } from "../../../app/config/types";
import type { PlanValue } from "../../types";
import { listOf, mapOf, numberOf } from "../inputs";
import type { PriceItem, Pricers } from "../types";

/** Days of a month, for what is kept. */
const MONTH_DAYS = 30;
/** GB of one line of an access log. */
export const ACCESS_LINE = 0.5e-6;

/** What an app's containers write, and what is kept of it: all of a retention's days in the end. */
export function logItems({ gbLogs }: UsageConfig, retentionDays: number | null): readonly PriceItem[] {
  const kept = (gbLogs * (retentionDays ?? MONTH_DAYS)) / MONTH_DAYS;
  return [
    { what: "logs taken in", kind: "usage", key: "logs.ingest", quantity: gbLogs },
    { what: "logs kept", kind: "usage", key: "logs.storage", quantity: kept },
  ];
}

/** The alarms of a target tracking policy: one to scale out, one to scale in. */
const TRACKING_ALARMS = 2;

export const logs: Pricers = {
  // of all groups of the app together: nobody knows which of its services says how much
  "spectrum:platform:Logs": (component, plan) => {
    const [group] = plan.ofType("aws:cloudwatch/logGroup:LogGroup").filter(({ parent }) => parent === component.urn);
    return group ? logItems(plan.usage(component), numberOf(group.inputs.retentionInDays)) : [];
  },
  // https://aws.amazon.com/cloudwatch/pricing/: an alarm is billed for each metric that it looks at
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ inputs }) => [
    { what: "an alarm", kind: "fixed", key: "cloudwatch.alarm", quantity: metricsOf(inputs.metricQueries) },
  ],
  // the first three of an account are free, and nobody knows whose they are
  "aws:cloudwatch/dashboard:Dashboard": () => [
    { what: "a dashboard", kind: "fixed", key: "cloudwatch.dashboard", quantity: 1 },
  ],
  "aws:appautoscaling/policy:Policy": ({ inputs }) =>
    inputs.policyType === "TargetTrackingScaling"
      ? [{ what: "alarms of target tracking", kind: "fixed", key: "cloudwatch.alarm", quantity: TRACKING_ALARMS }]
      : [],
  "aws:cloudwatch/logDelivery:LogDelivery": (delivery, plan) => {
    const { requests } = plan.usage(delivery);
    return [{ what: "the access log", kind: "usage", key: "logs.ingest", quantity: requests * ACCESS_LINE }];
  },
};

function metricsOf(queries: PlanValue | undefined): number {
  const metrics = listOf(queries).filter(({ metric }) => Object.keys(mapOf(metric)).length > 0);
  return Math.max(1, metrics.length);
}
