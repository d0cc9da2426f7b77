import assert from "node:assert/strict";
import { hasOneWriter, replicas, serviceSizes } from "../../app/size";
import { appOf, placementOf, service } from "../support/app";

const MIB = 1024 * 1024;
const none = { cpus: null, memory: null, pids: null };

describe("serviceSizes", () => {
  it("is 0.25 vCPU and 512 MiB where nobody says anything", () => {
    const app = appOf([service("a")]);
    assert.deepEqual(serviceSizes(app, placementOf(app)).a, {
      cpu: 0.25,
      memory: 512,
      memoryReservation: 512,
      said: false,
    });
  });
  it("takes limits before reservations, and the placement before both", () => {
    const app = appOf([
      service("a", {
        limits: { ...none, cpus: 1, memory: 1024 * MIB },
        reservations: { ...none, cpus: 0.5, memory: 256 * MIB },
      }),
      service("b", { reservations: { ...none, memory: 2048.5 * MIB } }),
    ]);
    const sizes = serviceSizes(app, placementOf(app));
    assert.deepEqual(sizes.a, { cpu: 1, memory: 1024, memoryReservation: 256, said: true });
    assert.deepEqual(sizes.b, { cpu: 0.25, memory: 2049, memoryReservation: 2049, said: true });
    const placed = serviceSizes(app, placementOf(app, { services: { a: { cpu: 2, memory: 128 } } }));
    assert.deepEqual(placed.a, { cpu: 2, memory: 128, memoryReservation: 128, said: true });
  });
});

describe("replicas and writers", () => {
  const mount = {
    type: "volume",
    source: "data",
    target: "/d",
    readOnly: false,
    subpath: null,
    size: null,
    index: 0,
  } as const;
  it("starts at the scale's least", () => {
    const app = appOf([service("a", { replicas: 3 })]);
    assert.equal(replicas(app, placementOf(app), "a"), 3);
    const scale = { min: 0, max: 4, cpu: 60, memory: null, requests: null, schedule: [] };
    assert.equal(replicas(app, placementOf(app, { services: { a: { scale } } }), "a"), 0);
  });
  it("has one writer with a writable named volume, unless concurrent", () => {
    const app = appOf([
      service("writes", { mounts: [mount] }),
      service("reads", { mounts: [{ ...mount, readOnly: true }] }),
      service("anonymous", { mounts: [{ ...mount, source: null }] }),
      service("binds", { mounts: [{ ...mount, type: "bind" }] }),
    ]);
    const one = (name: string, concurrent = false) =>
      hasOneWriter(app, placementOf(app, { services: { [name]: { concurrent } } }), name);
    assert.deepEqual(
      ["writes", "reads", "anonymous", "binds"].map((n) => one(n)),
      [true, false, false, false],
    );
    assert.equal(one("writes", true), false);
  });
});
