import assert from "node:assert/strict";
import fc from "fast-check";
import { compareTiers } from "../../../plan/compare/compare";
import { renderSweep } from "../../../plan/compare/plot";
import { crossingsOf, parseSweep, pointOf, type SweepRange, valuesOf } from "../../../plan/compare/sweep";
import { root } from "../../support/project";

describe("a sweep", () => {
  for (const [text, range] of [
    ["replicas=1..50", { key: "replicas", from: 1, to: 50, step: 1 }],
    ["hours=1..24", { key: "hours", from: 1, to: 24, step: 1 }],
    ["requests=0..10000000", { key: "requests", from: 0, to: 10_000_000, step: 200_000 }],
    ["gbOut=0..1/0.25", { key: "gbOut", from: 0, to: 1, step: 0.25 }],
  ] as const) {
    it(`reads ${text}`, () => assert.deepEqual(parseSweep(text), range));
  }

  for (const [text, message] of [
    ["replicas", /^got "replicas"; give a range such as/u],
    ["replica=1..5", /of requests, gbOut, .*replicas, machines$/u],
    ["hours=5..1", /give a range such as/u],
    ["hours=1..30", /hours is at most 24/u],
    ["replicas=1..2/0.5", /replicas are whole numbers from 1 on/u],
    ["replicas=0..2", /replicas are whole numbers from 1 on/u],
    ["requests=0..5/0", /the step is above 0/u],
  ] as const) {
    it(`refuses ${text}`, () => {
      const parsed = parseSweep(text);
      assert.match("wrong" in parsed ? parsed.wrong : "", message);
    });
  }

  it("goes from one end to the other, in order, by its steps", () => {
    const range = (from: number, to: number, step: number): SweepRange => ({ key: "requests", from, to, step });
    assert.deepEqual(valuesOf(range(1, 10, 4)), [1, 5, 9, 10]);
    assert.deepEqual(valuesOf(range(0, 1, 0.1)).length, 11);
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 100 }),
        (from, more, step) => {
          const values = valuesOf(range(from, from + more, step));
          assert.deepEqual([values[0], values.at(-1)], [from, from + more]);
          assert.ok(
            values.every(
              (value, i) => i === 0 || (value > (values[i - 1] ?? 0) && value - (values[i - 1] ?? 0) <= step),
            ),
          );
        },
      ),
    );
  });

  it("narrows down where the cheapest changes, wherever two prices cross", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 98 }), fc.integer({ min: 1, max: 50 }), (at, slope) => {
        const point = (value: number) => pointOf(value, { lightsail: slope * value, fargate: slope * at, eks: null });
        const [crossing, ...others] = crossingsOf([0, 50, 100].map(point), point);
        assert.deepEqual([crossing?.from, crossing?.to, others], ["lightsail", "fargate", []]);
        assert.ok(Math.abs((crossing?.at ?? 0) - at) <= 0.1, `${crossing?.at} is not ${at}`);
      }),
    );
  });

  it("knows no more than its points where only they are planned, and that none may be able to", () => {
    const points = [
      pointOf(1, { lightsail: 7, eks: 9 }),
      pointOf(2, { lightsail: null, eks: 9 }),
      pointOf(3, { eks: null }),
    ];
    assert.deepEqual(crossingsOf(points, null), [
      { at: 2, from: "lightsail", to: "eks" },
      { at: 3, from: "eks", to: null },
    ]);
  });
});

describe("a sweep of an app", function () {
  this.timeout(60_000);
  const compose = ["examples/hello/compose.yaml"];

  it("plans each number of copies, and leaves out a tier that runs fewer", async () => {
    const range = { key: "replicas", from: 1, to: 3, step: 1 } as const;
    const { sweep } = await compareTiers({
      root,
      compose,
      tiers: ["lightsail", "ecs-anywhere", "fargate"],
      sweep: range,
    });
    assert.deepEqual(
      sweep?.points.map(({ usd, cheapest }) => [usd.lightsail, usd["ecs-anywhere"], usd.fargate, cheapest]),
      [
        [7, 7.53, 36.54, "lightsail"],
        // a node 7, a task with its address 12.66
        [14, null, 49.2, "lightsail"],
        [21, null, 61.86, "lightsail"],
      ],
    );
    assert.deepEqual(sweep?.crossings, []);
  });

  it("prices what is assumed anew, to the point where another tier is cheaper, as text too", async () => {
    const range = { key: "machines", from: 1, to: 9, step: 1 } as const;
    const { sweep } = await compareTiers({ root, compose, tiers: ["ecs-anywhere", "fargate"], sweep: range });
    assert.ok(sweep);
    // 7.4825 a machine and 0.05 of logs, against 36.54
    const [crossing] = sweep.crossings;
    assert.deepEqual([crossing?.from, crossing?.to], ["ecs-anywhere", "fargate"]);
    assert.ok(Math.abs((crossing?.at ?? 0) - (36.54 - 0.05) / 7.4825) < 0.01);
    const lines = renderSweep(sweep);
    assert.deepEqual(lines.slice(0, 2), ["  from 1 machines on: ecs-anywhere", "  from 4.88 machines on: fargate"]);
    assert.ok(lines.includes("         9         67.39   *36.54"), lines.join("\n"));
    assert.match(lines.at(-1) ?? "", /^ {2}USD a month: A ecs-anywhere, B fargate; \* where several meet$/u);
    assert.equal(lines.filter((line) => line.includes("│")).length, 16);
  });
});
