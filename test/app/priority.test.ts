import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultUsage } from "../../app/config/schema";
import type { Deployment, Host, Placement } from "../../app/config/types";
import {
  entryProblems,
  FREE_PRIORITIES,
  PARKING_PRIORITIES,
  parkingHost,
  parkingPriority,
  productionPriority,
  redirectPriority,
  sparePort,
  type EntryClaim,
} from "../../app/priority";
import type { EntryPoint } from "../../app/publish";
import { environment, host, point } from "../components/platform/fixtures";
import { plainService } from "../support/app";

function claim(
  app: string,
  points: readonly EntryPoint[],
  deployment: Deployment = { strategy: "rolling" },
): EntryClaim {
  const service = { ...plainService, deployment };
  const placement: Placement = {
    app,
    tier: "fargate",
    environment: environment(),
    redirects: [],
    cdn: null,
    budget: null,
    usage: defaultUsage,
    signals: null,
    hosts: points.flatMap(({ hosts }) => hosts),
    data: "keep",
    timeToFail: 600,
    hours: null,
    services: Object.fromEntries(points.map((p) => [p.service, service])),
    settings: {},
    accept: [],
    overrides: [],
  };
  return { placement, points };
}

const named = (name: string, more: Partial<Host> = {}): EntryPoint =>
  point({ listenerPort: 443, hosts: [host(name, more)] });

const hostName = fc.stringMatching(/^[a-z][a-z0-9]{0,8}\.[a-z]{2,6}\.com$/);
const segment = fc.stringMatching(/^[a-z0-9]{1,6}$/);
const pathOf = (segments: readonly string[]) => `/${segments.join("/")}`;

