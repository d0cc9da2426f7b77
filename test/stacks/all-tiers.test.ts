/** One environment with an app on every tier: what they share is there once. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";

import { tierNames, type TierName } from "../../app/tiers";
import { makePlan } from "../../plan/plan";
import type { Plan } from "../../plan/types";

const COMPOSE = resolve(__dirname, "../../examples/hello/compose.yaml");

/** What an environment has one of at the most, whoever uses it. */
const SHARED = [
  "aws:ec2/vpc:Vpc",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:ecs/cluster:Cluster",
  "aws:eks/cluster:Cluster",
  "aws:route53/zone:Zone",
] as const;

/** The plan of the app on each of the tiers, each time at a name of its own. */
async function planOf(tiers: readonly TierName[], ends: readonly string[] = [""]): Promise<Plan> {
  const folder = mkdtempSync(join(tmpdir(), "spectrum-tiers-"));
  try {
    const apps = tiers.flatMap((tier) =>
      ends.map((end) => [
        `on-${tier}${end}`,
        { compose: COMPOSE, tier, domain: `${tier}${end}.example.com`, ...SETTINGS[tier] },
      ]),
    );
    const config = {
      "aws:region": "us-east-1",
      "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true },
      "spectrum:apps": Object.fromEntries(apps) as unknown,
    };
    writeFileSync(join(folder, "Pulumi.yaml"), stringify({ name: "spectrum", runtime: "nodejs" }));
    writeFileSync(join(folder, "Pulumi.dev.yaml"), stringify({ config }));
    const plan = await makePlan({ root: folder });
    assert.deepEqual(plan.errors, []);
    return plan;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a tier cannot do without. */
const SETTINGS: Readonly<Partial<Record<TierName, object>>> = {
  // a single instance has no certificate
  beanstalk: { beanstalk: { type: "load-balanced" } },
  "ecs-anywhere": { "ecs-anywhere": { addresses: ["203.0.113.7"], wait: false } },
};

/** The stack output `deployed` of a plan. */
type DeployedByApp = Readonly<
  Record<
    string,
    {
      readonly tier: string;
      readonly images: Readonly<Record<string, unknown>>;
      readonly services: Readonly<
        Record<string, { readonly target: { readonly tier: string }; readonly revision: unknown }>
      >;
    }
  >
>;

const count = (plan: Plan, type: string): number => plan.resources.filter((resource) => resource.type === type).length;

describe("an environment with all tiers", function () {
  this.timeout(60_000);
  const alone = new Map<TierName, Plan>();
  let together: Plan;

  before(async function () {
    this.timeout(120_000);
    for (const tier of tierNames) alone.set(tier, await planOf([tier]));
    together = await planOf(tierNames);
  });

  for (const type of SHARED) {
    it(`has one ${type} where any app needs one`, () => {
      const wanted = Math.max(...[...alone.values()].map((plan) => count(plan, type)));
      assert.equal(count(together, type), Math.min(1, wanted));
    });
  }

  it("has every app's own resources under the URNs that it has alone", () => {
    for (const [tier, plan] of alone) {
      const app = `on-${tier}`;
      const own = plan.resources.filter(({ name }) => name === app || name.startsWith(`${app}-`));
      assert.ok(own.length > 3, tier);
      const there = new Set(together.resources.map(({ urn }) => urn));
      const missing = own.filter(({ urn }) => !there.has(urn));
      assert.deepEqual(
        missing.map(({ urn }) => urn),
        [],
      );
    }
  });

  it("exports of every app where its services are and what image they pull", () => {
    const deployed = together.outputs.deployed as unknown as DeployedByApp;
    for (const tier of tierNames) {
      const app = deployed[`on-${tier}`];
      assert.equal(app?.tier, tier);
      assert.deepEqual(app.images, { web: "nginxinc/nginx-unprivileged:1.29.4-alpine3.23" });
      const { target, revision } = app.services.web ?? {};
      assert.equal(target?.tier, tier);
      assert.ok(revision !== undefined, tier);
    }
  });

  for (const tier of tierNames) {
    it(`two apps on ${tier} share what is the environment's`, async () => {
      const plan = await planOf([tier], ["-a", "-b"]);
      for (const type of SHARED) assert.ok(count(plan, type) <= 1, type);
    });
  }
});
