import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { readCompose } from "../../../../app/compose";
import { disk, type FileSystem } from "../../../../app/compose/files";
import { InputError } from "../../../../app/finding";
import type { App, ProjectFile, Service } from "../../../../app/model";
import { fillHoles, variableOf, wireApp, type WiredApp, type WiredOptions } from "../../../../components/tiers/compose";
import { composeModel } from "../../../compose/generate";
import { FIXTURES } from "../../../compose/support";
import { placementOf } from "../../../support/app";

const folder = path.resolve("/project");
const SECRETS = ["DB_PASSWORD"];
const OPTIONS: WiredOptions = {
  dataFolder: "/data",
  secretsFolder: "/secrets",
  restart: "unless-stopped",
  logs: { region: "us-east-1" },
  digests: "all",
};

const memory = (text: string): FileSystem => ({
  read: (file) => (file === path.join(folder, "compose.yaml") ? { kind: "text", text } : disk.read(file)),
});

function read(text: string, secretVariables: readonly string[] = SECRETS, appName = "shop"): App {
  return readCompose({
    files: [path.join(folder, "compose.yaml")],
    appName,
    source: memory(text),
    secretVariables,
    profiles: ["*"],
  }).app;
}

const file = (content: string): ProjectFile => ({ content, encoding: "utf8", size: content.length, executable: false });

/** The wired app of a Compose text; `files` are beside it. */
function wire(text: string, options: Partial<WiredOptions> = {}, files: Record<string, string> = {}): WiredApp {
  const read_ = read(text);
  const found = Object.entries(files).map(([name, content]) => [path.join(folder, name), file(content)] as const);
  const app = { ...read_, files: Object.fromEntries(found) };
  return wireApp(app, placementOf(app), { ...OPTIONS, ...options });
}

const filled = (wired: WiredApp): string =>
  fillHoles(wired.composeFile, (hole) => {
    if ("image" in hole) return `registry/${hole.image}:1`;
    return "logGroup" in hole ? `/logs/${hole.logGroup}` : `<${hole.output}>`;
  });

interface Plain {
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [section: string]: unknown;
}
const plain = (wired: WiredApp): Plain => parse(filled(wired)) as Plain;
const web = (lines: string, options: Partial<WiredOptions> = {}, files: Record<string, string> = {}) =>
  plain(wire(`services:\n  web:\n    image: nginx\n    ${lines}\n`, options, files)).services.web ?? {};

const awslogs = (node: Readonly<Record<string, unknown>> | undefined) =>
  (node?.logging as { options: Record<string, string> }).options;

/** What the tier decides by itself: everything else of a service has to come back as it was. */
const OWN = [
  "attach",
  "build",
  "canonical",
  "configs",
  "dependsOn",
  "deploy",
  "extension",
  "image",
  "labels",
  "logging",
  "mounts",
  "restart",
  "secrets",
] as const;

function rest(service: Service): Readonly<Record<string, unknown>> {
  const own: readonly string[] = OWN;
  const model = Object.fromEntries(Object.entries(service).filter(([key]) => !own.includes(key)));
  const there = Object.entries(service.environment).filter(([, value]) => value !== null);
  const [networks, aliases] = [[...service.networks].sort(), [...service.aliases].sort()];
  const shmSize = service.shmSize === 0 ? null : service.shmSize;
  return { ...model, networks, aliases, shmSize, environment: Object.fromEntries(there) };
}

/** The model again, with the names of secrets' variables as they were. A job is taken for a service: jobs have a test of their own. */
function isReadBack(app: App): void {
  const running = Object.values(app.services).map((service) => [service.name, { ...service, job: false }] as const);
  const wired = wireApp({ ...app, services: Object.fromEntries(running) }, placementOf(app), OPTIONS);
  const back = JSON.stringify(
    Object.values(read(filled(wired), Object.keys(wired.variables), app.name).services).map((service) => rest(service)),
  );
  const expected = Object.values(app.services)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((service) => rest(service));
  const plainNames = back.replaceAll("SECRET_DB_PASSWORD", "DB_PASSWORD");
  assert.deepEqual(sortKeys(JSON.parse(plainNames)), sortKeys(JSON.parse(JSON.stringify(expected))));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}

