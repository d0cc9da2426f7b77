import assert from "node:assert/strict";
import fc from "fast-check";
import type { Service } from "../../../../app/model";
import { anywhereHost, appTask } from "../../../../components/tiers/ecs-anywhere/app-task";
import { hostPorts } from "../../../../components/tiers/ecs-anywhere/ports";
import { RESERVED_PORTS } from "../../../../components/tiers/ecs-anywhere/limits";
import { appOf, placementOf, port, service } from "../../../support/app";

const needs = (condition: Service["dependsOn"][string]["condition"] = "service_started") => ({
  condition,
  required: true,
  restart: false,
});

describe("the one task of an app", () => {
  it("links each container to those that start before it", () => {
    const app = appOf([
      service("web", { dependsOn: { api: needs() } }),
      service("api", { environment: { DB_HOST: "db" }, aliases: ["backend"] }),
      service("db", { hostname: "store" }),
    ]);
    assert.deepEqual(appTask(app).links, {
      db: [],
      api: ["db:db", "db:store"],
      web: ["db:db", "db:store", "api:api", "api:backend"],
    });
    assert.deepEqual(appTask(app).circles, []);
    assert.equal(anywhereHost(app, "db"), "db");
  });

  it("gives no name to who shares no network", () => {
    const app = appOf([
      service("db", { networks: ["back"] }),
      service("api", { networks: ["front", "back"] }),
      service("web", { networks: ["front"] }),
    ]);
    assert.deepEqual(appTask(app).links, { db: [], api: ["db:db"], web: ["api:api"] });
  });

  it("names the pair that calls each other", () => {
    const app = appOf([
      service("a", { environment: { URL: "http://b:80" } }),
      service("b", { environment: { URL: "http://a:80" } }),
    ]);
    assert.deepEqual(appTask(app).circles, [{ from: "b", to: "a" }]);
  });

  it("is on the machine's network only where every service asks for it, and then knows localhost alone", () => {
    const host = { networkMode: "host", networks: [] };
    const all = appOf([service("a", host), service("b", { ...host, networkMode: "service:a" })]);
    assert.equal(appTask(all).network, "host");
    assert.deepEqual(appTask(all).links, {});
    assert.equal(anywhereHost(all, "a"), "localhost");
    assert.equal(appTask(appOf([service("a", host), service("b")])).network, "bridge");
    assert.equal(appTask(appOf([service("a", { networkMode: "none", networks: [] })])).network, "none");
  });

  it("leaves out jobs, services without a copy, and what ten containers cannot hold", () => {
    const many = Array.from({ length: 11 }, (_, i) => service(`s${i}`));
    const app = appOf([service("job", { job: true }), service("none", { replicas: 0 }), ...many]);
    const { task, absent } = appTask(app);
    assert.equal(task?.services.length, 10);
    assert.deepEqual(absent, { none: "no-copy", s10: "too-many" });
    const secret = { source: "key", target: "/run/secrets/key", uid: null, gid: null, mode: null, index: 0 };
    const written = appOf([service("first", { secrets: [secret] }), ...many], {
      secrets: { key: { name: "key", kind: "external" } },
    });
    assert.equal(appTask(written).task?.services.length, 9, "one more prepares files");
    assert.equal(appTask(appOf([])).task, null);
  });

  it("has links without a circle, each to a container of the task, whatever calls whatever", () => {
    const calls = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), calls, (count, pairs) => {
        const services = Array.from({ length: count }, (_, i) =>
          service(`s${i}`, {
            environment: Object.fromEntries(
              pairs.filter(([from]) => from === i).map(([, to], n) => [`URL_${n}`, `http://s${to}:80`]),
            ),
          }),
        );
        const { links, circles } = appTask(appOf(services));
        const targets = (name: string) => (links[name] ?? []).map((link) => link.split(":")[0] ?? "");
        const reaches = (from: string, to: string): boolean =>
          targets(from).some((next) => next === to || reaches(next, to));
        for (const { name } of services) {
          assert.equal(reaches(name, name), false);
          for (const target of targets(name)) assert.ok(target in links);
        }
        // who calls another has a name for it, or the pair is told
        for (const [from, to] of pairs.filter(([a, b]) => a !== b && a < count && b < count))
          assert.ok(
            targets(`s${from}`).includes(`s${to}`) || circles.some((c) => c.from === `s${from}` && c.to === `s${to}`),
          );
      }),
    );
  });
});

describe("ports of the machine", () => {
  it("are each one container's, and never the machine's own", () => {
    const ports = fc.array(
      fc.record({
        target: fc.integer({ min: 1, max: 65535 }),
        published: fc.option(fc.constantFrom(22, 80, 443, 2375, 8080, 51678)),
        protocol: fc.constantFrom("tcp" as const, "udp" as const),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(fc.array(ports, { minLength: 1, maxLength: 4 }), (all) => {
        const app = appOf(
          all.map((own, i) => service(`s${i}`, { ports: own.map((p, index) => port(p.target, { ...p, index })) })),
        );
        const taken = hostPorts(app, placementOf(app)).map((p) => `${p.hostPort}/${p.protocol}`);
        assert.equal(new Set(taken).size, taken.length);
        for (const one of taken) assert.equal(RESERVED_PORTS.includes(Number.parseInt(one)), false);
      }),
    );
  });
});