describe("priority", () => {
  it("is the given one", () => {
    assert.equal(productionPriority(host("shop.example.com", { priority: 7 })), 7);
  });

  it("is pinned: a change of the derivation would move every user's rules", () => {
    assert.deepEqual(
      [
        productionPriority(host("shop.example.com")),
        productionPriority(host("shop.example.com", { path: "/api" })),
        productionPriority(host("shop.example.com", { path: "/api/v2" })),
        parkingPriority("shop", point()),
      ],
      [30875, 10881, 6930, 48726],
    );
  });

  it("stays in its range, clear of the free ones and of the parking rules", () => {
    fc.assert(
      fc.property(hostName, fc.array(segment, { maxLength: 9 }), (name, segments) => {
        const priority = productionPriority(host(name, { path: pathOf(segments) }));
        assert.ok(priority > FREE_PRIORITIES.to && priority < PARKING_PRIORITIES.from, String(priority));
        const parked = parkingPriority(name, named(name));
        assert.ok(parked >= PARKING_PRIORITIES.from && parked <= PARKING_PRIORITIES.to, String(parked));
      }),
    );
  });

  it("takes a deeper path before a shorter one, up to five segments", () => {
    fc.assert(
      fc.property(hostName, hostName, fc.array(segment, { maxLength: 4 }), segment, (a, b, segments, last) => {
        const shorter = productionPriority(host(a, { path: pathOf(segments) }));
        const longer = productionPriority(host(b, { path: pathOf([...segments, last]) }));
        assert.ok(longer < shorter);
      }),
    );
  });

  it("is no other app's business", () => {
    fc.assert(
      fc.property(fc.uniqueArray(hostName, { minLength: 2, maxLength: 20 }), (names) => {
        const alone = names.map((name) => productionPriority(host(name)));
        const reversed = [...names].reverse().map((name) => productionPriority(host(name)));
        assert.deepEqual(reversed.reverse(), alone);
      }),
    );
  });

  it("never lets two rules of one priority through", () => {
    fc.assert(
      fc.property(fc.uniqueArray(hostName, { maxLength: 60 }), (names) => {
        const claims = names.map((name, i) => claim(`app${i}`, [named(name)]));
        const given = names.flatMap((name, i) => [
          productionPriority(host(name)),
          parkingPriority(`app${i}`, named(name)),
        ]);
        const twice = given.length - new Set(given).size;
        assert.equal(entryProblems(claims).filter(({ message }) => message.includes("one priority")).length, twice);
      }),
    );
  });

  it("parks on a host that nobody can call, and takes the given priority along", () => {
    assert.equal(parkingHost("shop", { service: "Web", port: 80 }), "web.80.shop.invalid");
    const given = parkingPriority("shop", named("a.example.com", { priority: 12 }));
    assert.equal(given, PARKING_PRIORITIES.from + 12);
  });

  it("names both of two rules with one priority, and the remedy solves it", () => {
    const first = claim("one", [named("a.example.com", { priority: 5 })]);
    const problems = entryProblems([first, claim("two", [named("b.example.com", { priority: 5 })])]);
    assert.deepEqual(
      problems.map(({ key, message }) => [key, message]),
      [
        [
          "spectrum:apps.two.hosts[0].priority",
          "the rules of b.example.com/ and a.example.com/ have one priority, 5, and a load balancer takes each once; " +
            "give one of them a priority of its own, 1 to 999",
        ],
        [
          "spectrum:apps.two.hosts[0].priority",
          "the rules of the target group of two.web:8080 and the target group of one.web:8080 have one priority, 40006, " +
            "and a load balancer takes each once; give one of them a priority of its own, 1 to 999",
        ],
      ],
    );
    assert.deepEqual(entryProblems([first, claim("two", [named("b.example.com", { priority: 6 })])]), []);
  });

  it("counts the rule of a name that redirects", () => {
    const [own, other] = [
      claim("one", [named("a.example.com")]),
      claim("two", [named("b.example.com", { priority: 5 })]),
    ];
    const redirects = [{ from: "www.example.com", to: "a.example.com" }];
    const one = { ...own, placement: { ...own.placement, redirects } };
    assert.deepEqual(entryProblems([one, other]), []);
    const taken = claim("two", [named("b.example.com", { priority: redirectPriority("www.example.com") })]);
    const [problem] = entryProblems([one, taken]);
    assert.match(problem?.message ?? "", /^the rules of www\.example\.com and b\.example\.com\/ have one priority/u);
  });

  it("lets two listeners have rules of one priority", () => {
    const apps = [
      claim("one", [point({ listenerPort: 8080 })]),
      claim("two", [point({ listenerPort: 8081 })]),
      claim("three", [named("a.example.com", { priority: 5 })]),
    ];
    assert.deepEqual(entryProblems(apps), []);
  });

  it("refuses a path that another one hides", () => {
    const points = [
      named("a.example.com", { priority: 1 }),
      { ...named("a.example.com", { path: "/api" }), service: "api" },
    ];
    const [problem, ...more] = entryProblems([claim("shop", points)]);
    assert.deepEqual(more, []);
    assert.equal(problem?.key, "spectrum:apps.shop.hosts[1].priority");
    assert.match(problem.message, /^a\.example\.com\/api has the priority \d+ and is never reached, for \/ has 1;/);
  });

  it("keeps 80 and 443 for the names, where there are any", () => {
    const plain = claim("plain", [point({ listenerPort: 80 })]);
    assert.deepEqual(entryProblems([plain]), []);
    const [problem] = entryProblems([claim("shop", [named("a.example.com")]), plain]);
    assert.equal(problem?.key, "spectrum:apps.plain.hosts");
    assert.equal(
      problem.message,
      "port 80 of the load balancer serves the names of shop; give plain a domain, or publish web on another port",
    );
  });

  for (const backend of ["grpc", "http2"] as const) {
    it(`refuses ${backend} without a domain`, () => {
      const [problem] = entryProblems([claim("shop", [point({ backend })])]);
      assert.match(
        problem?.message ?? "",
        new RegExp(`^web speaks ${backend} on 8080, .*; give the app a domain, or set`),
      );
      assert.deepEqual(entryProblems([claim("shop", [{ ...named("a.example.com"), backend }])]), []);
    });
  }

  it("finds a spare port for every port, one each, and never the port itself", () => {
    for (const slot of ["first", "second"] as const) {
      const spares = new Set(Array.from({ length: 65_535 }, (_, i) => sparePort(i + 1, slot)));
      assert.equal(spares.size, 65_535);
      assert.ok(Math.min(...spares) === 1 && Math.max(...spares) === 65_535);
      for (const port of [1, 22, 32_767, 32_768, 49_151, 65_535]) assert.notEqual(sparePort(port, slot), port);
    }
  });

  it("refuses a published port that another one needs as its spare", () => {
    const tcp = (listenerPort: number, service: string) =>
      point({ protocol: "tcp", backend: "tcp", listenerPort, service });
    assert.deepEqual(entryProblems([claim("shop", [tcp(22, "a"), tcp(25, "b")])]), []);
    const [problem] = entryProblems([claim("shop", [tcp(22, "a"), tcp(sparePort(22, "first"), "b")])]);
    assert.match(problem?.message ?? "", /^port 22 needs the load balancer's port 32790 while it is deployed/);
  });

  it("refuses several names where one rule moves the traffic", () => {
    const points = [point({ listenerPort: 443, hosts: [host("a.example.com"), host("b.example.com")] })];
    assert.deepEqual(entryProblems([claim("shop", points)]), []);
    const [problem] = entryProblems([claim("shop", points, { strategy: "blue-green", bakeMinutes: 5 })]);
    assert.equal(problem?.key, "spectrum:apps.shop.services.web.deployment");
  });
});

describe("rules beside an app whose tier has rules of its own", () => {
  const beanstalk = (more: Partial<Host> = {}, app = "legacy"): EntryClaim => ({
    ...claim(app, [named("legacy.example.com", more)], {
      strategy: "canary",
      bakeMinutes: 5,
      canaryPercent: 5,
      canaryBakeMinutes: 5,
    }),
    ownGroups: true,
  });
  const messages = (claims: readonly EntryClaim[]) =>
    entryProblems(claims).map(({ key, message }) => `${key}: ${message}`);

  it("keep clear of Beanstalk's 1 to 1,000", () => {
    const shop = (priority: number) => claim("shop", [named("shop.example.com", { priority })]);
    assert.deepEqual(messages([shop(7)]), []);
    assert.deepEqual(messages([shop(1001), beanstalk()]), []);
    assert.deepEqual(messages([shop(7), beanstalk()]), [
      "spectrum:apps.shop.hosts[0].priority: got 7, and Beanstalk numbers the rules of legacy itself, from 1 to 1,000; give one from 1,001 to 39,999, or leave it out",
    ]);
  });

  it("are told a remedy that is free there", () => {
    const twins = [claim("a", [named("x.example.com", { priority: 2000 })]), beanstalk({ priority: 2000 })];
    assert.match(messages(twins)[0] ?? "", /one priority, 2000, .*a priority of its own, 1001 to 39999/u);
  });

  it("have no parking rule and no traffic to shift", () => {
    const two = {
      ...beanstalk(),
      points: [point({ listenerPort: 443, hosts: [host("a.example.com"), host("b.example.com")] })],
    };
    assert.deepEqual(messages([two]), []);
  });
});
