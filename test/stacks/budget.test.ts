/** A budget under the program that Pulumi runs: the price is reckoned in a process of its own, before anything is registered. */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { recordProgram, type Recording } from "../../plan/record";
import { holdBudget } from "../../stacks/budget";
import { program } from "../../stacks/program";
import { root } from "../support/project";

const run = (budget: object): Promise<Recording> =>
  recordProgram(() => Promise.resolve(program()), {
    project: "spectrum",
    stack: "dev",
    config: {
      "aws:region": "us-east-1",
      "spectrum:apps": JSON.stringify({
        shop: { compose: "examples/shop/compose.yaml", tier: "lightsail", ...budget },
      }),
      "spectrum:secrets": '{"shop":{"DB_PASSWORD":"open sesame"}}',
    },
    secretConfigKeys: ["spectrum:secrets"],
    root,
  });

describe("a budget under Pulumi", function () {
  this.timeout(60_000);

  it("lets the program register what is within it", async () => {
    const { resources } = await run({ budget: 16 });
    assert.ok(resources.length > 20);
  });

  it("stops the program before anything is registered, with an error that Pulumi prints without a stack", async () => {
    await assert.rejects(run({ budget: 15 }), (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(
        error.message,
        /^spectrum:apps\.shop\.budget: the app shop costs 15\.15 USD a month .*1 node of small of shop 15\.00/u,
      );
      return true;
    });
  });

  it("says what else is wrong, and takes no address of an engine along", () => {
    const config = { stack: "dev", values: { "aws:region": "us-east-1" }, secretKeys: new Set<string>() };
    process.env.PULUMI_NODEJS_MONITOR = "127.0.0.1:1";
    try {
      assert.throws(() => holdBudget({ root, project: "spectrum", config }), /spectrum:apps: is missing/u);
    } finally {
      delete process.env.PULUMI_NODEJS_MONITOR;
    }
  });
});
