import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { configDifferences, digestOf, fingerprintsOf } from "../../../deploy/diff/config";
import { planDifference } from "../../../deploy/diff/plan";
import { renderConfigDifference, renderPlanDifference } from "../../../deploy/diff/render";
import { makePlan } from "../../../plan/plan";
import { secretToken } from "../../../plan/tokens";
import type { Plan, PlannedResource } from "../../../plan/types";

const shown = { from: "dev", to: "prod", color: false };

describe("the difference of two configs", () => {
  const secrets = (...names: readonly string[]) =>
    JSON.stringify({ shop: Object.fromEntries(names.map((name) => [name, secretToken(`shop.${name}`)])) });
  const dev = {
    "aws:region": "us-east-1",
    "spectrum:protected": "false",
    "spectrum:tier": "lightsail",
    "spectrum:apps":
      '{"shop":{"compose":"a.yaml","hosts":[{"host":"dev.example.com"}],"variables":{"a.b":"1"},"data":"delete"}}',
    "spectrum:tags": "{}",
    "spectrum:secrets": secrets("ALIKE", "OTHER", "DEV_ONLY"),
  };
  const prod = {
    ...dev,
    "spectrum:protected": "true",
    "spectrum:tier": "fargate",
    "spectrum:apps": '{"shop":{"compose":"a.yaml","hosts":[{"host":"example.com"}],"variables":{"a.b":"2"}}}',
    "spectrum:secrets": secrets("ALIKE", "OTHER", "PROD_ONLY"),
  };
  const plain = (...values: readonly string[]) => ({
    "spectrum:secrets": JSON.stringify({ shop: { ALIKE: values[0], OTHER: values[1], DEV_ONLY: "d", PROD_ONLY: "p" } }),
  });
  const key = randomBytes(32);
  const decrypted = {
    from: fingerprintsOf(plain("correct horse", "battery"), key),
    to: fingerprintsOf(plain("correct horse", "staple"), key),
  };

  it("is told key by key, with what each of the two says", () => {
    assert.deepEqual(
      configDifferences({ values: dev }, { values: prod }).filter((one) => !one.key.startsWith("spectrum:secrets")),
      [
        { key: "spectrum:apps.shop.data", from: { kind: "plain", value: "delete" }, to: { kind: "missing" } },
        {
          key: "spectrum:apps.shop.hosts[0].host",
          from: { kind: "plain", value: "dev.example.com" },
          to: { kind: "plain", value: "example.com" },
        },
        {
          key: 'spectrum:apps.shop.variables["a.b"]',
          from: { kind: "plain", value: "1" },
          to: { kind: "plain", value: "2" },
        },
        {
          key: "spectrum:protected",
          from: { kind: "plain", value: false },
          to: { kind: "plain", value: true },
        },
        {
          key: "spectrum:tier",
          from: { kind: "plain", value: "lightsail" },
          to: { kind: "plain", value: "fargate" },
        },
      ],
    );
  });

  it("says of secrets that nobody decrypted that they are there, and of decrypted ones whether they are alike", () => {
    const text = (fingerprints: Parameters<typeof configDifferences>[2]) =>
      renderConfigDifference(configDifferences({ values: dev }, { values: prod }, fingerprints), shown);
    assert.match(
      text({}),
      /secrets\.shop\.ALIKE +\(a secret in both; whether they are alike has not been looked at\)\n/,
    );
    assert.match(text({}), /secrets\.shop\.DEV_ONLY +\(a secret\) → \(not set\)\n/);
    assert.match(text({}), /secrets\.shop\.PROD_ONLY +\(not set\) → \(a secret\)\n/);
    const compared = text(decrypted);
    assert.doesNotMatch(compared, /ALIKE/);
    assert.match(compared, /secrets\.shop\.OTHER +\(secret [0-9a-f]{12}\) → \(secret [0-9a-f]{12}\)\n/);
    assert.doesNotMatch(compared, /battery|staple|horse/);
  });

  it("gives a secret another fingerprint in another comparison, and the difference the same digest", () => {
    const again = fingerprintsOf(plain("correct horse", "battery"), randomBytes(32));
    const name = "spectrum:secrets.shop.OTHER";
    assert.notEqual(again.get(name), decrypted.from.get(name));
    const digest = (from: typeof again) =>
      digestOf(configDifferences({ values: dev }, { values: prod }, { ...decrypted, from }));
    assert.match(digest(decrypted.from), /^[0-9a-f]{64}$/);
    const otherKey = randomBytes(32);
    const both = {
      from: fingerprintsOf(plain("correct horse", "battery"), otherKey),
      to: fingerprintsOf(plain("correct horse", "staple"), otherKey),
    };
    assert.equal(digestOf(configDifferences({ values: dev }, { values: prod }, both)), digest(decrypted.from));
    assert.notEqual(digestOf([]), digest(decrypted.from));
  });

  it("is none of a config and itself, and the same either way round", () => {
    const value = fc.oneof(fc.string(), fc.json());
    const config = fc.dictionary(fc.constantFrom("a:b", "a:c", "spectrum:apps"), value);
    fc.assert(
      fc.property(config, config, (a, b) => {
        assert.deepEqual(configDifferences({ values: a }, { values: a }), []);
        const there = configDifferences({ values: a }, { values: b });
        const back = configDifferences({ values: b }, { values: a });
        assert.deepEqual(
          back,
          there.map(({ key: of, from, to }) => ({ key: of, from: to, to: from })),
        );
      }),
    );
    assert.equal(renderConfigDifference([], shown), "config, dev → prod: no difference\n");
  });
});

