import assert from "node:assert/strict";
import fc from "fast-check";
import { parseValue, plainText, secretMark, type Value } from "../../app/value";
import { holdsHosts, namedHosts, wire, wireValue } from "../../app/wiring";
import { appOf, service } from "../support/app";

const names = new Map([
  ["db", "db"],
  ["api", "api"],
  ["web-app", "web-app"],
  ["cache", "redis"],
  ["redis", "redis"],
]);
/** Hosts in angle brackets, secrets in square ones. */
const show = (value: Value) =>
  value
    .map((p) => (typeof p === "string" ? p : "host" in p ? `<${p.host}>` : `[${"secret" in p ? p.secret : p.output}]`))
    .join("");

describe("wireValue", () => {
  const cases: [string, string, string][] = [
    ["X_URL", "http://api:8080/v1", "http://<api>:8080/v1"],
    ["X", "http://api", "http://<api>"],
    ["X", "postgres://u:p@db:5432/db", "postgres://u:p@<db>:5432/db"],
    ["X", "postgres://db:db@db/db", "postgres://db:db@<db>/db"],
    ["X", "postgres://db@db/db?host=db", "postgres://db@<db>/db?host=<db>"],
    ["X", "jdbc:mysql://db:3306/app", "jdbc:mysql://<db>:3306/app"],
    ["X", "mongodb://db:27017,redis:27017/x", "mongodb://<db>:27017,<redis>:27017/x"],
    ["X", "db:5432", "<db>:5432"],
    ["X", "db:5432,api:80", "<db>:5432,<api>:80"],
    ["X", "user:pw@tcp(db:3306)/app", "user:pw@tcp(<db>:3306)/app"],
    ["X", "host=db port=5432 dbname=db user=db", "host=<db> port=5432 dbname=db user=db"],
    ["X", "Server=db;Database=db;User Id=sa", "Server=<db>;Database=db;User Id=sa"],
    ["X", "redis://cache:6379/0", "redis://<redis>:6379/0"],
    ["DB_HOST", "db", "<db>"],
    ["KAFKA_BROKERS", "db,api", "<db>,<api>"],
    ["databaseHost", "db", "<db>"],
    ["PGHOST", "db", "<db>"],
    ["DBHOST", "db", "<db>"],
    ["PGHOSTADDR", "db", "<db>"],
    ["GHOST", "db", "db"],
    ["POSTGRES_DB", "db", "db"],
    ["MYSQL_USER", "api", "api"],
    ["X", "https://api.example.com/db", "https://api.example.com/db"],
    ["X", "my-db:5432", "my-db:5432"],
    ["X", "db.internal:5432", "db.internal:5432"],
    ["X", "db:16.2-alpine", "db:16.2-alpine"],
    ["X", "/var/lib/db", "/var/lib/db"],
    ["X", "http://web-app", "http://<web-app>"],
    ["X", "http://web-apps", "http://web-apps"],
    ["X", "db:80:80", "db:80:80"],
    ["X", "", ""],
    ["X_URL", `postgres://u:${secretMark("PW")}@db:5432/x`, "postgres://u:[PW]@<db>:5432/x"],
    ["X_HOST", `${secretMark("PW")}db`, "[PW]db"],
    ["X_HOST", `db${secretMark("PW")}`, "db[PW]"],
  ];
  for (const [variable, text, expected] of cases) {
    it(`${variable}=${text.replace(/[\uE000\uE001]/gu, "'")}`, () => {
      assert.equal(show(wireValue(parseValue(text), names, holdsHosts(variable))), expected);
    });
  }

  const word = fc.constantFrom(
    "db",
    "api",
    "x",
    ":",
    "/",
    "//",
    "@",
    ",",
    " ",
    "80",
    "=",
    "host",
    ".",
    "-",
    "http:",
    "(",
    ")",
  );
  const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(""));

  it("puts back together what it took apart, and is idempotent", () => {
    fc.assert(
      fc.property(text, fc.boolean(), (t, bare) => {
        const wired = wireValue(parseValue(t), names, bare);
        assert.equal(wired.map((p) => (typeof p === "string" ? p : "host" in p ? p.host : "")).join(""), t);
        assert.deepEqual(wireValue(wired, names, bare), wired);
      }),
    );
  });

  it("never touches a value that names no service", () => {
    const other = fc.string().filter((t) => ![...names.keys()].some((n) => t.includes(n)));
    fc.assert(
      fc.property(other, fc.boolean(), (t, bare) => assert.equal(plainText(wireValue(parseValue(t), names, bare)), t)),
    );
  });

  it("finds the port that follows", () => {
    assert.deepEqual(namedHosts(parseValue("http://api:8080/,db:5432"), names, false), [
      { host: "api", port: 8080 },
      { host: "db", port: 5432 },
    ]);
    assert.deepEqual(namedHosts(parseValue("http://api/x"), names, false), [{ host: "api", port: null }]);
  });
});

describe("wire", () => {
  it("knows a container's name, as Docker's own DNS does", () => {
    const app = appOf([
      service("web", { environment: { URL: "http://mydb:5432" } }),
      service("db", { canonical: { container_name: "mydb" } }),
    ]);
    assert.deepEqual(wire(app).environment.web, { URL: ["http://", { host: "db" }, ":5432"] });
  });

  it("knows the services' own names, aliases, host names and links, and says where each stands", () => {
    const app = appOf([
      service("web", {
        environment: { API_URL: "http://backend:80", LINKED: "http://d:1", NONE: null, OTHER: "x" },
        command: ["run", "--db=db:5432"],
        links: [{ service: "db", alias: "d" }],
      }),
      service("api", { aliases: ["backend"] }),
      service("db"),
    ]);
    const wiring = wire(app);
    assert.deepEqual(wiring.environment.web, {
      API_URL: ["http://", { host: "api" }, ":80"],
      LINKED: ["http://", { host: "db" }, ":1"],
      NONE: null,
      OTHER: ["x"],
    });
    assert.deepEqual(wiring.command.web, [["run"], ["--db=", { host: "db" }, ":5432"]]);
    assert.equal(wiring.entrypoint.web, null);
    assert.deepEqual(wiring.rewrites, [
      { service: "web", key: "environment.API_URL", host: "api" },
      { service: "web", key: "environment.LINKED", host: "db" },
      { service: "web", key: "command[1]", host: "db" },
    ]);
  });
});
