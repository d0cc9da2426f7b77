/**
 * What AWS runs in the place of a database's image: services, versions, smallest classes, and their prices. Pure.
 *
 * Versions: those in standard support, as cfn-lint 1.58 has them from AWS's own descriptions, read in November 2026. A later
 * defaults version may add to what stands first in a list; it never moves a stack that keeps its version of the defaults.
 * Prices: us-east-1, USD, November 2026; a month has 730 hours.
 */
import { parseImage } from "../image";
import type { ManagedConfig } from "../config/types";

/** The images that AWS has a service for. */
export type DatabaseImage = "postgres" | "mysql" | "mariadb" | "redis" | "valkey" | "mongo";

export type DatabaseKind = "rds" | "aurora" | "documentdb" | "elasticache" | "lightsail-database";

/** By the last part of the repository's name. */
const IMAGES: Readonly<Record<string, DatabaseImage>> = {
  postgres: "postgres",
  postgis: "postgres",
  pgvector: "postgres",
  mysql: "mysql",
  "mysql-server": "mysql",
  mariadb: "mariadb",
  redis: "redis",
  valkey: "valkey",
  mongo: "mongo",
};

export const databaseImages = Object.keys(IMAGES);

/** The image that a service runs, with the version of its tag (`17.7`); `null`: none that AWS has a service for. */
export function databaseImage(
  image: string | null,
): { readonly image: DatabaseImage; readonly version: string | null } | null {
  const parsed = image === null ? null : parseImage(image);
  if (!parsed) return null;
  // Bitnami's images are set up by variables of their own
  if (parsed.repository.startsWith("bitnami")) return null;
  const name = parsed.repository.split("/").at(-1) ?? "";
  const known = Object.hasOwn(IMAGES, name) ? IMAGES[name] : undefined;
  if (!known) return null;
  const version = /^(?:v|pg)?(\d+(?:\.\d+)*)(?![a-z0-9])/u.exec(parsed.tag ?? "")?.[1];
  return { image: known, version: version ?? null };
}

export interface Engine {
  readonly kind: DatabaseKind;
  /** "Amazon RDS for PostgreSQL" */
  readonly title: string;
  /** AWS's word for it: `postgres`, `aurora-mysql`, `valkey`. */
  readonly engine: string;
  /** Oldest first, as AWS takes them; the last is the newest. */
  readonly versions: readonly string[];
  /** Of the parameter group; left out where there is none. */
  readonly family?: (version: string) => string;
  readonly smallest: string;
  /** Of the smallest class, USD a month for one. */
  readonly price: number;
  /** What it holds by default, and what more than the class costs. */
  readonly priceNote: string;
  /** What its logs are called; each is a log group. */
  readonly logs: readonly string[];
}

const HOURS = 730;
/** Rounded to cents. */
const monthly = (hourly: number): number => Math.round(hourly * HOURS * 100) / 100;
const major = (version: string): string => version.split(".")[0] ?? version;
/** Storage of RDS is gp3. https://aws.amazon.com/rds/postgresql/pricing/ */
const RDS_STORAGE = "storage 0.115 USD a GiB, in each zone";
const AURORA_STORAGE = "0.10 USD a GB of data and 0.20 USD a million requests to it";

const rds = (
  engine: "postgres" | "mysql" | "mariadb",
  name: string,
  rest: Pick<Engine, "versions" | "logs">,
): Engine => ({
  kind: "rds",
  title: `Amazon RDS for ${name}`,
  engine,
  family: (version) => `${engine}${version}`,
  smallest: "db.t4g.micro",
  price: monthly(0.016),
  priceNote: RDS_STORAGE,
  ...rest,
});

/** Serverless v2: an Aurora capacity unit (2 GiB) is 0.12 USD an hour. https://aws.amazon.com/rds/aurora/pricing/ */
const aurora = (
  engine: "aurora-postgresql" | "aurora-mysql",
  name: string,
  rest: Pick<Engine, "versions" | "logs">,
): Engine => ({
  kind: "aurora",
  title: `Amazon Aurora ${name}`,
  engine,
  family: (version) => `${engine}${version}`,
  smallest: "db.serverless",
  price: monthly(0.12),
  priceNote: `for each capacity unit that runs all month, none while it is paused; ${AURORA_STORAGE}`,
  ...rest,
});

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html */
const cache = (
  engine: "redis" | "valkey",
  name: string,
  rest: Pick<Engine, "versions" | "family" | "price">,
): Engine => ({
  kind: "elasticache",
  title: `Amazon ElastiCache for ${name}`,
  engine,
  smallest: "cache.t4g.micro",
  priceNote: "0.5 GiB of memory",
  logs: ["slow-log"],
  ...rest,
});