describe("the difference of two plans", () => {
  const resource = (stack: string, type: string, name: string, inputs: PlannedResource["inputs"]): PlannedResource => ({
    urn: `urn:pulumi:${stack}::spectrum::spectrum:platform:Platform$${type}::${name}`,
    type,
    name,
    parent: `urn:pulumi:${stack}::spectrum::pulumi:pulumi:Stack::spectrum-${stack}`,
    remote: false,
    inputs,
    dependencies: [],
  });
  const plan = (stack: string, resources: readonly PlannedResource[]): Plan => ({
    version: 1,
    environment: stack,
    apps: [],
    resources: [{ ...resource(stack, "pulumi:pulumi:Stack", `spectrum-${stack}`, {}), parent: null }, ...resources],
    outputs: {},
    errors: [],
    warnings: [],
  });
  const of = (stack: string, size: number) => [
    resource(stack, "aws:x:Alike", "alike", {
      name: `spectrum-${stack}-shop`,
      path: `/spectrum/${stack}/shop/KEY`,
      role: { $output: `urn:pulumi:${stack}::spectrum::aws:iam/role:Role::shop.arn` },
      tags: { Environment: stack },
      word: "develop",
    }),
    resource(stack, "aws:x:Service", "web", {
      size,
      containerDefinitions: JSON.stringify([{ image: `web:${stack}`, cpu: 256 }]),
      ...(stack === "dev"
        ? { old: true }
        : { arn: { $output: `urn:pulumi:${stack}::spectrum::aws:iam/role:Role::a.b.arn` } }),
    }),
  ];
  const difference = planDifference(
    plan("dev", [...of("dev", 1), resource("dev", "aws:x:Gone", "gone", {})]),
    plan("prod", [...of("prod", 2), resource("prod", "aws:x:Come", "come", {})]),
  );

  it("is told by type and name, inputs key by key and inside documents, and never for an environment's name", () => {
    assert.deepEqual(difference, {
      added: [{ type: "aws:x:Come", name: "come" }],
      removed: [{ type: "aws:x:Gone", name: "gone" }],
      changed: [
        {
          type: "aws:x:Service",
          name: "web",
          inputs: [
            { path: "size", from: 1, to: 2 },
            { path: "containerDefinitions[0].image", from: "web:dev", to: "web:prod" },
            { path: "arn", to: { $output: "urn:pulumi:<environment>::spectrum::aws:iam/role:Role::a.b.arn" } },
            { path: "old", from: true },
          ],
        },
      ],
      same: 1,
      price: null,
    });
    assert.equal(
      renderPlanDifference(difference, shown),
      [
        "resources, dev → prod: 1 only in dev, 1 only in prod, 1 differs, 1 the same",
        "  - gone aws:x:Gone",
        "  + come aws:x:Come",
        "  ~ web aws:x:Service",
        "      size: 1 → 2",
        "      containerDefinitions[0].image: web:dev → web:prod",
        "      arn: (not set) → <a.b.arn>",
        "      old: true → (not set)",
        "",
      ].join("\n"),
    );
  });

  it("tells once what is the same difference in many resources", () => {
    const many = (stack: string, cost: string) =>
      ["a", "b", "c", "d"].map((name) => resource(stack, "aws:x:Tagged", name, { tags: { cost } }));
    const text = renderPlanDifference(
      planDifference(plan("dev", many("dev", "low")), plan("prod", many("prod", "high"))),
      shown,
    );
    assert.equal(text, "resources, dev → prod: 4 differ\n  ~ 4 resources\n      tags.cost: low → high\n");
  });

  it("is none between two environments with one config, and shows a switch of tier and of price", async function () {
    this.timeout(20_000);
    const planOn = (environment: string, tier: string) =>
      makePlan({ environment, tier, compose: ["examples/hello/compose.yaml"] });
    const [dev, prod, moved] = [
      await planOn("dev", "fargate"),
      await planOn("prod", "fargate"),
      await planOn("prod", "lightsail"),
    ];
    const same = planDifference(dev, prod);
    assert.deepEqual({ ...same, same: 0, price: null }, { added: [], removed: [], changed: [], same: 0, price: null });
    assert.equal(same.same, dev.resources.length - 1);
    assert.deepEqual(same.price?.difference, { fixed: 0, usage: 0, lines: [], unpriced: [] });
    const switched = planDifference(dev, moved);
    assert.ok(switched.removed.some(({ type }) => type === "aws:ecs/service:Service"));
    assert.ok(switched.added.some(({ type }) => type === "aws:lightsail/containerService:ContainerService"));
    const text = renderPlanDifference(switched, shown);
    assert.match(text, /\nprice: \d+\.\d\d → \d+\.\d\d USD a month \(-\d+\.\d\d\)\n/);
    assert.doesNotMatch(text, /urn:pulumi/);
  });
});
