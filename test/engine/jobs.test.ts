/** Jobs under the real engine: what waits for one goes on as it was where it fails. */
import assert from "node:assert/strict";

import { engineSuite } from "./suite";
import { isAsPlanned, nothingLeft, place, succeeded } from "./steps";

const INVOCATION = "aws:lambda/invocation:Invocation";
const SERVICE = "aws:ecs/service:Service";
const MIGRATE = `create ${INVOCATION} jobs-migrate`;

const config = (tier: string, version: number) => ({
  "aws:region": "us-east-1",
  "spectrum:apps": {
    jobs: {
      compose: "test/engine/fixtures/jobs/compose.yaml",
      tier,
      data: "delete",
      variables: { VERSION: String(version) },
    },
  },
});

engineSuite("engine with jobs", 10, (suite) => {
  it("runs one before the new version of what waits for it, and stops the deployment where it fails", async () => {
    const { cloud } = suite;
    const stack = await suite.open({ config: config("fargate", 1), secrets: {} });
    succeeded(await stack.up());
    await isAsPlanned(stack);
    const named = (name: string) =>
      cloud.log.findIndex(({ type, urn }) => type === SERVICE && urn.endsWith(`::${name}`));
    const ran = place(cloud.log, "create", INVOCATION);
    assert.ok(named("jobs-store") < ran && ran < named("jobs-api"), "after the store, before the API");

    const before = cloud.log.length;
    succeeded(await stack.up());
    assert.deepEqual(suite.touched(before, INVOCATION), [], "nothing has changed, so nothing is run");

    stack.configure(config("fargate", 2));
    cloud.faults.add(MIGRATE);
    const failed = await stack.up();
    assert.notEqual(failed.code, 0);
    assert.deepEqual(suite.touched(before, SERVICE), [], "the services go on as they were");

    cloud.faults.delete(MIGRATE);
    const again = cloud.log.length;
    succeeded(await stack.up());
    await isAsPlanned(stack);
    assert.deepEqual(
      suite.touched(again, INVOCATION),
      ["create", "delete"],
      "the new run is there before the old one goes",
    );

    assert.equal(cloud.all("aws:scheduler/schedule:Schedule").length, 1);
    stack.configure(config("ecs-ec2", 2));
    const moved = cloud.log.length;
    succeeded(await stack.up());
    await isAsPlanned(stack);
    assert.deepEqual(suite.touched(moved, "aws:servicediscovery/service:Service"), [], "names stay where they are");

    succeeded(await stack.destroy());
    nothingLeft(cloud);
  });
});
