import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import type { App } from "../../app/model";
import { InputError } from "../../app/finding";
import { secretMark } from "../../app/value";
import { canonicalJson, composeKeys, readCompose } from "../../app/compose/index";
import { composeModel } from "./generate";
import { problemsOf, readText, serviceOf, SHARED } from "./support";

const service = (text: string, options?: Parameters<typeof readText>[1]) =>
  serviceOf(readText(`services:\n  a:\n    image: x\n${text.replace(/^/gmu, "    ")}\n`, options).app);

describe("readCompose: the App", () => {
  it("is frozen through and through", () => {
    const { app } = readText(
      "services: {a: {image: x, ports: ['80:80'], environment: {A: 1}, x-spectrum: {scale: {min: 1}}}}",
    );
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      assert.ok(Object.isFrozen(value));
      Object.values(value).forEach(walk);
    };
    walk(app);
    assert.equal(Object.keys(app.services).length, 1);
  });

  it("names the app by appName, by name: or by the folder", () => {
    assert.equal(readText("services: {a: {image: x}}").app.name, "shop");
    assert.equal(readText("name: Other\nservices: {a: {image: x}}").app.name, "other");
    const { app } = readText("name: Other\nservices: {a: {image: x}}\nvolumes: {v: }", { appName: "mine" });
    assert.equal(app.name, "mine");
    assert.equal(app.volumes.v?.name, "mine_v");
  });

  it("reads ports one by one, with their place in the canonical list", () => {
    const { ports } = service('ports: ["8080-8081:80-81", "127.0.0.1:53:53/udp", "90", "7000-7010:70"]');
    assert.deepEqual(
      ports.map(({ target, published, protocol, hostIp, index }) => [target, published, protocol, hostIp, index]),
      [
        [80, 8080, "tcp", null, 0],
        [81, 8081, "tcp", null, 1],
        [53, 53, "udp", "127.0.0.1", 2],
        [90, null, "tcp", null, 3],
        [70, 7000, "tcp", null, 4],
      ],
    );
  });

  it("reads expose with ranges and protocols", () => {
    assert.deepEqual(service('expose: [80, "90-91/udp"]').expose, [
      { port: 80, protocol: "tcp" },
      { port: 90, protocol: "udp" },
      { port: 91, protocol: "udp" },
    ]);
  });

  it("makes paths absolute, but neither URLs nor Windows paths", () => {
    const { app } = readText(`
services:
  a: {build: {context: ./web, additional_contexts: {r: ./res}}, volumes: ["./x:/x", "/var/run/docker.sock:/s", "C:\\\\x:/w"]}
  b: {build: https://github.com/x/y.git}
secrets: {s: {file: ./s.txt}}`);
    assert.equal(serviceOf(app).build?.context, "/app/shop/web");
    assert.equal(serviceOf(app).build?.additionalContexts.r, "/app/shop/res");
    assert.deepEqual(
      serviceOf(app).mounts.map(({ source }) => source),
      ["/app/shop/x", "/var/run/docker.sock", "C:\\x"],
    );
    assert.equal(serviceOf(app, "b").build?.context, "https://github.com/x/y.git");
    assert.deepEqual(app.secrets.s, { name: "shop_s", kind: "file", path: "/app/shop/s.txt" });
  });

  it("reads times in seconds, sizes in bytes, limits from both of their places", () => {
    const read = service(`
stop_grace_period: 1m30s
shm_size: 64m
mem_limit: 1g
cpus: 0.5
healthcheck: {test: curl x, interval: 500ms, retries: 3}
tmpfs: ["/t:size=1m,mode=755", /u]
ulimits: {nofile: 5, nproc: {soft: 1, hard: 2}}`);
    assert.equal(read.stopGracePeriod, 90);
    assert.equal(read.shmSize, 64 * 2 ** 20);
    assert.deepEqual(read.limits, { cpus: 0.5, memory: 2 ** 30, pids: null });
    assert.deepEqual(read.healthcheck?.test, ["CMD-SHELL", "curl x"]);
    assert.equal(read.healthcheck?.interval, 0.5);
    assert.deepEqual(read.tmpfs, [
      { target: "/t", size: 2 ** 20, mode: 0o755 },
      { target: "/u", size: null, mode: null },
    ]);
    assert.deepEqual({ ...read.ulimits }, { nofile: { soft: 5, hard: 5 }, nproc: { soft: 1, hard: 2 } });
    assert.deepEqual(service("deploy: {resources: {limits: {cpus: '2', memory: 50M}}}").limits, {
      cpus: 2,
      memory: 50 * 2 ** 20,
      pids: null,
    });
  });

  it("calls a service that others await to its end a job", () => {
    const { app } = readText(`
services:
  a: {image: x, depends_on: {init: {condition: service_completed_successfully}, db: {condition: service_healthy}}}
  init: {image: x}
  db: {image: x}`);
    assert.deepEqual(
      Object.values(app.services).map(({ name, job }) => [name, job]),
      [
        ["a", false],
        ["init", true],
        ["db", false],
      ],
    );
  });

  it("leaves out the services of inactive profiles and dependencies on them", () => {
    const text = `
services:
  a: {image: x, depends_on: {b: {condition: service_started, required: false}}}
  b: {image: x, profiles: [debug]}`;
    const { app } = readText(text);
    assert.deepEqual(Object.keys(app.services), ["a"]);
    assert.deepEqual(Object.keys(serviceOf(app).dependsOn), []);
    assert.ok(app.uses.some(({ service, key }) => service === null && key === "services.b.profiles"));
    assert.deepEqual(Object.keys(readText(text, { profiles: ["debug"] }).app.services), ["a", "b"]);
  });

  it("reads grants with absolute targets", () => {
    const { app } = readText(`
services: {a: {image: x, secrets: [s, {source: s, target: t, mode: 0440}], configs: [c]}}
secrets: {s: {environment: S}}
configs: {c: {content: "hi \${WHO:-you}"}}`);
    assert.deepEqual(
      serviceOf(app).secrets.map(({ target, mode }) => [target, mode]),
      [
        ["/run/secrets/s", null],
        ["/run/secrets/t", 0o440],
      ],
    );
    assert.equal(serviceOf(app).configs[0]?.target, "/c");
    assert.deepEqual(app.configs.c, { name: "shop_c", kind: "content", content: ["hi you"] });
  });

  it("takes no key of a file for a part of JavaScript", () => {
    const { app } = readText(
      "services: {__proto__: {image: x}, constructor: {image: y, environment: {__proto__: 1, toString: 2}}}",
    );
    assert.deepEqual(Object.keys(app.services), ["__proto__", "constructor"]);
    assert.deepEqual(Object.keys(serviceOf(app, "constructor").environment), ["__proto__", "toString"]);
    assert.match(canonicalJson(app), /"__proto__": \{/u);
  });
});

