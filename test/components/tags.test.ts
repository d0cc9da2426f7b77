import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { environmentTags, tagging } from "../../components/tags";
import { recordResources } from "../support/record";

const environment = { name: "dev", tags: { team: "shop" } };
const ALL = { Environment: "dev", Project: "spectrum", team: "shop" };

const tagStack = () => pulumi.runtime.registerStackTransformation(tagging(environmentTags(environment)));

describe("tags", () => {
  it("stand on what takes tags, and the resource's own win", async () => {
    const made = await recordResources(() => {
      tagStack();
      new aws.s3.Bucket("plain");
      new aws.s3.Bucket("own", { tags: { team: "other", Name: "own" } });
      new aws.s3.Bucket("late", { tags: pulumi.output({ Name: "late" }) });
    });
    const tagsOf = (name: string) => made.named(name).inputs.tags;
    assert.deepEqual(tagsOf("plain"), ALL);
    assert.deepEqual(tagsOf("own"), { ...ALL, Name: "own", team: "other" });
    assert.deepEqual(tagsOf("late"), { ...ALL, Name: "late" });
  });

  it("stay off what takes none, or takes a list", async () => {
    const made = await recordResources(() => {
      tagStack();
      new aws.ecs.ClusterCapacityProviders("providers", { clusterName: "x" });
      new aws.autoscaling.Group("group", { maxSize: 1, minSize: 1, availabilityZones: ["us-east-1a"] });
    });
    assert.equal(made.named("providers").inputs.tags, undefined);
    assert.equal(made.named("group").inputs.tags, undefined);
  });

  it("reach what awsx makes", async () => {
    const made = await recordResources(() => {
      tagStack();
      new awsx.ec2.Vpc("vpc", { subnetStrategy: "Auto", numberOfAvailabilityZones: 2, tags: { Name: "x" } });
    });
    assert.deepEqual(made.one("awsx:ec2:Vpc").inputs.tags, { ...ALL, Name: "x" });
    for (const subnet of made.all("aws:ec2/subnet:Subnet")) {
      assert.equal((subnet.inputs.tags as Record<string, unknown>).team, "shop");
    }
  });

  it("of an app stand on its component's children, beside the environment's", async () => {
    const made = await recordResources(() => {
      tagStack();
      const app = new pulumi.ComponentResource(
        "test:index:App",
        "shop",
        {},
        { transformations: [tagging({ App: "shop" })] },
      );
      new aws.s3.Bucket("of-app", {}, { parent: app });
      new aws.s3.Bucket("of-nobody");
    });
    assert.deepEqual(made.named("of-app").inputs.tags, { ...ALL, App: "shop" });
    assert.deepEqual(made.named("of-nobody").inputs.tags, ALL);
  });

  it("give way to the environment's own", () => {
    assert.equal(environmentTags({ name: "dev", tags: { Environment: "mine" } }).Environment, "mine");
  });
});
