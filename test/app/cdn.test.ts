import assert from "node:assert/strict";
import fc from "fast-check";

import {
  closedPorts,
  distributed,
  distributionOf,
  type Fronted,
  lightsailZoneProblems,
  redirects,
} from "../../app/cdn";
import type { CdnConfig, Placement } from "../../app/config/types";
import type { EntryPoint } from "../../app/publish";
import { tierNames } from "../../app/tiers";
import { tiers } from "../../components/tiers";
import { host, point } from "../components/platform/fixtures";
import { appOf, environmentOf, placementOf } from "../support/app";

const cdn: CdnConfig = {
  priceClass: "PriceClass_100",
  cache: [],
  compress: true,
  logs: false,
  webAcl: null,
  direct: false,
};
const app = appOf([]);
const placed = (more: Partial<Omit<Placement, "services">> = {}) => placementOf(app, more);
const named = point({ listenerPort: 443, hosts: [host("example.com")] });
const tcp = point({ service: "db", protocol: "tcp", backend: "tcp", port: 5432, listenerPort: 5432 });

describe("what a distribution leads to", () => {
  const cases: [string, readonly EntryPoint[], readonly EntryPoint[]][] = [
    ["nothing but HTTP", [tcp], []],
    ["all that has a name", [named, tcp], [named]],
    ["one of several without a name, 80 first", [point(), point({ listenerPort: 80 })], [point({ listenerPort: 80 })]],
    ["no port that CloudFront cannot call", [point({ listenerPort: 88 })], []],
  ];
  for (const [what, points, expected] of cases) {
    it(what, () => assert.deepEqual(distributed(points), expected));
  }
});

describe("the distribution of an app", () => {
  const expected: Record<string, string | null> = {
    lightsail: "lightsail",
    "lightsail-vm": "lightsail",
    beanstalk: null,
    "ecs-ec2": "cloudfront",
    "ecs-anywhere": null,
    eks: "cloudfront",
    "eks-fargate": "cloudfront",
    fargate: "cloudfront",
  };
  const environment = environmentOf();
  const api = environmentOf({ platform: { ...environment.platform, entry: "apigateway" } });
  for (const tier of tierNames) {
    it(`on ${tier} is ${expected[tier] ?? "none"}`, () => {
      const reach = tiers[tier].entry(placed({ tier, settings: tiers[tier].settings.parse({}) }));
      assert.equal(distributionOf({ environment, tier, cdn }, reach), expected[tier]);
      assert.equal(distributionOf({ environment, tier, cdn: null }, reach), null);
    });
  }

  it("is CloudFront on a load-balanced beanstalk", () =>
    assert.equal(distributionOf({ environment, tier: "beanstalk", cdn }, "listeners"), "cloudfront"));

  it("is none before API Gateway, which does not redirect either; what it does not stand before has its own", () => {
    assert.equal(distributionOf({ environment: api, tier: "fargate", cdn }, "target-groups"), null);
    assert.equal(redirects({ environment: api, tier: "fargate" }, "target-groups"), false);
    assert.equal(distributionOf({ environment: api, tier: "lightsail", cdn }, "record"), "lightsail");
    assert.equal(redirects({ environment: api, tier: "lightsail-vm" }, "record"), true);
  });

  it("redirects are the load balancer's or the machine's proxy's", () =>
    assert.deepEqual(
      [
        redirects({ environment, tier: "fargate" }, "target-groups"),
        redirects({ environment, tier: "beanstalk" }, "listeners"),
        redirects({ environment, tier: "lightsail-vm" }, "record"),
        redirects({ environment, tier: "lightsail" }, "record"),
        redirects({ environment, tier: "ecs-anywhere" }, "record"),
      ],
      [true, true, true, false, false],
    ));
});

describe("the ports that CloudFront alone may call", () => {
  const behind = (points: readonly EntryPoint[], more: Partial<CdnConfig> = {}): Fronted => ({
    placement: placed({ cdn: { ...cdn, ...more } }),
    points,
    reach: "target-groups",
  });
  const open = (points: readonly EntryPoint[]): Fronted => ({ placement: placed(), points, reach: "target-groups" });

  const cases: [string, readonly Fronted[], readonly number[]][] = [
    ["none without a distribution", [open([named])], []],
    ["443 where every app on it has one", [behind([named]), behind([named])], [443]],
    ["none where one app has none", [behind([named]), open([named])], []],
    ["none where the load balancer answers others too", [behind([named], { direct: true })], []],
    ["one of two ports without a name", [behind([point({ listenerPort: 80 }), point()])], [80]],
    ["none of what is not behind the load balancer", [{ ...behind([named]), reach: "record" }], []],
    ["no port of TCP's", [behind([named, tcp])], [443]],
  ];
  for (const [what, apps, expected] of cases) it(what, () => assert.deepEqual(closedPorts(apps), expected));

  it("are never those of an app that anybody may call", () => {
    const ports = fc.array(fc.constantFrom<number>(80, 443, 8080, 3000), { maxLength: 3 });
    fc.assert(
      fc.property(ports, ports, (one, other) => {
        const points = (all: readonly number[]) => all.map((listenerPort) => point({ listenerPort }));
        const closed = closedPorts([behind(points(one)), open(points(other))]);
        assert.ok(other.every((port) => !closed.includes(port)));
        assert.ok(closed.every((port) => one.includes(port)));
      }),
    );
  });
});

describe("a Lightsail DNS zone", () => {
  const base = environmentOf();
  const zone = { ...base, platform: { ...base.platform, lightsailZoneName: "example.com" } };
  const cases: [string, Partial<Omit<Placement, "services">>, readonly RegExp[]][] = [
    ["holds a name in it of an app on Lightsail", { tier: "lightsail", hosts: [host("a.example.com")] }, []],
    ["holds the domain itself", { tier: "lightsail-vm", hosts: [host("example.com")] }, []],
    [
      "holds none of an app elsewhere",
      { tier: "fargate", hosts: [host("example.com")] },
      [
        /^a Lightsail DNS zone leads to what is Lightsail's, and shop is on fargate; give spectrum:platform\.hostedZoneName/u,
      ],
    ],
    ["does not mind an app elsewhere without a name", { tier: "fargate" }, []],
    [
      "holds no other domain's, nor a redirect's",
      {
        tier: "lightsail-vm",
        hosts: [host("myexample.com")],
        redirects: [{ from: "www.example.org", to: "myexample.com" }],
      },
      [/^myexample\.com is not in the Lightsail DNS zone example\.com/u, /^www\.example\.org is not in/u],
    ],
  ];
  for (const [what, more, expected] of cases) {
    it(what, () => {
      const got = lightsailZoneProblems([placed({ environment: zone, ...more })]);
      assert.equal(got.length, expected.length);
      expected.forEach((pattern, i) => assert.match(got[i]?.message ?? "", pattern));
    });
  }
});