describe("readCompose: variables", () => {
  const text = 'services: {a: {image: "x:${TAG}", environment: [TAG, "URL=pg://u:${PASSWORD:-none}@db"]}}';

  it("takes variables before the shell and the shell before .env", () => {
    const others = { ".env": "TAG=env" };
    assert.equal(serviceOf(readText(text, { others }).app).image, "x:env");
    assert.equal(serviceOf(readText(text, { others, shellEnv: { TAG: "shell" } }).app).image, "x:shell");
    assert.equal(
      serviceOf(readText(text, { others, shellEnv: { TAG: "shell" }, variables: { TAG: "config" } }).app).image,
      "x:config",
    );
  });

  it("never looks at the process's own variables", () => {
    process.env.TAG = "process";
    try {
      assert.equal(serviceOf(readText(text).app).image, "x:");
    } finally {
      delete process.env.TAG;
    }
  });

  it("warns of a variable that is not set, at its place", () => {
    const { warnings } = readText("services:\n  a:\n    image: x:${NOPE}\n");
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.message ?? "", /variable NOPE is not set/u);
    assert.deepEqual([warnings[0]?.location?.line, warnings[0]?.location?.column], [3, 12]);
  });

  it("puts a secret's mark where its value would stand, whatever else sets it", () => {
    const options = { secretVariables: ["PASSWORD"], variables: { PASSWORD: "leak", TAG: "1" } };
    const { app } = readText(text, options);
    assert.deepEqual(serviceOf(app).environment.URL, ["pg://u:", { secret: "PASSWORD" }, "@db"]);
    assert.ok(!JSON.stringify(app).includes("leak"));
    assert.match(canonicalJson(app), /pg:\/\/u:\$\{PASSWORD\}@db/u);
    const operators = readText(
      'services: {a: {image: x, environment: {A: "${P:?no}", B: "${P:+set}", C: "${P-no}"}}}',
      {
        secretVariables: ["P"],
      },
    );
    assert.deepEqual(
      { ...serviceOf(operators.app).environment },
      { A: [{ secret: "P" }], B: ["set"], C: [{ secret: "P" }] },
    );
  });

  it("refuses a secret where the value must be known, without showing the mark", () => {
    const problems = problemsOf("services: {a: {image: x, mem_limit: '${P}', scale: '${P}', ports: ['${P}:80']}}", {
      secretVariables: ["P"],
    });
    assert.equal(problems.length, 3);
    for (const { message } of problems) {
      assert.match(message, /\$\{P\}/u);
      assert.ok(!message.includes("\uE000"));
    }
  });

  it("refuses the characters of the marks in files and variables", () => {
    assert.equal(problemsOf(`services: {a: {image: "x${secretMark("y")}"}}`).length, 1);
    assert.equal(problemsOf('services: {a: {image: "${A}"}}', { variables: { A: "\uE000x\uE001" } }).length, 1);
    const [first] = problemsOf('services: {a: {image: "${A}"}}', { others: { ".env": "A=\uE000x\uE001" } });
    assert.match(first?.message ?? "", /U\+E000/u);
  });
});

