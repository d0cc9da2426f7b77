/** No tier waits longer for a revision than `timeToFail` says. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { stringify } from "yaml";
import { timeToFailFindings } from "../../../app/time-to-fail";
import { type TierName, tierNames } from "../../../app/tiers";
import { tiers } from "../../../components/tiers";
import { deployJobSeconds } from "../../../components/tiers/compose";
import { type Input, onTier } from "../../support/on-tier";
import { type Wait, waitsOf } from "../../support/waits";

const STRATEGIES = [
  undefined,
  { strategy: "blue-green", bakeMinutes: 7 },
  { strategy: "linear" },
  { strategy: "canary", canaryBakeMinutes: 3 },
] as const;

const minutes = (most: number) => fc.integer({ min: 1, max: most });
const seconds = (most: number) => fc.integer({ min: 1, max: most });
const asked = fc.record({
  timeToFail: minutes(60),
  start: seconds(1800),
  interval: seconds(120),
  timeout: seconds(60),
  retries: fc.integer({ min: 1, max: 8 }),
  replicas: fc.integer({ min: 1, max: 4 }),
  strategy: fc.constantFrom(...STRATEGIES),
  job: fc.option(fc.record({ retries: fc.integer({ min: 0, max: 2 }), timeout: fc.option(seconds(900)) })),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

/** What a tier cannot do without, or shows its waits with. */
const SETTINGS: Readonly<Partial<Record<TierName, object>>> = {
  beanstalk: { beanstalk: { type: "load-balanced" } },
  "ecs-anywhere": { "ecs-anywhere": { wait: true } },
};

const inputOf = (tier: TierName, { timeToFail, start, interval, timeout, retries, ...rest }: Asked): Input => ({
  compose: stringify({
    services: {
      web: {
        image: "nginx",
        ports: ["80:80"],
        deploy: { replicas: rest.replicas },
        healthcheck: {
          test: "curl -f http://localhost/",
          start_period: `${start}s`,
          interval: `${interval}s`,
          timeout: `${timeout}s`,
          retries,
        },
      },
      ...(rest.job && {
        migrate: {
          image: "example/migrate",
          "x-spectrum": {
            job: {
              on: "deploy",
              retries: rest.job.retries,
              ...(rest.job.timeout !== null && { timeout: `${rest.job.timeout}s` }),
            },
          },
        },
      }),
    },
  }),
  config: {
    timeToFail: `${timeToFail}m`,
    ...(rest.strategy && { services: { web: { deployment: rest.strategy } } }),
    ...SETTINGS[tier],
  },
});

const runsJobs = (tier: TierName) => tier !== "lightsail";

describe("the waits of every tier", function () {
  this.timeout(120_000);

  for (const tier of tierNames) {
    const { read, record } = onTier(tiers[tier]);

    it(`${tier}: none is longer than timeToFail and the time that a deployment bakes`, async () => {
      const kinds = new Set<string>();
      await fc.assert(
        fc.asyncProperty(asked, async (given) => {
          const input = inputOf(tier, runsJobs(tier) ? given : { ...given, job: null });
          const { app, placement } = read(input);
          const refused = new Set(timeToFailFindings(app, placement).map(({ service }) => service));
          // what is refused is not deployed: with no health check, and with the job's own time, it is
          const taken = {
            ...given,
            ...(refused.has("web") && { start: 1, interval: 5, timeout: 1, retries: 2 }),
            ...(!runsJobs(tier) && { job: null }),
            ...(refused.has("migrate") && { job: { retries: 1, timeout: null } }),
          };
          const last = inputOf(tier, taken);
          const placed = read(last);
          assert.deepEqual(timeToFailFindings(placed.app, placed.placement), []);
          const made = await record(last);
          const jobs = deployJobSeconds(placed);
          const waits = waitsOf(made.resources, { timeToFail: taken.timeToFail * 60, jobs });
          for (const { what } of waits) kinds.add(what);
          assert.deepEqual(waits.filter(isLonger), []);
        }),
        { numRuns: 3, examples: [[EXAMPLE]] },
      );
      assert.ok(kinds.size > 0, "the tier waits for nothing");
    });
  }

  it("fargate: a start period that is accepted beyond timeToFail leaves the load balancer no longer", async () => {
    const { record } = onTier(tiers.fargate);
    const made = await record(inputOf("fargate", { ...EXAMPLE, start: 1800, job: null }));
    const service = made.one("aws:ecs/service:Service");
    assert.equal(service.inputs.healthCheckGracePeriodSeconds, 120);
  });

  for (const [timeToFail, batch, command] of [
    [2, "PT5M", "120"],
    [90, "PT60M", "3600"],
  ] as const)
    it(`beanstalk: ${timeToFail} minutes are what it takes: ${batch} for a batch, ${command} s for a command`, async () => {
      const made = await onTier(tiers.beanstalk).record(inputOf("beanstalk", { ...EXAMPLE, timeToFail, job: null }));
      const { settings } = made.one("aws:elasticbeanstalk/environment:Environment").inputs;
      const timeouts = (settings as unknown as readonly { name: string; value: unknown }[])
        .filter(({ name }) => name === "Timeout")
        .map(({ value }) => value);
      assert.deepEqual(timeouts.sort(), [batch, command].sort());
    });

  it("are all classified: a type with a timeout that stands in no list is an error", () => {
    const unknown = {
      type: "aws:x/y:Z",
      name: "z",
      inputs: {},
      options: { customTimeouts: { create: "5m" } },
    } as unknown as Parameters<typeof waitsOf>[0][number];
    assert.throws(() => waitsOf([unknown], { timeToFail: 600, jobs: 0 }), /aws:x\/y:Z waits 5m to create/u);
  });
});

const isLonger = ({ seconds: waited, most }: Wait) => waited > most;

/** One of each: short, with a start period and a job that is tried again. */
const EXAMPLE: Asked = {
  timeToFail: 2,
  start: 45,
  interval: 10,
  timeout: 5,
  retries: 4,
  replicas: 3,
  strategy: { strategy: "canary", canaryBakeMinutes: 3 },
  job: { retries: 1, timeout: null },
};
