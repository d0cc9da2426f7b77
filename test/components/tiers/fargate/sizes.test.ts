import assert from "node:assert/strict";
import fc from "fast-check";
import {
  cheapestSize,
  fargateSizes,
  hourlyPrice,
  largestSize,
  smallestSize,
} from "../../../../components/tiers/fargate/sizes";

describe("Fargate's sizes", () => {
  it("holds the whole table of AWS", () => {
    assert.equal(fargateSizes.length, 3 + 4 + 7 + 13 + 23 + 12 + 12 + 3);
    const of = (cpu: number) => fargateSizes.filter((size) => size.cpu === cpu).map(({ memory }) => memory);
    assert.deepEqual(of(256), [512, 1024, 2048]);
    assert.deepEqual(of(512), [1024, 2048, 3072, 4096]);
    assert.deepEqual([of(8192)[0], of(8192)[1], of(8192).at(-1)], [16_384, 20_480, 61_440]);
    assert.deepEqual(of(32_768), [61_440, 122_880, 249_856]);
  });

  const cases: readonly [cpu: number, memory: number, want: string][] = [
    [0, 0, "256/512"],
    [256, 512, "256/512"],
    [256, 513, "256/1024"],
    [257, 512, "512/1024"],
    [256, 3000, "512/3072"],
    [1024, 8193, "2048/9216"],
    [4096, 30_721, "8192/32768"],
    [16_385, 1, "32768/61440"],
    [1, 122_881, "32768/249856"],
  ];
  for (const [cpu, memory, want] of cases) {
    it(`gives ${cpu} units and ${memory} MiB ${want}`, () => {
      const size = cheapestSize({ cpu, memory }, "X86_64");
      assert.equal(`${size?.cpu}/${size?.memory}`, want);
    });
  }

  it("has none for more than the largest", () => {
    assert.equal(cheapestSize({ cpu: largestSize.cpu + 1, memory: 1 }, "ARM64"), null);
    assert.equal(cheapestSize({ cpu: 1, memory: largestSize.memory + 1 }, "X86_64"), null);
  });

  it("never takes a size that a cheaper one which fits could beat", () => {
    const architecture = fc.constantFrom("X86_64" as const, "ARM64" as const);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 33_000 }),
        fc.integer({ min: 0, max: 250_000 }),
        architecture,
        (cpu, memory, on) => {
          const size = cheapestSize({ cpu, memory }, on);
          const fitting = fargateSizes.filter((s) => s.cpu >= cpu && s.memory >= memory);
          assert.equal(size === null, fitting.length === 0);
          if (!size) return;
          assert.ok(fitting.includes(size));
          for (const other of fitting) assert.ok(hourlyPrice(size, on) <= hourlyPrice(other, on) + 1e-12);
        },
      ),
    );
  });

  it("asks about 9 USD a month for the smallest", () => {
    assert.equal((hourlyPrice(smallestSize, "X86_64") * 730).toFixed(2), "9.01");
    assert.equal((hourlyPrice(smallestSize, "ARM64") * 730).toFixed(2), "7.21");
  });
});