describe("readCompose: problems", () => {
  it("reports all of a file at once, each where it is", () => {
    const problems = problemsOf(`services:
  web:
    imgae: nginx
    image: 5
    ports: ["80:80", "abc"]
    volumes: ["dtaa:/x"]
    depends_on: [dbb]
    hostname: \${HOST:?name it}
    healthcheck: {interval: soon}
  db:
    image: pg
    ports: ["80:5432"]
    depends_on: [web]
volumes: {data: }
`);
    assert.deepEqual(
      problems.map(
        ({ location, message }) => `${location?.file}:${location?.line}:${location?.column} ${message.split(",")[0]}`,
      ),
      [
        '/app/shop/compose.yaml:3:5 services.web.imgae: unknown key "imgae"',
        "/app/shop/compose.yaml:4:12 services.web.image: got 5",
        '/app/shop/compose.yaml:5:22 services.web.ports[1]: "abc" is no port',
        '/app/shop/compose.yaml:6:15 services.web.volumes[0].source: no volume is named "dtaa"',
        '/app/shop/compose.yaml:7:18 services.web.depends_on.dbb: no service is named "dbb"',
        "/app/shop/compose.yaml:8:15 services.web.hostname: the required variable HOST is not set: name it",
        '/app/shop/compose.yaml:9:29 services.web.healthcheck.interval: got "soon"',
        "/app/shop/compose.yaml:12:13 services.db.ports[0]: the port 80/tcp is already published by services.web.ports[0]",
      ],
    );
  });

  it("says that no file is named, or that one is missing", () => {
    assert.throws(() => readCompose({ files: [] }), InputError);
    assert.throws(
      () => readCompose({ files: ["/nowhere/compose.yaml"] }),
      /the file \/nowhere\/compose.yaml is missing/u,
    );
  });
});

const keysOf = (value: unknown, path: string): string[] => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) =>
    key.startsWith("x-") ? [] : keysOf(inner, path === "" ? key : `${path}.${key}`),
  );
};

/** Each use as a path from the top. */
const usedPaths = (app: App) =>
  app.uses.map(({ service, key }) => (service === null ? key : `services.${service}.${key}`));

