/** A workflow under the real engine: what runs its jobs changes with the tier, and the workflow does not. */
import assert from "node:assert/strict";

import { engineSuite } from "./suite";
import { isAsPlanned, nothingLeft, succeeded } from "./steps";

const MACHINE = "aws:sfn/stateMachine:StateMachine";
const files = ["compose.yaml", "compose.jobs.yaml"].map((file) => `examples/shop/${file}`);

const config = (tier: string) => ({
  "aws:region": "us-east-1",
  "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true },
  "spectrum:apps": {
    shop: {
      compose: files,
      profiles: ["jobs"],
      tier,
      data: "delete",
      beanstalk: { type: "load-balanced" },
      hosts: [
        { host: "shop.example.com", service: "web", port: 8080 },
        { host: "api.shop.example.com", service: "api", port: 3000 },
      ],
    },
  },
  "spectrum:workflows": {
    order: {
      definition: "examples/shop/workflows/order.asl.yaml",
      triggers: { schedule: [{ at: "cron(0 3 * * ? *)" }], deploy: true },
    },
  },
});

engineSuite("engine with a workflow", 20, (suite) => {
  it("goes up on fargate, moves to ecs-ec2, eks and beanstalk, and goes down", async () => {
    const { cloud } = suite;
    const stack = await suite.open({
      config: config("fargate"),
      secrets: { "spectrum:secrets.shop.DB_PASSWORD": "open sesame" },
    });
    succeeded(await stack.up());
    await isAsPlanned(stack);
    assert.equal(cloud.all(MACHINE).length, 4, "the workflow, and one for each of its jobs");

    for (const tier of ["ecs-ec2", "eks", "beanstalk"]) {
      const before = cloud.log.length;
      stack.configure(config(tier));
      succeeded(await stack.up());
      await isAsPlanned(stack);
      const machines = suite.done(before).filter(({ type }) => type === MACHINE);
      assert.deepEqual(
        machines.map(({ operation }) => operation),
        ["update", "update", "update"],
        "the jobs' machines run them another way, and the workflow is what it was",
      );
      assert.ok(!machines.some(({ urn }) => urn.endsWith("::order")));
      const told = suite.done(before).filter(({ urn }) => urn.endsWith("::order-deploy"));
      assert.deepEqual(
        told.map(({ operation }) => operation),
        ["update"],
        "the deployment is told of",
      );
    }

    succeeded(await stack.destroy());
    nothingLeft(cloud);
  });
});
