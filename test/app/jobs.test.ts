import assert from "node:assert/strict";

import { before, deployJobs, jobFindings, waitersOf } from "../../app/jobs";
import { publish } from "../../app/publish";
import { tiers } from "../../components/tiers";
import { type Input, onTier } from "../support/on-tier";

const { read, findings } = onTier(tiers.fargate);

const compose = (job: string, condition = "service_started") => `
services:
  db: { image: "postgres:17" }
  migrate:
    image: example/migrate
    depends_on: [db]
${job}
  api:
    image: example/api
    expose: ["3000"]
    depends_on: { migrate: { condition: ${condition} } }
  web:
    image: nginx
    ports: ["80:80"]
    depends_on: [api]
`;
const jobOf = (input: Input) => read(input).placement.services.migrate?.job;
const said = (text: string) => {
  const found = findings({ compose: text }).filter(
    ({ key, outcome }) => key.startsWith("depends_on.migrate") && outcome === "refused",
  );
  return found.map(({ service, reason }) => `${service ?? ""}: ${reason}`);
};

describe("a job", () => {
  const rest = { at: null, timezone: "UTC", windowMinutes: 0, retries: 0, timeout: 900, concurrency: "forbid" };

  for (const [written, wanted] of [
    ["once", { ...rest, on: "once" }],
    ["deploy", { ...rest, on: "deploy", timeout: 600 }],
    ["{ on: deploy, retries: 2 }", { ...rest, on: "deploy", retries: 2, timeout: 200 }],
    ["{ retries: 2, timeout: 1h }", { ...rest, on: "once", retries: 2, timeout: 3600 }],
    ["{ on: deploy, timeout: 5m }", { ...rest, on: "deploy", timeout: 300 }],
    [
      '{ at: "cron(0 3 * * ? *)", timezone: Europe/Berlin }',
      { ...rest, on: "schedule", at: "cron(0 3 * * ? *)", timezone: "Europe/Berlin" },
    ],
  ] as const)
    it(`is read from ${written}`, () => {
      const input = { compose: compose(`    x-spectrum: { job: ${written} }`) };
      assert.deepEqual(jobOf(input), wanted);
      assert.equal(read(input).app.services.migrate?.job, true);
      assert.equal(read(input).app.services.api?.job, false);
    });

  for (const [written, message] of [
    ["{ on: schedule }", /job.*at.*a schedule needs its time/u],
    ['{ on: once, at: "rate(1 hour)" }', /only a schedule has one/u],
    ["{ on: deploy, timeout: 300 }", /got 300; give a duration such as 10m or 1h30m/u],
    ["nightly", /got "nightly"; give once, deploy, or/u],
    ['{ at: "daily" }', /job\.at: got "daily"; give cron\(…\), rate\(…\) or at\(…\)/u],
  ] as const)
    it(`is refused as ${written}`, () => {
      assert.throws(() => read({ compose: compose(`    x-spectrum: { job: ${written} }`) }), message);
    });

  it("is what others await to its end, and runs with each deployment", () => {
    const input = { compose: compose("", "service_completed_successfully") };
    assert.deepEqual(jobOf(input), { ...rest, on: "deploy", timeout: 600 });
    assert.equal(read({ compose: compose("") }).placement.services.migrate?.job, null);
  });

  it("says of itself more than those who await it", () => {
    const text = compose("    x-spectrum: { job: { on: deploy, retries: 3 } }", "service_completed_successfully");
    assert.equal(jobOf({ compose: text })?.retries, 3);
  });

  it("that runs by hand or by a schedule is nothing to wait for", () => {
    const awaited = "service_completed_successfully";
    assert.deepEqual(
      said(compose("    x-spectrum: { job: once }", awaited)).at(-1),
      "api: migrate is a job that runs by hand, so nothing can wait for it",
    );
    assert.match(
      said(compose('    x-spectrum: { job: { at: "rate(1 day)" } }', awaited)).at(-1) ?? "",
      /by a schedule/u,
    );
    assert.match(said(compose("    x-spectrum: { job: deploy }")).at(-1) ?? "", /ends before others start/u);
  });

  it("is waited for by those that await it, and where nobody does by all that it does not need itself", () => {
    const awaited = read({ compose: compose("    x-spectrum: { job: deploy }", "service_completed_successfully") }).app;
    assert.deepEqual(waitersOf(awaited, "migrate"), ["api", "web"]);
    const alone = read({
      compose: `
services:
  db: { image: "postgres:17" }
  migrate: { image: example/migrate, depends_on: [db], x-spectrum: { job: deploy } }
  api: { image: example/api }
`,
    }).app;
    assert.deepEqual(waitersOf(alone, "migrate"), ["api"]);
    const called = read({
      compose: `
services:
  db: { image: "postgres:17" }
  migrate: { image: example/migrate, environment: { DB: "postgres://db/app" }, x-spectrum: { job: deploy } }
  api: { image: example/api, environment: { DB: "postgres://db/app" } }
`,
    }).app;
    assert.deepEqual(waitersOf(called, "migrate"), ["api"], "it calls db, which is there before it");
    const beside = read({
      compose: `
services:
  migrate: { image: example/migrate, x-spectrum: { job: deploy } }
  proxy: { image: example/proxy, network_mode: "service:migrate" }
  api: { image: example/api }
`,
    });
    assert.deepEqual(waitersOf(beside.app, "migrate"), ["api"], "proxy runs beside it");
    assert.deepEqual(
      jobFindings(beside.app, beside.placement).map(({ reason }) => reason),
      [],
    );
    assert.deepEqual([...before(awaited, "web")].sort(), ["api", "db", "migrate"]);
  });

  it("runs with each deployment after the jobs that it depends on", () => {
    const awaits = (name: string) => `{ ${name}: { condition: service_completed_successfully } }`;
    const { app, placement } = read({
      compose: `
services:
  last: { image: a, depends_on: ${awaits("middle")}, x-spectrum: { job: deploy } }
  middle: { image: a, depends_on: ${awaits("first")} }
  hand: { image: a, x-spectrum: { job: once } }
  first: { image: a }
`,
    });
    assert.deepEqual(
      deployJobs(app, placement).map(({ name }) => name),
      ["first", "middle", "last"],
    );
  });

  for (const [lines, looks] of [
    ['restart: "no"', true],
    ["deploy: { restart_policy: { condition: none } }", true],
    ['restart: "no", deploy: { restart_policy: { condition: any } }', false],
    ['restart: "no", x-spectrum: { job: once }', false],
    ['restart: "no", x-spectrum: { queue: true }', false],
    ['restart: "no", ports: ["80:80"]', false],
    ['restart: "no", expose: ["80"]', false],
    ['restart: "no", healthcheck: { test: [CMD, "true"] }', false],
    ["restart: on-failure", false],
    ["", false],
  ] as const)
    it(`is ${looks ? "suggested" : "not suggested"} for ${lines || "a service without a word"}`, () => {
      const text = `services: { web: { image: nginx, ports: ["8080:80"] }, one: { image: a${lines && `, ${lines}`} } }`;
      const found = findings({ compose: text }).filter(
        ({ key, reason }) => key === "job" && reason.includes("looks like a job"),
      );
      assert.deepEqual(
        found.map(({ service, outcome }) => [service, outcome]),
        looks ? [["one", "changed"]] : [],
      );
    });

  it("is not suggested for what others need", () => {
    const text = `services: { web: { image: nginx, depends_on: [one] }, one: { image: a, restart: "no" } }`;
    assert.deepEqual(
      findings({ compose: text }).filter(({ reason }) => reason.includes("looks like a job")),
      [],
    );
  });

  it("has no published port", () => {
    const text = `services: { web: { image: nginx }, one: { image: a, ports: ["80:80"], x-spectrum: { job: once } } }`;
    const { app, placement } = read({ compose: text });
    const { points, findings: found } = publish(app, placement);
    assert.deepEqual(points, []);
    const hosts = [{ host: "a.example.com", path: "/", service: "one", port: 80, priority: null, redirectFrom: [] }];
    const named = { ...placement, hosts };
    assert.deepEqual(publish(app, named).points, []);
    assert.deepEqual(
      jobFindings(app, named).map(({ key, outcome, reason }) => [key, outcome, reason]),
      [["hosts[0].service", "refused", "one is a job, which takes no traffic"]],
    );
    assert.deepEqual(
      found.map(({ key, reason }) => `${key}: ${reason}`),
      ["ports[0]: not published: a job takes no traffic"],
    );
  });
});
