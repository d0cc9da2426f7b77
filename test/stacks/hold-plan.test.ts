/** A budget and overrides under the program that Pulumi runs: all is planned in a process of its own, before anything is registered. */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { recordProgram, type Recording } from "../../plan/record";
import { holdPlan } from "../../stacks/hold-plan";
import { program } from "../../stacks/program";
import { root } from "../support/project";

const run = (said: object): Promise<Recording> =>
  recordProgram(() => Promise.resolve(program()), {
    project: "spectrum",
    stack: "dev",
    config: {
      "aws:region": "us-east-1",
      "spectrum:apps": JSON.stringify({
        shop: { compose: "examples/shop/compose.yaml", tier: "lightsail", ...said },
      }),
      "spectrum:secrets": '{"shop":{"DB_PASSWORD":"open sesame"}}',
    },
    secretConfigKeys: ["spectrum:secrets"],
    root,
  });

describe("what is planned first under Pulumi", function () {
  this.timeout(60_000);

  it("lets the program register what is within a budget", async () => {
    const { resources } = await run({ budget: 16 });
    assert.ok(resources.length > 20);
  });

  it("stops the program over a budget before anything is registered, with an error that Pulumi prints without a stack", async () => {
    await assert.rejects(run({ budget: 15 }), (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(
        error.message,
        /^spectrum:apps\.shop\.budget: the app shop costs 15\.15 USD a month .*1 node of small of shop 15\.00/u,
      );
      return true;
    });
  });

  it("stops the program where an override reaches nothing, and lets it go on where each does", async () => {
    const type = "aws:lightsail/containerService:ContainerService";
    const overrides = [{ type, name: "shop", set: { isDisabled: true } }];
    const { resources } = await run({ overrides });
    assert.equal(resources.find((one) => one.type === type)?.inputs.isDisabled, true);
    await assert.rejects(run({ overrides: [{ type, name: "shopp", set: { isDisabled: true } }] }), (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(
        error.message,
        /^spectrum:apps\.shop\.overrides\[0\]: no \S+ of the app shop is called shopp, did you/u,
      );
      return true;
    });
  });

  it("says what else is wrong, and takes no address of an engine along", () => {
    const config = { stack: "dev", values: { "aws:region": "us-east-1" }, secretKeys: new Set<string>() };
    process.env.PULUMI_NODEJS_MONITOR = "127.0.0.1:1";
    try {
      assert.throws(() => holdPlan({ root, project: "spectrum", config }), /spectrum:apps: is missing/u);
    } finally {
      delete process.env.PULUMI_NODEJS_MONITOR;
    }
  });
});
