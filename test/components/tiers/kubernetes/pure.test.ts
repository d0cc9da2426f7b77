import assert from "node:assert/strict";
import fc from "fast-check";
import type { Healthcheck } from "../../../../app/model";
import { logOutputs } from "../../../../components/platform/eks/fluent-bit";
import { namespaceOf, resourceName, isLabel } from "../../../../components/tiers/kubernetes/pods";
import { probes } from "../../../../components/tiers/kubernetes/probes";
import { environmentOf } from "../../../support/app";
import { FARGATE_OVERHEAD, fargatePodSize, fargatePodSizes } from "../../../../components/tiers/kubernetes/sizes";

const healthcheck = (more: Partial<Healthcheck>): Healthcheck => ({
  test: ["CMD", "check"],
  disabled: false,
  interval: null,
  timeout: null,
  retries: null,
  startPeriod: null,
  startInterval: null,
  ...more,
});

const own = (app: string) => ({ app, environment: environmentOf() });
const shared = (app: string) => {
  const { platform } = environmentOf();
  return { app, environment: environmentOf({ platform: { ...platform, eksClusterName: "there" } }) };
};

describe("pods on EKS", () => {
  it("on Fargate have the size that AWS bills", () => {
    const table: readonly (readonly [number, number, number, number])[] = [
      [0.25, 256, 256, 512],
      [0.25, 512, 256, 1024], // AWS's own example: 256 MiB more, and up
      [1, 8192, 2048, 9216], // AWS's own example
      [0.25, 1793, 512, 3072],
      [16, 122_624, 16_384, 122_880],
    ];
    for (const [cpu, memory, ...size] of table) {
      const got = fargatePodSize({ cpu, memory });
      assert.deepEqual([got?.cpu, got?.memory], size, `${cpu} ${memory}`);
    }
    assert.equal(fargatePodSize({ cpu: 16.1, memory: 512 }), null);
    assert.equal(fargatePodSize({ cpu: 1, memory: 122_880 }), null);
  });

  it("on Fargate are never billed for more processors than the memory needs", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 320 }), fc.integer({ min: 1, max: 120_000 }), (twentieths, memory) => {
        const cpu = twentieths / 20;
        const got = fargatePodSize({ cpu, memory });
        if (got === null) return;
        assert.ok(got.cpu >= cpu * 1024 - 1e-6 && got.memory >= memory + FARGATE_OVERHEAD);
        for (const size of fargatePodSizes)
          if (size.cpu >= cpu * 1024 && size.memory >= memory + FARGATE_OVERHEAD)
            assert.ok(size.cpu > got.cpu || (size.cpu === got.cpu && size.memory >= got.memory));
      }),
    );
  });

  it("have names that Kubernetes takes, one for each service and app", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 80 }), fc.string({ minLength: 1, maxLength: 80 }), (a, b) => {
        for (const name of [resourceName(a), namespaceOf(own(a), "nodes"), namespaceOf(own(a), "fargate")])
          assert.ok(isLabel(name), name);
        assert.ok(isLabel(namespaceOf(shared(a), "nodes")));
        if (a !== b) assert.notEqual(resourceName(a), resourceName(b));
        assert.notEqual(namespaceOf(own(a), "nodes"), namespaceOf(own(b), "fargate"));
      }),
    );
    assert.equal(resourceName("api"), "api");
    assert.equal(namespaceOf(own("shop"), "nodes"), "shop-eks");
    assert.equal(namespaceOf(own("shop"), "fargate"), "shop-fargate");
    assert.equal(namespaceOf(shared("shop"), "nodes"), "dev-shop-eks");
  });

  it("are asked as the health check says", () => {
    assert.deepEqual(probes(null), {});
    assert.deepEqual(probes(healthcheck({ disabled: true })), {});
    assert.deepEqual(probes(healthcheck({ test: null })), {});
    const plain = probes(healthcheck({}));
    assert.deepEqual(plain.readinessProbe, {
      exec: { command: ["check"] },
      periodSeconds: 30,
      timeoutSeconds: 30,
      failureThreshold: 3,
    });
    assert.deepEqual(plain.livenessProbe, plain.readinessProbe);
    assert.equal(plain.startupProbe, undefined);
    const slow = probes(healthcheck({ test: ["CMD-SHELL", "a || b"], startPeriod: 21, startInterval: 2, retries: 4 }));
    assert.deepEqual(slow.startupProbe, {
      exec: { command: ["/bin/sh", "-c", "a || b"] },
      periodSeconds: 2,
      timeoutSeconds: 30,
      failureThreshold: 15,
    });
  });

  it("write to the log group of their container, not of one whose name starts alike", () => {
    const logs = ["api", "api-worker"].map((container) => ({ container, path: ["shop", container, "eks"] }));
    const demand = {
      app: "shop",
      namespace: "shop-eks",
      compute: "nodes",
      pods: [],
      storage: [],
      nodes: null,
      logs,
    } as const;
    const text = logOutputs([demand], { region: "us-east-1", prefix: "/spectrum/dev" });
    const patterns = [...text.matchAll(/Match_Regex (.*)/gu)].map(([, pattern]) => new RegExp(pattern ?? "", "u"));
    const tag = (container: string) => `kube.var.log.containers.x-1_shop-eks_${container}-${"a".repeat(64)}.log`;
    assert.deepEqual(
      ["api", "api-worker", "db"].map((name) => patterns.map((pattern) => pattern.test(tag(name)))),
      [
        [true, false],
        [false, true],
        [false, false],
      ],
    );
    assert.match(text, /log_group_name \/spectrum\/dev\/shop\/api\/eks/u);
  });
});
