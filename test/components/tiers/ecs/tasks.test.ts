import assert from "node:assert/strict";
import { connectNames } from "../../../../components/tiers/ecs/connect";
import {
  ecsTasks,
  hostOf,
  serviceNames,
  shareNetwork,
  startOrder,
  taskPorts,
} from "../../../../components/tiers/ecs/tasks";
import { appOf, port, service } from "../../../support/app";

describe("tasks of an app", () => {
  it("puts sidecars into the task of their service, and jobs nowhere", () => {
    const app = appOf([
      service("web"),
      service("proxy", { networkMode: "service:web", networks: [] }),
      service("migrate", { job: true }),
      service("chained", { networkMode: "service:proxy", networks: [] }),
    ]);
    assert.deepEqual(
      ecsTasks(app).map((task) => task.services.map(({ name }) => name)),
      [["web", "proxy"], ["chained"]],
    );
  });

  it("calls a sidecar by localhost within the task and by the main service's name from outside", () => {
    const app = appOf([service("web"), service("proxy", { networkMode: "service:web", networks: [] }), service("api")]);
    const tasks = ecsTasks(app);
    assert.equal(hostOf(app, tasks, "web", "proxy"), "localhost");
    assert.equal(hostOf(app, tasks, "api", "proxy"), "web");
    assert.equal(hostOf(app, tasks, "web", "api"), "api");
  });

  it("gives a name that two claim to the first, and a service's own name to none but it", () => {
    const app = appOf([
      service("web", { aliases: ["front", "api"] }),
      service("api", { aliases: ["front"], hostname: "Api-Host", canonical: { container_name: "api_1" } }),
      service("client", { links: [{ service: "api", alias: "backend" }] }),
    ]);
    assert.deepEqual(serviceNames(app), {
      web: ["web", "front"],
      api: ["api", "api-host", "api_1", "backend"],
      client: ["client"],
    });
  });

  it("gives each name of each TCP port a name of its own in Service Connect", () => {
    const app = appOf([
      service("api", {
        aliases: ["backend"],
        ports: [port(8080, { appProtocol: "http" })],
        expose: [
          { port: 9000, protocol: "tcp" },
          { port: 53, protocol: "udp" },
        ],
      }),
    ]);
    const [task] = ecsTasks(app);
    assert.ok(task);
    const names = connectNames(app, task, taskPorts(app, task));
    assert.deepEqual(
      names.map(({ portName, discoveryName, clientAlias: [{ dnsName, port: number }] }) => [
        portName,
        discoveryName,
        `${dnsName}:${number}`,
      ]),
      [
        ["api-8080", "api-8080", "api:8080"],
        ["api-8080", "backend-8080", "backend:8080"],
        ["api-9000", "api-9000", "api:9000"],
        ["api-9000", "backend-9000", "backend:9000"],
      ],
    );
    assert.deepEqual(
      names.map(({ timeout }) => timeout?.perRequestTimeoutSeconds),
      [0, 0, undefined, undefined],
    );
  });

  it("gives each name on each port of a task a discovery name of its own, a sidecar's too", () => {
    const app = appOf([
      service("web", { ports: [port(8080)] }),
      service("side", { networkMode: "service:web", networks: [], expose: [{ port: 10_000, protocol: "tcp" }] }),
    ]);
    const [task] = ecsTasks(app);
    assert.ok(task);
    assert.deepEqual(
      connectNames(app, task, taskPorts(app, task)).map(({ portName, discoveryName }) => [portName, discoveryName]),
      [
        ["web-8080", "web-8080"],
        ["web-8080", "side-8080"],
        ["side-10000", "web-10000"],
        ["side-10000", "side-10000"],
      ],
    );
  });

  it("lets call who shares a network", () => {
    const [a, b, c] = ecsTasks(
      appOf([
        service("a", { networks: ["front"] }),
        service("b", { networks: ["front", "back"] }),
        service("c", { networks: ["back"] }),
      ]),
    );
    assert.ok(a && b && c);
    assert.deepEqual(
      [shareNetwork(a, b), shareNetwork(b, c), shareNetwork(a, c), shareNetwork(a, a)],
      [true, true, false, false],
    );
  });
});

describe("start order of tasks", () => {
  const started = { condition: "service_started", required: true, restart: false } as const;

  it("follows depends_on and the names in values", () => {
    const app = appOf([
      service("web", { environment: { API: "http://api:8080" } }),
      service("api", { dependsOn: { db: started } }),
      service("db"),
    ]);
    const order = startOrder(app, ecsTasks(app));
    assert.deepEqual(
      order.tasks.map(({ name }) => name),
      ["db", "api", "web"],
    );
    assert.deepEqual(order.after, { web: ["api"], api: ["db"], db: [] });
    assert.deepEqual(order.open, []);
  });

  it("lets depends_on win over values, and tells who calls in a circle", () => {
    const app = appOf([
      service("db", { environment: { URL: "http://api:8080" } }),
      service("api", { dependsOn: { db: started } }),
    ]);
    const order = startOrder(app, ecsTasks(app));
    assert.deepEqual(order.after, { db: [], api: ["db"] });
    assert.deepEqual(order.open, [{ from: "db", to: "api" }]);
  });
});
