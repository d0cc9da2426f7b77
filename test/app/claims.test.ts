import assert from "node:assert/strict";
import { conflicts, type Claimant } from "../../app/claims";
import type { Host, Placement } from "../../app/config/types";
import { publish } from "../../app/publish";
import { appOf, placementOf, port, service } from "../support/app";

function claimant(name: string, hosts: string[], ports: number[], sharesEntry = true): Claimant {
  const app = appOf([service("web", { ports: ports.map((p, index) => port(p, { index })) })], { name });
  const named = hosts.map((host): Host => ({ host, path: "/", service: "web", port: ports[0] ?? 80, priority: null }));
  const placement = placementOf(app, { hosts: named });
  return { placement, points: publish(app, placement).points, sharesEntry };
}

function byApi({ placement, ...claim }: Claimant): Claimant {
  const { environment } = placement;
  const platform = { ...environment.platform, entry: "apigateway" as const };
  return { ...claim, placement: { ...placement, environment: { ...environment, platform } } };
}

const withPlacement = (claimed: Claimant, more: Partial<Placement>): Claimant => ({
  ...claimed,
  placement: { ...claimed.placement, ...more },
});
const redirecting = (claimed: Claimant, from: string) =>
  withPlacement(claimed, { redirects: [{ from, to: claimed.placement.hosts[0]?.host ?? "" }] });
const distributed = (claimed: Claimant) =>
  withPlacement(claimed, {
    cdn: { priceClass: "PriceClass_100", cache: [], compress: true, logs: false, webAcl: null, direct: false },
  });
const underPath = (claimed: Claimant) =>
  withPlacement(claimed, { hosts: claimed.placement.hosts.map((host) => ({ ...host, path: "/b" })) });

describe("names of two apps", () => {
  const named = (name: string, serviceName: string): Claimant => {
    const app = appOf([service(serviceName)], { name });
    return { placement: placementOf(app), points: [], sharesEntry: true };
  };
  it("clash where app and service together read the same", () => {
    const [problem] = conflicts([named("shop", "api-x"), named("shop-api", "x")]);
    assert.equal(problem?.key, "spectrum:apps.shop-api");
    assert.match(problem?.message ?? "", /^shop-api-x names a service of the app shop too/);
    assert.deepEqual(conflicts([named("shop", "api"), named("shop-api", "x")]), []);
  });
});

describe("conflicts", () => {
  const cases: [string, Claimant[], RegExp[]][] = [
    ["different ports", [claimant("a", [], [80]), claimant("b", [], [81])], []],
    [
      "one port",
      [claimant("a", [], [80]), claimant("b", [], [80])],
      [/^spectrum:apps\.b\.services\.web: port 80\/tcp .* by the app a already; .*domain/],
    ],
    [
      "one port, one of them not behind the load balancer",
      [claimant("a", [], [80]), claimant("b", [], [80], false)],
      [],
    ],
    ["different hosts on 443", [claimant("a", ["a.example.com"], [80]), claimant("b", ["b.example.com"], [80])], []],
    [
      "one host",
      [claimant("a", ["a.example.com"], [80]), claimant("b", ["a.example.com"], [80])],
      [/^spectrum:apps\.b\.hosts\[0\]: a\.example\.com\/ is claimed by the app a already/],
    ],
    [
      "one name on two kinds of entry",
      [claimant("a", ["x.example.com"], [80]), claimant("b", ["x.example.com"], [80], false)],
      [/claimed by the app a/, /^spectrum:apps\.b\.hosts: x\.example\.com leads to the load balancer already/],
    ],
    [
      "one port behind API Gateway",
      [byApi(claimant("a", [], [80])), byApi(claimant("b", [], [80])), byApi(claimant("c", ["c.example.com"], [80]))],
      [],
    ],
    [
      "one name behind API Gateway and at a tier itself",
      [byApi(claimant("a", ["x.example.com"], [80])), byApi(claimant("b", ["x.example.com"], [80], false))],
      [/claimed by the app a/, /^spectrum:apps\.b\.hosts: x\.example\.com leads to API Gateway already/],
    ],
    [
      "a name that redirects and one that leads",
      [redirecting(claimant("a", ["a.example.com"], [80]), "b.example.com"), claimant("b", ["b.example.com"], [80])],
      [/^spectrum:apps\.b\.hosts\[0\]: b\.example\.com\/ is claimed by the app a already/],
    ],
    [
      "one host by path, of an app with a distribution of its own",
      [distributed(claimant("a", ["a.example.com"], [80])), underPath(claimant("b", ["a.example.com"], [80]))],
      [/^spectrum:apps\.b\.hosts: a\.example\.com leads to a already/],
    ],
    [
      "one host by path behind one load balancer",
      [claimant("a", ["a.example.com"], [80]), underPath(claimant("b", ["a.example.com"], [80]))],
      [],
    ],
    ["an app beside itself", [claimant("a", ["a.example.com", "b.example.com"], [80])], []],
  ];
  for (const [what, claimants, expected] of cases) {
    it(what, () => {
      const got = conflicts(claimants).map((p) => `${p.key}: ${p.message}`);
      assert.equal(got.length, expected.length, got.join("\n"));
      expected.forEach((pattern, i) => assert.match(got[i] ?? "", pattern));
    });
  }
});
