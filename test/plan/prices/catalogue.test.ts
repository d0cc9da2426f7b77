import assert from "node:assert/strict";
import { instanceTypes as nodeTypes } from "../../../components/platform/eks/instance-types";
import { instanceTypes as poolTypes } from "../../../components/platform/instance-types";
import { instanceTypes as beanstalkTypes } from "../../../components/tiers/beanstalk/instance-types";
import { fargateRates } from "../../../components/tiers/fargate/sizes";
import { catalogue } from "../../../plan/prices/catalogue";

const entries = Object.entries(catalogue).flatMap(([key, { prices }]) =>
  Object.entries(prices).map(([region, found]) => ({ key, region, ...found })),
);

describe("the catalogue of prices", () => {
  it("says of each price where it was read, and calls none certain that nobody dated", () => {
    for (const { key, region, usd, source, asOf, certain } of entries) {
      const where = `${key} in ${region}`;
      assert.ok(usd > 0 && Number.isFinite(usd), where);
      assert.ok(source.length > 5, where);
      assert.match(asOf ?? "2026", /^20\d\d(?:-\d\d){0,2}$/u, where);
      assert.ok(asOf !== null || !certain, `${where} is certain, and has no date`);
      assert.ok(!(certain && source.includes("memory")), `${where} is from memory, and certain`);
    }
  });

  it("has the two regions, or all of them", () => {
    assert.deepEqual([...new Set(entries.map(({ region }) => region))].sort(), ["*", "eu-west-1", "us-east-1"]);
  });

  it("has every instance type that a tier may choose, at the price that it chooses by", () => {
    const chosen = [
      ...poolTypes.map(({ name, price }) => [name, price] as const),
      ...nodeTypes.map(({ name, hourly }) => [name, hourly] as const),
      ...beanstalkTypes.map(({ name, price }) => [name, price] as const),
    ];
    for (const [name, usd] of chosen)
      assert.equal(catalogue[`ec2.${name}`]?.prices["us-east-1"]?.usd, usd, `${name} in us-east-1`);
  });

  it("has the rates that Fargate's sizes are chosen by", () => {
    const { X86_64, ARM64 } = fargateRates;
    const usd = (key: string) => catalogue[key]?.prices["us-east-1"]?.usd;
    assert.deepEqual(
      ["x86", "arm"].map((name) => [usd(`fargate.${name}.vcpu`), usd(`fargate.${name}.memory`)]),
      [X86_64, ARM64].map(({ vcpu, gigabyte }) => [vcpu, gigabyte]),
    );
  });
});
