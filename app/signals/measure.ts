/** What a tier measures a signal by: metrics of CloudWatch, whose dimensions are known once the resources are. Pure. */
import { mapValues } from "../records";

/** A dimension's value, or where it comes from. */
export type Dimension = string | Reference;

export type Reference =
  /** Of the load balancer and the target groups before a container port of the service. */
  | { readonly from: "loadBalancer"; readonly port: number }
  | { readonly from: "targetGroup"; readonly port: number; readonly slot: "first" | "second" }
  /** Id of the HTTP API that leads to a container port: of a host's, or the port's own. */
  | { readonly from: "api"; readonly port: number; readonly host: string | null }
  /** What the tier says of the hosted service, by the dimension's own name. */
  | { readonly from: "tier"; readonly name: string }
  /** An output of a backing service: `db.database.identifier`, and what comes after it. */
  | { readonly from: "backing"; readonly output: string; readonly suffix?: string };

/** `D`: what its dimensions are; in the end what the resources say. */
export interface Metric<D = Dimension> {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, D>>;
  /** `Average`, `Sum`, `Maximum`, `p95`. */
  readonly stat: string;
  /** On the dashboard; default: the signal's title. */
  readonly label?: string;
}

export interface Measured<D = Dimension> {
  readonly metrics: readonly Metric<D>[];
  /** Metric math over `m1`, `m2`, … in the order of the metrics, in the signal's unit. `null`: the one metric as it is. */
  readonly expression: string | null;
  /** Seconds between its values. */
  readonly period: 60 | 300;
  /** Where the alarm goes off, of this one. Default: the signal's own. */
  readonly above?: number;
  /** True: the dashboard shows the metrics themselves, not what the expression makes of them. */
  readonly showsMetrics?: boolean;
}

/** Why there is no metric, and what to do. */
export interface Missing {
  readonly missing: string;
  readonly remedy: string;
}

export type Measure = Measured | Missing;

export const isMeasured = (measure: Measure): measure is Measured => "metrics" in measure;

/** With the dimensions that the resources have. */
export function resolved<D>(measured: Measured, resolve: (dimension: Dimension) => D): Measured<D> {
  const metrics = measured.metrics.map((one) => ({ ...one, dimensions: mapValues(one.dimensions, resolve) }));
  return { ...measured, metrics };
}

export const missing = (why: string, remedy: string): Missing => ({ missing: why, remedy });

/** One metric as it is, each minute unless said otherwise. */
export const metric = (of: Metric, period: Measured["period"] = 60): Measured => ({
  metrics: [of],
  expression: null,
  period,
});

/** Several metrics of one kind as one value. */
export const combined = (metrics: readonly Metric[], expression: (ids: readonly string[]) => string): Measured => ({
  metrics,
  expression: expression(metrics.map((_, i) => `m${i + 1}`)),
  period: 60,
});

/** Likewise; one alone as it is, where the math over it would say the same. */
export function several(metrics: readonly Metric[], expression: (ids: readonly string[]) => string): Measured {
  const [first] = metrics;
  const plain = metrics.length === 1 && ["m1", "FILL(m1,0)"].includes(expression(["m1"]));
  return first && plain ? metric(first) : combined(metrics, expression);
}

/** A count, nothing being none: a metric has no value for a minute in which nothing was counted. */
export const sum = (ids: readonly string[]): string => ids.map((id) => `FILL(${id},0)`).join("+");

export const max = (ids: readonly string[]): string => (ids.length === 1 ? (ids[0] ?? "") : `MAX([${ids.join(",")}])`);

/** Something that several services share is counted with the first of them alone: one alarm for one metric. */
export const countedWith = (service: string, what: string): Missing =>
  missing(`it shares ${what} with ${service}, where it is counted`, `look at ${service}`);
