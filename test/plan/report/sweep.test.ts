import assert from "node:assert/strict";
import fc from "fast-check";
import type { Sweep } from "../../../plan/compare/sweep";
import { niceTop, spread, sweepPart } from "../../../plan/report/sweep";

const sweep: Sweep = {
  key: "replicas",
  from: 1,
  to: 3,
  step: 1,
  points: [
    { value: 1, usd: { lightsail: 10, fargate: 20, eks: null }, cheapest: "lightsail" },
    { value: 2, usd: { lightsail: 30, fargate: 25, eks: null }, cheapest: "fargate" },
    { value: 3, usd: { lightsail: null, fargate: 40, eks: null }, cheapest: "fargate" },
  ],
  crossings: [{ at: 2, from: "lightsail", to: "fargate" }],
};

describe("sweepPart", () => {
  const text = sweepPart(sweep).text;

  it("has a line for each tier that can be priced, over its own points, upwards by the price", () => {
    const lines = [...text.matchAll(/<title>(\S+)<\/title\s*>\s*<path\s+class="line"\s+d="([^"]+)"/gu)].map((found) =>
      found.slice(1),
    );
    assert.deepEqual(lines, [
      ["lightsail", "M56 210L328 78"],
      ["fargate", "M56 144L328 111L600 12"],
    ]);
  });

  it("says where another tier becomes the cheapest, and has the numbers, the least of each point strong", () => {
    const words = text
      .replace(/<strong>/gu, "*")
      .replace(/<[^>]*>/gu, " ")
      .replace(/\s+/gu, " ");
    assert.match(words, /The cheapest from 1 replicas on: lightsail ; from 2: fargate \./u);
    assert.match(words, /1 \*10\.00 20\.00 2 30\.00 \*25\.00 3 – \*40\.00/u);
  });

  it("says that no tier can", () => {
    const none = { ...sweep, points: sweep.points.map((point) => ({ ...point, usd: { eks: null }, cheapest: null })) };
    assert.match(sweepPart(none).text, /No tier can be priced/u);
  });
});

describe("niceTop", () => {
  for (const [most, top] of [
    [40, 40],
    [41, 50],
    [230, 300],
    [81, 100],
    [7.5, 8],
    [0.12, 0.2],
    [0, 1],
  ] as const)
    it(`${most} is under ${top}`, () => assert.equal(niceTop(most), top));
});

describe("spread", () => {
  it("gives each label a line of its own within the picture, in the order of what they name", () => {
    const heights = fc.array(fc.double({ min: 12, max: 276, noNaN: true }), { maxLength: 8 });
    fc.assert(
      fc.property(heights, (given) => {
        const placed = spread(given);
        for (const [i, a] of placed.entries()) {
          assert.ok(a >= 12 && a <= 276);
          for (const [j, b] of placed.entries()) {
            if (i !== j) assert.ok(Math.abs(a - b) >= 16.9);
            if ((given[i] ?? 0) < (given[j] ?? 0)) assert.ok(a < b);
          }
        }
      }),
    );
  });
});