describe("the wired Compose file", () => {
  describe("is read back to the same model", () => {
    for (const name of readdirSync(FIXTURES).sort()) {
      it(`fixture ${name}`, () => {
        let app: App;
        try {
          app = readCompose({ files: [path.join(FIXTURES, name, "compose.yaml")], appName: "shop" }).app;
        } catch (error) {
          if (error instanceof InputError) return;
          throw error;
        }
        // a provider's service has no image: no machine runs it
        if (Object.values(app.services).some(({ image, build }) => image === null && build === null)) return;
        isReadBack(app);
      });
    }

    it("any model that can be read", () => {
      fc.assert(
        fc.property(composeModel, (model) => {
          let app: App;
          try {
            app = read(stringify(model, { aliasDuplicateObjects: false }));
          } catch (error) {
            if (error instanceof InputError) return;
            throw error;
          }
          isReadBack(app);
        }),
        { numRuns: 300 },
      );
    });

    it("any text, with dollars, quotes, secrets and words that YAML would take for others", () => {
      const texts = fc.array(
        fc.constantFrom(
          "$",
          "$$",
          "${A}",
          "\\",
          "'",
          '"',
          "\n",
          " ",
          ": ",
          "#",
          "on",
          "1.0",
          "é",
          "${DB_PASSWORD}",
          "{{",
        ),
      );
      fc.assert(
        fc.property(texts, texts, (value, word) => {
          const text = (parts: readonly string[]) =>
            parts.map((part) => (part === "${DB_PASSWORD}" ? part : part.replaceAll("$", "$$$$"))).join("");
          const service = { image: "a", environment: { A: text(value) }, command: ["run", text(word)] };
          isReadBack(read(stringify({ services: { web: service } })));
        }),
        { examples: [[["\n", " ", "\n", "${DB_PASSWORD}", "${DB_PASSWORD}"], []]] },
      );
    });
  });

  it("is the same whatever the order of the file's keys", () => {
    const one = filled(wire("services: { b: { image: b, user: '1', tty: true }, a: { image: a } }"));
    const two = filled(wire("services: { a: { image: a }, b: { tty: true, image: b, user: '1' } }"));
    assert.equal(one, two);
  });

  it("names images and log groups as holes, and leaves the build out", () => {
    const wired = wire("services: { web: { build: ., command: null } }");
    const holes = wired.composeFile.filter((part) => typeof part !== "string");
    assert.deepEqual(holes, [{ image: "web" }, { logGroup: "web" }]);
    const { image, build, command } = plain(wired).services.web ?? {};
    assert.deepEqual([image, build, command], ["registry/web:1", undefined, undefined]);
  });

  it("names secrets as variables, once each, and never holds a value", () => {
    const wired = wire(
      "services: { web: { image: a, environment: { URL: 'pg://u:${DB_PASSWORD}@db', P: '${DB_PASSWORD}', D: '$$1' } } }",
    );
    assert.deepEqual(wired.variables, { SECRET_DB_PASSWORD: "DB_PASSWORD" });
    assert.deepEqual(plain(wired).services.web?.environment, {
      D: "$$1",
      P: "${SECRET_DB_PASSWORD}",
      URL: "pg://u:${SECRET_DB_PASSWORD}@db",
    });
  });

  it("makes a variable's name of every secret's", () => {
    const name = variableOf("my-key.1");
    assert.match(name, /^SECRET_my_key_1_[0-9a-f]{6}$/u);
    assert.notEqual(name, variableOf("my_key_1"));
  });

  describe("secrets and configs", () => {
    const given = (grant: string, section: string) =>
      wire(`services: { web: { image: a, ${grant} } }\n${section}\n`, {}, { "a.conf": "listen" });

    it("gives a secret as a file of its own rights", () => {
      const wired = given(
        "secrets: [key, { source: key, target: two, mode: 0440, uid: '7' }]",
        "secrets: { key: { environment: K } }",
      );
      assert.deepEqual(wired.secretFiles, [
        { path: "/secrets/key", content: { secret: "key" }, mode: 0o444, uid: null, gid: null },
        { path: "/secrets/key.0440.7.0", content: { secret: "key" }, mode: 0o440, uid: "7", gid: null },
      ]);
      const { services, secrets } = plain(wired);
      assert.deepEqual(services.web?.secrets, [
        { source: "key", target: "/run/secrets/key" },
        { source: "key.0440.7.0", target: "/run/secrets/two" },
      ]);
      assert.deepEqual(secrets, { key: { file: "/secrets/key" }, "key.0440.7.0": { file: "/secrets/key.0440.7.0" } });
    });

    it("writes a config beside the Compose file", () => {
      const wired = given("configs: [{ source: conf, target: /etc/a.conf }]", "configs: { conf: { file: a.conf } }");
      assert.deepEqual(wired.files, [
        { path: "configs/conf", content: "listen", encoding: "utf8", mode: 0o444, uid: null, gid: null },
      ]);
      assert.deepEqual(plain(wired).configs, { conf: { file: "./configs/conf" } });
    });

    it("fetches a config with a secret in it, whole", () => {
      const wired = given("configs: [conf]", "configs: { conf: { content: 'p=${DB_PASSWORD}' } }");
      assert.deepEqual(wired.files, []);
      assert.deepEqual(wired.secretFiles, [
        {
          path: "/secrets/config-conf",
          content: { key: "config-conf", value: ["p=", { secret: "DB_PASSWORD" }] },
          mode: 0o444,
          uid: null,
          gid: null,
        },
      ]);
      assert.deepEqual(plain(wired).configs, { conf: { file: "/secrets/config-conf" } });
    });

    it("says by a label when a file's content is another", () => {
      const label = (content: string) =>
        web("configs: [conf]\nconfigs: { conf: { content: '" + content + "' } }").labels as Record<string, string>;
      assert.notEqual(label("a")["spectrum.files"], label("b")["spectrum.files"]);
      const wired = given("secrets: [key]", "secrets: { key: { environment: K } }");
      assert.deepEqual(wired.digests, { DIGEST_web: ["/secrets/key"] });
      assert.deepEqual(plain(wired).services.web?.labels, { "spectrum.files": "${DIGEST_web}" });
    });
  });

  describe("mounts", () => {
    const source = (mount: string, files: Record<string, string> = {}, lines = "") =>
      (web(`volumes: ['${mount}']${lines}`, {}, files).volumes as { source: string }[] | undefined)?.[0]?.source;

    it("writes a project's files beside the Compose file", () => {
      assert.equal(source("./a.conf:/a.conf", { "a.conf": "x" }), "./files/a.conf");
      assert.equal(source("./conf:/conf", { "conf/a.conf": "x" }), "./files/conf");
      const { files } = wire(
        "services: { web: { image: a, volumes: ['./conf:/conf'] } }",
        {},
        { "conf/b/a.conf": "x" },
      );
      assert.deepEqual(
        files.map(({ path: at }) => at),
        ["files/conf/b/a.conf"],
      );
    });

    it("keeps the machine's own paths", () => {
      assert.equal(source("/var/run/docker.sock:/var/run/docker.sock"), "/var/run/docker.sock");
    });

    it("makes a folder on the data disk where nothing is", () => {
      assert.equal(source("./data:/data"), "/data/folders/data");
      assert.deepEqual(wire("services: { web: { image: a, volumes: ['./data:/data'] } }").folders, [
        "/data/folders/data",
      ]);
    });

    it("leaves out what the image is built from", () => {
      const wired = wire("services: { web: { build: ./src, volumes: ['./src:/src', '/src/node_modules'] } }");
      assert.deepEqual(plain(wired).services.web?.volumes, [
        { type: "volume", target: "/src/node_modules", volume: {} },
      ]);
    });

    it("puts a named volume into a folder of the data disk, and one with options where they say", () => {
      const text =
        "services: { web: { image: a, volumes: ['data:/d', 'ram:/r'] } }\nvolumes: { data: {}, unused: {}, ram: { driver_opts: { type: tmpfs, device: tmpfs } } }";
      const wired = wire(text);
      assert.deepEqual(plain(wired).volumes, {
        data: {
          name: "shop_data",
          driver: "local",
          driver_opts: { type: "none", o: "bind", device: "/data/volumes/data" },
        },
        ram: { name: "shop_ram", driver_opts: { type: "tmpfs", device: "tmpfs" } },
      });
      assert.deepEqual(wired.folders, ["/data/volumes/data"]);
      assert.deepEqual(plain(wire(text, { dataFolder: null })).volumes, {
        data: { name: "shop_data" },
        ram: { name: "shop_ram", driver_opts: { type: "tmpfs", device: "tmpfs" } },
      });
    });
  });

  describe("what the tier chooses", () => {
    it("starts again what says nothing of its restart", () => {
      assert.equal(web("user: '1'").restart, "unless-stopped");
      assert.equal(web("restart: 'no'").restart, "no");
      assert.equal(web("deploy: { restart_policy: { condition: none } }").restart, undefined);
      assert.equal(web("user: '1'", { restart: null }).restart, undefined);
    });

    it("logs to the service's group, but for a driver of its own", () => {
      const logging = web("user: '1'").logging as { driver: string; options: Record<string, string> };
      assert.equal(logging.driver, "awslogs");
      assert.equal(logging.options["awslogs-group"], "/logs/web");
      assert.deepEqual(web("logging: { driver: json-file }").logging, { driver: "json-file" });
      assert.equal(web("user: '1'", { logs: null }).logging, undefined);
    });

    it("opens the ports that the tier gives, and the file's own else", () => {
      const ports = () => [{ target: 80, published: 8080, protocol: "tcp" as const, hostIp: "127.0.0.1" }];
      assert.deepEqual(web("ports: ['80:80']", { ports }).ports, [
        { mode: "ingress", target: 80, published: "8080", protocol: "tcp", host_ip: "127.0.0.1" },
      ]);
      assert.equal(web("ports: ['80:80']", { ports: () => [] }).ports, undefined);
      assert.equal((web("ports: ['80:80']").ports as unknown[]).length, 1);
    });

    it("runs as many copies as the tier says", () => {
      assert.deepEqual(
        web("deploy: { replicas: 4, update_config: { order: stop-first } }", { copies: () => 2 }).deploy,
        {
          replicas: 2,
        },
      );
      assert.equal(web("scale: 3", { copies: () => 1 }).deploy, undefined);
    });

    it("has jobs in a profile that nobody starts, waits for or publishes", () => {
      const text = `
services:
  db: { image: postgres }
  job:
    image: b
    command: [migrate]
    depends_on: { db: { condition: service_healthy } }
    ports: ["80:80"]
    restart: always
    deploy: { replicas: 3, restart_policy: { condition: any }, resources: { limits: { memory: 64m } } }
    environment: { PASSWORD: "\${DB_PASSWORD}" }
    volumes: [data:/d]
  web:
    image: a
    depends_on: { db: { condition: service_started }, job: { condition: service_completed_successfully } }
    volumes_from: [job, db]
    links: [job, db]
volumes: { data: {} }
`;
      const wired = wire(text, { ports: (name) => (name === "web" ? [] : null), copies: () => 2 });
      const { db, job, web: waiter } = plain(wired).services;
      assert.deepEqual(job, {
        image: "registry/job:1",
        command: ["migrate"],
        depends_on: { db: { condition: "service_healthy", required: true } },
        deploy: { resources: { limits: { memory: "67108864" } } },
        environment: { PASSWORD: "${SECRET_DB_PASSWORD}" },
        logging: { ...(db?.logging as object), options: { ...awslogs(db), "awslogs-group": "/logs/job" } },
        networks: { default: null },
        profiles: ["jobs"],
        restart: "no",
        volumes: [{ type: "volume", source: "data", target: "/d", volume: {} }],
      });
      assert.deepEqual(Object.keys((waiter?.depends_on as object | undefined) ?? {}), ["db"]);
      assert.deepEqual([waiter?.volumes_from, waiter?.links, waiter?.profiles], [["db"], ["db"], undefined]);
      assert.deepEqual(wired.folders, ["/data/volumes/data"]);

      const apart = plain(wire(text, { logs: null, jobLogs: { region: "eu-west-1" } })).services;
      assert.deepEqual([apart.web?.logging, awslogs(apart.job)["awslogs-region"]], [undefined, "eu-west-1"]);
      assert.deepEqual(Object.keys(plain(wire(text, { without: ["job"] })).services), ["db", "web"]);
    });

    it("takes the config's size for the file's", () => {
      const app = read("services: { web: { image: a, mem_limit: 1g, cpus: 2, pids_limit: 5 } }");
      const placement = placementOf(app, { services: { web: { memory: 256 } } });
      const { deploy, mem_limit, cpus } = plain(wireApp(app, placement, OPTIONS)).services.web ?? {};
      assert.deepEqual(deploy, { resources: { limits: { cpus: 2, memory: "256m", pids: 5 } } });
      assert.deepEqual([mem_limit, cpus], [undefined, 2]);
    });

    it("puts its own services beside the app's", () => {
      const extra = [{ name: "proxy", node: { image: "caddy" } }];
      assert.deepEqual(plain(wire("services: { web: { image: a } }", { extra })).services.proxy, { image: "caddy" });
    });
  });
});
