/** Overrides and a permissions boundary under the real engine: the children of remote components are reached as the plan says. */
import assert from "node:assert/strict";
import { exampleCase } from "./cases";
import { EngineStack, findTools, type Tools } from "./engine";
import { Cloud } from "./stand-in/cloud";
import { isAsPlanned, nothingLeft, succeeded } from "./steps";

const BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";
const CLUSTER = "aws:eks/cluster:Cluster";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const ROLE = "aws:iam/role:Role";
const VPC = "aws:ec2/vpc:Vpc";

const HOOK = `import * as pulumi from "@pulumi/pulumi";
import type { OverrideHook } from "./stacks/overrides";

export const override: OverrideHook = ({ type, app }) =>
  type === "${ROLE}" && app === null ? { set: { description: pulumi.output("ours") } } : undefined;
`;

describe("engine with overrides", function () {
  this.timeout(900_000);
  let tools: Tools;
  let stack: EngineStack | undefined;

  before(function () {
    const found = findTools();
    if (found) tools = found;
    else this.skip();
  });
  after(() => stack?.close());

  it("makes what the plan says, and refuses before anything is made what reaches nothing", async () => {
    const hello = (name: string) =>
      exampleCase("hello", "eks", {
        app: { overrides: [{ type: DEPLOYMENT, name, set: { spec: { revisionHistoryLimit: 3 } } }] },
        config: {
          "spectrum:platform": { permissionsBoundary: BOUNDARY },
          "spectrum:overrides": [
            { type: VPC, set: { enableNetworkAddressUsageMetrics: true }, options: { retainOnDelete: false } },
            { type: CLUSTER, set: { zonalShiftConfig: { enabled: true } } },
          ],
        },
      });
    const cloud = new Cloud();
    stack = await EngineStack.open(tools, cloud, { ...hello("hello-wob"), files: { "overrides.ts": HOOK } });
    const refused = await stack.up();
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.stdout + refused.stderr,
      /no kubernetes\S+ of the app hello is called hello-wob, did you mean/u,
    );
    nothingLeft(cloud);

    stack.configure(hello("hello-web").config);
    succeeded(await stack.up());
    await isAsPlanned(stack);
    const inputsOf = (type: string) => cloud.all(type).map(({ inputs }) => inputs);
    assert.deepEqual(inputsOf(VPC)[0]?.enableNetworkAddressUsageMetrics, true);
    assert.deepEqual(inputsOf(CLUSTER)[0]?.zonalShiftConfig, { enabled: true });
    assert.equal((inputsOf(DEPLOYMENT)[0]?.spec as Record<string, unknown>).revisionHistoryLimit, 3);
    const roles = inputsOf(ROLE);
    assert.ok(roles.length > 3);
    for (const role of roles) assert.equal(role.permissionsBoundary, BOUNDARY);
    assert.ok(roles.some(({ description }) => description === "ours"));
    succeeded(await stack.destroy());
    nothingLeft(cloud);
  });
});
