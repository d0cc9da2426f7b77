import assert from "node:assert/strict";

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { isSecret, useMocks, valueOf } from "../support/mocks";
import { recordResources } from "../support/record";

describe("test/support", () => {
  describe("useMocks", () => {
    it("resets the config, knows outputs in an up and not in a preview", async () => {
      await useMocks({ config: { "spectrum:tier": "fargate" } });
      assert.equal(new pulumi.Config().get("tier"), "fargate");
      const mocks = await useMocks();
      assert.equal(new pulumi.Config().get("tier"), undefined);
      const bucket = new aws.s3.Bucket("data", { bucket: pulumi.secret("b") });
      assert.equal(await valueOf(bucket.id), "data-id");
      await mocks.settled();
      assert.ok(isSecret(mocks.one("aws:s3/bucket:Bucket").inputs.bucket));
      await useMocks({ preview: true });
      assert.equal(await valueOf(new aws.s3.Bucket("data").id), undefined);
    });

    it("throws on a function that the test does not name, and remembers it", async () => {
      const mocks = await useMocks({ calls: { "aws:index/getRegion:getRegion": { region: "r" } } });
      assert.equal((await aws.getRegion()).region, "r");
      await assert.rejects(aws.getCallerIdentity());
      await assert.rejects(mocks.settled(), /getCallerIdentity/);
    });
  });

  describe("recordResources", () => {
    it("finds by type, name and parent", async () => {
      const made = await recordResources(() => {
        const topic = new aws.sns.Topic("news");
        return new aws.sqs.Queue("queue", { policy: pulumi.jsonStringify({ a: topic.arn }) });
      });
      const topic = made.one("aws:sns/topic:Topic");
      const queue = made.named("queue");
      assert.deepEqual(made.json(queue, "policy"), { a: made.output(topic, "arn") });
      assert.deepEqual(made.dependencyNames(queue), ["news"]);
      assert.equal(made.parentOf(queue).type, "pulumi:pulumi:Stack");
      assert.equal(made.childrenOf(made.parentOf(queue)).length, 2);
      assert.throws(() => made.one("aws:s3/bucket:Bucket"), /there are\n.*\naws:sns\/topic:Topic news/);
    });
  });
});
