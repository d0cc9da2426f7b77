import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { budgetProblem } from "../../plan/budget";
import { compareTiers } from "../../plan/compare/compare";
import { makePlan } from "../../plan/plan";
import type { MonthlyPrice, PriceLine } from "../../plan/prices/types";

const line = (name: string, usd: number): PriceLine => ({
  what: "hours",
  resource: `urn:pulumi:dev::spectrum::a:b:C::${name}`,
  kind: "fixed",
  quantity: usd,
  unit: "hour",
  price: 1,
  usd,
  source: "a list",
  asOf: "2026",
  certain: true,
  shared: false,
});
const price: MonthlyPrice = {
  fixed: 60,
  usage: 1,
  lines: [line("small", 9), line("large", 40), line("middle", 11), line("use", 1)],
  unpriced: [],
};
const held = (budget: number, of: MonthlyPrice = price) =>
  budgetProblem({ what: "the app shop", key: "spectrum:apps.shop.budget", budget, price: of });

describe("a budget", () => {
  it("holds what costs as much, and no more", () => {
    assert.equal(held(61), null);
    assert.equal(held(60.99)?.key, "spectrum:apps.shop.budget");
  });

  it("names the dearest lines that are together what is too much", () => {
    assert.match(
      held(40)?.message ?? "",
      /^the app shop costs 61\.00 USD a month \(60\.00 fixed, 1\.00 by use\), 21\.00 over its budget of 40\.00: hours of large 40\.00; raise/u,
    );
    assert.match(
      held(5)?.message ?? "",
      /: hours of large 40\.00; hours of middle 11\.00; hours of small 9\.00; raise/u,
    );
  });

  it("refuses what nobody can price", () => {
    const unpriced = [{ what: "metrics", resource: "urn:pulumi:dev::spectrum::a:b:C::c", reason: "none knows" }];
    assert.match(
      held(1000, { ...price, unpriced })?.message ?? "",
      /^the app shop cannot be held to 1000\.00 USD a month, .*: metrics of c \(none knows\); leave/u,
    );
  });
});

describe("a budget of a stack", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "spectrum-"));
    writeFileSync(join(folder, "compose.yaml"), 'services: { web: { image: "nginx:1.29", ports: ["8080:8080"] } }\n');
  });
  after(() => rmSync(folder, { recursive: true }));
  const stack = (apps: object, more: object = {}) =>
    writeFileSync(
      join(folder, "Pulumi.dev.yaml"),
      JSON.stringify({
        config: {
          "aws:region": "us-east-1",
          "spectrum:tier": "fargate",
          "spectrum:platform": { hostedZoneId: "Z0123456789ABCDEFGHIJ" },
          "spectrum:apps": apps,
          ...more,
        },
      }),
    );
  const app = (name: string, budget?: number) => ({
    compose: "compose.yaml",
    domain: `${name}.example.com`,
    ...(budget !== undefined && { budget }),
  });

  it("fails the plan with its place, and leaves its price to look at, but nothing to deploy", async () => {
    stack({ one: app("one") }, { "spectrum:budget": 20 });
    const { errors, resources, outputs, prices, apps } = await makePlan({ root: folder });
    assert.equal(errors.length, 1);
    assert.match(
      errors[0]?.message ?? "",
      /^the environment dev costs 36\.54 USD a month .* 16\.54 over its budget of 20\.00: /u,
    );
    assert.equal(errors[0]?.location?.file, "Pulumi.dev.yaml");
    assert.deepEqual([resources, outputs, prices?.fixed], [[], {}, 36.39]);
    assert.equal(apps.length, 1);
  });

  it("holds an app to what it adds: the load balancer is there for the other one", async () => {
    // a task 9.01 with its address 3.65, and what it uses
    stack({ one: app("one", 12.82), two: app("two") });
    assert.deepEqual((await makePlan({ root: folder })).errors, []);
    stack({ one: app("one", 12.8), two: app("two") });
    const { errors } = await makePlan({ root: folder });
    assert.deepEqual(
      errors.map(({ key }) => key),
      ["spectrum:apps.one.budget"],
    );
    assert.match(errors[0]?.message ?? "", /^the app one costs 12\.81 USD a month/u);
  });

  it("keeps a tier that is over it from fitting, with its price", async () => {
    stack({ one: app("one", 10) });
    const { tiers } = await compareTiers({ root: folder, tiers: ["lightsail", "fargate"] });
    assert.deepEqual(
      tiers.map(({ tier, fits, monthlyUsd, reasons }) => [tier, fits, monthlyUsd?.alone.fixed, reasons.length]),
      [
        ["lightsail", true, 7, 0],
        ["fargate", false, 36.39, 1],
      ],
    );
  });
});
