/** The dashboard's body: a grid without overlaps, whatever is on it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { dashboardBody, type Graph } from "../../../app/signals/dashboard";

const graph = (more: Partial<Graph<string>> = {}): Graph<string> => ({
  title: "CPU",
  unit: "percent",
  threshold: 80,
  measured: {
    metrics: [{ namespace: "AWS/ECS", name: "CPUUtilization", dimensions: { ServiceName: "web" }, stat: "Average" }],
    expression: null,
    period: 60,
  },
  ...more,
});
const body = (graphs: readonly (readonly Graph<string>[])[], alarms: readonly string[] = [], absent = 0) =>
  dashboardBody({
    app: "shop",
    region: "us-east-1",
    alarms,
    panels: graphs.map((own, i) => ({ title: `service ${i}`, graphs: own })),
    absent: Array.from({ length: absent }, () => ({ signal: "CPU", services: ["web"], why: "why", remedy: "remedy" })),
  }).widgets;

describe("a dashboard", () => {
  it("has a graph with its metric, its unit and where the alarm goes off", () => {
    const [heading, widget] = body([[graph()]]);
    assert.deepEqual(heading?.properties, { markdown: "## service 0" });
    assert.deepEqual(widget?.properties, {
      title: "CPU",
      region: "us-east-1",
      view: "timeSeries",
      stacked: false,
      period: 60,
      metrics: [
        ["AWS/ECS", "CPUUtilization", "ServiceName", "web", { id: "m1", label: "CPU", period: 60, stat: "Average" }],
      ],
      yAxis: { left: { label: "percent", min: 0, showUnits: false } },
      annotations: { horizontal: [{ label: "alarm", value: 80 }] },
    });
  });

  it("draws what the math makes of metrics, or the metrics where that says more", () => {
    const { measured } = graph();
    const [, mathOnly] = body([[graph({ measured: { ...measured, expression: "m1/2" } })]]);
    assert.deepEqual(mathOnly?.properties.metrics, [
      [{ expression: "m1/2", id: "e1", label: "CPU" }],
      [
        "AWS/ECS",
        "CPUUtilization",
        "ServiceName",
        "web",
        { id: "m1", label: "CPU", period: 60, stat: "Average", visible: false },
      ],
    ]);
    const [, lines] = body([[graph({ measured: { ...measured, expression: "m1-m1", showsMetrics: true } })]]);
    assert.equal((lines?.properties.metrics as unknown[]).length, 1);
    assert.ok(!("annotations" in (lines?.properties ?? {})));
  });

  it("has no line of a threshold without an alarm, no widget of alarms without any, and nothing of an empty service", () => {
    const widgets = body([[], [graph({ threshold: null })]]);
    assert.deepEqual(
      widgets.map(({ type }) => type),
      ["text", "metric"],
    );
    assert.ok(!("annotations" in (widgets[1]?.properties ?? {})));
  });

  it("never lays a widget on another, and stays within 24 columns", () => {
    const graphs = fc.array(fc.array(fc.constant(graph()), { maxLength: 9 }), { maxLength: 5 });
    fc.assert(
      fc.property(graphs, fc.nat({ max: 30 }), fc.nat({ max: 5 }), (given, alarms, absent) => {
        const widgets = body(
          given,
          Array.from({ length: alarms }, (_, i) => `arn-${i}`),
          absent,
        );
        const cells = widgets.flatMap(({ x, y, width, height }) => {
          assert.ok(x + width <= 24);
          return Array.from({ length: width * height }, (_, i) => `${x + (i % width)},${y + Math.floor(i / width)}`);
        });
        assert.equal(new Set(cells).size, cells.length);
        assert.equal(widgets.filter(({ type }) => type === "metric").length, given.flat().length);
      }),
    );
  });
});
