import assert from "node:assert/strict";
import { planPools, type PoolKind, type PoolNeed, poolName } from "../../../components/platform/pools";

const kind = (over: Partial<PoolKind> = {}): PoolKind => ({
  architecture: "X86_64",
  gpu: false,
  networkMode: "awsvpc",
  egress: "nat",
  spot: false,
  instanceType: null,
  ...over,
});
const task = { cpu: 256, memory: 512, gpus: 0, interfaces: 1 as const, count: 1 };
const need = (over: Partial<PoolNeed> = {}): PoolNeed => ({
  kind: kind(),
  tasks: [task],
  peak: [{ ...task, count: 2 }],
  trunking: false,
  spot: 0,
  base: 0,
  maxInstances: null,
  disk: 30,
  ...over,
});
const plan = (...needs: PoolNeed[]) => [...planPools(needs).values()];

describe("pools of instances", () => {
  it("are one for apps that need the same, and others for what they do not share", () => {
    const pools = plan(need(), need(), need({ kind: kind({ architecture: "ARM64", spot: true }), spot: 50 }));
    assert.deepEqual(
      pools.map(({ name, count, type }) => [name, count, type.name]),
      [
        ["arm64-spot", 1, "t4g.micro"],
        ["x86-64", 1, "t3.small"],
      ],
    );
    assert.equal(
      poolName(kind({ gpu: true, networkMode: "bridge", instanceType: "g5.xlarge" })),
      "x86-64-gpu-bridge-g5-xlarge",
    );
  });

  it("have room for a deployment of everything at the largest scale, and one instance for the zones", () => {
    assert.deepEqual(
      plan(need()).map(({ count, max }) => [count, max]),
      [[1, 3]],
    );
    assert.equal(plan(need({ maxInstances: 7 }), need({ maxInstances: 4 }))[0]?.max, 7);
  });

  it("take the most careful word where apps say different ones", () => {
    const spot = kind({ spot: true });
    const [pool] = plan(
      need({ kind: spot, spot: 80, base: 1, disk: 50 }),
      need({ kind: spot, spot: 40, base: 2, trunking: true }),
    );
    assert.deepEqual([pool?.spot, pool?.base, pool?.disk, pool?.trunking], [40, 2, 50, true]);
    assert.ok((pool?.types.length ?? 0) > 1);
  });

  it("are of the type that the config names", () => {
    const [pool] = plan(need({ kind: kind({ instanceType: "m7i.large" }) }));
    assert.equal(pool?.type.name, "m7i.large");
  });

  it("have the largest type where none holds the task, for who accepts that", () => {
    const large = { ...task, memory: 1024 * 1024 };
    assert.equal(plan(need({ tasks: [large], peak: [large] }))[0]?.type.name, "m7i.16xlarge");
  });
});
