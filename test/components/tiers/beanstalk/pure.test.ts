import assert from "node:assert/strict";
import fc from "fast-check";
import { healthCheck } from "../../../../components/tiers/beanstalk/health";
import {
  cheapestInstance,
  fits,
  type InstanceType,
  instanceTypes,
  largestInstance,
  OVERHEAD,
  usableMemory,
} from "../../../../components/tiers/beanstalk/instance-types";
import { scheduleOf } from "../../../../components/tiers/beanstalk/schedule";
import { beanstalkSettings } from "../../../../components/tiers/beanstalk/settings";

const ARCHITECTURES = ["x86_64", "arm64"] as const;

describe("Beanstalk's instance types", () => {
  const table: readonly [
    cpu: number,
    memory: number,
    architecture: (typeof ARCHITECTURES)[number],
    name: string | null,
  ][] = [
    [0.25, 512, "x86_64", "t3.micro"],
    [0.25, 512, "arm64", "t4g.micro"],
    [0.25, 1024 - OVERHEAD, "x86_64", "t3.micro"],
    [0.25, 1024 - OVERHEAD + 1, "x86_64", "t3.small"],
    [2, 3000, "x86_64", "t3.medium"],
    [2.1, 512, "x86_64", "t3.xlarge"],
    [4, 6000, "x86_64", "t3.xlarge"],
    [4, 6000, "arm64", "t4g.xlarge"],
    [2, 12_000, "arm64", "r7g.large"],
    [8, 512, "x86_64", "t3.2xlarge"],
    [8.5, 512, "x86_64", null],
    [1, 60_000, "arm64", "r7g.2xlarge"],
    [1, 60_000, "x86_64", null],
  ];
  for (const [cpu, memory, architecture, name] of table) {
    it(`${cpu} vCPU and ${memory} MiB on ${architecture}: ${name ?? "none"}`, () => {
      assert.equal(cheapestInstance({ cpu, memory }, architecture)?.name ?? null, name);
    });
  }

  const need = fc.record({
    cpu: fc.double({ min: 0, max: 9, noNaN: true }),
    memory: fc.integer({ min: 0, max: 70_000 }),
  });
  const architecture = fc.constantFrom(...ARCHITECTURES);

  it("a type that fits is never beaten by a cheaper one that fits", () => {
    fc.assert(
      fc.property(need, architecture, (asked, processor) => {
        const chosen = cheapestInstance(asked, processor);
        const fitting = instanceTypes.filter((t) => t.architecture === processor && fits(t, asked));
        if (!chosen) return fitting.length === 0;
        return fits(chosen, asked) && fitting.every(({ price }) => price >= chosen.price);
      }),
    );
  });

  it("who asks for more never gets a cheaper one", () => {
    fc.assert(
      fc.property(need, need, architecture, (a, b, processor) => {
        const more = { cpu: Math.max(a.cpu, b.cpu), memory: Math.max(a.memory, b.memory) };
        const [small, large] = [cheapestInstance(a, processor), cheapestInstance(more, processor)];
        return large === null || (small !== null && small.price <= large.price);
      }),
    );
  });

  it("each type has its own name, and something for containers", () => {
    assert.equal(new Set(instanceTypes.map(({ name }) => name)).size, instanceTypes.length);
    assert.ok(instanceTypes.every((t: InstanceType) => usableMemory(t) > 0 && t.price > 0));
    for (const processor of ARCHITECTURES)
      assert.ok(
        instanceTypes.every((t) => t.architecture !== processor || t.memory <= largestInstance(processor).memory),
      );
  });
});

describe("Beanstalk's scheduled actions", () => {
  const table: readonly [at: string, timezone: string, wanted: unknown][] = [
    ["cron(0 7 ? * MON-FRI *)", "UTC", { recurrence: "0 7 * * 1-5" }],
    ["cron(0 7 ? * 2-6 *)", "Etc/UTC", { recurrence: "0 7 * * 1-5" }],
    ["cron(30 20 1 * ? *)", "UTC", { recurrence: "30 20 1 * *" }],
    ["cron(0/15 * * * ? *)", "UTC", { recurrence: "0/15 * * * *" }],
    ["at(2027-01-01T00:00:00)", "UTC", { startTime: "2027-01-01T00:00:00Z" }],
    ["cron(0 7 ? * MON-FRI 2027)", "UTC", null],
    ["cron(0 7 L * ? *)", "UTC", null],
    ["cron(0 7 ? * 6#3 *)", "UTC", null],
    ["rate(1 hour)", "UTC", null],
    ["cron(0 7 ? * MON-FRI *)", "Europe/Berlin", null],
  ];
  for (const [at, timezone, wanted] of table)
    it(`${at} in ${timezone}`, () => assert.deepEqual(scheduleOf({ at, timezone }), wanted));
});

describe("Beanstalk's health check", () => {
  const test = (text: string) => ["CMD-SHELL", text];
  const plain = {
    disabled: false,
    interval: null,
    timeout: null,
    retries: null,
    startPeriod: null,
    startInterval: null,
  };

  it("has AWS's limits, and a timeout below the interval", () => {
    fc.assert(
      fc.property(
        fc.record({
          interval: fc.double({ min: 0.001, max: 9999, noNaN: true }),
          timeout: fc.double({ min: 0.001, max: 9999, noNaN: true }),
          retries: fc.nat(99),
        }),
        (times) => {
          const check = healthCheck({ ...plain, ...times, test: test("true") }, "/");
          assert.ok(check.interval >= 5 && check.interval <= 300);
          assert.ok(check.timeout >= 1 && check.timeout <= 60 && check.timeout < check.interval);
          assert.ok(check.unhealthy >= 2 && check.unhealthy <= 10);
        },
      ),
    );
  });

  it("counts any answer but a server's error where the path is a guess", () => {
    assert.deepEqual(healthCheck(null, "/"), {
      path: "/",
      interval: 15,
      timeout: 5,
      healthy: 2,
      unhealthy: 3,
      matcher: "200-499",
    });
    const asked = { ...plain, test: test("curl -f http://localhost/ok"), interval: 20, timeout: 3, retries: 4 };
    assert.deepEqual(healthCheck(asked, "/ok"), {
      path: "/ok",
      interval: 20,
      timeout: 3,
      healthy: 2,
      unhealthy: 4,
      matcher: "200-399",
    });
  });
});

describe("Beanstalk's settings", () => {
  it("have their defaults", () => {
    assert.deepEqual(beanstalkSettings.parse({}), {
      type: null,
      instanceType: null,
      diskSize: 16,
      batch: 50,
      maintenance: "Sun:03:00",
      updates: "minor",
      exec: false,
    });
  });

  for (const wrong of [
    { type: "many" },
    { instanceType: "x.large" },
    { diskSize: 4 },
    { batch: 0 },
    { maintenance: "Sunday" },
    { updates: "all" },
    { other: 1 },
  ])
    it(`refuse ${JSON.stringify(wrong)}`, () => assert.equal(beanstalkSettings.safeParse(wrong).success, false));
});
