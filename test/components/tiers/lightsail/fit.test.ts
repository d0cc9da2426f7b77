import assert from "node:assert/strict";
import fc from "fast-check";
import { acceptFindings } from "../../../../app/fit";
import { aliasZones } from "../../../../components/tiers/lightsail/limits";
import { responsibilities } from "../../../../components/tiers/lightsail/responsibilities";
import { findings, type Input, said } from "./support";

const services = (text: string, rest: Omit<Input, "compose"> = {}): Input => ({
  compose: `services: { ${text} }`,
  ...rest,
});
const web = `web: { image: "nginx:1.29", ports: ["8080:80"] }`;
const outcomes = (input: Input, service: string | null, key: string) =>
  findings(input)
    .filter((f) => f.service === service && f.key === key)
    .map(({ outcome }) => outcome);
const summary = (input: Input) =>
  findings(input).map((f) => `${f.service === null ? "" : `${f.service}.`}${f.key} ${f.outcome}`);

describe("lightsail: fit", () => {
  it("says everything that it has to say of the smallest app", () => {
    assert.deepEqual(summary(services(web)), [
      "web.image kept",
      "web.ports[0] kept",
      "web.ports[0].published changed",
      "web.deploy.resources changed",
    ]);
  });

  it("shows each host before and after", () => {
    const input = services(
      `api: { image: a, command: [wait, "db:5432"], environment: { URL: "postgres://u@db:5432/db,x", NAME: db, HOSTS: "db,web" } }, db: { image: postgres }, ${web}`,
    );
    const remade = findings(input).filter(({ reason }) => reason.includes("becomes"));
    assert.deepEqual(
      remade.map(({ key, outcome, reason }) => [key, outcome, reason.replace(/: all containers.*/u, "")]),
      [
        ["environment.URL", "changed", "postgres://u@db:5432/db,x becomes postgres://u@localhost:5432/db,x"],
        ["environment.HOSTS", "changed", "db,web becomes localhost,localhost"],
        ["command[1]", "changed", "db:5432 becomes localhost:5432"],
      ],
    );
    assert.deepEqual(outcomes(input, "api", "environment.NAME"), ["kept"]);
  });

  it("names a secret in a value, never shows it", () => {
    const input = services(
      `api: { image: a, environment: { URL: "postgres://u:\${PW}@db:5432" } }, db: { image: postgres }`,
      {
        secrets: ["PW"],
      },
    );
    assert.deepEqual(outcomes(input, "api", "environment.URL"), ["changed", "refused"]);
    assert.match(said(input, "api", "environment.URL")[0] ?? "", /postgres:\/\/u:\(secret PW\)@localhost:5432/);
  });

  it("refuses two services on one port of the one localhost", () => {
    const input = services(
      `a: { image: "nginx:1.29", ports: ["8080:80"] }, b: { image: httpd }, c: { image: x, ports: ["81:80"] }`,
    );
    assert.match(said(input, "b", "ports")[0] ?? "", /^refused: a listens on 80 already/);
    assert.match(said(input, "c", "ports[0].target")[0] ?? "", /^refused: a listens on 80 already/);
    assert.deepEqual(said(services(`a: { image: nginx }, b: { image: x, expose: ["80/udp"] }`), "b", "ports"), []);
  });

  it("refuses a service that is called and whose port nobody knows", () => {
    const input = services(`a: { image: x, environment: { API_HOST: b } }, b: { image: y }`);
    assert.deepEqual(outcomes(input, "b", "expose"), ["refused"]);
  });

  it("takes the port that a browser would try as the public one, and refuses the others", () => {
    const input = services(`admin: { image: x, ports: ["9999:9999"] }, site: { image: y, ports: ["80:3000"] }`);
    assert.deepEqual(outcomes(input, "site", "ports[0]"), ["kept"]);
    assert.deepEqual(outcomes(input, "admin", "ports[0]"), ["refused"]);
    const first = services(`admin: { image: x, ports: ["9999:9999"] }, site: { image: y, ports: ["9998:3000"] }`);
    assert.deepEqual(
      [outcomes(first, "admin", "ports[0]"), outcomes(first, "site", "ports[0]")],
      [["kept"], ["refused"]],
    );
  });

  it("takes the port that hosts names first, four names of it, and every path", () => {
    const names = ["a", "b", "c", "d", "e"].map((name) => ({ host: `${name}.example.com`, service: "web", port: 80 }));
    const input = services(`${web}, api: { image: x, expose: [3000] }`, {
      config: {
        hosts: [
          { ...names[0], path: "/shop", priority: 7 },
          ...names.slice(1),
          { host: "api.example.com", service: "api" },
        ],
      },
    });
    assert.deepEqual(
      summary(input).filter((line) => line.startsWith("hosts")),
      [
        "hosts[0].host kept",
        "hosts[0].path changed",
        "hosts[0].priority changed",
        "hosts[1].host kept",
        "hosts[2].host kept",
        "hosts[3].host kept",
        "hosts[4] refused",
        "hosts[5] refused",
      ],
    );
  });

  it("counts what says nothing of its size, and says which power holds the sum", () => {
    const input = services(`a: { image: x }, b: { image: y, mem_limit: 2g }`);
    assert.match(said(input, "a", "deploy.resources")[0] ?? "", /counted as 0\.25 vCPU and 512 MiB/);
    assert.match(said(input, "b", "mem_limit")[0] ?? "", /a medium node \(1 vCPU and 4096 MiB\)/);
  });

  it("refuses more than the largest node, and says so of a chosen one that is too small", () => {
    assert.deepEqual(outcomes(services(`a: { image: x, mem_limit: 20g }`), null, "lightsail.power"), ["refused"]);
    const chosen = services(`a: { image: x, mem_limit: 2g }`, { config: { lightsail: { power: "nano" } } });
    assert.deepEqual(outcomes(chosen, null, "lightsail.power"), ["changed"]);
    assert.deepEqual(outcomes(services(web), null, "lightsail.power"), []);
  });

  it("runs as many copies of all as of the one with most", () => {
    const input = services(`a: { image: x, deploy: { replicas: 3 } }, b: { image: y }`);
    assert.deepEqual(outcomes(input, "a", "deploy.replicas"), ["kept"]);
    assert.match(said(input, "b", "deploy.replicas")[0] ?? "", /^changed: 3 copies: each of the 3 nodes/);
    assert.deepEqual(outcomes(services(`a: { image: x, scale: 21 }`), null, "lightsail.scale"), ["refused"]);
    const fewer = services(`a: { image: x, scale: 4 }`, { config: { lightsail: { scale: 2 } } });
    assert.deepEqual(
      [outcomes(fewer, null, "lightsail.scale"), outcomes(fewer, "a", "scale")],
      [["changed"], ["changed"]],
    );
  });

  it("refuses copies of what keeps data, unless it says that several may write", () => {
    const text = `a: { image: x, scale: 2 }, db: { image: postgres, volumes: ["data:/data"] }`;
    const input: Input = { compose: `services: { ${text} }\nvolumes: { data: {} }` };
    assert.deepEqual(outcomes(input, "db", "deploy.replicas"), ["changed", "refused"]);
    const concurrent = { ...input, config: { services: { db: { concurrent: true } } } };
    assert.deepEqual(outcomes(concurrent, "db", "deploy.replicas"), ["changed"]);
    assert.deepEqual(outcomes(concurrent, "db", "concurrent"), ["changed"]);
  });

  it("fixes a scale, and has no role and no blue/green", () => {
    const input = services(web, {
      config: {
        services: {
          web: {
            scale: { min: 2, max: 5 },
            deployment: { strategy: "blue-green" },
            policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            size: { memory: "1g" },
          },
        },
      },
    });
    assert.match(said(input, "web", "scale")[0] ?? "", /^changed: there is no autoscaling from 2 to 5: 2 nodes/);
    assert.deepEqual(outcomes(input, "web", "deployment"), ["changed"]);
    assert.deepEqual(outcomes(input, "web", "policies"), ["refused"]);
    assert.match(said(input, "web", "size")[0] ?? "", /a micro node/);
  });

  it("refuses jobs and the eleventh container, and an app without any", () => {
    const job = services(
      `a: { image: x, depends_on: { m: { condition: service_completed_successfully } } }, m: { image: y }`,
    );
    assert.deepEqual(outcomes(job, "m", "job"), ["refused"]);
    for (const [kind, when] of [
      ["once", "by hand"],
      ["deploy", "before a new version"],
      ['{ at: "rate(1 day)" }', "by a schedule"],
    ] as const) {
      const input = services(`${web}, m: { image: y, x-spectrum: { job: ${kind} } }`);
      const [refusal, ...more] = findings(input).filter(({ service, key }) => service === "m" && key === "job");
      assert.match(refusal?.reason ?? "", new RegExp(`^a container service runs .* no job can run ${when}$`));
      assert.match(refusal?.remedy ?? "", /lightsail-vm or fargate/);
      assert.equal(refusal?.outcome, "refused");
      assert.deepEqual(more, []);
    }
    const many = services(Array.from({ length: 11 }, (_, i) => `s${i}: { image: x }`).join(", "));
    assert.deepEqual(
      summary(many).filter((line) => line.includes("container")),
      ["s10.container refused"],
    );
    assert.deepEqual(outcomes(services(`a: { image: x, scale: 0 }`), null, "services"), ["refused"]);
  });

  it("refuses a region without container services", () => {
    assert.deepEqual(outcomes(services(web, { region: "us-west-1" }), null, "tier"), ["refused"]);
    for (const [region, zone] of Object.entries(aliasZones)) {
      assert.deepEqual(outcomes(services(web, { region }), null, "tier"), []);
      assert.match(zone, /^Z[A-Z0-9]{18,20}$/);
    }
    assert.equal(new Set(Object.values(aliasZones)).size, Object.keys(aliasZones).length);
  });

  it("lets every refusal be accepted by the service and key that it names", () => {
    const input: Input = {
      compose: `services:
  web: { image: x, user: "1", ports: ["80:80", "53:53/udp"], secrets: [s], volumes: ["data:/d"], environment: { A: "\${S}" } }
volumes: { data: {} }
secrets: { s: { environment: S } }`,
      secrets: ["S"],
    };
    const accept = ["web.user", "web.ports", "web.secrets", "web.volumes", "web.environment.A"];
    const { findings: marked, unused } = acceptFindings(findings(input), accept);
    assert.deepEqual(unused, []);
    assert.deepEqual(
      marked.filter((f) => f.outcome === "refused" && !f.accepted),
      [],
    );
  });

  it("has a remedy for whatever it changes or refuses, and a plain text", () => {
    const keys = fc.subarray([
      `user: "1"`,
      `privileged: true`,
      `entrypoint: [a]`,
      `working_dir: /x`,
      `network_mode: none`,
      `platform: linux/arm64`,
      `volumes: ["data:/d"]`,
      `cap_add: [NET_ADMIN]`,
      `sysctls: { a: 1 }`,
      `shm_size: 1g`,
      `scale: 30`,
      `devices: ["/dev/x:/dev/x"]`,
      `healthcheck: { test: "x", interval: 1s }`,
      `mem_limit: 40g`,
      `expose: [80]`,
    ]);
    fc.assert(
      fc.property(keys, keys, fc.boolean(), (first, b, open) => {
        const a = open ? [...first, `ports: ["80:80", "443:443", "53:53/udp"]`] : first;
        const input: Input = {
          compose: `services:\n  a: { image: x, ${a.join(", ")} }\n  b: { image: y, ${b.join(", ")} }\nvolumes: { data: {} }`,
        };
        for (const { outcome, reason, remedy } of findings(input)) {
          assert.equal(remedy === "", outcome === "kept", reason);
          assert.doesNotMatch(reason, /^[A-Z][a-z]+ |\.$|undefined|null|\[object/u);
          assert.doesNotMatch(remedy, /\.$|undefined|\[object/u);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("names who does what, with a page of AWS's documentation for each", () => {
    assert.equal(new Set(responsibilities.map(({ what }) => what)).size, 8);
    for (const { source } of responsibilities) assert.match(source, /^https:\/\/docs\.aws\.amazon\.com\/lightsail\//);
  });
});
