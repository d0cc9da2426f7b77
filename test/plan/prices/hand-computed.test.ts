/**
 * What plans cost, computed by hand: each number of a sum is a price with its source, or stands in the case's config. A month has
 * 730 hours. Unless a case says otherwise: us-east-1; 0.25 vCPU and 512 MiB, as a service has that says nothing of its size.
 *
 * The prices and where they were read, as of November 2026; most are AWS's price list by file or SKU:
 * - Fargate: vCPU 0.04048 and GB 0.004445 an hour, arm64 0.03238 and 0.00356 (AmazonECS/20260707160651/us-east-1)
 * - load balancer 0.0225 an hour (SKU 37CUWUT8GSNQEPUV), its unit 0.008 (P2XGEJ8N3KU52WA8); IPv4 address 0.005 (4GQUNXTFWVSGPUZK)
 * - NAT gateway 0.045 an hour and GB (M2YSHUBETB3JX4M4, 59S5R83GFPUAGVR5); interface endpoint 0.01 an hour, zone and GB (infracost)
 * - t3.micro 0.0104, t3.small 0.0208, t3.medium 0.0416, t4g.micro 0.0084 an hour (karpenter's copy of AWS's list of 2026-07-20)
 * - gp3 0.08 a GB-month (JG3KUJMBRGHV3N8G); EFS 0.30 (infracost); ECR 0.10 (infracost); S3 0.023 (WP9ANXZGBYYSGJEA)
 * - logs 0.50 a GB in (S8QGXX5R2BKKMDSJ), 0.03 a GB-month kept (6K9ADYQAHV5KX9KZ); alarm 0.10 (EVETVUGEN3MUTMXM)
 * - traffic to the internet 0.09 a GB (HQEH3ZWJVT46JHRG); CloudFront 0.085 a GB, 1.20 a million requests (infracost)
 * - API Gateway 1.00 a million requests (AWS's whitepaper); discoveries 1.00 a million (from memory); zone 0.50 (infracost)
 * - EKS 0.10 an hour (ZYWMR684YSMFHWEU); ECS Anywhere 0.01025 a machine and hour (VUZADW4HBG7NT6R7)
 * - RDS db.t4g.micro 0.016 an hour, gp3 0.115 a GB-month; Valkey cache.t4g.micro 0.0128; Aurora 0.12 a capacity unit and hour
 * - Secrets Manager 0.40 (BJ3PQ9BYGU6P632F); SQS 0.40 a million (infracost); health check 0.50, HTTPS 1.00 (AWS's page)
 * - Lightsail: nano 7, micro 10, small 15 a node; machine micro 7, small 12; disk 0.10 a GB-month; load balancer 18 (AWS's pages)
 * - eu-west-1: load balancer 0.0252 an hour, logs 0.57 a GB; all else of the case as in us-east-1
 */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePlan } from "../../../plan/plan";
import { root } from "../../support/project";

const H = 730;
const cents = (usd: number) => Math.round(usd * 100) / 100;

/** One task of the default size, without its address. */
const TASK = 0.25 * 0.04048 * H + 0.5 * 0.004445 * H;
const IPV4 = 0.005 * H;
/** A load balancer with an address in each of two zones. */
const ALB = 0.0225 * H + 2 * IPV4;
const NAT = 0.045 * H + IPV4;
/** A pod of the default size on Fargate: 512 + 256 MiB are billed as 1 GB. */
const POD = 0.25 * 0.04048 * H + 1 * 0.004445 * H;
/** Pods of the cluster's own, of 0.25 vCPU and 0.5 GB: DNS and metrics twice each, the load balancer controller. */
const SYSTEM_PODS = 5 * TASK;
/** An instance's disk, in a pool and in Beanstalk. */
const POOL_DISK = 30 * 0.08;
const BEANSTALK_DISK = 16 * 0.08;
const NODE_DISK = 20 * 0.08;
/** What a pool's managed scaling watches: out and in. */
const SCALING_ALARMS = 2 * 0.1;

/** 0.1 GB of logs taken in; of what is kept for 14 days, 14/30. */
const LOGS = 0.1 * 0.5 + ((0.1 * 14) / 30) * 0.03;
const OUT = 1 * 0.09;
/** 100,000 requests are 1.11 hours of a unit that takes 25 new connections a second. */
const UNITS = (100_000 / (25 * 3600)) * 0.008;
const FETCHED = 1 * 0.045;
/** Three repositories of 0.5 GB. */
const SHOP_IMAGES = 3 * 0.5 * 0.1;
const FILES = 1 * 0.3;
/** What Beanstalk deploys from: 0.5 GB. */
const BUNDLES = 0.5 * 0.023;

interface Case {
  readonly what: string;
  /** Of `Pulumi.dev.yaml`, beside the region. */
  readonly config?: object;
  /** Of the app `app`, beside its file. */
  readonly app?: object;
  /** A Compose file of the project, or the text of one; the hello example by default. */
  readonly compose?: string;
  readonly region?: string;
  readonly fixed: number;
  readonly usage: number;
}

