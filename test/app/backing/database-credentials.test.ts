/** Users, passwords and databases, as the images' own variables say them. */
import assert from "node:assert/strict";
import { readCredentials, tokenProblem } from "../../../app/backing/database-credentials";
import { type DatabaseImage, engines } from "../../../app/backing/database-engines";
import { markedText, parseValue, secretMark } from "../../../app/value";
import { appOf, service } from "../../support/app";

type Environment = Record<string, string | null>;
const PW = "long-enough-1";
const ENGINES = {
  postgres: engines.postgres,
  mysql: engines.mysql,
  mariadb: engines.mariadb,
  mongo: engines.documentdb,
  redis: engines.redis,
  valkey: engines.valkey,
};

/** A service with these variables beside one that is told what `told` says. */
function read(image: DatabaseImage, environment: Environment, told: Environment = {}) {
  const db = service("db", { environment });
  const app = appOf([db, service("web", { environment: told })]);
  const { credentials, verdicts } = readCredentials(app, db, image, ENGINES[image]);
  const text = (value: Parameters<typeof markedText>[0] | null) =>
    value === null ? null : markedText(value).replace(/[\uE000\uE001]/gu, "'");
  return {
    says: credentials && [credentials.username, credentials.password, credentials.database].map(text),
    outcomes: Object.fromEntries(Object.entries(verdicts).map(([name, { outcome }]) => [name, outcome])),
    verdicts,
  };
}

