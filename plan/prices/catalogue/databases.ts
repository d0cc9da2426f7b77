/** Managed databases and caches. */
import { type Price, price, type ServicePrices, type Source } from "../price";
import { bill, hearsay, infracost, MEMORY, page, priceList, regional } from "./sources";

const RDS_US = priceList("AmazonRDS 20260831092223, us-east-1, by SKU", "2026-08-31");
const CLASSES = infracost("db_instance");
const AURORA = infracost("rds_cluster");
const DOCUMENTDB = infracost("docdb_cluster_instance");
const effective = bill("effective rates in eu-west-1", "2026-06");
/** Every node type of Redis and Valkey in us-east-1. */
const ELASTICACHE = priceList(
  "AmazonElastiCache, us-east-1, Cache Instance, as public code has copied it",
  "2026-10-02",
);

/** One zone; two cost twice as much. PostgreSQL, MySQL and MariaDB are the same. */
const RDS: readonly (readonly [string, Price, Price?])[] = [
  [
    "db.t4g.micro",
    price(0.016, hearsay("a public test's copy of AWS's price list for PostgreSQL", "2026-09-05")),
    price(0.017, bill("eu-west-1, 10.09 USD by 593 hours", "2026-07")),
  ],
  ["db.t4g.small", price(0.032, CLASSES), price(0.035, effective)],
  [
    "db.t4g.medium",
    price(0.065, { ...RDS_US, source: `${RDS_US.source}: half of two zones, rounded`, certain: false }),
    price(0.069, bill("eu-west-1, 132.06 USD by 1,914 hours", "2026-05")),
  ],
  ["db.t3.large", price(0.136, CLASSES)],
  ["db.r7g.large", price(0.239, { ...RDS_US, source: `${RDS_US.source}: half of two zones`, certain: false })],
];

/** USD an hour of Redis OSS; Valkey is a fifth less. */
const CACHES: Readonly<Record<string, number>> = {
  "t3.micro": 0.017,
  "t3.small": 0.034,
  "t3.medium": 0.068,
  "t4g.micro": 0.016,
  "t4g.small": 0.032,
  "t4g.medium": 0.065,
  "m6g.large": 0.149,
  "m6g.xlarge": 0.297,
  "m7g.large": 0.158,
  "m7g.xlarge": 0.315,
  "m7g.2xlarge": 0.629,
  "r6g.large": 0.206,
  "r6g.xlarge": 0.411,
  "r7g.large": 0.219,
  "r7g.xlarge": 0.437,
  "r7g.2xlarge": 0.873,
};
const VALKEY_SHARE = 0.8;

const hourly = (usd: number, source: Source) => ({ unit: "hour", prices: regional(price(usd, source)) });

export const databases: ServicePrices = {
  ...Object.fromEntries(
    RDS.map(([name, us, eu]) => [`rds.${name}`, { unit: "hour", prices: regional(us, eu) }] as const),
  ),
  "rds.gp3": {
    unit: "GB-month",
    prices: regional(price(0.115, CLASSES), price(0.127, bill("eu-west-1, 2.54 USD by 20 GB", "2026-07"))),
  },
  /** The first two years after a version's standard support. */
  "rds.extended": { unit: "vCPU-hour", prices: regional(price(0.1, CLASSES)) },
  "aurora.acu": {
    unit: "ACU-hour",
    prices: regional(price(0.12, infracost("rds_cluster_instance")), price(0.14, MEMORY)),
  },
  "aurora.db.t4g.medium": hourly(0.073, MEMORY),
  "aurora.storage": { unit: "GB-month", prices: regional(price(0.1, AURORA), price(0.11, MEMORY)) },
  "aurora.io": { unit: "request", prices: regional(price(2e-7, AURORA), price(2.2e-7, MEMORY)) },
  "docdb.db.t4g.medium": hourly(0.0757, page("https://aws.amazon.com/documentdb/pricing/")),
  "docdb.db.t3.medium": hourly(0.078, DOCUMENTDB),
  "docdb.storage": { unit: "GB-month", prices: regional(price(0.1, DOCUMENTDB)) },
  "docdb.io": { unit: "request", prices: regional(price(2e-7, DOCUMENTDB)) },
  ...Object.fromEntries(
    Object.entries(CACHES).flatMap(([size, usd]) => [
      [`elasticache.redis.cache.${size}`, hourly(usd, ELASTICACHE)] as const,
      [`elasticache.valkey.cache.${size}`, hourly(Number((usd * VALKEY_SHARE).toFixed(6)), ELASTICACHE)] as const,
    ]),
  ),
};
