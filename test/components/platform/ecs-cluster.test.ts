import assert from "node:assert/strict";
import type { PlatformConfig } from "../../../app/config/types";
import { Platform } from "../../../components/platform/platform";
import { useMocks, valueOf } from "../../support/mocks";
import { recordResources } from "../../support/record";
import { environment } from "./fixtures";

const CLUSTER = "aws:ecs/cluster:Cluster";
const NAMESPACE = "aws:servicediscovery/httpNamespace:HttpNamespace";

const record = (config: Partial<PlatformConfig> = {}, apps: readonly string[] = []) =>
  recordResources(() => {
    const platform = new Platform("platform", environment(config));
    for (const app of apps) platform.ecsCluster.serviceConnectNamespace(app);
    const { arn, name, ready } = platform.ecsCluster;
    platform.finish();
    return { arn, name, ready: ready.length };
  });

describe("ECS cluster", () => {
  it("is one for the environment, with Fargate's capacity providers and without Container Insights", async () => {
    const made = await record();
    const cluster = made.one(CLUSTER, "platform-ecs");
    assert.equal(made.parentOf(cluster).type, "spectrum:platform:EcsCluster");
    assert.deepEqual(cluster.inputs, {
      configuration: { executeCommandConfiguration: { logging: "DEFAULT" } },
      name: "spectrum-dev",
      settings: [{ name: "containerInsights", value: "disabled" }],
    });
    assert.deepEqual(made.one("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders").inputs, {
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      clusterName: "spectrum-dev",
    });
    assert.equal(made.outputs.ready, 1);
    assert.deepEqual(made.all("awsx:ec2:Vpc"), []);
  });

  for (const [insights, value] of [
    ["off", "disabled"],
    ["on", "enabled"],
    ["enhanced", "enhanced"],
  ] as const) {
    it(`has Container Insights ${value} under ${insights}`, async () => {
      const settings = (await record({ insights })).one(CLUSTER).inputs.settings;
      assert.deepEqual(settings, [{ name: "containerInsights", value }]);
    });
  }

  it("has a namespace for each app, once, so that two apps may both have a service web", async () => {
    const made = await record({}, ["shop", "blog", "shop"]);
    assert.deepEqual(
      made.all(NAMESPACE).map(({ name, inputs }) => [name, inputs.name]),
      [
        ["platform-ecs-blog", "spectrum.dev.blog"],
        ["platform-ecs-shop", "spectrum.dev.shop"],
      ],
    );
  });

  it("is the config's where that names one", async () => {
    const mocks = await useMocks();
    const ecsClusterArn = "arn:aws:ecs:us-east-1:123456789012:cluster/team-a";
    const { ecsCluster } = new Platform("platform", environment({ ecsClusterArn }));
    await mocks.settled();
    assert.deepEqual([await valueOf(ecsCluster.arn), await valueOf(ecsCluster.name)], [ecsClusterArn, "team-a"]);
    assert.deepEqual(ecsCluster.ready, []);
    assert.deepEqual(mocks.all(CLUSTER), []);
  });

  it("is unknown in a preview", async () => {
    const mocks = await useMocks({ preview: true, outputs: { [CLUSTER]: () => ({ arn: undefined }) } });
    const { ecsCluster } = new Platform("platform", environment());
    await mocks.settled();
    assert.equal(await valueOf(ecsCluster.arn), undefined);
    mocks.one("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders");
  });
});
