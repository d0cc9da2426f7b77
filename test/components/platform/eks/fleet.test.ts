import assert from "node:assert/strict";
import fc from "fast-check";
import type { ClusterDemand, PodDemand } from "../../../../components/platform/eks";
import { cheapestNodes, type Load, nodeGroups, nodesFor } from "../../../../components/platform/eks/fleet";
import { instanceType, instanceTypes, roomOf } from "../../../../components/platform/eks/instance-types";

const pod = (more: Partial<PodDemand> = {}): PodDemand => ({
  cpu: 0.25,
  memory: 512,
  architecture: "amd64",
  capacity: "on-demand",
  min: 1,
  max: 1,
  surge: 1,
  ...more,
});
const demand = (pods: readonly PodDemand[], more: Partial<ClusterDemand> = {}): ClusterDemand => ({
  app: "shop",
  namespace: "shop-eks",
  compute: "nodes",
  pods,
  logs: [],
  storage: [],
  nodes: null,
  ...more,
});

const load = fc.record({
  cpu: fc.integer({ min: 1, max: 40 }).map((n) => n / 20),
  memory: fc.integer({ min: 16, max: 8000 }),
});
const loads = fc.array(load, { minLength: 1, maxLength: 25 });
const architecture = fc.constantFrom("amd64" as const, "arm64" as const);

describe("a cluster's nodes", () => {
  it("leave room for what every node runs", () => {
    for (const type of instanceTypes) {
      const room = roomOf(type);
      assert.ok(room.cpu < type.cpu && room.memory < type.memory && room.pods < type.pods, type.name);
      assert.ok(room.cpu > 0 && room.memory > 0 && room.pods > 0, type.name);
    }
    const medium = instanceType("t3.medium");
    assert.ok(medium);
    assert.equal(medium.pods, 17); // 3 interfaces of 6 addresses
  });

  it("hold the sum of the pods, whatever their order", () => {
    fc.assert(
      fc.property(loads, architecture, (given, kind) => {
        for (const type of instanceTypes.filter((one) => one.architecture === kind)) {
          const count = nodesFor(given, type);
          const room = roomOf(type);
          if (count === null) return given.some((one) => one.cpu > room.cpu || one.memory > room.memory);
          const sum = (of: (one: Load) => number) => given.reduce((all, one) => all + of(one), 0);
          assert.ok(sum(({ cpu }) => cpu) <= count * room.cpu + 1e-6);
          assert.ok(sum(({ memory }) => memory) <= count * room.memory);
          assert.ok(given.length <= count * room.pods);
          assert.equal(nodesFor([...given].reverse(), type), count);
        }
        return true;
      }),
    );
  });

  it("are never beaten by cheaper ones that hold the pods as well", () => {
    fc.assert(
      fc.property(loads, architecture, fc.integer({ min: 1, max: 3 }), (given, kind, min) => {
        const best = cheapestNodes(given, kind, min);
        for (const type of instanceTypes.filter((one) => one.architecture === kind)) {
          const count = nodesFor(given, type);
          if (count === null) continue;
          assert.ok(best);
          assert.ok(best.type.hourly * best.count <= type.hourly * Math.max(count, min) + 1e-9, type.name);
        }
      }),
    );
  });

  it("are a group for each processor and for Spot, none for Fargate", () => {
    const groups = nodeGroups(
      [
        demand([pod(), pod({ architecture: "arm64" })]),
        demand([pod({ capacity: "spot" })]),
        demand([pod()], { compute: "fargate" }),
      ],
      { fewest: 1 },
    );
    assert.deepEqual(
      groups.map(({ name, capacity, architecture: of }) => [name, capacity, of]),
      [
        ["amd64", "on-demand", "amd64"],
        ["amd64-spot", "spot", "amd64"],
        ["arm64", "on-demand", "arm64"],
      ],
    );
    assert.deepEqual(nodeGroups([demand([pod()], { compute: "fargate" })], { fewest: 1 }), []);
  });

  it("grow where pods are scaled, and have at least one for each zone where that is asked for", () => {
    const [fixed] = nodeGroups([demand([pod()])], { fewest: 3 });
    assert.equal(fixed?.min, 3);
    assert.equal(fixed.max, 3);
    const [scaled] = nodeGroups([demand([pod({ memory: 2000, max: 20 })])], { fewest: 1 });
    assert.ok(scaled && scaled.max > scaled.min);
  });

  it("leave room for the agent of Container Insights on each of them", () => {
    const type = instanceType("m7i.large")!;
    const whole = { ...roomOf(type) };
    assert.equal(nodesFor([whole], type), 1);
    assert.equal(nodesFor([whole], type, true), null);
    const [plain] = nodeGroups([demand([pod(whole)])], { fewest: 1 });
    const [insights] = nodeGroups([demand([pod(whole)])], { fewest: 1, insights: true });
    assert.notDeepEqual(insights, plain);
  });

  it("are what the settings say", () => {
    const nodes = { min: 2, max: 5, instanceType: "m7i.large", disk: 50 };
    const [group] = nodeGroups([demand([pod()], { nodes }), demand([pod()])], { fewest: 1 });
    assert.deepEqual(
      { type: group?.instanceType, min: group?.min, max: group?.max, disk: group?.disk },
      { type: "m7i.large", min: 2, max: 5, disk: 50 },
    );
  });
});
