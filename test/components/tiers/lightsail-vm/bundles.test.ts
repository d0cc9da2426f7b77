import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bundleNames,
  bundleOf,
  bundles,
  cheapestBundle,
  fits,
  MACHINE_MEMORY,
} from "../../../../components/tiers/lightsail-vm/bundles";

const need = fc.record({
  cpu: fc.double({ min: 0, max: 10, noNaN: true }),
  memory: fc.integer({ min: 0, max: 40_000 }),
});

describe("bundles", () => {
  const cases: readonly (readonly [cpu: number, memory: number, bundle: string | null])[] = [
    [0.25, 128, "nano"],
    [0.25, 257, "micro"],
    [0.25, 512, "micro"],
    [2, 768, "micro"],
    [2, 769, "small"],
    [2.1, 100, "xlarge"],
    [4.01, 100, "2xlarge"],
    [8, 32_768 - MACHINE_MEMORY, "2xlarge"],
    [8.1, 1, null],
    [1, 32_768, null],
  ];
  for (const [cpu, memory, bundle] of cases) {
    it(`${cpu} vCPU and ${memory} MiB: ${bundle ?? "none"}`, () =>
      assert.equal(cheapestBundle({ cpu, memory })?.name ?? null, bundle));
  }

  it("the one that fits is never beaten by a cheaper one that fits", () => {
    fc.assert(
      fc.property(need, (wanted) => {
        const chosen = cheapestBundle(wanted);
        const fitting = bundles.filter((bundle) => fits(bundle, wanted));
        if (chosen === null) return assert.deepEqual(fitting, []);
        assert.ok(fits(chosen, wanted));
        assert.ok(fitting.every(({ price }) => price >= chosen.price));
      }),
    );
  });

  it("more never costs less", () => {
    fc.assert(
      fc.property(need, need, (a, b) => {
        const [one, two] = [
          cheapestBundle(a),
          cheapestBundle({ cpu: Math.max(a.cpu, b.cpu), memory: Math.max(a.memory, b.memory) }),
        ];
        if (two !== null) assert.ok(one !== null && one.price <= two.price);
      }),
    );
  });

  it("holds sums of fractions to their last digit", () => {
    assert.equal(
      cheapestBundle({
        cpu: Array<number>(20)
          .fill(0.1)
          .reduce((a, b) => a + b, 0),
        memory: 1,
      })?.name,
      "nano",
    );
  });

  it("names each once, cheapest first, and gives it by its name", () => {
    assert.deepEqual(
      bundles.map(({ name }) => name),
      [...bundleNames],
    );
    const prices = bundles.map(({ price }) => price);
    assert.deepEqual(
      prices,
      [...prices].sort((a, b) => a - b),
    );
    for (const name of bundleNames) assert.equal(bundleOf(name).name, name);
  });
});