const SHOP = "examples/shop/compose.yaml";
const HELLO = "examples/hello/compose.yaml";
const web = (more = "") => `services: { web: { image: "nginx:1.29", ports: ["8080:8080"]${more} } }`;
const database = (image: string, more = "") =>
  `services: { web: { image: "nginx:1.29", ports: ["8080:8080"] }, db: { image: "${image}"${more} } }`;
const PASSWORD = ", environment: { POSTGRES_PASSWORD: abcdefgh12 }";

const cases: readonly Case[] = [
  {
    what: "fargate: one task with its address, behind a load balancer",
    app: { tier: "fargate" },
    fixed: TASK + IPV4 + ALB, // 9.01 + 3.65 + 23.73 = 36.39
    usage: LOGS + OUT + UNITS,
  },
  {
    what: "fargate by API Gateway: the namespace's zone in the load balancer's place",
    app: { tier: "fargate" },
    config: { platform: { entry: "apigateway" } },
    fixed: TASK + IPV4 + 0.5, // 13.16
    // requests, their discoveries, half a KB of access log each
    usage: LOGS + OUT + 0.1 * 1 + 0.1 * 1 + 100_000 * 0.5e-6 * 0.5,
  },
  {
    what: "fargate on arm64",
    app: { tier: "fargate" },
    compose: web(", platform: linux/arm64"),
    fixed: 0.25 * 0.03238 * H + 0.5 * 0.00356 * H + IPV4 + ALB,
    usage: LOGS + OUT + UNITS,
  },
  {
    what: "fargate in eu-west-1",
    app: { tier: "fargate" },
    region: "eu-west-1",
    fixed: TASK + IPV4 + 0.0252 * H + 2 * IPV4,
    usage: 0.1 * 0.57 + ((0.1 * 14) / 30) * 0.03 + OUT + UNITS,
  },
  {
    what: "fargate: 1 vCPU and 3 GB, from 2 to 6 tasks by their processors: 2, and the two alarms of the policy",
    app: { tier: "fargate", size: { cpu: 1, memory: "3g" }, scale: { min: 2, max: 6, cpu: 60 } },
    fixed: 2 * (1 * 0.04048 * H + 3 * 0.004445 * H + IPV4) + ALB + 2 * 0.1,
    usage: LOGS + OUT + UNITS,
  },
  {
    what: "the same with 4 tasks on average, for 12 hours a day",
    app: {
      tier: "fargate",
      size: { cpu: 1, memory: "3g" },
      scale: { min: 2, max: 6, cpu: 60 },
      usage: { replicas: 4, hours: 12 },
    },
    fixed: 4 * 0.5 * (1 * 0.04048 * H + 3 * 0.004445 * H + IPV4) + ALB + 2 * 0.1,
    usage: LOGS + OUT + UNITS,
  },
  {
    what: "fargate behind a NAT gateway: private addresses alone",
    app: { tier: "fargate" },
    config: { platform: { egress: "nat" } },
    fixed: TASK + ALB + NAT,
    usage: LOGS + OUT + UNITS + FETCHED,
  },
  {
    what: "fargate, four tasks, three of them on Spot (0.01260682 and 0.00138432 on 2026-08-26)",
    app: { tier: "fargate", scale: { min: 4, max: 4 }, fargate: { spot: 75 } },
    fixed: TASK + 3 * (0.25 * 0.01260682 * H + 0.5 * 0.00138432 * H) + 4 * IPV4 + ALB + 2 * 0.1,
    usage: LOGS + OUT + UNITS,
  },
  {
    what: "fargate: the shop's five tasks, each of the smallest size",
    app: { tier: "fargate" },
    compose: SHOP,
    fixed: 5 * (TASK + IPV4) + ALB,
    usage: LOGS + OUT + UNITS + FILES + SHOP_IMAGES,
  },
  {
    what: "fargate: PostgreSQL by RDS with 20 GB and its secret",
    app: { tier: "fargate", services: { db: { managed: true } } },
    compose: database("postgres:17", PASSWORD),
    fixed: TASK + IPV4 + ALB + 0.016 * H + 20 * 0.115 + 0.4,
    usage: LOGS + OUT + UNITS,
  },
  {
    what: "the same in two zones, with two of everything but the secret",
    app: { tier: "fargate", services: { db: { managed: { multiZone: true } } } },
    compose: database("postgres:17", PASSWORD),
    fixed: TASK + IPV4 + ALB + 2 * 0.016 * H + 2 * 20 * 0.115 + 0.4,
    usage: LOGS + OUT + UNITS,
  },
  {
    what: "fargate: Aurora, which pauses: half a capacity unit while it works, a GB of data, an access for each request",
    app: { tier: "fargate", services: { db: { managed: { engine: "aurora" } } } },
    compose: database("postgres:17", PASSWORD),
    fixed: TASK + IPV4 + ALB + 0.4,
    usage: LOGS + OUT + UNITS + 0.5 * H * 0.12 + 1 * 0.1 + 0.1 * 0.2,
  },
  {
    what: "fargate: a Valkey cache, a bucket, a queue, CloudFront before it all",
    app: { tier: "fargate", cdn: true, services: { db: { managed: true }, web: { bucket: true, queue: true } } },
    compose: database("valkey/valkey:8"),
    fixed: TASK + IPV4 + ALB + 0.0128 * H,
    // traffic and requests by CloudFront; a GB of objects; 10,000 messages are 30,000 calls
    usage: LOGS + UNITS + 1 * 0.085 + 0.1 * 1.2 + 1 * 0.023 + 0.03 * 0.4,
  },
  {
    what: "lightsail: one node of nano",
    app: { tier: "lightsail" },
    fixed: 7,
    usage: 0,
  },
  {
    what: "lightsail: three nodes of micro, 600 GB out, of which 500 are included",
    app: { tier: "lightsail", lightsail: { power: "micro", scale: 3 }, usage: { gbOut: 600 } },
    fixed: 3 * 10,
    usage: 100 * 0.09,
  },
  {
    what: "lightsail-vm: a machine of micro, and for the shop one of small with a disk of 20 GB",
    app: { tier: "lightsail-vm" },
    compose: SHOP,
    fixed: 12 + 20 * 0.1,
    usage: LOGS + SHOP_IMAGES,
  },
  {
    what: "beanstalk: one t3.micro with its disk and address",
    app: { tier: "beanstalk" },
    fixed: 0.0104 * H + BEANSTALK_DISK + IPV4,
    usage: LOGS + OUT + BUNDLES,
  },
  {
    what: "beanstalk, load-balanced, from 2 to 4: two instances behind the platform's load balancer",
    app: { tier: "beanstalk", beanstalk: { type: "load-balanced" }, scale: { min: 2, max: 4 } },
    fixed: 2 * (0.0104 * H + BEANSTALK_DISK + IPV4) + ALB,
    usage: LOGS + OUT + UNITS + BUNDLES,
  },
  {
    what: "ecs-ec2: a t3.micro with its disk in a private subnet, behind a NAT gateway",
    app: { tier: "ecs-ec2" },
    fixed: 0.0104 * H + POOL_DISK + SCALING_ALARMS + ALB + NAT,
    usage: LOGS + OUT + UNITS + FETCHED,
  },
  {
    what: "ecs-ec2 under bridge: a t3.micro with a public address",
    app: { tier: "ecs-ec2", "ecs-ec2": { networkMode: "bridge" } },
    config: { platform: { egress: "public" } },
    fixed: 0.0104 * H + POOL_DISK + IPV4 + SCALING_ALARMS + ALB,
    usage: LOGS + OUT + UNITS,
  },
  {
    what: "ecs-anywhere: three machines of one's own",
    app: { tier: "ecs-anywhere", usage: { machines: 3 } },
    fixed: 3 * 0.01025 * H,
    usage: LOGS,
  },
  {
    what: "eks: the control plane, and a t3.medium with disk and address",
    app: { tier: "eks" },
    fixed: 0.1 * H + 0.0416 * H + NODE_DISK + IPV4 + ALB,
    usage: LOGS + OUT + UNITS,
  },
  {
    what: "eks-fargate: the control plane, the cluster's five pods, one of the app's",
    app: { tier: "eks-fargate" },
    fixed: 0.1 * H + SYSTEM_PODS + POD + ALB + NAT,
    usage: LOGS + OUT + UNITS + FETCHED,
  },
];

