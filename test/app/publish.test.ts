import assert from "node:assert/strict";
import type { Host } from "../../app/config/types";
import type { Service } from "../../app/model";
import { mainPort, publish } from "../../app/publish";
import { appOf, placementOf, port, service } from "../support/app";

const check = (test: string): Service["healthcheck"] => ({
  test: ["CMD-SHELL", test],
  disabled: false,
  interval: null,
  timeout: null,
  retries: null,
  startPeriod: null,
  startInterval: null,
});

/** `service:port protocol/backend@listener path`, and the findings as `service.key outcome`. */
function published(services: Service[], hosts: Host[] = []) {
  const app = appOf(services);
  const { points, findings } = publish(app, placementOf(app, { hosts }));
  return [
    points.map((p) => `${p.service}:${p.port} ${p.protocol}/${p.backend}@${p.listenerPort} ${p.healthPath}`),
    findings.map((f) => `${f.service}.${f.key} ${f.outcome}`),
  ];
}

describe("publish", () => {
  const cases: [string, Service[], string[], string[]][] = [
    [
      "HTTP by default",
      [service("web", { ports: [port(8080, { published: 80 })] })],
      ["web:8080 http/http@80 /"],
      ["web.ports[0] kept"],
    ],
    [
      "udp",
      [service("web", { ports: [port(53, { protocol: "udp" })] })],
      ["web:53 udp/udp@53 /"],
      ["web.ports[0] kept"],
    ],
    [
      "app_protocol grpc",
      [service("web", { ports: [port(50051, { appProtocol: "grpc" })] })],
      ["web:50051 http/grpc@50051 /"],
      ["web.ports[0] kept"],
    ],
    [
      "app_protocol of another kind",
      [service("web", { ports: [port(99, { appProtocol: "mqtt" })] })],
      ["web:99 tcp/tcp@99 /"],
      ["web.ports[0] kept"],
    ],
    [
      "a port of TCP by custom",
      [service("web", { ports: [port(25565)] })],
      ["web:25565 tcp/tcp@25565 /"],
      ["web.ports[0] kept"],
    ],
    [
      "an image that speaks TCP",
      [service("web", { image: "eclipse-mosquitto:2", ports: [port(5672)] })],
      ["web:5672 tcp/tcp@5672 /"],
      ["web.ports[0] kept"],
    ],
    [
      "the loopback address",
      [service("web", { ports: [port(80, { hostIp: "127.0.0.1" })] })],
      [],
      ["web.ports[0] changed"],
    ],
    ["a database", [service("db", { image: "postgres:16", ports: [port(5432)] })], [], ["db.ports[0] changed"]],
    ["a broker", [service("mq", { image: "rabbitmq:4", ports: [port(5672)] })], [], ["mq.ports[0] changed"]],
    [
      "a database's port on a proxy",
      [service("lb", { image: "haproxy:3", ports: [port(5432), port(80, { index: 1 })] })],
      ["lb:80 http/http@80 /"],
      ["lb.ports[0] changed", "lb.ports[1] kept"],
    ],
    [
      "a database asked for",
      [service("db", { image: "postgres:16", ports: [port(5432, { appProtocol: "tcp" })] })],
      ["db:5432 tcp/tcp@5432 /"],
      ["db.ports[0] kept"],
    ],
    [
      "a debugger",
      [service("web", { ports: [port(80), port(9229, { index: 1 })] })],
      ["web:80 http/http@80 /"],
      ["web.ports[0] kept", "web.ports[1] changed"],
    ],
    [
      "TLS of its own beside 80",
      [service("web", { ports: [port(80), port(443, { index: 1 })] })],
      ["web:80 http/http@80 /"],
      ["web.ports[0] kept", "web.ports[1] changed"],
    ],
    [
      "TCP where UDP has the same number",
      [service("web", { ports: [port(5000), port(5000, { protocol: "udp", index: 1 })] })],
      ["web:5000 tcp/tcp@5000 /", "web:5000 udp/udp@5000 /"],
      ["web.ports[0] kept", "web.ports[1] kept"],
    ],
    [
      "one number twice",
      [service("a", { ports: [port(80)] }), service("b", { ports: [port(81, { published: 80 })] })],
      ["a:80 http/http@80 /"],
      ["a.ports[0] kept", "b.ports[0] refused"],
    ],
    [
      "the health check's path",
      [service("web", { ports: [port(8080)], healthcheck: check("curl -f http://localhost:8080/healthz || exit 1") })],
      ["web:8080 http/http@8080 /healthz"],
      ["web.ports[0] kept"],
    ],
    [
      "another port's health check",
      [service("web", { ports: [port(8080)], healthcheck: check("curl -f http://localhost:9/healthz") })],
      ["web:8080 http/http@8080 /"],
      ["web.ports[0] kept"],
    ],
  ];
  for (const [what, services, points, findings] of cases)
    it(what, () => assert.deepEqual(published(services), [points, findings]));

  it("with hosts, publishes on 443 what they name, and TCP besides", () => {
    const hosts: Host[] = [{ host: "a.example.com", path: "/", service: "web", port: 8080, priority: null }];
    const services = [service("web", { ports: [port(8080), port(9000, { index: 1 }), port(25565, { index: 2 })] })];
    assert.deepEqual(published(services, hosts), [
      ["web:8080 http/http@443 /", "web:25565 tcp/tcp@25565 /"],
      ["web.ports[0] kept", "web.ports[1] changed", "web.ports[2] kept"],
    ]);
  });

  it("gives every changed and refused port a remedy", () => {
    const app = appOf([
      service("db", { image: "redis", ports: [port(6379)] }),
      service("x", { ports: [port(80, { hostIp: "::1" })] }),
    ]);
    for (const f of publish(app, placementOf(app)).findings) assert.notEqual(f.remedy, "", f.key);
  });

  it("leads a domain to 80, then 443, then 8080, then the first HTTP port", () => {
    const main = (...ports: [number, number][]) =>
      mainPort(
        appOf([service("w", { ports: ports.map(([published, target], index) => port(target, { published, index })) })]),
      )?.port;
    assert.equal(main([3000, 1], [80, 2]), 2);
    assert.equal(main([3000, 1], [8080, 2]), 2);
    assert.equal(main([3000, 1], [4000, 2]), 1);
    assert.equal(main([25565, 25565]), undefined);
  });
});
