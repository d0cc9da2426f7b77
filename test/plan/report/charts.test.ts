import assert from "node:assert/strict";
import { bar, barChart } from "../../../plan/report/charts";
import { html } from "../../../plan/report/html";

const pieces = (text: string) =>
  [...text.matchAll(/<rect\s+class="(\w+)"\s+x="([\d.]+)"\s+width="([\d.]+)"/gu)].map(([, kind, x, width]) => [
    kind,
    Number(x),
    Number(width),
  ]);

describe("bar", () => {
  const [fixed, usage] = [
    (value: number) => ({ kind: "fixed", value }) as const,
    (value: number) => ({ kind: "usage", value }) as const,
  ];
  for (const [parts, most, shown] of [
    [
      [fixed(30), usage(10)],
      40,
      [
        ["fixed", 0, 750],
        ["usage", 750, 250],
      ],
    ],
    [[fixed(30), usage(0)], 60, [["fixed", 0, 500]]],
    // too short to be seen is as short as can be seen
    [
      [fixed(100), usage(0.01)],
      200,
      [
        ["fixed", 0, 500],
        ["usage", 500, 3],
      ],
    ],
    [[fixed(0)], 0, []],
    // what an environment loses has no length
    [[fixed(-4), usage(2)], 4, [["usage", 0, 500]]],
  ] as const)
    it(`${JSON.stringify(parts)} of ${most}`, () => assert.deepEqual(pieces(bar(parts, most).text), shown));
});

describe("barChart", () => {
  it("has all bars by one scale, each with its number", () => {
    const bars = [25, 100].map((value) => ({
      label: html`${value}`,
      parts: [{ kind: "fixed", value } as const],
      mark: value === 25 ? "~" : "",
    }));
    const { text } = barChart("prices", bars);
    assert.deepEqual(pieces(text), [
      ["fixed", 0, 250],
      ["fixed", 0, 1000],
    ]);
    assert.match(text, />~25\.00</u);
    assert.match(text, />100\.00</u);
  });
});
