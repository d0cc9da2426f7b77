/** An app on an EKS cluster that is there already, under the real engine: made as planned, and gone without a trace. */
import assert from "node:assert/strict";
import { exampleCase } from "./cases";
import { EngineStack, findTools, type Tools } from "./engine";
import { Cloud } from "./stand-in/cloud";
import { isAsPlanned, succeeded } from "./steps";

describe("engine on an existing cluster", function () {
  this.timeout(900_000);
  let tools: Tools;
  let stack: EngineStack | undefined;

  before(function () {
    const found = findTools();
    if (found) tools = found;
    else this.skip();
  });
  after(() => stack?.close());

  it("makes what the plan says in it, and takes all of that away", async () => {
    const cloud = new Cloud();
    // the owner's
    const nodes = await cloud.create("urn:nodes", "aws:eks/nodeGroup:NodeGroup", "nodes", { clusterName: "there" });
    const chart = "aws-load-balancer-controller";
    const controller = await cloud.create("urn:controller", "kubernetes:helm.sh/v3:Release", chart, {
      chart,
      name: chart,
      namespace: "kube-system",
    });
    const platform = { eksClusterName: "there", vpcId: "vpc-0123456789abcdef0" };
    stack = await EngineStack.open(
      tools,
      cloud,
      exampleCase("hello", "eks", { config: { "spectrum:platform": platform } }),
    );
    succeeded(await stack.up());
    await isAsPlanned(stack);
    succeeded(await stack.destroy());
    assert.deepEqual(cloud.everything, [nodes, controller]);
  });
});
