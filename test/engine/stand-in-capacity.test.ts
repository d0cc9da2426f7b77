/** The stand-in cloud refuses what AWS refuses about the capacity of an ECS cluster. */
import assert from "node:assert/strict";

import type { Thing } from "./provider-client";
import { ProviderClient } from "./provider-client";
import { Cloud } from "./stand-in/cloud";
import type { Values } from "./stand-in/values";

const CLUSTER = "aws:ecs/cluster:Cluster";
const DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const GROUP = "aws:autoscaling/group:Group";
const INVOCATION = "aws:lambda/invocation:Invocation";
const LISTENER = "aws:lb/listener:Listener";
const PROVIDER = "aws:ecs/capacityProvider:CapacityProvider";
const PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders";
const SERVICE = "aws:ecs/service:Service";
const TARGETS = "aws:lb/targetGroup:TargetGroup";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

describe("stand-in: capacity", () => {
  let cloud: Cloud;
  let client: ProviderClient;
  beforeEach(async () => {
    cloud = new Cloud({ latency: 0, patience: 50 });
    client = await ProviderClient.open(cloud);
  });
  afterEach(() => client.close());

  const make = (type: string, inputs: Values = {}) =>
    client.create(type, `${type.split(":").at(-1)}${cloud.everything.length}`, inputs);
  const refuses = (action: Promise<unknown>, message: RegExp) => assert.rejects(action, message);

  /** A cluster with Fargate's providers, and a pool with a provider that is not attached yet. */
  async function makeCluster() {
    const cluster = await make(CLUSTER, { name: "dev" });
    const list = { clusterName: "dev", capacityProviders: ["FARGATE"] };
    const providers = await make(PROVIDERS, list);
    const userData = Buffer.from("#!/bin/bash\nECS_CLUSTER=dev\n").toString("base64");
    const template = await make(TEMPLATE, { name: "pool", userData });
    const pool = { name: "pool", launchTemplate: { id: template.id }, protectFromScaleIn: true, forceDelete: true };
    const group = await make(GROUP, pool);
    const provider = await make(PROVIDER, {
      name: "pool",
      autoScalingGroupProvider: { autoScalingGroupArn: group.arn },
    });
    return { cluster, providers, list, template, group, provider };
  }
  const attach = (cluster: Thing) =>
    make(INVOCATION, { functionName: "attach", input: JSON.stringify({ cluster: cluster.arn, provider: "pool" }) });
  const onPool = { cluster: "dev", name: "web", capacityProviderStrategies: [{ capacityProvider: "pool", weight: 1 }] };

  it("a service on a provider that is not attached", async () => {
    const { cluster } = await makeCluster();
    await refuses(make(SERVICE, onPool), /not associated with the cluster: pool/u);
    await attach(cluster);
    await make(SERVICE, onPool);
  });

  it("detaching a provider that a service is on, by the list and by itself", async () => {
    const { cluster, providers, list } = await makeCluster();
    const attached = await attach(cluster);
    const service = await make(SERVICE, onPool);
    await refuses(
      client.update(providers, { ...list, capacityProviders: ["FARGATE"] }),
      /is in use and cannot be removed: pool/u,
    );
    await refuses(client.delete(attached), /is in use and cannot be removed: pool/u);
    await client.delete(service);
    await client.delete(attached);
  });

  it("deleting the list while a service is on one of it", async () => {
    const { providers } = await makeCluster();
    const strategy = [{ capacityProvider: "FARGATE", weight: 1 }];
    const service = await make(SERVICE, { ...onPool, capacityProviderStrategies: strategy });
    await refuses(client.delete(providers), /in use and cannot be removed: FARGATE/u);
    await client.delete(service);
    await client.delete(providers);
  });

  it("deleting a provider that is attached", async () => {
    const { cluster, provider } = await makeCluster();
    const attached = await attach(cluster);
    await refuses(client.delete(provider), /associated with cluster: dev/u);
    await client.delete(attached);
    await client.delete(provider);
  });

  it("a second provider on one group", async () => {
    const { group } = await makeCluster();
    const twin = { name: "twin", autoScalingGroupProvider: { autoScalingGroupArn: group.arn } };
    await refuses(make(PROVIDER, twin), /already being used by another capacity provider: pool/u);
  });

  it("deleting a group of protected instances, unless it is forced", async () => {
    const kept = await make(GROUP, { name: "kept", protectFromScaleIn: true });
    await refuses(client.delete(kept), /protected from scale in/u);
    await client.delete(await make(GROUP, { name: "forced", protectFromScaleIn: true, forceDelete: true }));
  });

  it("deleting a cluster with container instances", async () => {
    const { cluster, providers, group, provider } = await makeCluster();
    await client.delete(providers);
    await refuses(client.delete(cluster), /ClusterContainsContainerInstances/u);
    await client.delete(provider);
    await client.delete(group);
    await client.delete(cluster);
  });

  it("a target group of another kind than the network mode, and one without a load balancer", async () => {
    const ip = await make(TARGETS, { targetType: "ip" });
    const instance = await make(TARGETS, { targetType: "instance" });
    const bridge = await make(DEFINITION, { family: "a", networkMode: "bridge" });
    const awsvpc = await make(DEFINITION, { family: "b", networkMode: "awsvpc" });
    const service = (definition: Thing, group: Thing, more: Values = {}) => ({
      name: "web",
      taskDefinition: definition.arn,
      loadBalancers: [{ targetGroupArn: group.arn }],
      ...more,
    });
    const network = { networkConfiguration: { subnets: ["subnet-given"] } };
    await refuses(make(SERVICE, service(bridge, instance)), /does not have an associated load balancer/u);
    for (const group of [ip, instance]) {
      const actions = [{ type: "forward", targetGroupArn: group.arn }];
      await make(LISTENER, { loadBalancerArn: "lb", port: cloud.everything.length, defaultActions: actions });
    }
    await refuses(make(SERVICE, service(bridge, ip)), /target type ip, which is incompatible with the bridge/u);
    await refuses(make(SERVICE, service(awsvpc, instance, network)), /incompatible with the awsvpc/u);
    await refuses(make(SERVICE, service(awsvpc, ip)), /must be provided for the awsvpc mode/u);
    await refuses(make(SERVICE, service(bridge, instance, network)), /not valid for the given networkMode/u);
    await client.delete(await make(SERVICE, service(bridge, instance)));
    await make(SERVICE, service(awsvpc, ip, network));
  });

  it("a public address for a task on an instance", async () => {
    const { cluster } = await makeCluster();
    await attach(cluster);
    const networkConfiguration = { subnets: ["subnet-given"], assignPublicIp: true };
    await refuses(make(SERVICE, { ...onPool, networkConfiguration }), /Assign public IP is not supported/u);
  });
});
