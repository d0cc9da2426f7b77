/**
 * The switch: one app from every tier to every other one, by its plans, on the stand-in cloud that refuses what AWS refuses.
 * The engine tests do the same with Pulumi's own engine where it is.
 */
import assert from "node:assert/strict";

import { tierNames, type TierName } from "../../app/tiers";
import type { Plan } from "../../plan/types";
import { domainCase, planCase } from "./cases";
import { PlanEngine, type Step } from "./plan-engine";
import { Cloud } from "./stand-in/cloud";

const RECORD = "aws:route53/record:Record";
const RULE = "aws:lb/listenerRule:ListenerRule";

/** Where a name leads may change. */
const MAY_CHANGE: Readonly<Record<string, readonly string[]>> = {
  [RECORD]: ["aliases", "records", "ttl"],
  [RULE]: ["actions"],
};

/** What cannot be the same on both, each with the reason: by the tier that is left or taken. */
const MUST_CHANGE: Readonly<Partial<Record<TierName, Readonly<Record<string, readonly string[]>>>>> = {
  "eks-fargate": {
    // Fargate's own driver mounts without a role: who may, the mount targets' security group says
    "aws:efs/fileSystemPolicy:FileSystemPolicy": ["policy"],
    // the cluster's own pods run on nodes, or on Fargate with a role that comes another way
    "aws:eks/addon:Addon": ["configurationValues"],
    "aws:iam/role:Role": ["assumeRolePolicy"],
    "kubernetes:helm.sh/v3:Release": ["values"],
  },
};

describe("the switch of tier", function () {
  this.timeout(60_000);
  const plans = new Map<TierName, Plan>();

  before(async function () {
    this.timeout(120_000);
    for (const tier of tierNames) plans.set(tier, await planCase(domainCase(tier)));
  });

  const planOf = (tier: TierName): Plan => {
    const plan = plans.get(tier);
    assert.ok(plan);
    assert.deepEqual(plan.errors, []);
    return plan;
  };

  for (const tier of tierNames) {
    it(`${tier} comes, stays as it is, and goes`, async () => {
      const cloud = new Cloud({ latency: 0, patience: 0 });
      const engine = new PlanEngine(cloud);
      const { resources } = planOf(tier);
      const made = await engine.up(resources);
      assert.ok(made.length > 5 && made.every(({ operation }) => operation === "create"));
      assert.deepEqual(await engine.up(resources), []);
      await engine.destroy();
      assert.deepEqual(left(cloud), []);
    });
  }

  for (const from of tierNames) {
    for (const to of tierNames.filter((tier) => tier !== from)) {
      it(`from ${from} to ${to}: the new endpoint, then the name, then the old tier's end`, async () => {
        const cloud = new Cloud({ latency: 0, patience: 0 });
        const engine = new PlanEngine(cloud);
        const [before, after] = [planOf(from).resources, planOf(to).resources];
        await engine.up(before);
        const steps = await engine.up(after);

        // of what both use, nothing but rule and record is touched
        const touched = steps.filter(({ operation }) => operation === "update" || operation === "replace");
        const wrong = touched.filter(
          ({ operation, type, changed }) =>
            operation === "replace" ||
            changed.some(
              (key) => ![MAY_CHANGE, MUST_CHANGE[from], MUST_CHANGE[to]].some((may) => may?.[type]?.includes(key)),
            ),
        );
        assert.deepEqual(wrong.map(describeStep), []);

        // the name moves after all that the new tier makes before it, and before anything of the old one goes
        const move = steps.findIndex(
          ({ operation, type }) => operation === "update" && (type === RECORD || type === RULE),
        );
        const firstGone = steps.findIndex(({ operation }) => operation === "delete");
        assert.ok(move === -1 || firstGone === -1 || move < firstGone);
        const names = steps.filter(({ type, name }) => type === RECORD && name === NAME);
        assert.ok(
          names.every(({ operation }) => operation === "update"),
          "the name's record is never made anew",
        );

        await engine.destroy();
        assert.deepEqual(left(cloud), []);
      });
    }
  }
});

/** The record of the app's own name. */
const NAME = "platform-names-shop.example.com";

const describeStep = ({ operation, urn, changed }: Step): string => `${operation} ${urn}: ${changed.join(", ")}`;

const left = (cloud: Cloud): readonly string[] => cloud.everything.map(({ urn }) => urn);
