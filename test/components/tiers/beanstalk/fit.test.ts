import assert from "node:assert/strict";
import { SHARED, tools, web } from "./support";

const { findings, said } = tools;
const two =
  'services:\n  web: { image: "nginx:1.29", ports: ["8080:80"] }\n  api: { image: "httpd:2.4", ports: ["9000:80"] }\n';

describe("what Beanstalk does to an app", () => {
  it("has a word for every key of a file, and a remedy for every loss", () => {
    const all = findings({ compose: web("deploy: { replicas: 2 }\nvolumes: ['./none:/a']") });
    assert.ok(all.length > 4);
    for (const f of all.filter(({ outcome }) => outcome !== "kept")) assert.notEqual(f.remedy, "", f.key);
  });

  describe("kinds of environment", () => {
    it("one instance, and where protected behind the load balancer", () => {
      assert.match(said({ compose: web() }, null, "beanstalk.type")[0] ?? "", /^kept: one instance/u);
      const input = { compose: web().replace("nginx:1.29", `nginx@sha256:${"0".repeat(64)}`), protected: true };
      assert.match(
        said(input, null, "beanstalk.type")[0] ?? "",
        /shared load balancer, on its port 8080, .*replaces its/u,
      );
    });

    it("TCP and UDP on a single instance alone", () => {
      const compose = web().replace('["8080:80"]', '[{ target: 80, published: "81", app_protocol: tcp }, "53:53/udp"]');
      assert.deepEqual(
        findings({ compose }).filter(({ outcome }) => outcome === "refused"),
        [],
      );
      const refusals = findings({ compose, config: SHARED }).filter(({ outcome }) => outcome === "refused");
      assert.deepEqual(
        refusals.map(({ service, key }) => `${service}.${key}`),
        ["web.ports[0]", "web.ports[1]"],
      );
      assert.match(refusals[1]?.reason ?? "", /HTTP alone, no UDP/u);
    });

    it("gRPC not behind the load balancer", () => {
      const compose = web().replace('["8080:80"]', '[{ target: 80, published: "81", app_protocol: grpc }]');
      assert.match(said({ compose, config: SHARED }, "web", "ports[0]")[0] ?? "", /^refused: .*HTTP\/1\.1, not grpc/u);
    });

    it("five processes at most", () => {
      const ports = [1, 2, 3, 4, 5, 6].map((n) => `{ target: 900${n}, published: "900${n}", app_protocol: http }`);
      const compose = web().replace('["8080:80"]', `[${ports.join(", ")}]`);
      assert.match(said({ compose, config: SHARED }, "web", "ports[5]")[0] ?? "", /^refused: .*5 processes/u);
      assert.match(said({ compose, config: SHARED }, "web", "ports[4]")[0] ?? "", /^kept/u);
    });
  });

  describe("names", () => {
    const config = { hosts: [{ host: "shop.example.com", service: "web", port: 80 }] };
    it("a single instance has no certificate, which can be accepted", () => {
      assert.match(said({ compose: web(), config }, null, "hosts[0]")[0] ?? "", /^refused: .*plain HTTP/u);
    });
    it("behind the load balancer nothing is lost", () => {
      assert.deepEqual(said({ compose: web(), config: { ...config, ...SHARED } }, null, "hosts[0]"), []);
    });
    it("one service has port 80, every path leads to it, and there are no rules to put in order", () => {
      const hosts = [
        { host: "a.example.com", path: "/x", service: "web", port: 80, priority: 3 },
        { host: "b.example.com", service: "api", port: 80 },
      ];
      const input = { compose: two, config: { hosts } };
      assert.match(said(input, null, "hosts[0].path")[0] ?? "", /^changed: \/:/u);
      assert.match(said(input, null, "hosts[0].priority")[0] ?? "", /^changed: left out/u);
      assert.match(said(input, null, "hosts[1]")[0] ?? "", /^refused: .*one port 80, and web:80 has it/u);
    });
  });

  describe("the way out", () => {
    it("a single instance is in a public subnet", () => {
      assert.match(
        said({ compose: web(), platform: { egress: "nat" } }, null, "platform.egress")[0] ?? "",
        /^changed/u,
      );
      assert.deepEqual(
        said({ compose: web(), platform: { egress: "nat" }, config: SHARED }, null, "platform.egress"),
        [],
      );
    });
    it("endpoints are not enough for Beanstalk's agents", () => {
      assert.match(
        said({ compose: web(), platform: { egress: "endpoints" } }, null, "platform.egress")[0] ?? "",
        /^refused/u,
      );
    });
  });

  describe("sizes", () => {
    it("says what is counted where the file says nothing, and what does not fit", () => {
      assert.match(said({ compose: web() }, "web", "deploy.resources")[0] ?? "", /0\.25 vCPU and 512 MiB .*t3\.micro/u);
      assert.match(said({ compose: web("cpus: 9") }, null, "beanstalk.instanceType")[0] ?? "", /^refused: .*9 vCPU/u);
      const config = { beanstalk: { instanceType: "t3.micro" } };
      assert.match(
        said({ compose: web("mem_limit: 2g"), config }, null, "beanstalk.instanceType")[0] ?? "",
        /^changed/u,
      );
    });
    it("one processor for all services", () => {
      const compose =
        'services:\n  a: { image: "a:1", platform: linux/arm64 }\n  b: { image: "b:1", platform: linux/amd64 }\n';
      assert.match(said({ compose }, "b", "platform")[0] ?? "", /^refused: the instances are arm64/u);
      assert.match(said({ compose }, "a", "platform")[0] ?? "", /^kept/u);
    });
  });

  describe("counts", () => {
    it("are one number for all services", () => {
      const compose = `${two.replace("api: { ", "api: { deploy: { replicas: 3 }, ")}`;
      assert.match(said({ compose, config: SHARED }, "api", "deploy.replicas")[0] ?? "", /^kept: 3 instances/u);
      assert.match(said({ compose, config: SHARED }, "web", "deploy.replicas")[0] ?? "", /^changed: 3 copies/u);
      assert.match(said({ compose }, "api", "deploy.replicas")[0] ?? "", /^changed: 1: /u);
    });
    it("a single instance does not scale", () => {
      const config = { services: { web: { scale: { min: 1, max: 4 } } } };
      assert.match(said({ compose: web(), config }, "web", "scale")[0] ?? "", /^changed: 1 instances: a single/u);
      assert.deepEqual(said({ compose: web(), config: { ...config, ...SHARED } }, "web", "scale"), []);
    });
    it("one writer, unless it says otherwise", () => {
      const compose = web("volumes: [data:/data]", "volumes:\n  data:\n");
      assert.match(said({ compose }, "web", "volumes")[0] ?? "", /^changed: one instance, on which the old/u);
      const config = { services: { web: { concurrent: true } } };
      assert.deepEqual(said({ compose, config }, "web", "volumes"), []);
      const scale = { ...SHARED, services: { web: { scale: { min: 2, max: 4 } } } };
      assert.match(said({ compose, config: scale }, "web", "scale")[0] ?? "", /^changed: 1 instances: the app writes/u);
    });
  });

  describe("scaling and deployment", () => {
    const scaled = (scale: object) => ({ compose: web(), config: { ...SHARED, services: { web: { scale } } } });
    it("refuses what no trigger of Beanstalk's measures", () => {
      assert.match(said(scaled({ max: 2, memory: 50 }), "web", "scale.memory")[0] ?? "", /^refused/u);
      assert.match(
        said(scaled({ max: 2, requests: 50 }), "web", "scale.requests")[0] ?? "",
        /^refused: .*shared load/u,
      );
      const schedule = [{ at: "rate(1 hour)", min: 1, max: 2 }];
      assert.match(
        said(scaled({ max: 2, schedule }), "web", "scale.schedule[0]")[0] ?? "",
        /^refused: .*rate\(1 hour\)/u,
      );
      assert.deepEqual(
        findings(scaled({ max: 2, cpu: 50 })).filter(({ key }) => key.startsWith("scale")),
        [],
      );
    });
    const deployed = (strategy: string, config = {}) => ({
      compose: web(),
      config: { ...config, deployment: { strategy } },
    });
    it("blue/green is immutable, and traffic splitting is not on a shared load balancer", () => {
      assert.match(said(deployed("blue-green", SHARED), "web", "deployment")[0] ?? "", /^changed: Immutable/u);
      assert.match(said(deployed("canary", SHARED), "web", "deployment")[0] ?? "", /^refused: .*not on a shared one/u);
      assert.match(said(deployed("linear"), "web", "deployment")[0] ?? "", /^refused: a single instance/u);
      assert.deepEqual(said(deployed("rolling", SHARED), "web", "deployment"), []);
    });
    it("policies are every service's", () => {
      const config = { services: { web: { policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } } };
      assert.match(
        said({ compose: web(), config }, "web", "policies")[0] ?? "",
        /^changed: on the role of the instances/u,
      );
    });
  });

  describe("secrets", () => {
    const names = Array.from({ length: 60 }, (_, i) => `SECRET_NUMBER_${i}`);
    it("are within 4,096 bytes of environment properties", () => {
      const compose = (count: number) =>
        web(
          `environment: { ${names
            .slice(0, count)
            .map((name) => `${name}: "\${${name}}"`)
            .join(", ")} }`,
        );
      assert.deepEqual(said({ compose: compose(20), secrets: names }, null, "secrets"), []);
      assert.match(
        said({ compose: compose(60), secrets: names }, null, "secrets")[0] ?? "",
        /^refused: .* takes 4096 of/u,
      );
    });
    it("are refused where they would stand in plain text", () => {
      const input = { compose: web("labels: { a: '${KEY}' }"), secrets: ["KEY"] };
      assert.match(said(input, "web", "labels.a")[0] ?? "", /^refused/u);
    });
  });
});
