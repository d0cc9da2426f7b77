import assert from "node:assert/strict";
import { composeKeys } from "../../../../app/compose/keys";
import { parentKey, ruleFor } from "../../../../app/fit";
import type { Outcome } from "../../../../app/finding";
import { keyTable } from "../../../../components/tiers/lightsail/keys";
import { findings, type Input, plan } from "./support";

/** The public service with more keys, and what stands beside it in the file. */
const web = (keys: string, beside = "", rest: Omit<Input, "compose"> = {}): Input => ({
  compose: `services:\n  web:\n    image: nginx:1.29\n    ports: ["8080:80"]\n${indent(keys, 4)}\n${beside}`,
  ...rest,
});
/** A service that is not public, beside the public one. */
const worker = (keys: string, beside = "", rest: Omit<Input, "compose"> = {}): Input => ({
  compose: `services:\n  web: { image: "nginx:1.29", ports: ["8080:80"] }\n  worker:\n    image: busybox:1.37\n${indent(keys, 4)}\n${beside}`,
  ...rest,
});
const built = (keys: string): Input => ({ compose: `services:\n  web:\n    ports: ["8080:8080"]\n${indent(keys, 4)}` });
const indent = (text: string, by: number) => text.replace(/^(?=.)/gmu, " ".repeat(by));

interface Case {
  readonly outcome: "kept" | "changed";
  /** The finding: `web.healthcheck.interval`; without a service, `name`. */
  readonly at: string;
  readonly a: Input;
  readonly b: Input;
  /** What the plan of `a` shows. */
  readonly shows?: RegExp;
}

const kept = (at: string, a: Input, b: Input, shows?: RegExp): Case => ({ outcome: "kept", at, a, b, shows });
const changed = (at: string, a: Input, b: Input, shows: RegExp): Case => ({ outcome: "changed", at, a, b, shows });
const health = (keys: string) => web(`healthcheck:\n  test: curl -f http://localhost/ok\n${indent(keys, 2)}`);
const base = (image: string) => ({ "base.yaml": `services:\n  base: { image: "${image}" }` });