describe("a database's credentials", () => {
  const told = { PASSWORD: PW };
  const cases: readonly (readonly [DatabaseImage, Environment, Environment, readonly (string | null)[], object])[] = [
    ["postgres", { POSTGRES_PASSWORD: PW }, told, ["postgres", PW, "postgres"], { POSTGRES_PASSWORD: "kept" }],
    [
      "postgres",
      { POSTGRES_USER: "shop", POSTGRES_PASSWORD: PW },
      told,
      ["shop", PW, "shop"],
      { POSTGRES_USER: "kept", POSTGRES_PASSWORD: "kept" },
    ],
    [
      "postgres",
      { POSTGRES_USER: "shop", POSTGRES_PASSWORD: PW, POSTGRES_DB: "orders" },
      told,
      ["shop", PW, "orders"],
      { POSTGRES_USER: "kept", POSTGRES_PASSWORD: "kept", POSTGRES_DB: "kept" },
    ],
    ["postgres", { POSTGRES_PASSWORD: PW }, {}, ["postgres", null, "postgres"], { POSTGRES_PASSWORD: "changed" }],
    ["postgres", {}, told, ["postgres", null, "postgres"], { POSTGRES_PASSWORD: "refused" }],
    [
      "mysql",
      { MYSQL_ROOT_PASSWORD: PW, MYSQL_DATABASE: "app" },
      told,
      ["root", PW, "app"],
      { MYSQL_ROOT_PASSWORD: "kept", MYSQL_DATABASE: "kept" },
    ],
    [
      "mysql",
      { MYSQL_USER: "app", MYSQL_PASSWORD: PW, MYSQL_ROOT_PASSWORD: "another-one" },
      told,
      ["app", PW, null],
      { MYSQL_USER: "kept", MYSQL_PASSWORD: "kept", MYSQL_ROOT_PASSWORD: "changed" },
    ],
    [
      "mysql",
      { MYSQL_USER: "app", MYSQL_PASSWORD: PW, MYSQL_ROOT_PASSWORD: "another-one" },
      { URL: "mysql://root:another-one@db/x" },
      ["root", "another-one", null],
      { MYSQL_USER: "refused", MYSQL_ROOT_PASSWORD: "kept" },
    ],
    ["mysql", { MYSQL_USER: "app" }, {}, ["app", null, null], { MYSQL_USER: "kept", MYSQL_PASSWORD: "refused" }],
    ["mysql", {}, {}, ["root", null, null], { MYSQL_ROOT_PASSWORD: "refused" }],
    [
      "mariadb",
      { MARIADB_ROOT_PASSWORD: PW, MARIADB_DATABASE: "app" },
      told,
      ["root", PW, "app"],
      { MARIADB_ROOT_PASSWORD: "kept", MARIADB_DATABASE: "kept" },
    ],
    [
      "mariadb",
      { MYSQL_USER: "app", MYSQL_PASSWORD: PW },
      told,
      ["app", PW, null],
      { MYSQL_USER: "kept", MYSQL_PASSWORD: "kept" },
    ],
    [
      "mongo",
      { MONGO_INITDB_ROOT_USERNAME: "top", MONGO_INITDB_ROOT_PASSWORD: PW },
      told,
      ["top", PW, null],
      { MONGO_INITDB_ROOT_USERNAME: "kept", MONGO_INITDB_ROOT_PASSWORD: "kept" },
    ],
  ];
  for (const [image, environment, others, says, outcomes] of cases)
    it(`of ${image}: ${Object.keys(environment).join(", ") || "nothing"}, others ${JSON.stringify(others)}`, () => {
      const got = read(image, environment, others);
      assert.deepEqual(got.says, says);
      assert.deepEqual(got.outcomes, outcomes);
    });

  it("of a cache are none: it has no user", () => assert.equal(read("redis", {}).says, null));

  it("come from a Compose secret that a file variable names", () => {
    const grant = { source: "pw", target: "/run/secrets/pw", uid: null, gid: null, mode: null, index: 0 };
    const db = service("db", { environment: { POSTGRES_PASSWORD_FILE: "/run/secrets/pw" }, secrets: [grant] });
    const secrets = { pw: { kind: "environment", name: "pw", variable: "PW" } } as const;
    const alone = readCredentials(appOf([db], { secrets }), db, "postgres", engines.postgres);
    assert.equal(alone.credentials?.password, null, "nobody else has it: AWS makes its own");
    const others = [
      service("web", { secrets: [grant] }),
      service("web", { environment: { URL: `postgres://u:${secretMark("pw")}@db/x` } }),
    ];
    for (const web of others) {
      const { credentials, verdicts } = readCredentials(
        appOf([db, web], { secrets }),
        db,
        "postgres",
        engines.postgres,
      );
      assert.deepEqual(credentials?.password, [{ secret: "pw" }]);
      assert.equal(verdicts.POSTGRES_PASSWORD_FILE?.outcome, "kept");
    }
    const twin = service("web", { secrets: [{ ...grant, source: "same" }] });
    const both = { ...secrets, same: { ...secrets.pw, name: "same" } };
    const shared = readCredentials(appOf([db, twin], { secrets: both }), db, "postgres", engines.postgres);
    assert.deepEqual(shared.credentials?.password, [{ secret: "pw" }], "another secret of the same variable");
  });

  it("are told by a config, too", () => {
    const db = service("db", { environment: { POSTGRES_PASSWORD: PW } });
    const configs = { app: { kind: "content", name: "app", content: parseValue(`password: ${PW}`) } } as const;
    const { credentials } = readCredentials(appOf([db], { configs }), db, "postgres", engines.postgres);
    assert.deepEqual(credentials?.password, [PW]);
  });

  it("that AWS refuses are refused, and the password is in no message", () => {
    const cases: readonly (readonly [DatabaseImage, Environment, string])[] = [
      ["postgres", { POSTGRES_PASSWORD: "sh/rt" }, "POSTGRES_PASSWORD"],
      ["postgres", { POSTGRES_PASSWORD: "with/slash-1" }, "POSTGRES_PASSWORD"],
      ["postgres", { POSTGRES_PASSWORD: "with space-1" }, "POSTGRES_PASSWORD"],
      ["postgres", { POSTGRES_PASSWORD: 'with"quote-1' }, "POSTGRES_PASSWORD"],
      ["mysql", { MYSQL_ROOT_PASSWORD: "x".repeat(42) }, "MYSQL_ROOT_PASSWORD"],
      ["postgres", { POSTGRES_PASSWORD: PW, POSTGRES_USER: "admin" }, "POSTGRES_USER"],
      ["postgres", { POSTGRES_PASSWORD: PW, POSTGRES_USER: "shop-user" }, "POSTGRES_USER"],
      ["mysql", { MYSQL_PASSWORD: PW, MYSQL_USER: "a".repeat(17) }, "MYSQL_USER"],
      ["mongo", { MONGO_INITDB_ROOT_USERNAME: "admin", MONGO_INITDB_ROOT_PASSWORD: PW }, "MONGO_INITDB_ROOT_USERNAME"],
      ["postgres", { POSTGRES_PASSWORD: PW, POSTGRES_DB: "my-db" }, "POSTGRES_DB"],
    ];
    for (const [image, environment, variable] of cases) {
      const { verdicts } = read(image, environment, { P: environment[variable] ?? null });
      assert.equal(verdicts[variable]?.outcome, "refused", JSON.stringify(environment));
      const password = Object.entries(environment).find(([name]) => name.includes("PASSWORD"))?.[1] ?? "";
      assert.equal(JSON.stringify(verdicts).includes(password), false);
    }
    assert.equal(read("postgres", { POSTGRES_PASSWORD: "x".repeat(128) }, {}).outcomes.POSTGRES_PASSWORD, "changed");
  });

  it("of a cache: what ElastiCache takes for AUTH", () => {
    for (const good of ["a".repeat(16), "abcDEF0123456789!&#$^<>-", secretMark("PW")])
      assert.equal(tokenProblem(parseValue(good)), null, good);
    for (const bad of ["short", "a".repeat(129), "a_b".repeat(9), "a b".repeat(9)])
      assert.equal(tokenProblem(parseValue(bad))?.outcome, "refused", bad);
  });
});