describe("prices computed by hand", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "spectrum-"));
    cpSync(join(root, "examples"), join(folder, "examples"), { recursive: true });
    writeFileSync(join(folder, "Pulumi.yaml"), "name: spectrum\nruntime: nodejs\n");
  });
  after(() => rmSync(folder, { recursive: true }));

  /** What the case's environment costs. */
  async function price({ app, config, compose = HELLO, region = "us-east-1" }: Case) {
    const file = compose.startsWith("examples/") ? compose : "compose.yaml";
    if (file !== compose) writeFileSync(join(folder, file), compose);
    const said: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(config ?? {})) said[`spectrum:${key}`] = value;
    const own: object = { compose: file, ...app };
    const secrets = compose === SHOP ? { "spectrum:secrets": { app: { DB_PASSWORD: { secure: "AAAA" } } } } : {};
    const values: object = {
      "aws:region": region,
      ...said,
      "spectrum:apps": { app: own },
      ...secrets,
    };
    writeFileSync(join(folder, "Pulumi.dev.yaml"), JSON.stringify({ config: values }));
    const { errors, prices } = await makePlan({ root: folder });
    assert.deepEqual(errors, []);
    assert.ok(prices);
    return prices;
  }

  for (const one of cases) {
    it(`${one.what}: ${cents(one.fixed).toFixed(2)} and ${cents(one.usage).toFixed(2)}`, async () => {
      const { fixed, usage, lines, unpriced } = await price(one);
      assert.deepEqual(unpriced, []);
      assert.deepEqual(
        { fixed, usage },
        { fixed: cents(one.fixed), usage: cents(one.usage) },
        lines.map(({ what, usd }) => `${what}: ${usd}`).join("\n"),
      );
    });
  }

  it("has twenty cases and more, on every tier", () => {
    assert.ok(cases.length >= 20);
    assert.equal(new Set(cases.map(({ app }) => (app as { tier: string }).tier)).size, 8);
  });
});
