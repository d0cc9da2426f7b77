import assert from "node:assert/strict";
import fc from "fast-check";
import { apiFindings, apiProblems, apiRefusal, ownEndpoint, routeKeys } from "../../app/api-entry";
import type { Host, Placement } from "../../app/config/types";
import { byNames, type EntryPoint, publish } from "../../app/publish";
import { appOf, environmentOf, placementOf, port, service } from "../support/app";

const point = (backend: EntryPoint["backend"]): EntryPoint => ({
  service: "web",
  port: 80,
  protocol: backend === "tcp" || backend === "udp" ? backend : "http",
  backend,
  listenerPort: 80,
  hosts: [],
  index: 0,
  healthPath: "/",
});

const byApi = (): Pick<Placement, "environment"> => {
  const environment = environmentOf();
  return { environment: { ...environment, platform: { ...environment.platform, entry: "apigateway" } } };
};

const host = (path: string, more: Partial<Host> = {}): Host => ({
  host: "shop.example.com",
  path,
  service: "web",
  port: 80,
  priority: null,
  ...more,
});

describe("an HTTP API", () => {
  for (const [backend, reason] of [
    ["http", null],
    ["https", /certificate of a public authority/u],
    ["http2", /HTTP\/1\.1 with the containers, not http2/u],
    ["grpc", /not grpc/u],
    ["tcp", /HTTP alone, no TCP/u],
    ["udp", /HTTP alone, no UDP/u],
  ] as const) {
    it(`${reason ? "refuses" : "leads to"} ${backend}`, () => {
      const said = apiRefusal(point(backend));
      if (!reason) assert.equal(said, null);
      else {
        assert.equal(said?.outcome, "refused");
        assert.match(said?.reason ?? "", reason);
        assert.match(said?.remedy ?? "", /platform: \{ entry: alb \}$/u);
      }
    });
  }

  it("has two routes for a prefix, and the default one for every path", () => {
    assert.deepEqual(routeKeys("/"), ["$default"]);
    assert.deepEqual(routeKeys("/api/v1"), ["ANY /api/v1", "ANY /api/v1/{proxy+}"]);
  });

  it("reaches by its routes the paths that the load balancer's conditions reach", () => {
    const segment = fc.stringMatching(/^[a-z0-9._~-]{1,5}$/u);
    const path = fc.array(segment, { maxLength: 3 }).map((segments) => `/${segments.join("/")}`);
    /** As API Gateway matches: the whole path, or the greedy variable's part of it. */
    const matches = (key: string, asked: string) =>
      key === "$default" ||
      (key.endsWith("/{proxy+}")
        ? `ANY ${asked}`.startsWith(key.slice(0, -"{proxy+}".length))
        : key === `ANY ${asked}`);
    fc.assert(
      fc.property(path, path, fc.constantFrom("", "/", "ary"), (prefix, more, end) => {
        const asked = prefix === "/" ? more + end : prefix + (more === "/" ? "" : more) + end;
        // load-balancers' own: the bare path, and the path with a slash and anything after it
        const wanted = prefix === "/" || asked === prefix || asked.startsWith(`${prefix}/`);
        assert.equal(
          routeKeys(prefix).some((key) => matches(key, asked)),
          wanted,
          `${asked} under ${prefix}`,
        );
      }),
    );
  });
});

describe("what is said of ports behind API Gateway", () => {
  const app = appOf([service("web", { ports: [port(80), port(81, { index: 1, hostIp: "127.0.0.1" })] })]);

  it("stands at the port, in the place of what the load balancer's entry says of it", () => {
    const said = apiFindings({ app, placement: placementOf(app, byApi()) }, () => ownEndpoint);
    assert.deepEqual(
      said.map(({ key, outcome }) => [key, outcome]),
      [
        ["ports[0]", "changed"],
        ["ports[1]", "changed"],
      ],
    );
    assert.match(said[0]?.reason ?? "", /endpoint of API Gateway's own/u);
    assert.match(said[1]?.reason ?? "", /loopback/u);
  });

  it("stands at the names where only they name the port, and tells that their priorities count for nothing", () => {
    const hosts = [host("/", { port: 9000 }), host("/api", { priority: 7 })];
    const context = { app, placement: placementOf(app, { ...byApi(), hosts }) };
    const no = { outcome: "refused", reason: "no", remedy: "none" } as const;
    const said = (decide: Parameters<typeof apiFindings>[1]) =>
      apiFindings(context, decide)
        .filter(({ key }) => key.startsWith("hosts") || key === "ports[0]")
        .map(({ key, outcome }) => `${key} ${outcome}`);
    assert.deepEqual(
      said(() => byNames),
      ["ports[0] kept", "hosts[1].priority changed"],
    );
    assert.deepEqual(
      said(() => no),
      ["ports[0] refused", "hosts[0] refused"],
    );
  });

  it("knows no route for a path with a pattern in it", () => {
    const problemsOf = (path: string) => {
      const placement = placementOf(app, { ...byApi(), hosts: [host(path)] });
      return apiProblems([{ placement, points: publish(app, placement).points }]);
    };
    for (const path of ["/", "/api", "/api/v1.2/a_b~c:d-e"]) assert.deepEqual(problemsOf(path), [], path);
    for (const path of ["/api*", "/a b", "/{x}", "/%20"]) {
      const [problem, ...others] = problemsOf(path);
      assert.deepEqual(others, []);
      assert.equal(problem?.key, "spectrum:apps.shop.hosts[0].path");
      assert.match(problem?.message ?? "", /^got "\/.*"; a path of API Gateway's has letters, digits/u);
    }
  });
});