/** https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-choosing-a-database.html */
const lightsail = (engine: "postgres" | "mysql", name: string, versions: Engine["versions"]): Engine => ({
  kind: "lightsail-database",
  title: `a Lightsail database with ${name}`,
  engine,
  versions,
  smallest: "micro_2_0",
  price: 15,
  priceNote: "40 GB included",
  logs: [],
});

const POSTGRES = ["14", "15", "16", "17", "18"];

/** By image: in the VPC, on Aurora, on Lightsail. */
export const engines = {
  postgres: rds("postgres", "PostgreSQL", { versions: POSTGRES, logs: ["postgresql", "upgrade"] }),
  // 8.0 is past its standard support since August 2026: RDS bills 0.10 USD a vCPU-hour more for it
  mysql: rds("mysql", "MySQL", { versions: ["8.0", "8.4"], logs: ["error", "slowquery"] }),
  mariadb: rds("mariadb", "MariaDB", { versions: ["10.11", "11.4", "11.8", "12.3"], logs: ["error", "slowquery"] }),
  auroraPostgres: aurora("aurora-postgresql", "PostgreSQL", { versions: POSTGRES, logs: ["postgresql"] }),
  auroraMysql: aurora("aurora-mysql", "MySQL", { versions: ["8.0", "8.4"], logs: ["error", "slowquery"] }),
  redis: cache("redis", "Redis OSS", {
    versions: ["6.2", "7.0", "7.1"],
    family: (version) => (major(version) === "6" ? "redis6.x" : `redis${major(version)}`),
    price: monthly(0.016),
  }),
  valkey: cache("valkey", "Valkey", {
    versions: ["7.2", "8.0", "8.1", "8.2", "9.0", "9.1"],
    family: (version) => `valkey${major(version)}`,
    price: monthly(0.0128),
  }),
  // https://aws.amazon.com/documentdb/pricing/
  documentdb: {
    kind: "documentdb",
    title: "Amazon DocumentDB",
    engine: "docdb",
    versions: ["4.0.0", "5.0.0", "8.0.0"],
    family: (version) => `docdb${version.replace(/\.\d+$/u, "")}`,
    smallest: "db.t4g.medium",
    price: monthly(0.0757),
    priceNote: AURORA_STORAGE,
    logs: ["profiler"],
  },
  lightsailPostgres: lightsail("postgres", "PostgreSQL", POSTGRES),
  lightsailMysql: lightsail("mysql", "MySQL", ["8.0"]),
} as const satisfies Readonly<Record<string, Engine>>;

/**
 * The newest version of the engine's that is the one asked for or continues it: `8` is 8.4, `17.7` is 17, whose minor version
 * AWS chooses. `null`: AWS has none.
 */
export function versionOf(engine: Engine, asked: string): string | null {
  const continues = (long: string, short: string) => long === short || long.startsWith(`${short}.`);
  return (
    engine.versions.findLast((version) => continues(version, asked) || continues(asked, shortest(engine, version))) ??
    null
  );
}

/** Patch levels of DocumentDB are not asked for. */
function shortest({ kind }: Engine, version: string): string {
  return kind === "documentdb" ? version.replace(/\.\d+$/u, "") : version;
}

export const newestOf = ({ versions }: Engine): string => versions.at(-1) ?? "";

/** Redis after 7.1 is no version of AWS's: Valkey, which comes of 7.2, takes its place. */
export function valkeyFor(asked: string | null): string | null {
  if (asked === null) return newestOf(engines.valkey);
  const [first = 0, second] = asked.split(".").map(Number);
  if (first < 7 || (first === 7 && (second === undefined || second < 2))) return null;
  return first === 7 && second === 2 ? "7.2" : newestOf(engines.valkey);
}

/** What a month costs at the least: of the class alone, with a second one in another zone where there is one. */
export function priceOf(
  { price, kind }: Engine,
  { class: given }: Pick<ManagedConfig, "class">,
  multiZone: boolean,
): string | null {
  // another class has another price, which AWS's own page tells
  if (given !== null) return null;
  if (kind === "aurora") return `${price.toFixed(2)} USD a month`;
  return `${(multiZone ? 2 * price : price).toFixed(2)} USD a month`;
}