/** By row of the key table: two values of one key, whose plans differ. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  name: [
    kept(
      "name",
      { ...web("", "name: one"), ownName: true },
      { ...web("", "name: two"), ownName: true },
      /spectrum-dev-one/,
    ),
  ],
  include: [
    kept(
      "include[0].path",
      { compose: `include: [base.yaml]\nservices: { web: { image: a } }`, files: base("busybox:1") },
      { compose: `include: [base.yaml]\nservices: { web: { image: a } }`, files: base("busybox:2") },
      /"busybox:1"/,
    ),
  ],
  "services.*.profiles": [
    kept(
      "worker.profiles",
      worker("profiles: [x]", "", { files: { ".env": "COMPOSE_PROFILES=x" } }),
      worker("profiles: [x]", "", { files: { ".env": "COMPOSE_PROFILES=z" } }),
      /busybox/,
    ),
  ],
  "services.*.extends": [
    kept(
      "web.extends.service",
      { compose: `services: { web: { extends: { file: base.yaml, service: base } } }`, files: base("busybox:1") },
      { compose: `services: { web: { extends: { file: base.yaml, service: base } } }`, files: base("busybox:2") },
      /"busybox:1"/,
    ),
  ],
  "services.*.env_file": [
    kept(
      "web.env_file[0].path",
      web("env_file: x.env", "", { files: { "x.env": "A=1" } }),
      web("env_file: x.env", "", { files: { "x.env": "A=2" } }),
      /"A":"1"/,
    ),
  ],
  "services.*.image": [
    kept(
      "web.image",
      { compose: `services: { web: { image: a } }` },
      { compose: `services: { web: { image: b } }` },
      /"image":"a"/,
    ),
    changed(
      "web.image",
      web("", "", { platform: { registries: { "docker.io": { username: "u", password: "hub", cache: true } } } }),
      { compose: `services: { web: { image: "nginx:1.28", ports: ["8080:80"] } }` },
      /"image":"nginx:1.29"/,
    ),
  ],
  "services.*.build": [
    kept(
      "web.build.context",
      built("build: web"),
      built("build: { context: backend }"),
      /"context":"examples\/shop\/web"/,
    ),
  ],
  "services.*.build.context": [
    kept("web.build.context", built("build: web"), built("build: backend"), /examples\/shop\/web/),
  ],
  "services.*.build.args": [
    kept(
      "web.build.args.A",
      built("build: { context: web, args: { A: one } }"),
      built("build: { context: web, args: { A: two } }"),
      /"A":"one"/,
    ),
  ],
  "services.*.build.cache_from": [
    kept(
      "web.build.cache_from",
      built("build: { context: web, cache_from: [a/b] }"),
      built("build: { context: web, cache_from: [a/c] }"),
      /a\/b/,
    ),
  ],
  "services.*.build.dockerfile": [
    kept(
      "web.build.dockerfile",
      built("build: { context: ., dockerfile: web/Dockerfile }"),
      built("build: { context: ., dockerfile: backend/Dockerfile }"),
      /shop\/web\/Dockerfile/,
    ),
  ],
  "services.*.build.target": [
    kept(
      "web.build.target",
      built("build: { context: backend, target: api }"),
      built("build: { context: backend, target: worker }"),
      /"target":"api"/,
    ),
  ],
  "services.*.build.platforms": [
    kept(
      "web.build.platforms",
      built("build: { context: web, platforms: [linux/amd64] }"),
      built("build: { context: web, platforms: [linux/amd64/v2] }"),
      /"platform":"linux\/amd64"/,
    ),
    changed(
      "web.build.platforms",
      built("build: { context: web, platforms: [linux/amd64, linux/arm64] }"),
      built("build: { context: web, platforms: [linux/amd64/v2, linux/arm64] }"),
      /"platform":"linux\/amd64"/,
    ),
  ],
  "services.*.platform": [
    kept(
      "web.platform",
      built("build: web\nplatform: linux/amd64"),
      built("build: web\nplatform: linux/amd64/v2"),
      /"platform":"linux\/amd64"/,
    ),
  ],
  "services.*.environment": [
    kept("web.environment.A", web("environment: { A: one }"), web("environment: { A: two }"), /"A":"one"/),
    changed(
      "web.environment.A_HOST",
      web("environment: { A_HOST: worker }", "  worker: { image: a, expose: [1] }"),
      web("environment: { A_HOST: other }", "  worker: { image: a, expose: [1] }"),
      /"A_HOST":"localhost"/,
    ),
    changed(
      "web.environment.P_FILE",
      web("environment: { P_FILE: /run/secrets/p }\nsecrets: [p]", "secrets: { p: { environment: P } }", {
        secrets: ["P", "p"],
      }),
      web("environment: { P_FILE: /elsewhere }\nsecrets: [p]", "secrets: { p: { environment: P } }", {
        secrets: ["P", "p"],
      }),
      /"environment":\{"P":\{"\$secret":"shop.p"\}\}/,
    ),
  ],
  "services.*.command": [
    kept("web.command", web("command: [a, b]"), web("command: [a, c]"), /"commands":\["a","b"\]/),
    changed(
      "web.command[1]",
      web("command: [wait, 'worker:80']", "  worker: { image: a, expose: [81] }"),
      web("command: [wait, 'example.com:80']", "  worker: { image: a, expose: [81] }"),
      /"commands":\["wait","localhost:80"\]/,
    ),
  ],
  "services.*.ports": [
    kept(
      "web.ports[0]",
      web(""),
      { compose: `services: { web: { image: "nginx:1.29", ports: ["8080:81"] } }` },
      /"containerPort":80/,
    ),
  ],
  "services.*.healthcheck": [
    changed(
      "web.healthcheck.test",
      health(""),
      web("healthcheck: { test: curl -f http://localhost/other }"),
      /"path":"\/ok","successCodes":"200-399"/,
    ),
  ],
  "services.*.healthcheck.interval": [
    kept("web.healthcheck.interval", health("interval: 20s"), health("interval: 30s"), /"intervalSeconds":20/),
    changed("web.healthcheck.interval", health("interval: 1s"), health("interval: 30s"), /"intervalSeconds":5/),
  ],
  "services.*.healthcheck.timeout": [
    kept(
      "web.healthcheck.timeout",
      health("interval: 20s\ntimeout: 4s"),
      health("interval: 20s\ntimeout: 5s"),
      /"timeoutSeconds":4/,
    ),
    changed(
      "web.healthcheck.timeout",
      health("interval: 20s\ntimeout: 90s"),
      health("interval: 20s\ntimeout: 5s"),
      /"timeoutSeconds":19/,
    ),
  ],
  "services.*.healthcheck.retries": [
    kept("web.healthcheck.retries", health("retries: 4"), health("retries: 5"), /"unhealthyThreshold":4/),
    changed("web.healthcheck.retries", health("retries: 99"), health("retries: 5"), /"unhealthyThreshold":10/),
  ],
  "services.*.scale": [kept("web.scale", web("scale: 2"), web("scale: 3"), /"scale":2/)],
  "services.*.deploy.replicas": [
    kept("web.deploy.replicas", web("deploy: { replicas: 2 }"), web("deploy: { replicas: 3 }"), /"scale":2/),
    changed(
      "web.deploy.replicas",
      web("deploy: { replicas: 1 }", "  worker: { image: a, deploy: { replicas: 3 } }"),
      web("deploy: { replicas: 4 }", "  worker: { image: a, deploy: { replicas: 3 } }"),
      /"scale":3/,
    ),
    kept(
      "worker.deploy.replicas",
      worker("deploy: { replicas: 0 }"),
      worker("deploy: { replicas: 1 }"),
      /"ports":\{"80":"HTTP"\}\}\]/,
    ),
  ],
  "services.*.deploy.resources.limits.cpus": [
    changed(
      "web.deploy.resources.limits.cpus",
      web("deploy: { resources: { limits: { cpus: '1' } } }"),
      web("deploy: { resources: { limits: { cpus: '2' } } }"),
      /"power":"medium"/,
    ),
  ],
  "services.*.deploy.resources.limits.memory": [
    changed(
      "web.deploy.resources.limits.memory",
      web("deploy: { resources: { limits: { memory: 1g } } }"),
      web("deploy: { resources: { limits: { memory: 2g } } }"),
      /"power":"micro"/,
    ),
  ],
  "services.*.deploy.resources.reservations.cpus": [
    changed(
      "web.deploy.resources.reservations.cpus",
      web("deploy: { resources: { reservations: { cpus: '1' } } }"),
      web("deploy: { resources: { reservations: { cpus: '2' } } }"),
      /"power":"medium"/,
    ),
  ],
  "services.*.deploy.resources.reservations.memory": [
    changed(
      "web.deploy.resources.reservations.memory",
      web("deploy: { resources: { reservations: { memory: 1g } } }"),
      web("deploy: { resources: { reservations: { memory: 2g } } }"),
      /"power":"micro"/,
    ),
  ],
  "services.*.cpus": [changed("web.cpus", web("cpus: 1"), web("cpus: 2"), /"power":"medium"/)],
  "services.*.mem_limit": [changed("web.mem_limit", web("mem_limit: 1g"), web("mem_limit: 2g"), /"power":"micro"/)],
  "services.*.mem_reservation": [
    changed("web.mem_reservation", web("mem_reservation: 1g"), web("mem_reservation: 2g"), /"power":"micro"/),
  ],
};

/** Uses of keys that the tier refuses, or leaves out and says so: the finding's key, and what it says. */
const samples: Readonly<Record<string, readonly (readonly [at: string, Outcome, Input])[]>> = {
  "services.*.build.platforms": [
    ["web.build.platforms", "refused", built("build: { context: web, platforms: [linux/arm64] }")],
  ],
  "services.*.image": [
    ["web.image", "changed", built("image: mine\nbuild: web")],
    ["web.image", "refused", registry("ghcr.io/me/app:1")],
    [
      "web.image",
      "refused",
      { compose: `services: { web: { image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/a:1" } }` },
    ],
    [
      "web.image",
      "refused",
      { compose: `services: { web: { image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1" } }` },
    ],
  ],
  "services.*.platform": [
    ["web.platform", "refused", web("platform: linux/arm64")],
    ["web.platform", "refused", web("platform: windows/amd64")],
    ["web.platform", "changed", web("platform: linux/amd64")],
  ],
  "services.*.environment": [
    ["web.environment.A", "changed", web("environment: [A]")],
    ["web.environment.A", "refused", web("environment: { A: '${S}' }", "", { secrets: ["S"] })],
  ],
  "services.*.command": [
    ["web.command", "refused", web("command: []")],
    ["web.command", "refused", web("command: [a, '${S}']", "", { secrets: ["S"] })],
  ],
  "services.*.entrypoint": [
    ["web.entrypoint", "refused", web("entrypoint: [a]")],
    ["web.entrypoint", "refused", web("entrypoint: []")],
  ],
  "services.*.ports": [
    ["web.ports[0].published", "changed", web("")],
    ["worker.ports[0]", "refused", worker("ports: ['9000:9000']")],
    ["worker.ports[0]", "refused", worker("ports: ['53:53/udp']")],
    ["worker.ports[0]", "refused", worker("ports: [{ target: 9000, published: 9000, app_protocol: tcp }]")],
    ["worker.ports[0]", "changed", worker("ports: ['127.0.0.1:9000:9000']")],
    ["worker.ports[0]", "changed", worker("ports: ['5432:5432']")],
    [
      "web.ports[0].app_protocol",
      "refused",
      { compose: `services: { web: { image: a, ports: [{ target: 80, app_protocol: grpc }] } }` },
    ],
  ],
  "services.*.network_mode": [
    ["worker.network_mode", "refused", worker("network_mode: none")],
    ["worker.network_mode", "changed", worker("network_mode: host")],
    ["worker.network_mode", "changed", worker("network_mode: service:web")],
    ["worker.network_mode", "refused", worker("network_mode: container:x")],
  ],
  "services.*.volumes": [
    ["web.volumes[0].target", "refused", web("volumes: ['data:/data']", "volumes: { data: {} }")],
    ["web.volumes[0].target", "changed", web("volumes: ['/data']")],
    ["web.volumes[0].target", "changed", built("build: web\nvolumes: ['./web/html:/html']")],
    ["web.volumes[0].target", "refused", web("volumes: ['./web/html:/html']")],
    ["web.volumes[0].target", "refused", web("volumes: ['/var/run/docker.sock:/var/run/docker.sock']")],
    ["web.volumes[0].target", "changed", web("volumes: [{ type: tmpfs, target: /tmp }]")],
    ["web.volumes[0].target", "refused", web("volumes: [{ type: image, source: a, target: /a }]")],
  ],
  "services.*.secrets": [
    ["web.secrets[0].source", "refused", web("secrets: [s]", "secrets: { s: { environment: S } }", { secrets: ["S"] })],
  ],
  "secrets.*.environment": [
    ["secrets.s.environment", "changed", web("secrets: [s]", "secrets: { s: { environment: S } }", { secrets: ["S"] })],
    [
      "secrets.s.environment",
      "changed",
      web("secrets: [s]\nenvironment: { P_FILE: /run/secrets/s }", "secrets: { s: { environment: S } }", {
        secrets: ["S"],
      }),
    ],
  ],
  "secrets.*.external": [["secrets.s.external", "changed", web("", "secrets: { s: { external: true } }")]],
  "secrets.*.file": [["secrets.s.file", "changed", web("", "secrets: { s: { file: ./s.txt } }")]],
  "secrets.*.name": [["secrets.s.name", "changed", web("", "secrets: { s: { external: true, name: t } }")]],
  "services.*.configs": [["web.configs[0].source", "refused", web("configs: [c]", "configs: { c: { content: x } }")]],
  "services.*.healthcheck": [
    ["worker.healthcheck.test", "changed", worker("healthcheck: { test: 'true' }")],
    ["web.healthcheck.test", "changed", web("healthcheck: { test: 'true' }")],
    ["web.healthcheck.disable", "changed", web("healthcheck: { disable: true }")],
  ],
  "services.*.healthcheck.start_period": [
    ["web.healthcheck.start_period", "changed", health("start_period: 20s")],
    ["worker.healthcheck.start_period", "changed", worker("healthcheck: { test: 'true', start_period: 20s }")],
  ],
  "services.*.healthcheck.start_interval": [
    ["web.healthcheck.start_interval", "changed", health("start_interval: 1s")],
  ],
  "services.*.deploy.mode": [
    ["web.deploy.mode", "changed", web("deploy: { mode: global }")],
    ["web.deploy.mode", "refused", web("deploy: { mode: replicated-job }")],
  ],
  "services.*.deploy.resources.limits.cpus": [
    [
      "web.deploy.resources.limits.cpus",
      "changed",
      web("deploy: { resources: { limits: { cpus: '1' } } }", "", { config: { size: { cpu: 0.5 } } }),
    ],
  ],
  "services.*.init": [
    ["web.init", "changed", web("init: true")],
    ["web.init", "changed", web("init: false")],
  ],
  "services.*.tty": [["web.tty", "changed", web("tty: true")]],
  "services.*.stdin_open": [["web.stdin_open", "changed", web("stdin_open: true")]],
  "services.*.read_only": [["web.read_only", "changed", web("read_only: true")]],
  "services.*.privileged": [
    ["web.privileged", "refused", web("privileged: true")],
    ["web.privileged", "changed", web("privileged: false")],
  ],
  "services.*.pid": [["web.pid", "refused", web("pid: host")]],
  "services.*.ipc": [
    ["web.ipc", "refused", web("ipc: host")],
    ["web.ipc", "changed", web("ipc: private")],
  ],
  "services.*.uts": [["web.uts", "refused", web("uts: host")]],
  "services.*.userns_mode": [["web.userns_mode", "refused", web("userns_mode: host")]],
  "services.*.security_opt": [
    ["web.security_opt", "changed", web("security_opt: ['no-new-privileges:true']")],
    ["web.security_opt", "refused", web("security_opt: ['seccomp:unconfined']")],
  ],
  "services.*.build.privileged": [
    ["web.build.privileged", "refused", built("build: { context: web, privileged: true }")],
  ],
};

