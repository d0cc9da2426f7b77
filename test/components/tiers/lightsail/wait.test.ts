import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { Wait, waitProvider } from "../../../../components/tiers/lightsail/wait";
import { recordResources } from "../../../support/record";

interface Provider {
  create(wait: object): Promise<{ id: string; outs: object }>;
  diff(id: string, old: object, wait: object): Promise<{ changes: boolean; replaces: string[] }>;
  update(id: string, old: object, wait: object): Promise<{ outs: object }>;
}

/** The provider as Pulumi's own dynamic-provider process loads one. */
function load(): Provider {
  const requireFromString = createRequire(createRequire(__filename).resolve("@pulumi/pulumi"))(
    "require-from-string",
  ) as (code: string) => { handler(): Provider };
  return requireFromString(waitProvider).handler();
}

describe("lightsail: wait", () => {
  it("stands in the plan with its time and reason", async () => {
    const made = await recordResources(() => new Wait("role", { seconds: 30, reason: "it takes time", after: "arn" }));
    const wait = made.one("pulumi-nodejs:dynamic/spectrum:Wait", "role");
    assert.deepEqual(wait.inputs, { seconds: 30, reason: "it takes time", after: "arn", __provider: waitProvider });
  });

  it("takes its time when it is made", async () => {
    const from = performance.now();
    const made = await load().create({ seconds: 0.2, after: "a" });
    assert.ok(performance.now() - from >= 190);
    assert.deepEqual(made, { id: "waited", outs: { seconds: 0.2, after: "a" } });
  });

  it("waits again for another thing, and for nothing else", async () => {
    const old = { seconds: 30, reason: "r", after: "a" };
    const diff = (over: object) => load().diff("waited", old, { ...old, ...over });
    assert.deepEqual(await diff({}), { changes: false, replaces: [] });
    assert.deepEqual(await diff({ after: "b" }), { changes: true, replaces: ["after"] });
    assert.deepEqual(await diff({ seconds: 60 }), { changes: true, replaces: [] });
    assert.deepEqual(await load().update("waited", old, { ...old, seconds: 60 }), { outs: { ...old, seconds: 60 } });
  });
});
