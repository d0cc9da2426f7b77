/** The entry by API Gateway: a change of entry and of tier by plans, and under the real engine. */
import assert from "node:assert/strict";

import type { TierName } from "../../app/tiers";
import type { Case } from "./cases";
import { domainCase, exampleCase, planCase } from "./cases";
import type { StackOptions, Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { PlanEngine } from "./plan-engine";
import { Cloud, UNLUCKY } from "./stand-in/cloud";
import { isAsPlanned, nothingLeft, place, succeeded } from "./steps";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const CERTIFICATE = "aws:acm/certificate:Certificate";
const MAPPING = "aws:apigatewayv2/apiMapping:ApiMapping";
const RECORD = "aws:route53/record:Record";
const REGISTRY = "aws:servicediscovery/service:Service";
const ROUTE = "aws:apigatewayv2/route:Route";
const SERVICE = "aws:ecs/service:Service";

/** The shop at a name of its own, behind one of the entries. */
function entryCase(tier: TierName, entry: "alb" | "apigateway"): Case {
  const { config, ...rest } = domainCase(tier);
  return { ...rest, config: { ...config, "spectrum:platform": { ...(config["spectrum:platform"] as object), entry } } };
}

/** Likewise on instances whose tasks have no interface of their own. */
const bridge = (): Case => {
  const { config, ...rest } = entryCase("ecs-ec2", "apigateway");
  const { shop } = config["spectrum:apps"] as { shop: object };
  return {
    ...rest,
    config: { ...config, "spectrum:apps": { shop: { ...shop, "ecs-ec2": { networkMode: "bridge" } } } },
  };
};

describe("the change of entry", function () {
  this.timeout(60_000);

  const resourcesOf = async (one: Case) => {
    const { errors, resources } = await planCase(one);
    assert.deepEqual(errors, []);
    return resources;
  };

  it("changes the name's record in place, after the new way and before the old one's end, and back", async () => {
    const [alb, api] = [
      await resourcesOf(entryCase("fargate", "alb")),
      await resourcesOf(entryCase("fargate", "apigateway")),
    ];
    const engine = new PlanEngine(new Cloud({ latency: 0, patience: 0 }));
    await engine.up(alb);
    for (const [to, made, gone] of [
      [api, MAPPING, BALANCER],
      [alb, BALANCER, MAPPING],
    ] as const) {
      const steps = await engine.up(to);
      const record = steps.findIndex(({ type, operation }) => type === RECORD && operation === "update");
      assert.deepEqual(steps[record]?.changed, ["aliases"]);
      const at = (operation: string, type: string) =>
        steps.findIndex((step) => step.operation === operation && step.type === type);
      assert.ok(at("create", made) !== -1 && at("create", made) < record, "the new way is there first");
      assert.ok(record < at("delete", gone), "and the old one until then");
      assert.deepEqual(
        steps.filter(({ operation }) => operation === "replace").map(({ type }) => type),
        [],
      );
      assert.deepEqual(
        steps.filter(({ type }) => type === CERTIFICATE),
        [],
        "both entries serve the host's one certificate",
      );
    }
    await engine.destroy();
  });

  it("leaves everything of the entry as it is when the tier changes, and the name's record too", async () => {
    const [fargate, ec2, instances] = [
      await resourcesOf(entryCase("fargate", "apigateway")),
      await resourcesOf(entryCase("ecs-ec2", "apigateway")),
      await resourcesOf(bridge()),
    ];
    const engine = new PlanEngine(new Cloud({ latency: 0, patience: 0 }));
    await engine.up(fargate);
    for (const to of [ec2, instances, fargate]) {
      const steps = await engine.up(to);
      const touched = steps.filter(({ type }) => /apigatewayv2|route53|acm|servicediscovery\/service/u.test(type));
      assert.deepEqual(touched, []);
    }
    await engine.destroy();
  });
});

describe("engine on API Gateway", function () {
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

  it("comes up, changes the tier and the entry and back, and goes down", async () => {
    const opened = await open(entryCase("fargate", "apigateway"));
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const first = cloud.log.slice();
    assert.ok(place(first, "create", SERVICE) < place(first, "create", ROUTE), "nobody is led to what does not run");
    assert.ok(place(first, "create", ROUTE) < place(first, "create", RECORD), "and no name before a route");
    assert.deepEqual(cloud.all(BALANCER), []);

    const { changeSummary } = await opened.preview();
    assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"], "a second run changes nothing");

    for (const next of [entryCase("ecs-ec2", "apigateway"), bridge()]) {
      const before = cloud.log.length;
      opened.configure(next.config);
      succeeded(await opened.up());
      await isAsPlanned(opened);
      const touched = cloud.log.slice(before).filter(({ type }) => /apigatewayv2|route53|^aws:acm/u.test(type));
      assert.deepEqual(touched, [], "the way in stays as it is");
      assert.equal(cloud.all(REGISTRY).length, 1);
    }

    const before = cloud.log.length;
    opened.configure(entryCase("fargate", "alb").config);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const changed = cloud.log.slice(before).filter(({ type }) => type === RECORD);
    assert.deepEqual(
      changed.map(({ operation }) => operation),
      ["update"],
    );
    assert.equal(cloud.all(BALANCER).length, 1);
    assert.deepEqual(
      cloud.everything.filter(({ type }) => type.startsWith("aws:apigatewayv2")).map(({ urn }) => urn),
      [],
    );

    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("gives an app without a name an endpoint of its own", async () => {
    const opened = await open(
      exampleCase("hello", "fargate", { config: { "spectrum:platform": { entry: "apigateway" } } }),
    );
    succeeded(await opened.up());
    await isAsPlanned(opened);
    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });
});
