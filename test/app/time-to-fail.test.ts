/** What cannot come to its end within `timeToFail` is refused before anything is deployed. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { JobConfig } from "../../app/config/types";
import type { Healthcheck } from "../../app/model";
import { healthSeconds, JOB_SECONDS, jobTimeout, timeToFailFindings } from "../../app/time-to-fail";
import { appOf, placementOf, service } from "../support/app";

const check = (times: Partial<Healthcheck> = {}): Healthcheck => ({
  test: ["CMD", "true"],
  disabled: false,
  interval: null,
  timeout: null,
  retries: null,
  startPeriod: null,
  startInterval: null,
  ...times,
});
const job = (changes: Partial<JobConfig> = {}): JobConfig => ({
  on: "deploy",
  at: null,
  timezone: "UTC",
  windowMinutes: 0,
  retries: 0,
  timeout: 600,
  concurrency: "forbid",
  ...changes,
});
const jobApp = appOf([service("migrate", { job: true }), service("web")]);
const said = (app = jobApp, overrides: Parameters<typeof placementOf>[1] = {}) =>
  timeToFailFindings(app, placementOf(app, overrides)).map(
    ({ service: name, key, outcome, reason, remedy }) => `${name ?? ""}.${key} ${outcome}: ${reason}; ${remedy}`,
  );

describe("a health check's end", () => {
  for (const [times, seconds] of [
    [{}, 3 * 60],
    [{ startPeriod: 40, interval: 90, timeout: 10, retries: 3 }, 40 + 3 * 100],
    [{ interval: 15, timeout: 5, retries: 1 }, 2 * 20],
    [{ startPeriod: 0.5, interval: 1, timeout: 1, retries: 5 }, 11],
  ] as const)
    it(`of ${JSON.stringify(times)} comes after ${seconds} s at the latest`, () => {
      assert.equal(healthSeconds(check(times)), seconds);
    });

  it("is refused where it comes after timeToFail, with the time that would do", () => {
    const slow = appOf([service("web", { healthcheck: check({ startPeriod: 600 }) })]);
    const [finding, ...rest] = said(slow);
    assert.match(
      finding ?? "",
      /^web\.healthcheck refused: it may take 780 s .* 600 s; say timeToFail: 13m or more, or/u,
    );
    assert.deepEqual(rest, []);
    assert.deepEqual(said(slow, { timeToFail: 780 }), []);
    const off = appOf([service("web", { healthcheck: check({ startPeriod: 600, disabled: true }) })]);
    assert.deepEqual(said(off), []);
    const ofJob = appOf([service("migrate", { job: true, healthcheck: check({ startPeriod: 600 }) })]);
    assert.deepEqual(said(ofJob), [], "nobody waits until a job is healthy");
  });
});

describe("a job that a deployment waits for", () => {
  it("has as much time as lets all its tries end within timeToFail, 15 minutes at most", () => {
    const of = (on: JobConfig["on"], retries: number, timeToFail: number) =>
      jobTimeout({ on, retries, timeout: null }, timeToFail);
    assert.equal(of("deploy", 0, 600), 600);
    assert.equal(of("deploy", 2, 600), 200);
    assert.equal(of("deploy", 0, 3600), JOB_SECONDS);
    assert.equal(of("once", 2, 60), JOB_SECONDS);
    assert.equal(of("schedule", 2, 60), JOB_SECONDS);
    assert.equal(jobTimeout({ on: "deploy", retries: 5, timeout: 7200 }, 60), 7200, "what is said stays");
  });

  for (const [changes, wanted] of [
    [{}, null],
    [
      { timeout: 601 },
      /^migrate\.job\.timeout refused: it may take 601 s, and .* 600 s; say timeToFail: 11m or more, or give the job a shorter timeout$/u,
    ],
    [{ timeout: 300, retries: 1 }, null],
    [{ timeout: 301, retries: 1 }, /may take 602 s with its 1 retry, .*say timeToFail: 11m .* or fewer retries$/u],
    [{ timeout: 7200, on: "once" }, null],
    [{ timeout: 7200, on: "schedule", at: "rate(1 day)" }, null],
  ] as const)
    it(`of ${JSON.stringify(changes)} is ${wanted ? "refused" : "taken"}`, () => {
      const [finding, ...rest] = said(jobApp, { services: { migrate: { job: job(changes) } } });
      assert.deepEqual(rest, []);
      if (wanted) assert.match(finding ?? "", wanted);
      else assert.equal(finding, undefined);
    });

  it("without a word of its time is never refused, whatever timeToFail is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 3600 }), fc.integer({ min: 0, max: 59 }), (timeToFail, retries) => {
        const timeout = jobTimeout({ on: "deploy", retries, timeout: null }, timeToFail);
        assert.ok(timeout >= 1);
        const services = { migrate: { job: job({ retries, timeout }) } };
        assert.deepEqual(said(jobApp, { timeToFail, services }), []);
      }),
    );
  });
});
