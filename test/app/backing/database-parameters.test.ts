/** Flags of a database's command, and the parameters that they become. */
import assert from "node:assert/strict";
import type { DatabaseImage, DatabaseKind } from "../../../app/backing/database-engines";
import { readFlags } from "../../../app/backing/database-parameters";
import { secretMark } from "../../../app/value";

const flags = (image: DatabaseImage, command: readonly string[] | null, kind: DatabaseKind = "rds") =>
  readFlags(image, kind, command);
const parameters = (image: DatabaseImage, ...command: string[]) =>
  flags(image, command).parameters.map(
    ({ name, value, apply }) => `${name}=${value}${apply === "immediate" ? "" : " restart"}`,
  );
const verdicts = (image: DatabaseImage, ...command: string[]) =>
  flags(image, command).verdicts.map(({ outcome, reason }) => `${outcome}: ${reason}`);

describe("a database's flags", () => {
  const cases: readonly (readonly [DatabaseImage, readonly string[], readonly string[]])[] = [
    ["postgres", ["postgres", "-c", "max_connections=200"], ["max_connections=200 restart"]],
    ["postgres", ["-c", "shared_buffers=256MB"], ["shared_buffers=32768 restart"]],
    ["postgres", ["-cwork_mem=16MB", "--statement-timeout=5s"], ["work_mem=16384", "statement_timeout=5000"]],
    ["postgres", ["-c", "max_wal_size=2GB", "-c", "jit=off"], ["max_wal_size=2048", "jit=0"]],
    ["postgres", ["-c", "log_min_duration_statement=-1"], ["log_min_duration_statement=-1"]],
    ["mysql", ["mysqld", "--character-set-server=utf8mb4"], ["character_set_server=utf8mb4"]],
    ["mysql", ["--max-allowed-packet", "64M"], ["max_allowed_packet=67108864"]],
    ["mysql", ["--default-time-zone=+00:00"], ["time_zone=+00:00"]],
    ["mariadb", ["mariadbd", "--lower_case_table_names=1"], ["lower_case_table_names=1 restart"]],
    ["redis", ["redis-server", "--maxmemory-policy", "allkeys-lru"], ["maxmemory-policy=allkeys-lru"]],
    ["valkey", ["valkey-server", "--timeout", "-1"], ["timeout=-1"]],
  ];
  for (const [image, command, expected] of cases)
    it(`of ${image}: ${command.join(" ")}`, () => {
      assert.deepEqual(parameters(image, ...command), expected);
      assert.ok(verdicts(image, ...command).every((said) => said.startsWith("kept: ")));
    });

  it("about the machine are left out", () => {
    assert.match(verdicts("postgres", "-c", "listen_addresses=*").join(), /^changed: listen_addresses is left out/u);
    assert.match(verdicts("redis", "--maxmemory", "64mb").join(), /^changed: maxmemory is left out/u);
    assert.deepEqual(parameters("redis", "--maxmemory", "64mb"), []);
  });

  it("that AWS has no parameter for, or of no unit, are refused", () => {
    for (const [image, word] of [
      ["postgres", "--fsync=off"],
      ["mysql", "--skip-grant-tables"],
      ["mysql", "--default-authentication-plugin=mysql_native_password"],
      ["redis", "--loadmodule"],
      ["postgres", "--work_mem=much"],
      ["postgres", "--jit=perhaps"],
    ] as const)
      assert.match(verdicts(image, word).join(), /^refused: /u, word);
  });

  it("cannot be set on Lightsail", () => {
    const { parameters: none, verdicts: said } = flags("postgres", ["-c", "work_mem=4MB"], "lightsail-database");
    assert.deepEqual(none, []);
    assert.match(said[0]?.reason ?? "", /no parameter group/u);
  });

  it("in a shell or after a file are refused as one, and show no secret", () => {
    const secret = `redis-server --requirepass ${secretMark("PW")}`;
    const { verdicts: said, password } = flags("redis", ["sh", "-c", secret], "elasticache");
    assert.equal(said.length, 1);
    assert.match(said[0]?.reason ?? "", /more than flags of redis-server/u);
    assert.equal(password, null);
    assert.match(verdicts("redis", "redis-server", "/etc/redis.conf").join(), /more than flags/u);
  });

  it("of Redis say its password, and whether it keeps anything", () => {
    const read = flags("redis", ["redis-server", "--requirepass", secretMark("PW"), "--save", ""], "elasticache");
    assert.deepEqual(read.password, [{ secret: "PW" }]);
    assert.equal(read.saves, false);
    assert.equal(flags("redis", ["--save", "60", "1"], "elasticache").saves, true);
    assert.equal(flags("redis", null, "elasticache").saves, null);
  });
});
