import assert from "node:assert/strict";
import fc from "fast-check";
import {
  cheapestInstances,
  instancesFor,
  instanceType,
  instanceTypes,
  similarTypes,
  taskInterfaces,
  type TaskNeed,
  usableMemory,
} from "../../../components/platform/instance-types";

const task = (over: Partial<TaskNeed> = {}): TaskNeed => ({
  cpu: 256,
  memory: 512,
  gpus: 0,
  interfaces: 1,
  count: 1,
  ...over,
});
const choose = (tasks: readonly TaskNeed[], over: Partial<Parameters<typeof cheapestInstances>[0]> = {}) => {
  const choice = cheapestInstances({ architecture: "X86_64", tasks, trunking: false, ...over });
  return choice && `${choice.count} ${choice.type.name}`;
};
const named = (name: string) => {
  const type = instanceType(name);
  assert.ok(type);
  return type;
};

describe("instance types", () => {
  const cases: readonly [string, string | null, string | null][] = [
    ["one small task", choose([task()]), "1 t3.micro"],
    ["on arm64", choose([task()], { architecture: "ARM64" }), "1 t4g.micro"],
    // a t3.micro has one interface to give, a t3.small two at twice the price
    ["four tasks with interfaces", choose([task({ count: 4 })]), "2 t3.small"],
    ["four tasks without", choose([task({ count: 4, interfaces: 0 })]), "1 t3.medium"],
    ["ten tasks on trunks", choose([task({ count: 10, cpu: 128, memory: 128 })], { trunking: true }), "1 c6i.large"],
    ["a GPU", choose([task({ gpus: 1 })]), "1 g4dn.xlarge"],
    ["four GPUs in one task", choose([task({ gpus: 4 })]), "1 g4dn.12xlarge"],
    ["a GPU on arm64", choose([task({ gpus: 1 })], { architecture: "ARM64" }), null],
    ["more than the largest", choose([task({ memory: 1024 * 1024 })]), null],
    ["nothing", choose([task({ count: 0 })]), "1 t3.micro"],
  ];
  for (const [what, got, want] of cases) it(`${what}: ${want ?? "none"}`, () => assert.equal(got, want));

  it("counts interfaces as AWS does, with trunks and without", () => {
    const of = (name: string, trunking: boolean) => taskInterfaces(named(name), trunking);
    assert.deepEqual(
      ["m7g.medium", "m6i.large", "m6i.xlarge", "m6i.2xlarge", "t3.large"].map((name) => [
        of(name, false),
        of(name, true),
      ]),
      [
        [1, 4],
        [2, 10],
        [3, 20],
        [3, 40],
        [2, 2],
      ],
    );
  });

  it("leaves the system its share of the memory", () => {
    assert.equal(usableMemory(named("t3.micro")), 896);
    assert.equal(usableMemory(named("m6i.large")), 7577);
  });

  it("takes Spot capacity from types that hold as much", () => {
    const [first, ...others] = similarTypes(named("m7i.large"), 4);
    assert.equal(first?.name, "m7i.large");
    assert.equal(others.length, 3);
    for (const other of others) assert.ok(other.vcpu >= 2 && other.memory >= 8192 && other.gpus === 0);
  });

  const tasks = fc.array(
    fc.record({
      cpu: fc.integer({ min: 128, max: 8192 }),
      memory: fc.integer({ min: 64, max: 40_000 }),
      gpus: fc.constant(0),
      interfaces: fc.constantFrom(0 as const, 1 as const),
      count: fc.integer({ min: 1, max: 5 }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  const need = fc.record({
    architecture: fc.constantFrom("X86_64" as const, "ARM64" as const),
    tasks,
    trunking: fc.boolean(),
  });

  it("no cheaper type holds what the chosen one holds", () => {
    fc.assert(
      fc.property(need, (wanted) => {
        const choice = cheapestInstances(wanted);
        if (!choice) return;
        for (const type of instanceTypes.filter((t) => t.architecture === wanted.architecture && t.gpus === 0)) {
          const count = instancesFor(type, wanted);
          if (count !== null) assert.ok(count * type.price >= choice.count * choice.type.price - 1e-9, type.name);
        }
      }),
    );
  });

  it("its instances hold the sum, and each the largest task", () => {
    fc.assert(
      fc.property(need, (wanted) => {
        const choice = cheapestInstances(wanted);
        if (!choice) return;
        const { type, count } = choice;
        const sum = (of: (t: TaskNeed) => number) => wanted.tasks.reduce((all, t) => all + of(t) * t.count, 0);
        assert.ok(sum((t) => t.cpu) <= count * type.vcpu * 1024);
        assert.ok(sum((t) => t.memory) <= count * usableMemory(type));
        assert.ok(sum((t) => t.interfaces) <= count * taskInterfaces(type, wanted.trunking));
        for (const one of wanted.tasks) assert.ok(one.memory <= usableMemory(type) && one.cpu <= type.vcpu * 1024);
      }),
    );
  });
});
