/** A bucket under the real engine: a change of tier within the VPC leaves it alone, one to Lightsail is refused while it is kept. */
import assert from "node:assert/strict";

import type { TierName } from "../../app/tiers";
import { exampleCase } from "./cases";
import { isAsPlanned, nothingLeft, succeeded } from "./steps";
import { engineSuite } from "./suite";

const S3 = "aws:s3/bucket:Bucket";
const LIGHTSAIL = "aws:lightsail/bucket:Bucket";
const KEY = "aws:lightsail/bucketAccessKey:BucketAccessKey";

const on = (tier: TierName, data: "keep" | "delete" = "delete") =>
  exampleCase("hello", tier, {
    app: {
      data,
      services: { web: { bucket: true } },
      lightsail: { accept: ["web.environment"] },
      "ecs-anywhere": { wait: false },
    },
  });

engineSuite("engine with a bucket", 15, (suite) => {
  const buckets = () => suite.cloud.all(S3).filter(({ urn }) => urn.endsWith("::hello-web-bucket"));

  it("keeps it from tier to tier in the VPC, and leaves nothing", async () => {
    const stack = await suite.open(on("fargate"));
    succeeded(await stack.up());
    await isAsPlanned(stack);
    const [made] = buckets();
    assert.ok(made);
    for (const tier of ["ecs-ec2", "eks", "eks-fargate", "beanstalk", "ecs-anywhere"] as const) {
      const from = suite.cloud.log.length;
      stack.configure(on(tier).config);
      succeeded(await stack.up());
      await isAsPlanned(stack);
      const touched = suite.done(from).filter(({ urn }) => urn.includes("BackingServices"));
      assert.deepEqual(touched, [], `${tier} touches it`);
      assert.equal(buckets()[0]?.id, made.id);
    }
    stack.configure(on("lightsail").config);
    succeeded(await stack.up());
    await isAsPlanned(stack);
    assert.deepEqual(buckets(), []);
    assert.equal(suite.cloud.all(LIGHTSAIL).length, 1);
    const [key] = suite.cloud.all(KEY);
    const secretKey = String(key?.outputs.secretAccessKey);
    assert.ok(secretKey.length > 10);
    assert.equal(JSON.stringify(await stack.state()).includes(secretKey), false, "the state shows the key");
    succeeded(await stack.destroy());
    nothingLeft(suite.cloud);
  });

  it("refuses the change to Lightsail while it is kept, and deletes nothing", async () => {
    const stack = await suite.open(on("fargate", "keep"));
    succeeded(await stack.up());
    const [made] = buckets();
    const from = suite.cloud.log.length;
    stack.configure(on("lightsail", "keep").config);
    const { code, stdout, stderr } = await stack.upAfterPreview();
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /hello-web-bucket.*cannot be deleted/u);
    assert.deepEqual(suite.done(from), [], "nothing is begun");
    assert.equal(buckets()[0]?.id, made?.id);
    stack.configure(on("fargate", "delete").config);
    succeeded(await stack.up());
    succeeded(await stack.destroy());
    nothingLeft(suite.cloud);
  });
});
