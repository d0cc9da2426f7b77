import assert from "node:assert/strict";
import { containerPorts } from "../../app/ports";
import type { Service } from "../../app/model";
import { appOf, port, service } from "../support/app";

const tcp = (...ports: number[]) => ports.map((p) => ({ port: p, protocol: "tcp" as const }));
const awaited = { condition: "service_started", required: true, restart: false } as const;

describe("containerPorts", () => {
  const cases: [string, Service[], string, unknown][] = [
    [
      "ports and expose",
      [service("api", { ports: [port(8080, { published: 80 })], expose: tcp(9090) })],
      "file",
      tcp(8080, 9090),
    ],
    [
      "a port in another service's value",
      [service("api"), service("web", { environment: { A: "http://api:9000/x" } })],
      "values",
      tcp(9000),
    ],
    [
      "a port in another service's command",
      [service("api"), service("web", { command: ["wait-for", "api:9000"] })],
      "values",
      tcp(9000),
    ],
    [
      "its own health check",
      [
        service("api", {
          healthcheck: {
            test: ["CMD", "curl", "http://localhost:7000/"],
            disabled: false,
            interval: null,
            timeout: null,
            retries: null,
            startPeriod: null,
            startInterval: null,
          },
        }),
      ],
      "values",
      tcp(7000),
    ],
    [
      "the file before values, and both",
      [service("api", { expose: tcp(1000) }), service("web", { environment: { A: "api:2000" } })],
      "file",
      tcp(1000, 2000),
    ],
    ["a known image", [service("api", { image: "docker.io/bitnami/postgresql:16" })], "image", tcp(5432)],
    [
      "a known image with a registry's port and a digest",
      [service("api", { image: "localhost:5000/redis@sha256:00" })],
      "image",
      tcp(6379),
    ],
    ["nobody needs one", [service("api")], "none", []],
    ["named without a port", [service("api"), service("web", { environment: { API_HOST: "api" } })], "unknown", []],
    ["awaited by another", [service("api"), service("web", { dependsOn: { api: awaited } })], "unknown", []],
    [
      "awaited to its end: a job needs none",
      [
        service("api"),
        service("web", { dependsOn: { api: { ...awaited, condition: "service_completed_successfully" } } }),
      ],
      "none",
      [],
    ],
    [
      "a sidecar's own network",
      [service("api", { networkMode: "service:web" }), service("web", { dependsOn: { api: awaited } })],
      "none",
      [],
    ],
    [
      "udp and tcp on one number",
      [service("api", { ports: [port(53), port(53, { protocol: "udp" })] })],
      "file",
      [...tcp(53), { port: 53, protocol: "udp" }],
    ],
  ];
  for (const [what, services, source, ports] of cases) {
    it(what, () => assert.deepEqual(containerPorts(appOf(services)).api, { ports, source }));
  }

  it("takes EXPOSE where nothing else names a port", () => {
    const app = appOf([service("api", { image: null })], { dockerfilePorts: { api: tcp(3000) } });
    assert.deepEqual(containerPorts(app).api, { ports: tcp(3000), source: "dockerfile" });
  });
});