describe("readCompose: uses", () => {
  it("has one for each leaf key in canonical terms, at its place", () => {
    const { app } = readText(`services:
  a:
    image: x
    ports: ["8080:80"]
    environment: [DB=1]
    volumes: ["data:/d:ro"]
    depends_on: [b]
    privileged: false
    networks: [front]
    command: run it
  b: {image: y}
networks: {front: }
volumes: {data: {driver: local}}
`);
    assert.deepEqual(
      app.uses.map(
        ({ service, key, pattern, location }) => `${location?.line}:${location?.column} ${service} ${key} ${pattern}`,
      ),
      [
        "3:5 a image services.*.image",
        "4:13 a ports[0].target services.*.ports[].target",
        "4:13 a ports[0].published services.*.ports[].published",
        "5:19 a environment.DB services.*.environment.*",
        "6:15 a volumes[0].type services.*.volumes[].type",
        "6:15 a volumes[0].source services.*.volumes[].source",
        "6:15 a volumes[0].target services.*.volumes[].target",
        "6:15 a volumes[0].read_only services.*.volumes[].read_only",
        "7:18 a depends_on.b.condition services.*.depends_on.*.condition",
        "8:5 a privileged services.*.privileged",
        "9:16 a networks.front services.*.networks.*",
        "10:5 a command services.*.command",
        "11:7 b image services.*.image",
        "12:12 null networks.front networks.*",
        "13:18 null volumes.data.driver volumes.*.driver",
      ],
    );
  });

  it("has the keys that the canonical form has no more", () => {
    const { app } = readText(
      `version: "3"
name: n
include: [inc.yaml]
services:
  a: {extends: {service: b, file: other.yaml}, env_file: x.env, profiles: []}
  c: {extends: d}
  d: {image: x}`,
      {
        others: {
          "other.yaml": "services: {b: {image: x}}",
          "x.env": "A=1",
          "inc.yaml": "services: {i: {image: x, extends: j}, j: {image: y}}",
        },
      },
    );
    const paths = new Set(usedPaths(app));
    for (const path of [
      "version",
      "name",
      "include[0].path",
      "services.a.extends.service",
      "services.a.extends.file",
      "services.a.env_file[0].path",
      "services.a.profiles",
      "services.c.extends.service",
      "services.i.extends.service",
    ])
      assert.ok(paths.has(path), `${path} is not in ${[...paths].join(" ")}`);
    assert.ok(!paths.has("services.a.environment.A"), "a variable of a file is no key of the Compose file");
  });

  it("has every key that a file uses, and no pattern that is unknown", () => {
    const known = new Set<string>(composeKeys);
    let read = 0;
    fc.assert(
      fc.property(composeModel, (model) => {
        const written: unknown = parse(stringify(model, { aliasDuplicateObjects: false }));
        let app: App;
        try {
          app = readText(stringify(written), { profiles: ["*"] }).app;
        } catch (error) {
          assert.ok(error instanceof InputError);
          return;
        }
        read++;
        const paths = usedPaths(app);
        for (const key of keysOf(written, ""))
          assert.ok(
            paths.some((path) => path.startsWith(key)),
            `no use begins with ${key}`,
          );
        for (const use of app.uses) {
          assert.ok(known.has(use.pattern));
          assert.ok(use.location !== null);
        }
      }),
      { numRuns: 200 },
    );
    assert.ok(read > 10, `only ${read} models were right`);
  });
});

describe("readCompose: locate", () => {
  it("finds the place of a path, or of its nearest parent", () => {
    const { app } = readText(`services:
  a.b:
    image: x
    ports:
      - target: 80
        published: 8080
    environment:
      x.y: 1
`);
    const at = (path: string) => {
      const found = app.locate(path);
      return found === null ? null : [found.line, found.column];
    };
    assert.deepEqual(at("services.a.b.ports[0].published"), [6, 9]);
    assert.deepEqual(at("services.a.b.ports[0].protocol.x"), [5, 9]);
    assert.deepEqual(at("services.a.b.environment.x.y"), [8, 7]);
    assert.deepEqual(at("services.a.b.nothing"), [2, 3]);
    assert.equal(at("nothing"), null);
  });
});

describe("composeKeys", () => {
  it("are the keys of the specification's schema", function () {
    const path = join(SHARED, "facts", "compose-spec.json");
    if (!existsSync(path)) return this.skip();
    assert.deepEqual([...composeKeys].sort(), schemaKeys(JSON.parse(readFileSync(path, "utf8")) as Schema));
  });

  it("stand in the schema that the reader carries", () => {
    const carried = JSON.parse(readFileSync(join(__dirname, "../../app/compose/compose-spec.json"), "utf8")) as Schema;
    assert.deepEqual([...composeKeys].sort(), schemaKeys(carried));
  });
});

interface Schema {
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly $ref?: string;
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

function schemaKeys(root: Schema): string[] {
  const keys = new Set<string>();
  const walk = (schema: Schema, path: string): void => {
    const name = schema.$ref?.split("/").at(-1);
    if (name !== undefined) walk(root.definitions?.[name] ?? {}, path);
    for (const one of schema.oneOf ?? []) walk(one, path);
    const named = Object.entries(schema.properties ?? {});
    const free = Object.entries(schema.patternProperties ?? {}).flatMap(([key, inner]) =>
      key === "^x-" ? [] : [["*", inner] as const],
    );
    for (const [key, inner] of [...named, ...free]) {
      const below = path === "" ? key : `${path}.${key}`;
      keys.add(below);
      walk(inner, below);
    }
    if (schema.items !== undefined) walk(schema.items, `${path}[]`);
  };
  walk(root, "");
  return [...keys].sort();
}
