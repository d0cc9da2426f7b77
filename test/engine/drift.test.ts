/** What is changed behind Pulumi's back is found by the real engine, and an update with a look at the cloud brings it back. */
import assert from "node:assert/strict";
import { findDrift } from "../../deploy/drift/find";
import { openStack } from "../../deploy/engine";
import { exampleCase } from "./cases";
import { engineSuite } from "./suite";

engineSuite("engine drift", 5, (suite) => {
  it("is found, and brought back", async () => {
    const { config } = exampleCase("hello", "lightsail");
    const engine = await suite.open({ config });
    assert.equal((await engine.up()).code, 0);
    const { resources = [] } = (await engine.state()).deployment;
    const urnOf = (type: string): string => resources.find((resource) => resource.type === type)?.urn ?? "";
    const service = urnOf("aws:lightsail/containerService:ContainerService");
    const deployment = urnOf("aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion");
    const stack = await openStack({
      root: engine.folder,
      environment: engine.stack,
      env: engine.environment() as Record<string, string>,
    });
    assert.deepEqual(findDrift((await stack.previewRefresh()).steps, []).drifts, []);

    suite.cloud.tampered.set(service, { power: "xlarge" });
    suite.cloud.tampered.set(deployment, null);
    const looked = await stack.previewRefresh();
    assert.equal(looked.outcome, "succeeded");
    const { drifts } = findDrift(looked.steps, []);
    assert.deepEqual(
      drifts
        .map(({ name, kind, properties, keep }) => ({ name, kind, properties, keep }))
        .sort((a, b) => (a.kind < b.kind ? -1 : 1)),
      [
        {
          name: "hello",
          kind: "changed",
          properties: [{ path: "power", was: "nano", is: "xlarge" }],
          keep: "lightsail.power",
        },
        { name: "hello", kind: "deleted", properties: [], keep: null },
      ],
    );
    // nothing was done
    assert.deepEqual(findDrift((await stack.previewRefresh()).steps, []).drifts.length, 2);
    assert.deepEqual(
      findDrift(looked.steps, [{ urn: service, options: { ignoreChanges: ["power"] } }]).ignored.length,
      1,
    );

    const from = suite.cloud.log.length;
    suite.cloud.tampered.delete(deployment);
    const back = await stack.up({ refresh: true });
    assert.equal(back.outcome, "succeeded", back.text);
    assert.ok(
      suite
        .done(from)
        .some(({ operation, urn, inputs }) => operation === "update" && urn === service && inputs.power === "nano"),
    );
  });
});
