/** What is measured of requests where they come in: at the environment's load balancers, or at its HTTP APIs. Pure. */
import type { EntryPoint } from "../publish";
import { type Dimension, max, type Measure, type Metric, missing, several, sum } from "./measure";
import type { ServiceSignal } from "./signals";

export type EntrySignal = Extract<ServiceSignal, "requests" | "5xx" | "p95" | "unhealthy">;
export type EntryMeasures = Readonly<Record<EntrySignal, Measure>>;

/** Metric math of an alarm takes so many. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const MAX_METRICS = 10;
const MILLISECONDS = 1000;

/** All four for one reason. */
export const noEntry = (why: string, remedy: string): EntryMeasures => ({
  requests: missing(why, remedy),
  "5xx": missing(why, remedy),
  p95: missing(why, remedy),
  unhealthy: missing(why, remedy),
});

const UNPUBLISHED = noEntry("none of its ports is published", "publish one, or leave the signal out");

/**
 * By the target groups of the service's published ports. Of one whose traffic ECS moves there are two, and either may have it.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function balancedMeasures(points: readonly EntryPoint[], isShifted: boolean): EntryMeasures {
  const groups = byPort(points).flatMap(({ port, protocol }) =>
    (isShifted ? (["first", "second"] as const) : (["first"] as const)).map((slot) => ({ port, protocol, slot })),
  );
  if (groups.length === 0) return UNPUBLISHED;
  const of = (name: string, stat: string, among = groups): Metric[] =>
    among.map(({ port, protocol, slot }) => ({
      namespace: protocol === "http" ? "AWS/ApplicationELB" : "AWS/NetworkELB",
      name,
      dimensions: { LoadBalancer: { from: "loadBalancer", port }, TargetGroup: { from: "targetGroup", port, slot } },
      stat,
    }));
  const http = groups.filter(({ protocol }) => protocol === "http");
  const unhealthy = bounded(of("UnHealthyHostCount", "Maximum"), sum);
  if (http.length === 0)
    return {
      ...noEntry("TCP and UDP have connections, not requests", "say app_protocol: http where the port speaks it"),
      unhealthy,
    };
  return requestMeasures(
    { requests: of("RequestCount", "Sum", http), errors: of("HTTPCode_Target_5XX_Count", "Sum", http) },
    bounded(of("TargetResponseTime", "p95", http), max),
    unhealthy,
  );
}

/**
 * By the HTTP API of each name that leads to the service, or the port's own. One that leads to others too counts all of them.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
 *
 * @param point the port that its tasks are registered with; `null`: none of it is
 * @param shared names that lead to other services as well
 */
export function apiMeasures(point: EntryPoint | null, shared: ReadonlySet<string>): EntryMeasures {
  if (!point) return UNPUBLISHED;
  const hosts = [...new Set(point.hosts.map(({ host }) => host))];
  const taken = hosts.find((host) => shared.has(host));
  if (taken !== undefined)
    return noEntry(
      `the HTTP API of ${taken} counts the requests to all services that the name leads to`,
      "give it a name of its own",
    );
  const { port } = point;
  const apis: Dimension[] = (hosts.length === 0 ? [null] : hosts).map((host) => ({ from: "api", port, host }));
  const of = (name: string, stat: string): Metric[] =>
    apis.map((ApiId) => ({ namespace: "AWS/ApiGateway", name, dimensions: { ApiId }, stat }));
  return requestMeasures(
    { requests: of("Count", "Sum"), errors: of("5xx", "Sum") },
    bounded(of("Latency", "p95"), (ids) => `${max(ids)}/${MILLISECONDS}`),
    missing("API Gateway counts no targets: it calls what ECS has registered", "platform: { entry: alb } has targets"),
  );
}

function requestMeasures(
  { requests, errors }: { readonly requests: readonly Metric[]; readonly errors: readonly Metric[] },
  p95: Measure,
  unhealthy: Measure,
): EntryMeasures {
  const half = errors.length;
  const rate = (ids: readonly string[]) => {
    const all = ids.slice(half);
    return `100*(${sum(ids.slice(0, half))})/${all.length === 1 ? (all[0] ?? "") : `(${sum(all)})`}`;
  };
  return { requests: bounded(requests, sum), "5xx": bounded([...errors, ...requests], rate), p95, unhealthy };
}

function bounded(metrics: readonly Metric[], expression: (ids: readonly string[]) => string): Measure {
  if (metrics.length > MAX_METRICS)
    return missing(`it would take ${metrics.length} metrics, and an alarm takes ${MAX_METRICS}`, "publish fewer ports");
  return several(metrics, expression);
}

/** A container port once, whatever number of names and listeners lead to it. */
function byPort(points: readonly EntryPoint[]): readonly EntryPoint[] {
  return points.filter((point, i) => points.findIndex(({ port }) => port === point.port) === i);
}
