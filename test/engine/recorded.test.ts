/** Today's plans against the engine's previews as they were recorded: `npm run record` writes them where the engine is. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";

import { CASES, planCase, SECRET_VALUE } from "./cases";
import { compare, isImageChild } from "./compare";
import { lockedVersions, readRecording, RECORDED, staleness } from "./recording";

describe("recorded previews", function () {
  this.timeout(60_000);

  it("there is one for each case, and no other", () => {
    const names = CASES.map(({ name }) => `${name}.json`);
    assert.deepEqual(readdirSync(RECORDED).sort(), names.sort());
  });

  for (const recorded of CASES) {
    it(`${recorded.name}: the plan is what the engine previewed`, async () => {
      const recording = readRecording(recorded.name);
      assert.deepEqual(staleness(recording, lockedVersions()), [], "run `npm run record` where Pulumi's CLI is");
      const plan = await planCase(recorded);
      assert.deepEqual(plan.errors, []);
      const { resources, inputs, differences } = compare(plan, recording.resources, { mayLack: isImageChild });
      assert.deepEqual(differences, []);
      console.log(`      ${recorded.name}: ${resources} resources and ${inputs} inputs are as recorded`);
      assert.ok(resources >= recording.resources.length);
      assert.equal(JSON.stringify(plan).includes(SECRET_VALUE), false);
    });
  }

  it("a recording with other versions than the lock file's is stale", () => {
    const versions = lockedVersions();
    assert.equal(versions["@pulumi/policy"], undefined, "which judges resources, and makes none");
    assert.ok(versions["@pulumi/aws"] && versions["@pulumi/awsx"] && versions["@pulumi/pulumi"]);
    const recording = { versions, resources: [] };
    assert.deepEqual(staleness(recording, versions), []);
    assert.deepEqual(staleness(recording, { ...versions, "@pulumi/awsx": "9.9.9" }), [
      `@pulumi/awsx: recorded with ${versions["@pulumi/awsx"]}, locked is 9.9.9`,
    ]);
    const { "@pulumi/aws": aws, ...fewer } = versions;
    assert.deepEqual(staleness({ versions: fewer, resources: [] }, versions), [
      `@pulumi/aws: recorded with none, locked is ${aws}`,
    ]);
  });
});
