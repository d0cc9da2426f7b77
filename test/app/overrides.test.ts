import assert from "node:assert/strict";
import { onTier, type PlacedOverride, reaches, serviceOf } from "../../app/overrides";
import { matchesPattern } from "../../app/pattern";

const TYPE = "aws:lb/targetGroup:TargetGroup";
const of = (more: Partial<PlacedOverride> = {}): PlacedOverride => ({
  type: TYPE,
  app: "shop",
  service: null,
  place: { key: "spectrum:apps.shop.overrides[0]", location: null },
  ...more,
});

describe("overrides", () => {
  const services = ["web", "web-admin", "db"];

  for (const [name, service] of [
    ["shop-web", "web"],
    ["shop-web-8080", "web"],
    ["shop-web-admin", "web-admin"],
    ["shop-web-admin-task", "web-admin"],
    ["shop-webs", null],
    ["shop", null],
    ["other-web", null],
  ] as const)
    it(`${name} is ${service ?? "no service"}'s`, () => assert.equal(serviceOf("shop", services, name), service));

  for (const [said, override, name, expected] of [
    ["every name where none is given", {}, "shop-db", true],
    ["a name", { name: "shop-db" }, "shop-db", true],
    ["no other name", { name: "shop-db" }, "shop-db-2", false],
    ["names of a pattern", { name: "shop-*-8080" }, "shop-web-8080", true],
    ["no other type", { type: "aws:lb/listener:Listener" }, "shop-db", false],
    ["a service's own", { service: "web" }, "shop-web-8080", true],
    ["no other service's", { service: "web" }, "shop-web-admin-8080", false],
    ["what is anybody's, as the environment's", { app: null }, "platform-entry", true],
  ] as const)
    it(`reach ${said}`, () => assert.equal(reaches(of(override), TYPE, name, services), expected));

  it("hold on the tiers that they name, or on all", () => {
    const list = [of(), of({ tiers: ["eks"] }), of({ tiers: ["eks", "fargate"] })];
    assert.deepEqual(onTier(list, "fargate"), [list[0], list[2]]);
  });

  it("take * for any characters, and every other one for itself", () => {
    assert.ok(matchesPattern("a.b*", "a.b/c"));
    assert.ok(!matchesPattern("a.b*", "axb"));
    assert.ok(!matchesPattern("b", "abc"));
  });
});
