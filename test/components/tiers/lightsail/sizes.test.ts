import assert from "node:assert/strict";
import fc from "fast-check";
import { cheapestPower, fits, powers, powerSize, sizeText } from "../../../../components/tiers/lightsail/sizes";

const need = fc.record({
  cpu: fc.double({ min: 0.01, max: 5, noNaN: true }),
  memory: fc.integer({ min: 6, max: 20_000 }),
});

describe("lightsail: sizes", () => {
  it("holds the powers of AWS's list, with source and date", () => {
    assert.deepEqual(
      powers.map(({ power, cpu, memory, price }) => [power, cpu, memory, price]),
      [
        ["nano", 0.25, 512, 7],
        ["micro", 0.25, 1024, 10],
        ["small", 0.5, 2048, 15],
        ["medium", 1, 4096, 40],
        ["large", 2, 8192, 80],
        ["xlarge", 4, 16384, 160],
      ],
    );
    for (const { source, asOf } of powers) {
      assert.ok(source.size && source.price);
      assert.match(asOf, /^\d{4}-\d{2}-\d{2}$/);
    }
  });

  for (const [cpu, memory, power] of [
    [0.25, 512, "nano"],
    [0.25, 513, "micro"],
    [0.26, 100, "small"],
    [0.1 + 0.2 - 0.05, 512, "nano"], // 0.25000000000000006
    [0.1, 2049, "medium"],
    [2, 8192, "large"],
    [2.01, 1, "xlarge"],
    [4, 16384, "xlarge"],
    [4.01, 1, null],
    [0.1, 16385, null],
  ] as const) {
    it(`${cpu} vCPU and ${memory} MiB: ${power ?? "none"}`, () => {
      assert.equal(cheapestPower({ cpu, memory })?.power ?? null, power);
    });
  }

  it("never takes a power that does not fit, nor one that a cheaper fitting one beats", () => {
    fc.assert(
      fc.property(need, (asked) => {
        const chosen = cheapestPower(asked);
        const fitting = powers.filter((power) => power.cpu + 1e-9 >= asked.cpu && power.memory >= asked.memory);
        if (!chosen) return assert.deepEqual(fitting, []);
        assert.ok(fitting.includes(chosen));
        for (const other of fitting) assert.ok(chosen.price <= other.price, `${other.power} is cheaper`);
      }),
    );
  });

  it("grows with what is asked for", () => {
    fc.assert(
      fc.property(need, need, (a, b) => {
        const both = cheapestPower({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory });
        const one = cheapestPower(a);
        if (both) assert.ok(one && one.price <= both.price);
      }),
    );
  });

  it("reads a power by its name", () => {
    assert.equal(powerSize("small").memory, 2048);
    assert.equal(sizeText({ cpu: 0.30000000000000004, memory: 512.2 }), "0.3 vCPU and 513 MiB");
    assert.ok(fits(powerSize("nano"), { cpu: 0.25, memory: 512 }));
  });
});
