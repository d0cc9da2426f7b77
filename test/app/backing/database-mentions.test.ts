/** Where others name a managed service: what is rewritten, and that nothing else is. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { managedNames, rewriteMentions, wireManaged } from "../../../app/backing/database-mentions";
import type { App, Service } from "../../../app/model";
import { hasMark, markedText, parseValue, secretMark, type Value } from "../../../app/value";
import { holdsHosts } from "../../../app/wiring";
import { appOf, placementOf, service } from "../../support/app";

const hosts = new Map([["db", "db.database.host"]]);
const show = (value: Value | null | undefined) =>
  value?.map((part) => (typeof part === "string" ? part : "output" in part ? `<${part.output}>` : "[?]")).join("") ??
  null;

function rewritten(web: Service, more: Partial<App> = {}, db: Partial<Omit<Service, "environment">> = {}) {
  const app = appOf([service("db", { image: "postgres:17", ...db }), web, service("api")], more);
  return rewriteMentions(app, placementOf(app), hosts);
}
const withCanonical = (overrides: Parameters<typeof service>[1] & object): Service => {
  const made = service("web", overrides);
  const environment = Object.fromEntries(
    Object.entries(made.environment).map(([name, value]) => [name, value && markedText(value)]),
  );
  const { command, entrypoint } = made;
  return { ...made, canonical: { environment, command, entrypoint } };
};

describe("mentions of a managed service", () => {
  it("are rewritten in environment, command and entrypoint, in the canonical form alike", () => {
    const web = withCanonical({
      environment: {
        URL: "postgres://u:p@db:5432/db",
        DB_HOST: "db",
        POSTGRES_DB: "db",
        API: "http://api:80",
        NONE: null,
      },
      command: ["serve", "--db=db", "db:5432"],
      entrypoint: ["wait-for", "db:5432"],
    });
    const { app, users, findings } = rewritten(web);
    const found = app.services.web;
    assert.deepEqual(
      Object.fromEntries(Object.entries(found?.environment ?? {}).map(([name, value]) => [name, show(value)])),
      {
        URL: "postgres://u:p@<db.database.host>:5432/db",
        DB_HOST: "<db.database.host>",
        POSTGRES_DB: "db",
        API: "http://api:80",
        NONE: null,
      },
    );
    assert.deepEqual(
      found?.command?.map((word) => show(parseValue(word))),
      ["serve", "--db=db", "<db.database.host>:5432"],
    );
    assert.deepEqual(
      found?.entrypoint?.map((word) => show(parseValue(word))),
      ["wait-for", "<db.database.host>:5432"],
    );
    assert.deepEqual(found?.canonical.command, found?.command);
    assert.deepEqual(found?.canonical.entrypoint, found?.entrypoint);
    const texts = found?.canonical.environment as Record<string, string>;
    for (const [name, value] of Object.entries(found?.environment ?? {}))
      if (value) assert.equal(texts[name], markedText(value));
    assert.deepEqual(
      (app.canonical.services as Record<string, unknown>).web,
      found?.canonical,
      "in the app's own canonical form too",
    );
    assert.deepEqual(users.get("db"), ["web"]);
    assert.deepEqual(
      findings.map(({ key, outcome }) => `${key} ${outcome}`),
      ["environment.URL changed", "environment.DB_HOST changed", "command[2] changed", "entrypoint[1] changed"],
    );
  });

  it("by an alias, a host name, a container's name or a link are mentions too", () => {
    const named = { aliases: ["primary"], hostname: "pg", canonical: { container_name: "shop-db" } };
    for (const name of ["primary", "pg", "shop-db", "store"]) {
      const web = service("web", {
        environment: { URL: `postgres://${name}:5432/x` },
        links: [{ service: "db", alias: "store" }],
      });
      const { app } = rewritten(web, {}, named);
      assert.equal(show(app.services.web?.environment.URL), "postgres://<db.database.host>:5432/x", name);
      assert.deepEqual(app.services.web?.links, []);
    }
  });

  it("that cannot hold are refused", () => {
    const file = (content: string) => ({ content, encoding: "utf8", size: 1, executable: false }) as const;
    const grant = { source: "conf", target: "/conf", uid: null, gid: null, mode: null, index: 0 };
    const mount = {
      type: "bind",
      source: "/app/conf",
      target: "/c",
      readOnly: true,
      subpath: null,
      size: null,
      index: 0,
    } as const;
    const health = {
      disabled: false,
      interval: null,
      timeout: null,
      retries: null,
      startPeriod: null,
      startInterval: null,
    };
    const cases: readonly (readonly [string, Service, Partial<App>])[] = [
      ["volumes_from", service("web", { volumesFrom: [{ service: "db", readOnly: false }] }), {}],
      ["network_mode", service("web", { networkMode: "service:db" }), {}],
      ["pid", service("web", { pid: "service:db" }), {}],
      ["healthcheck.test", service("web", { healthcheck: { ...health, test: ["CMD", "nc", "db:5432"] } }), {}],
      ["volumes[0]", service("web", { mounts: [mount] }), { files: { "/app/conf/a.ini": file("db_host = db\n") } }],
      ["volumes[0]", service("web", { mounts: [mount] }), { files: { "/app/conf": file("proxy_pass http://db:80;") } }],
      [
        "configs[0]",
        service("web", { configs: [grant] }),
        { configs: { conf: { kind: "content", name: "conf", content: ["host: db"] } } },
      ],
      [
        "configs[0]",
        service("web", { configs: [grant] }),
        {
          configs: { conf: { kind: "file", name: "conf", path: "/app/x" } },
          files: { "/app/x": file('{"host": "db"}') },
        },
      ],
    ];
    for (const [key, web, more] of cases) {
      const { app, findings } = rewritten(web, more);
      assert.deepEqual(
        findings.map((f) => `${f.key} ${f.outcome}`),
        [`${key} refused`],
        key,
      );
      assert.ok(findings.every(({ remedy }) => remedy !== ""));
      const found = app.services.web;
      assert.deepEqual([found?.volumesFrom, found?.networkMode, found?.pid], [[], null, null]);
    }
    const other = service("web", { mounts: [mount] });
    assert.deepEqual(rewritten(other, { files: { "/app/conf": file("the db is here, name: db") } }).findings, []);
  });

  it("in depends_on are made before, and go out of the canonical form", () => {
    const web = {
      ...service("web", {
        dependsOn: {
          db: { condition: "service_healthy", required: true, restart: false },
          api: { condition: "service_started", required: true, restart: false },
        },
      }),
      canonical: { depends_on: { db: {}, api: {} } },
    };
    const { app, users, findings } = rewritten(web);
    assert.deepEqual(Object.keys(app.services.web?.dependsOn ?? {}), ["api"]);
    assert.deepEqual(app.services.web?.canonical.depends_on, { api: {} });
    assert.deepEqual(users.get("db"), ["web"], "it waits for it");
    assert.deepEqual(
      findings.map((f) => `${f.key} ${f.outcome}`),
      ["depends_on.db changed"],
    );
  });

  const text = fc.oneof(
    fc.string({ maxLength: 20 }).filter((one) => !hasMark(one)),
    fc.constantFrom(
      "db",
      "db:5432",
      "http://db",
      "postgres://u:p@db:5432/db",
      ",",
      " ",
      "api:80",
      "host=db",
      "mydb",
      secretMark("PW"),
    ),
  );
  const words = fc.array(text, { maxLength: 5 }).map((parts) => parts.join(""));

  it("are found once: a second reading changes nothing", () => {
    const app = appOf([service("db"), service("web")]);
    const names = managedNames(app, app.services.web ?? service("web"), hosts);
    fc.assert(
      fc.property(words, fc.boolean(), (word, bare) => {
        const once = wireManaged(parseValue(word), names, hosts, bare);
        const again = wireManaged(parseValue(markedText(once)), names, hosts, bare);
        assert.deepEqual(
          again.filter((part) => typeof part === "object" && "host" in part),
          [],
        );
        assert.deepEqual(markedText(again), markedText(once));
      }),
    );
  });

  it("change nothing else: without the outputs the text is as it was", () => {
    const app = appOf([service("db"), service("web"), service("api")]);
    const names = managedNames(app, app.services.web ?? service("web"), hosts);
    fc.assert(
      fc.property(words, fc.constantFrom("URL", "DB_HOST", "NAME"), (word, variable) => {
        const value = wireManaged(parseValue(word), names, hosts, holdsHosts(variable));
        const back = value.map((part) => (typeof part === "object" && "output" in part ? "db" : part));
        assert.equal(markedText(back), word);
        if (!word.includes("db")) assert.deepEqual(value, parseValue(word));
      }),
    );
  });

  it("of every service are found, and an app that names none comes back as it is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("A", "B_HOST", "C_URL"), words, { maxKeys: 3 }), (environment) => {
        const web = withCanonical({ environment });
        const { app, users } = rewritten(web);
        const outputs = Object.values(app.services.web?.environment ?? {}).some((value) =>
          value?.some((part) => typeof part === "object" && "output" in part),
        );
        assert.equal(users.get("db")?.includes("web"), outputs);
        if (!outputs) assert.equal(app.services.web, web);
      }),
    );
  });
});
