/** The tier ecs-ec2 under the real engine: the switch from Fargate and back, apps that share instances, and the end of it. */
import assert from "node:assert/strict";

import { domainCase } from "./cases";
import type { StackOptions, Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { Cloud, UNLUCKY } from "./stand-in/cloud";
import { isAsPlanned, nothingLeft, place, succeeded } from "./steps";

const CLUSTER = "aws:ecs/cluster:Cluster";
const DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const INVOCATION = "aws:lambda/invocation:Invocation";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const POOL = "aws:autoscaling/group:Group";
const PROVIDER = "aws:ecs/capacityProvider:CapacityProvider";
const PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders";
const RULE = "aws:lb/listenerRule:ListenerRule";
const SERVICE = "aws:ecs/service:Service";
const TARGETS = "aws:lb/targetGroup:TargetGroup";

describe("engine on ecs-ec2", function () {
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
  const done = (from: number) => cloud.log.slice(from);
  const touched = (from: number, type: string) =>
    done(from)
      .filter((one) => one.type === type)
      .map(({ operation }) => operation);

  it("takes an app from fargate and gives it back, and goes down", async () => {
    const [fargate, ec2] = [domainCase("fargate"), domainCase("ecs-ec2")];
    const opened = await open(fargate);
    succeeded(await opened.up());
    const logs = cloud.all(LOGS).map(({ id }) => id);

    const there = cloud.log.length;
    opened.configure(ec2.config);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const first = done(there);
    assert.ok(
      place(first, "create", INVOCATION) < first.findIndex((d) => d.operation === "create" && d.type === SERVICE),
    );
    assert.ok(place(first, "create", SERVICE) < first.findIndex((d) => d.operation === "delete" && d.type === SERVICE));
    for (const type of [PROVIDERS, CLUSTER, TARGETS, RULE]) assert.deepEqual(touched(there, type), [], type);
    for (const id of logs)
      assert.ok(
        cloud.all(LOGS).some((group) => group.id === id),
        `${id} is another, its logs lost`,
      );

    const { changeSummary } = await opened.preview();
    assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"], "a second run changes nothing");

    const back = cloud.log.length;
    opened.configure(fargate.config);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const second = done(back);
    const last = (operation: string, type: string) => place(second, operation, type);
    assert.ok(last("delete", SERVICE) < last("delete", INVOCATION), "detached when no service is on it");
    assert.ok(last("delete", INVOCATION) < last("delete", PROVIDER), "and deleted when it is detached");
    assert.ok(last("delete", PROVIDER) < last("delete", POOL));
    for (const type of [PROVIDERS, CLUSTER, TARGETS, RULE]) assert.deepEqual(touched(back, type), [], type);
    for (const type of [PROVIDER, POOL]) assert.deepEqual(cloud.all(type), []);

    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("hosts two apps on one cluster and one pool, and an app of another kind beside them", async () => {
    const hello = (more: object) => ({ compose: "examples/hello/compose.yaml", tier: "ecs-ec2", ...more });
    const opened = await open({
      config: {
        "aws:region": "us-east-1",
        "spectrum:apps": {
          one: hello({ hosts: [{ host: "example.com", path: "/one" }] }),
          two: hello({ hosts: [{ host: "example.com", path: "/two" }] }),
          three: hello({
            hosts: [{ host: "example.com", path: "/three" }],
            "ecs-ec2": { networkMode: "bridge", spot: 60 },
          }),
        },
        "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true },
      },
    });
    succeeded(await opened.up());
    await isAsPlanned(opened);
    assert.equal(cloud.all(CLUSTER).length, 1);
    assert.equal(cloud.all(POOL).length, 2);
    const providers = cloud.all(SERVICE).map(({ inputs }) => JSON.stringify(inputs.capacityProviderStrategies));
    assert.equal(new Set(providers).size, 2);
    assert.deepEqual(
      cloud
        .all(DEFINITION)
        .map(({ inputs }) => inputs.networkMode)
        .sort(),
      ["awsvpc", "awsvpc", "bridge"],
    );

    // one of the two goes: what it shared stays as it is, but for the number of instances that may run
    const before = cloud.log.length;
    opened.configure({
      "spectrum:apps": {
        two: hello({ hosts: [{ host: "example.com", path: "/two" }] }),
        three: hello({
          hosts: [{ host: "example.com", path: "/three" }],
          "ecs-ec2": { networkMode: "bridge", spot: 60 },
        }),
      },
    });
    succeeded(await opened.up());
    assert.deepEqual(touched(before, INVOCATION), []);
    assert.deepEqual(touched(before, CLUSTER), []);

    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("moves between awsvpc and bridge, whose target groups are not the same", async () => {
    const config = (networkMode: string) => ({
      "aws:region": "us-east-1",
      "spectrum:apps": {
        hello: { compose: "examples/hello/compose.yaml", tier: "ecs-ec2", "ecs-ec2": { networkMode } },
      },
    });
    const opened = await open({ config: config("awsvpc") });
    succeeded(await opened.up());
    opened.configure(config("bridge"));
    succeeded(await opened.up());
    await isAsPlanned(opened);
    opened.configure(config("awsvpc"));
    succeeded(await opened.up());
    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });
});
