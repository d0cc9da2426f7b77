import assert from "node:assert/strict";
import { addedPrice, NOTHING, totalUsd } from "../../../plan/compare/added";
import type { MonthlyPrice, PriceLine } from "../../../plan/prices/types";

const line = (what: string, resource: string, quantity: number, price: number): PriceLine => ({
  what,
  resource,
  kind: "fixed",
  quantity,
  unit: "hour",
  price,
  usd: quantity * price,
  source: "a list",
  asOf: "2026-08-31",
  certain: true,
  shared: false,
});
const price = (lines: readonly PriceLine[], unpriced: MonthlyPrice["unpriced"] = []): MonthlyPrice => ({
  fixed: lines.reduce((sum, { usd }) => sum + usd, 0),
  usage: 0,
  lines,
  unpriced,
});

describe("the price that an app adds", () => {
  it("is its own lines: what was there before is not counted", () => {
    const balancer = line("a load balancer", "alb", 730, 0.02);
    const task = line("1 task", "task", 730, 0.01);
    const added = addedPrice(price([balancer, task]), price([balancer]));
    assert.deepEqual(added, { fixed: 7.3, usage: 0, lines: [task], unpriced: [] });
    assert.equal(totalUsd(added), 7.3);
  });

  it("has the difference where there is more, or less, of what was there", () => {
    const before = price([line("1 × t3.micro", "pool", 730, 0.01), line("1 × a disk", "pool", 30, 0.08)]);
    const after = price([line("3 × t3.micro", "pool", 2190, 0.01), line("a disk", "other", 30, 0.08)]);
    const { lines, fixed } = addedPrice(after, before);
    assert.deepEqual(
      lines.map(({ what, quantity, usd }) => [what, quantity, usd]),
      [
        ["3 × t3.micro", 1460, 14.6],
        ["a disk", 30, 2.4],
        ["1 × a disk", -30, -2.4],
      ],
    );
    assert.equal(fixed, 14.6);
  });

  it("has what off hours save of the app alone", () => {
    const saving = (saved: number): MonthlyPrice => ({ ...price([line("vCPU", "web", 282, 0.04)]), saved });
    assert.equal(addedPrice(saving(5), saving(2)).saved, 3);
    assert.equal("saved" in addedPrice(saving(5), saving(5)), false);
  });

  it("is the whole where there was nothing, and nothing where nothing changed", () => {
    const whole = price(
      [line("1 task", "task", 730, 0.01)],
      [{ what: "metrics", resource: "c", reason: "none knows" }],
    );
    assert.deepEqual(addedPrice(whole, NOTHING), whole);
    assert.deepEqual(addedPrice(whole, whole), NOTHING);
  });
});