function registry(image: string): Input {
  return {
    compose: `services: { web: { image: "${image}" } }`,
    platform: { registries: { "ghcr.io": { username: "me", password: "hub", cache: false } } },
  };
}

/** The row of the table that speaks for a key. */
function rowOf(pattern: string): string {
  for (let key = pattern; key !== ""; key = parentKey(key)) if (key in keyTable) return key;
  throw new Error(`no row for ${pattern}`);
}

/** `web.ports[0]` as service and key. */
function find(input: Input, at: string) {
  const services = ["web", "worker"];
  const service = services.find((name) => at.startsWith(`${name}.`)) ?? null;
  const key = service === null ? at : at.slice(service.length + 1);
  return findings(input).filter((f) => f.service === service && f.key === key);
}

const lightsailInputs = async (input: Input): Promise<string> =>
  (await plan(input)).resources.map(({ type, name, inputs }) => `${type} ${name} ${JSON.stringify(inputs)}`).join("\n");

describe("lightsail: key table", () => {
  const rows = [...new Set(composeKeys.map(rowOf))];

  it("has a case for each key that it keeps, and for each that it changes to something", () => {
    // what never is a key's use: a service and a secret have keys of their own
    const exempt = new Set(["services", "secrets.*"]);
    const missing = rows.filter((row) => {
      const rule = ruleFor(keyTable, row);
      if (exempt.has(row) || row in cases) return false;
      if (typeof rule === "function") return !(row in samples);
      return rule.outcome === "kept" || (rule.outcome === "changed" && !isLeftOut(rule.reason));
    });
    assert.deepEqual(missing, []);
  });

  it("has no case for a key that is no row", () => {
    const known = new Set(rows);
    assert.deepEqual(
      [...Object.keys(cases), ...Object.keys(samples)].filter((row) => !known.has(row)),
      [],
    );
  });

  it("says what to do wherever it changes or refuses", () => {
    for (const row of rows) {
      const rule = ruleFor(keyTable, row);
      if (typeof rule === "function" || rule.outcome === "kept") continue;
      assert.ok(rule.remedy, row);
    }
  });

  for (const [row, list] of Object.entries(cases)) {
    for (const { outcome, at, a, b, shows } of list) {
      it(`${row}: ${outcome} at ${at}`, async () => {
        const found = find(a, at);
        assert.deepEqual(
          found.map((f) => f.outcome),
          [outcome],
          JSON.stringify(found),
        );
        const [first, second] = [await lightsailInputs(a), await lightsailInputs(b)];
        assert.notEqual(first, second, "another value, and the same plan");
        if (shows) {
          assert.match(first, shows);
          assert.doesNotMatch(second, shows);
        }
      });
    }
  }

  for (const [row, list] of Object.entries(samples)) {
    for (const [at, outcome, input] of list) {
      it(`${row}: ${outcome} at ${at} of ${JSON.stringify(input.compose.split("\n").at(-2) ?? "")}`, () => {
        const found = find(input, at);
        assert.deepEqual(
          found.map((f) => f.outcome),
          [outcome],
          JSON.stringify(findings(input).map((f) => [f.service, f.key, f.outcome])),
        );
        for (const { remedy, reason } of found) {
          if (outcome !== "kept") assert.ok(remedy);
          if (outcome === "changed")
            assert.ok(
              isLeftOut(reason) || /https|GET|no file: the value|loopback|not opened|called/u.test(reason),
              reason,
            );
        }
      });
    }
  }

  it("leaves a key out that it says it leaves out", async () => {
    const without = await lightsailInputs(worker(""));
    const keys =
      "restart: always\nhostname: h\nstop_grace_period: 1m\nlabels: { a: b }\nulimits: { nofile: 9 }\ntmpfs: /tmp\nlogging: { driver: syslog }\ndepends_on: [web]\ncap_drop: [ALL]\nnetworks: [n]";
    assert.equal(await lightsailInputs(worker(keys, "networks: { n: {} }")), without);
  });

  it("says nothing of a service's keys but that it has no container, where it has none", () => {
    const input = worker("restart: always\ndeploy: { replicas: 0 }");
    assert.deepEqual(
      find(input, "worker.image").map((f) => f.reason),
      ["left out: the service has no container here"],
    );
    assert.deepEqual(
      find(input, "worker.deploy.replicas").map((f) => f.outcome),
      ["kept"],
    );
  });
});

function isLeftOut(reason: string): boolean {
  return /^left out|left out: |instead|without the login|built for one platform|a container is called after/u.test(
    reason,
  );
}
