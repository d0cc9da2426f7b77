/**
 * An app's dashboard as CloudWatch wants it: a line of graphs for each service, what raises alarms above them, what has no
 * metric below. Pure. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
import type { Measured, Metric } from "./measure";

export interface Graph<D> {
  readonly title: string;
  readonly unit: string;
  readonly measured: Measured<D>;
  /** Where its alarm goes off. `null`: it has none. */
  readonly threshold: number | null;
}

export interface Panel<D> {
  /** A service, or what else the graphs are of. */
  readonly title: string;
  readonly graphs: readonly Graph<D>[];
}

export interface Absent {
  readonly signal: string;
  readonly services: readonly string[];
  readonly why: string;
  readonly remedy: string;
}

export interface DashboardContent<D> {
  readonly app: string;
  readonly region: string;
  /** ARNs. */
  readonly alarms: readonly D[];
  readonly panels: readonly Panel<D>[];
  readonly absent: readonly Absent[];
}

/** Of the grid of 24 columns. */
const COLUMNS = 24;
const GRAPH = { width: 6, height: 6 };
const HEADING = 1;
/** Lines of the widget with the alarms' states, four beside each other. */
const alarmLines = (count: number): number => 2 + Math.ceil(count / 4);

interface Widget {
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

export function dashboardBody<D>({ app, region, alarms, panels, absent }: DashboardContent<D>) {
  const drawn = panels.filter(({ graphs }) => graphs.length > 0);
  const rows: readonly (readonly Widget[])[] = [
    ...(alarms.length > 0 ? [[alarmWidget(`alarms of ${app}`, alarms)]] : []),
    ...drawn.flatMap(({ title, graphs }) => [
      [text(`## ${title}`, HEADING)],
      ...chunks(graphs, COLUMNS / GRAPH.width).map((row) => row.map((graph) => graphWidget(graph, region))),
    ]),
    ...(absent.length > 0 ? [[text(absentText(absent), 2 + absent.length)]] : []),
  ];
  return { widgets: placed(rows) };
}

/** Row below row, each as high as its highest widget. */
function placed(rows: readonly (readonly Widget[])[]) {
  let y = 0;
  return rows.flatMap((row) => {
    const top = y;
    y += Math.max(...row.map(({ height }) => height));
    let x = 0;
    return row.map((widget) => {
      const left = x;
      x += widget.width;
      return { ...widget, x: left, y: top };
    });
  });
}

const text = (markdown: string, height: number): Widget => ({
  type: "text",
  width: COLUMNS,
  height,
  properties: { markdown },
});

const alarmWidget = (title: string, alarms: readonly unknown[]): Widget => ({
  type: "alarm",
  width: COLUMNS,
  height: alarmLines(alarms.length),
  properties: { title, alarms },
});

function graphWidget<D>({ title, unit, measured, threshold }: Graph<D>, region: string): Widget {
  const { expression, period, showsMetrics } = measured;
  const drawsMath = expression !== null && showsMetrics !== true;
  const metrics = [
    ...(drawsMath ? [[{ expression, id: "e1", label: title }]] : []),
    ...measured.metrics.map((metric, i) => metricRow(metric, { id: `m${i + 1}`, visible: !drawsMath, title, period })),
  ];
  return {
    type: "metric",
    ...GRAPH,
    properties: {
      title,
      region,
      view: "timeSeries",
      stacked: false,
      period,
      metrics,
      yAxis: { left: { label: unit, min: 0, showUnits: false } },
      // of what is drawn, a threshold of the math would be a line beside it
      ...(threshold !== null &&
        (drawsMath || expression === null) && {
          annotations: { horizontal: [{ label: "alarm", value: threshold }] },
        }),
    },
  };
}

function metricRow<D>(
  { namespace, name, dimensions, stat, label }: Metric<D>,
  {
    id,
    visible,
    title,
    period,
  }: { readonly id: string; readonly visible: boolean; readonly title: string; readonly period: number },
): readonly unknown[] {
  const own = { id, label: label ?? title, period, stat, ...(!visible && { visible: false }) };
  return [namespace, name, ...Object.entries(dimensions).flat(), own];
}

const absentText = (absent: readonly Absent[]): string =>
  [
    "## not measured",
    ...absent.map(
      ({ signal, services, why, remedy }) => `- **${signal}** of ${services.join(", ")}: ${why}; ${remedy}`,
    ),
  ].join("\n");

function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
