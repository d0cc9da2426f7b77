/** A workers' queue under the real engine: it stays where it is, whatever tier works it off. */
import assert from "node:assert/strict";

import { exampleCase } from "./cases";
import type { Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { Cloud, UNLUCKY } from "./stand-in/cloud";
import { isAsPlanned, nothingLeft, succeeded } from "./steps";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

describe("engine with a queue", function () {
  this.timeout(300_000);
  let tools: Tools;
  let stack: EngineStack | undefined;

  before(function () {
    const found = findTools();
    if (found) tools = found;
    else this.skip();
  });
  afterEach(() => {
    stack?.close();
    stack = undefined;
  });

  it("goes up on fargate, moves to ecs-ec2 and beanstalk, and goes down", async () => {
    const cloud = new Cloud({ slow: UNLUCKY });
    const services = { worker: { queue: { senders: ["api"], fifo: true, scale: { max: 5 } } } };
    const on = (tier: "fargate" | "ecs-ec2" | "beanstalk") => exampleCase("shop", tier, { app: { services } });
    stack = await EngineStack.open(tools, cloud, on("fargate"));
    succeeded(await stack.up());
    await isAsPlanned(stack);
    const { length } = cloud.log;
    assert.ok(cloud.log.some(({ type }) => type.startsWith("aws:sqs/")));
    assert.equal(cloud.all(ALARM).length, 1);

    for (const tier of ["ecs-ec2", "beanstalk"] as const) {
      stack.configure(on(tier).config);
      succeeded(await stack.up());
      await isAsPlanned(stack);
    }
    const touched = cloud.log.slice(length).filter(({ type }) => type.startsWith("aws:sqs/"));
    assert.deepEqual(touched, [], "no tier touches the queue");
    assert.ok(!cloud.all(ALARM).some(({ inputs }) => inputs.metricQueries), "beanstalk scales by no queue");

    succeeded(await stack.destroy());
    nothingLeft(cloud);
  });
});
