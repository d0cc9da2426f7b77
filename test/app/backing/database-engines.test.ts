/** Which of AWS's services takes the place of an image, and in which version. */
import assert from "node:assert/strict";
import type { BackingHome } from "../../../app/backing";
import { choose } from "../../../app/backing/database-choice";
import type { ManagedConfig } from "../../../app/config/types";
import { service } from "../../support/app";

const plain: ManagedConfig = {
  engine: null,
  version: null,
  class: null,
  storage: null,
  backupDays: null,
  multiZone: null,
  tls: false,
};
const chosen = (image: string, more: Partial<ManagedConfig> = {}, home: BackingHome = "vpc") => {
  const found = choose(service("db", { image }), { ...plain, ...more }, home);
  return "refusal" in found
    ? `${found.key}: ${found.refusal.reason}; ${String(found.refusal.remedy)}`
    : `${found.engine.kind} ${found.engine.engine} ${found.version}${found.versionGiven ? "" : " (newest)"}`;
};

describe("the managed service of an image", () => {
  const aurora = { engine: "aurora" } as const;
  const documentdb = { engine: "documentdb" } as const;
  const cases: readonly (readonly [string, Partial<ManagedConfig>, BackingHome, string | RegExp])[] = [
    ["postgres:17-alpine", {}, "vpc", "rds postgres 17"],
    ["postgres:17.7-alpine3.23@sha256:" + "a".repeat(64), {}, "vpc", "rds postgres 17"],
    ["docker.io/library/postgres:14", {}, "vpc", "rds postgres 14"],
    ["postgres", {}, "vpc", "rds postgres 18 (newest)"],
    ["postgres:latest", {}, "vpc", "rds postgres 18 (newest)"],
    ["postgres:alpine", {}, "vpc", "rds postgres 18 (newest)"],
    ["postgres", { version: "16" }, "vpc", "rds postgres 16"],
    ["postgis/postgis:16-3.5", {}, "vpc", "rds postgres 16"],
    ["pgvector/pgvector:pg17", {}, "vpc", "rds postgres 17"],
    ["postgres:12", {}, "vpc", /^image: .*no version 12; it has 14, 15, 16, 17, 18; name one/u],
    ["postgres:17", { version: "9" }, "vpc", /^x-spectrum\.managed\.version: .*no version 9; it has 14/u],
    ["postgres:17", aurora, "vpc", "aurora aurora-postgresql 17"],
    ["mysql:8", {}, "vpc", "rds mysql 8.4"],
    ["mysql:8.0.36", {}, "vpc", "rds mysql 8.0"],
    ["mysql/mysql-server:8.0", {}, "vpc", "rds mysql 8.0"],
    ["mysql:5.7", {}, "vpc", /no version 5\.7; it has 8\.0, 8\.4/u],
    ["mysql:9.1", {}, "vpc", /no version 9\.1/u],
    ["mysql:8.4", aurora, "vpc", "aurora aurora-mysql 8.4"],
    ["mariadb:11", {}, "vpc", "rds mariadb 11.8"],
    ["mariadb:11.4.2-noble", {}, "vpc", "rds mariadb 11.4"],
    ["mariadb:10.5", {}, "vpc", /no version 10\.5; it has 10\.11/u],
    ["mariadb:11", aurora, "vpc", /^x-spectrum\.managed\.engine: Aurora is of postgres and mysql/u],
    ["redis:6.2-alpine", {}, "vpc", "elasticache redis 6.2"],
    ["redis:7", {}, "vpc", "elasticache redis 7.1"],
    ["redis:7.0.5", {}, "vpc", "elasticache redis 7.0"],
    ["redis:7.2", {}, "vpc", "elasticache valkey 7.2"],
    ["redis:7.4-alpine", {}, "vpc", "elasticache valkey 9.1"],
    ["redis:8.4.0", {}, "vpc", "elasticache valkey 9.1"],
    ["redis", {}, "vpc", "elasticache valkey 9.1 (newest)"],
    ["redis:5", {}, "vpc", /no version 5; it has 6\.2, 7\.0, 7\.1/u],
    ["valkey/valkey:8", {}, "vpc", "elasticache valkey 8.2"],
    ["valkey/valkey:8.0-alpine", {}, "vpc", "elasticache valkey 8.0"],
    ["mongo:5", documentdb, "vpc", "documentdb docdb 5.0.0"],
    ["mongo:8.0.4", documentdb, "vpc", "documentdb docdb 8.0.0"],
    ["mongo:7", documentdb, "vpc", /no version 7; it has 4\.0\.0, 5\.0\.0, 8\.0\.0/u],
    ["mongo:8", {}, "vpc", /^x-spectrum\.managed: AWS has no MongoDB.*engine: documentdb/u],
    ["postgres:17", documentdb, "vpc", /^x-spectrum\.managed\.engine: DocumentDB is of mongo/u],
    ["postgres:17", {}, "lightsail", "lightsail-database postgres 17"],
    ["mysql:8.0", {}, "lightsail", "lightsail-database mysql 8.0"],
    ["mysql:8.4", {}, "lightsail", /a Lightsail database with MySQL has no version 8\.4; it has 8\.0/u],
    ["postgres:17", aurora, "lightsail", /^x-spectrum\.managed\.engine: Lightsail has no aurora/u],
    ["mariadb:11.4", {}, "lightsail", /none of mariadb; choose a tier in the VPC/u],
    ["redis:7", {}, "lightsail", /none of redis; choose a tier in the VPC, or leave managed out/u],
    ["postgres:17", {}, "outside", /^x-spectrum\.managed: the machines are in no network of AWS's/u],
    ["bitnami/postgresql:17", {}, "vpc", /^image: AWS has no service that Spectrum knows/u],
    ["nginx:1", {}, "vpc", /^image: .*name an image of postgres, postgis/u],
  ];
  for (const [image, more, home, expected] of cases) {
    it(`of ${image} ${JSON.stringify(more)}, ${home}`, () => {
      const got = chosen(image, more, home);
      if (typeof expected === "string") assert.equal(got, expected);
      else assert.match(got, expected);
    });
  }

  it("is none for an image of one's own, and for a job", () => {
    const build = { context: "." } as NonNullable<ReturnType<typeof service>["build"]>;
    const own = choose(service("db", { build, image: "postgres:17" }), plain, "vpc");
    assert.equal("refusal" in own && own.key, "build");
    const job = choose(service("db", { image: "postgres:17", job: true }), plain, "vpc");
    assert.match("refusal" in job ? job.refusal.reason : "", /wait for its end/u);
  });

  it("says that Valkey is cheaper, and what past its support costs more", () => {
    const note = (image: string) => {
      const found = choose(service("db", { image }), plain, "vpc");
      return "refusal" in found ? null : found.note;
    };
    assert.match(note("redis:8") ?? "", /7\.1 is its last.*a fifth cheaper/u);
    assert.match(note("redis:7") ?? "", /a fifth less/u);
    assert.match(note("mysql:8.0") ?? "", /0\.10 USD a vCPU-hour more/u);
    assert.match(note("postgres") ?? "", /the newest that AWS has/u);
    assert.equal(note("postgres:17"), null);
  });
});
