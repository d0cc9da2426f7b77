/** Managed databases under the real engine: they stay where they are when the tier changes, and go when they may. */
import assert from "node:assert/strict";

import { type Case, exampleCase, SECRET_VALUE } from "./cases";
import type { StackOptions, Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { Cloud, UNLUCKY } from "./stand-in/cloud";
import { isAsPlanned, nothingLeft, succeeded } from "./steps";

const INSTANCE = "aws:rds/instance:Instance";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const LIGHTSAIL = "aws:lightsail/database:Database";
const SUBNET = "aws:ec2/subnet:Subnet";
/** What holds data, and what it stands in. */
const DATA = /aws:(?:rds|elasticache|secretsmanager)\/|-isolated|-database/u;

describe("engine with databases", function () {
  this.timeout(900_000);
  let tools: Tools;
  let cloud: Cloud;
  let stack: EngineStack | undefined;

  before(function () {
    const found = findTools();
    if (found) tools = found;
    else this.skip();
  });
  beforeEach(() => (cloud = new Cloud({ slow: UNLUCKY })));
  afterEach(() => {
    stack?.close();
    stack = undefined;
  });

  const open = async (options: StackOptions) => (stack = await EngineStack.open(tools, cloud, options));
  const shop = (tier: Parameters<typeof exampleCase>[1], app: object): Case => exampleCase("shop", tier, { app });
  const managed = { services: { db: { managed: true }, redis: { managed: true } } };

  it("moves an app from fargate to eks and to ecs-ec2, and touches neither database nor cache", async () => {
    const opened = await open(shop("fargate", managed));
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const data = () => cloud.everything.filter(({ urn }) => DATA.test(urn) && !urn.includes("IngressRule"));
    const before = data().map(({ id }) => id);
    assert.equal(cloud.all(INSTANCE).length, 1);
    assert.equal(cloud.all(CACHE).length, 1);

    for (const tier of ["eks", "ecs-ec2"] as const) {
      const from = cloud.log.length;
      opened.configure(shop(tier, managed).config);
      succeeded(await opened.up());
      await isAsPlanned(opened);
      const touched = cloud.log
        .slice(from)
        .filter(({ urn }) => DATA.test(urn) && !urn.includes("IngressRule"))
        .map(({ operation, urn }) => `${operation} ${urn}`);
      assert.deepEqual(touched, [], tier);
      assert.deepEqual(
        data().map(({ id }) => id),
        before,
        tier,
      );
    }
    const { changeSummary } = await opened.preview();
    assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"], "a second run changes nothing");
    assert.equal(JSON.stringify(await opened.state()).includes(SECRET_VALUE), false);

    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("puts a database in the place of its container by one line, and moves no subnet of the VPC", async () => {
    const opened = await open(shop("fargate", {}));
    succeeded(await opened.up());
    const subnets = cloud.all(SUBNET).map(({ id }) => id);
    const from = cloud.log.length;
    opened.configure(shop("fargate", { services: { db: { managed: true } } }).config);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    assert.ok(
      subnets.every((id) => cloud.all(SUBNET).some((subnet) => subnet.id === id)),
      "the VPC's own subnets stay",
    );
    const changed = cloud.log.slice(from).filter(({ type, operation }) => type === SUBNET && operation !== "create");
    assert.deepEqual(changed, []);
    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("makes one of each engine, rotating passwords among them, and deletes them", async () => {
    const compose = [
      "name: all",
      "services:",
      "  web:",
      "    image: nginxinc/nginx-unprivileged:1.29.4-alpine3.23",
      '    ports: ["8080:8080"]',
      "    environment:",
      "      A: postgres://app:long-password-1@aurora:5432/app",
      "      B: mysql://root:long-password-2@mysql:3306/app",
      "      C: mongodb://top:long-password-3@mongo:27017/app?retryWrites=false",
      "      D: redis://:long-password-of-4@redis:6379",
      '  aurora: { image: "postgres:17", environment: { POSTGRES_USER: app, POSTGRES_PASSWORD: long-password-1 } }',
      '  alone: { image: "postgres:17", environment: { POSTGRES_PASSWORD: long-password-5 } }',
      '  mysql: { image: "mysql:8.4", environment: { MYSQL_ROOT_PASSWORD: long-password-2, MYSQL_DATABASE: app } }',
      "  mongo:",
      '    image: "mongo:5"',
      "    environment: { MONGO_INITDB_ROOT_USERNAME: top, MONGO_INITDB_ROOT_PASSWORD: long-password-3 }",
      '  redis: { image: "redis:7.1", command: redis-server --requirepass long-password-of-4 }',
    ].join("\n");
    const services = {
      aurora: { managed: { engine: "aurora", multiZone: true } },
      alone: { managed: true },
      mysql: { managed: true },
      mongo: { managed: { engine: "documentdb" } },
      redis: { managed: { multiZone: true } },
    };
    const all = { compose: "examples/all/compose.yaml", tier: "fargate", data: "delete", services };
    const opened = await open({
      config: { "aws:region": "us-east-1", "spectrum:apps": { all } },
      files: { "examples/all/compose.yaml": `${compose}\n` },
    });
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const kinds = [INSTANCE, CACHE, "aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster"];
    assert.deepEqual(
      kinds.map((type) => cloud.all(type).length),
      [2, 1, 1, 1],
    );
    const { changeSummary } = await opened.preview();
    assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"], "a second run changes nothing");
    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("keeps a database that is kept, until its data is delete", async () => {
    const kept = { services: { db: { managed: true } }, data: "keep" };
    const opened = await open(shop("lightsail", kept));
    succeeded(await opened.up());
    await isAsPlanned(opened);
    assert.equal(cloud.all(LIGHTSAIL).length, 1);
    const refused = await opened.destroy();
    assert.notEqual(refused.code, 0);
    assert.match(refused.stdout + refused.stderr, /Database[^]*protect|protect[^]*Database/u);
    assert.equal(cloud.all(LIGHTSAIL).length, 1);
    opened.configure(shop("lightsail", { ...kept, data: "delete" }).config);
    succeeded(await opened.up());
    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });
});
