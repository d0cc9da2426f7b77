/** Route 53's health checks of the apps' names, from all over the world. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { HealthChecks } from "../../app/config/types";
import type { EntryPoint } from "../../app/publish";
import { EDGE_REGION } from "./cdn";

export interface CheckedName {
  readonly host: string;
  readonly port: number;
  /** Healthy is an answer of 200 to 399. */
  readonly path: string;
}

/** What is asked of a host: the health path of the service that has its shallowest path. gRPC answers no GET, so it has none. */
export function checkedPath(
  host: string,
  points: readonly EntryPoint[],
): { readonly point: EntryPoint; readonly path: string } | null {
  const [at] = points
    .flatMap((point) => point.hosts.map(({ host: of, path }) => ({ of, path, point })))
    .filter(({ of }) => of === host)
    .sort((a, b) => a.path.length - b.path.length);
  if (!at || at.point.backend === "grpc") return null;
  const { path, point } = at;
  return { point, path: path === "/" || point.healthPath.startsWith(`${path}/`) ? point.healthPath : path };
}

const FAILURES = 3;
const INTERVAL = 30;

/**
 * 0.50 USD a month for what is on AWS, 0.75 USD for machines elsewhere; HTTPS 1 USD and 2 USD on top
 * (https://aws.amazon.com/route53/pricing/). The checks and their alarms are in us-east-1.
 *
 * No record refers to one: a name has one record with one answer, which Route 53 gives whatever a check says.
 */
export function healthCheck(
  name: string,
  { host, port, path }: CheckedName,
  { alarmActions }: HealthChecks,
  opts: pulumi.CustomResourceOptions,
): void {
  const check = new aws.route53.HealthCheck(
    name,
    {
      type: port === 443 ? "HTTPS" : "HTTP",
      fqdn: host,
      port,
      resourcePath: path,
      failureThreshold: FAILURES,
      requestInterval: INTERVAL,
      tags: { Name: host },
    },
    opts,
  );
  if (alarmActions.length === 0) return;
  new aws.cloudwatch.MetricAlarm(
    name,
    {
      alarmDescription: `${host} does not answer`,
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: { HealthCheckId: check.id },
      statistic: "Minimum",
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      period: 60,
      evaluationPeriods: 1,
      treatMissingData: "breaching",
      alarmActions: [...alarmActions],
      okActions: [...alarmActions],
      region: EDGE_REGION,
    },
    opts,
  );
}
