/** What signals are measured by: every tier has a word on each, and what stands before an app is counted once. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Database } from "../../../app/backing";
import type { EntryPoint } from "../../../app/publish";
import { backingMeasures } from "../../../app/signals/backing";
import { connectionLimit, memoryOf } from "../../../app/signals/connection-limit";
import { apiMeasures, balancedMeasures } from "../../../app/signals/entry";
import { isMeasured, type Measure } from "../../../app/signals/measure";
import { serviceSignals } from "../../../app/signals/signals";
import { tierNames } from "../../../app/tiers";
import { tiers } from "../../../components/tiers";
import { readText } from "../../support/project";
import { PAGE, pageNow } from "../../support/signal-tables";
import { appOf, environmentOf, placementOf, port, service } from "../../support/app";

const point = (number: number, more: Partial<EntryPoint> = {}): EntryPoint => ({
  service: "web",
  port: number,
  protocol: "http",
  backend: "http",
  listenerPort: number,
  hosts: [],
  index: 0,
  healthPath: "/",
  ...more,
});
const host = (name: string) => ({ host: name, path: "/", service: "web", port: 80, priority: null });
const why = (measure: Measure) => (isMeasured(measure) ? "measured" : measure.missing);
const math = (measure: Measure) => (isMeasured(measure) ? measure.expression : why(measure));
const names = (measure: Measure) => (isMeasured(measure) ? measure.metrics.map(({ name }) => name) : []);

describe("the measures of a tier", () => {
  const web = service("web", { ports: [port(80, { appProtocol: "http" })] });
  const app = appOf([web, service("side", { networkMode: "service:web" }), service("job", { job: true })]);

  for (const tier of tierNames) {
    it(`say of every service on ${tier} each signal's metrics, or why there are none and what to do`, () => {
      for (const insights of ["off", "on"] as const) {
        const base = environmentOf();
        const environment = { ...base, platform: { ...base.platform, insights } };
        const placement = placementOf(app, { tier, environment, settings: tiers[tier].settings.parse({}) });
        const measures = tiers[tier].signals(app, placement);
        assert.deepEqual(Object.keys(measures).sort(), ["side", "web"]);
        for (const own of Object.values(measures)) {
          assert.deepEqual(Object.keys(own).sort(), [...serviceSignals].sort());
          for (const measure of Object.values(own)) {
            if (isMeasured(measure)) assert.ok(measure.metrics.length > 0 && measure.metrics.length <= 10);
            else assert.ok(/^[a-z].*[^.]$/u.test(measure.missing.replace(/^[A-Z]/u, "a")) && measure.remedy !== "");
          }
        }
        // one alarm for one metric
        const found = Object.values(measures).flatMap((own) =>
          Object.values(own).flatMap((measure) => (isMeasured(measure) ? measure.metrics : [])),
        );
        const keys = found
          .filter(({ dimensions }) => !("TargetGroup" in dimensions))
          .map(({ namespace, name, dimensions }) => JSON.stringify([namespace, name, dimensions]));
        assert.equal(new Set(keys).size, keys.length);
      }
    });
  }
});

it("the tables of docs/signals.md are what signals and tiers say; npm run fix:signals brings them up to date", async () => {
  assert.equal(readText(PAGE), await pageNow());
});

describe("what stands before an app", () => {
  it("is counted by each container port once, whatever leads to it", () => {
    const { requests, p95 } = balancedMeasures([point(80), point(80, { listenerPort: 8080 }), point(81)], false);
    assert.equal(math(requests), "FILL(m1,0)+FILL(m2,0)");
    assert.equal(math(p95), "MAX([m1,m2])");
  });

  it("is one metric as it is where there is one group, and math over two where ECS moves the traffic", () => {
    const plain = balancedMeasures([point(80)], false);
    assert.deepEqual([math(plain.requests), math(plain.p95), math(plain.unhealthy)], [null, null, null]);
    assert.equal(math(plain["5xx"]), "100*(FILL(m1,0))/m2");
    const shifted = balancedMeasures([point(80)], true);
    assert.equal(math(shifted["5xx"]), "100*(FILL(m1,0)+FILL(m2,0))/(FILL(m3,0)+FILL(m4,0))");
    assert.deepEqual(names(shifted.unhealthy), ["UnHealthyHostCount", "UnHealthyHostCount"]);
  });

  it("has of TCP and UDP unhealthy targets alone, and of nothing nothing", () => {
    const stream = balancedMeasures([point(5432, { protocol: "tcp", backend: "tcp" })], false);
    assert.deepEqual(isMeasured(stream.unhealthy) && stream.unhealthy.metrics[0]?.namespace, "AWS/NetworkELB");
    assert.match(why(stream.requests), /^TCP and UDP have connections/u);
    for (const measure of Object.values(balancedMeasures([], false)))
      assert.equal(why(measure), "none of its ports is published");
  });

  it("never asks of an alarm more metrics than it takes", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 14 }),
        fc.boolean(),
        (ports, shifted) => {
          const measures = Object.values(
            balancedMeasures(
              ports.map((number) => point(number)),
              shifted,
            ),
          );
          for (const measure of measures) {
            if (!isMeasured(measure)) continue;
            assert.ok(measure.metrics.length <= 10);
            // each metric of the math stands in it
            const ids = measure.metrics.map((_, i) => `m${i + 1}`);
            const used = new Set(measure.expression?.match(/m\d+/gu) ?? ["m1"]);
            assert.deepEqual([...used].sort(), ids.sort());
          }
        },
      ),
    );
  });

  it("is counted by the API of each name, in seconds; not where a name leads to others too", () => {
    const named = point(80, { hosts: [host("a.example.com"), host("b.example.com")] });
    const own = apiMeasures(named, new Set());
    assert.equal(math(own.p95), "MAX([m1,m2])/1000");
    assert.equal(math(apiMeasures(point(80), new Set()).p95), "m1/1000");
    assert.match(why(own.unhealthy), /^API Gateway counts no targets/u);
    const shared = apiMeasures(named, new Set(["b.example.com"]));
    assert.match(why(shared.requests), /^the HTTP API of b\.example\.com counts the requests to all services/u);
    assert.equal(why(apiMeasures(null, new Set())["5xx"]), "none of its ports is published");
  });
});

describe("what an app keeps its data in", () => {
  const database = (more: Partial<Database>): Database => ({
    kind: "rds",
    id: "db.database",
    service: "db",
    users: [],
    engine: "postgres",
    version: "17",
    versionGiven: false,
    class: "db.t4g.micro",
    storage: 20,
    hours: null,
    port: 5432,
    credentials: null,
    family: "postgres17",
    parameters: [],
    logs: [],
    backupDays: 7,
    multiZone: false,
    tls: false,
    ...more,
  });

  it("has a limit of connections by its class, its engine and its own setting", () => {
    const cases: readonly (readonly [Partial<Database>, number | null])[] = [
      [{}, 112],
      [{ class: "db.r8g.16xlarge" }, 5000],
      [{ engine: "mysql" }, 85],
      [{ parameters: [{ name: "max_connections", value: "300", apply: "pending-reboot" }] }, 300],
      [{ class: "db.x2g.large" }, null],
      [{ kind: "elasticache", engine: "valkey", class: "cache.t4g.micro" }, 65_000],
      [{ kind: "aurora", engine: "aurora-postgresql", class: "db.serverless" }, null],
      [{ kind: "documentdb", engine: "docdb", class: "db.t4g.medium" }, null],
    ];
    for (const [more, limit] of cases) assert.equal(connectionLimit(database(more)), limit, JSON.stringify(more));
    assert.deepEqual(["db.m7g.large", "db.r6i.2xlarge", "db.z1d.large"].map(memoryOf), [8, 64, null]);
  });

  it("has its alarm at four fifths of them, and none where nobody knows the limit", () => {
    const { connections } = backingMeasures(database({}));
    assert.deepEqual(connections && isMeasured(connections) && connections.above, 89);
    const aurora = backingMeasures(database({ kind: "aurora", engine: "aurora-mysql", class: "db.serverless" }));
    assert.ok(aurora.connections && isMeasured(aurora.connections) && aurora.connections.above === undefined);
    assert.match(why(aurora.storage!), /^its storage grows by itself/u);
  });

  it("is looked at on both nodes of a cache in two zones", () => {
    const cache = backingMeasures(database({ kind: "elasticache", engine: "valkey", multiZone: true }));
    assert.equal(math(cache.storage!), "MAX([m1,m2])");
  });

  it("is in Lightsail out of CloudWatch's sight, and a bucket has no signals", () => {
    const own = backingMeasures(database({ kind: "lightsail-database" }));
    assert.match(why(own.storage!), /^Lightsail keeps the metrics of its databases to itself/u);
    const bucket = { kind: "bucket", id: "web.bucket", service: "web" } as Parameters<typeof backingMeasures>[0];
    assert.deepEqual(backingMeasures(bucket), {});
  });
});
