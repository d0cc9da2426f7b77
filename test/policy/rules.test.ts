/** Every rule of the policy catches something and leaves something alone, and the plans of all tiers break none. */
import assert from "node:assert/strict";
import { tierNames } from "../../app/tiers";
import { chooseConfig } from "../../plan/config-choice";
import { planStack } from "../../plan/plan";
import { evaluate } from "../../policy/evaluate";
import { plannedPolicyResources } from "../../policy/planned";
import { rules } from "../../policy/rules";
import { OWN_IMAGES } from "../../policy/rules/workloads";
import { FILES_IMAGE } from "../../components/tiers/ecs/files-image";
import { readText, root } from "../support/project";
import { PAGE, pageNow } from "../support/rule-table";
import { policyCases } from "./cases";

describe("the rules of the policy", () => {
  for (const rule of rules) {
    describe(rule.name, () => {
      const own = policyCases.filter((of) => of.rule === rule.name);
      for (const { title, resources, caught, protected: isProtected = false } of own) {
        it(`${caught.length > 0 ? "catches" : "leaves alone"} ${title}`, () => {
          const found = evaluate(plannedPolicyResources(resources), { protected: isProtected });
          const ours = found.filter((violation) => violation.rule === rule.name);
          assert.deepEqual(
            ours.map(({ resource, message }) => `${resource}: ${message}`),
            caught,
          );
          for (const { severity, remedy, source } of ours) assert.deepEqual({ severity, remedy, source }, pick(rule));
        });
      }

      it("has a case of both kinds", () => {
        assert.ok(own.some(({ caught }) => caught.length > 0));
        assert.ok(own.some(({ caught }) => caught.length === 0));
      });

      it("says what must hold, what to do and who asks for it", () => {
        assert.match(rule.name, /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/u);
        assert.match(rule.description, /\.$/u);
        assert.match(rule.remedy, /^[a-z].*[^.]$/u);
        assert.match(rule.source, /^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/u);
        assert.ok(rule.types.length > 0);
      });
    });
  }

  it("have names of their own, and every case has its rule", () => {
    const names = rules.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(
      policyCases.map(({ rule }) => rule).filter((rule) => !names.includes(rule)),
      [],
    );
  });

  it("stand in docs/policy.md as they are; npm run fix:rules brings it up to date", async () => {
    assert.equal(readText(PAGE), await pageNow());
  });

  it("know the images that Spectrum itself brings", () => {
    const logs = readText("components/platform/eks/node-logs.ts");
    const fluentBit = /const FLUENT_BIT = "([^"]+)"/u.exec(logs)?.[1];
    assert.deepEqual(OWN_IMAGES, [FILES_IMAGE, fluentBit]);
  });
});

const pick = ({ severity, remedy, source }: (typeof rules)[number]) => ({ severity, remedy, source });

describe("the default plans", function () {
  this.timeout(60_000);
  // hello names its image by a tag, which no protected environment takes
  const plans = [
    ["hello", false],
    ["shop", false],
    ["shop", true],
  ] as const;
  for (const tier of tierNames) {
    it(`of ${tier} break no rule, protected or not`, async () => {
      for (const [example, isProtected] of plans) {
        const config = chooseConfig(root, {
          environment: "dev",
          compose: [`examples/${example}/compose.yaml`],
          tier,
        });
        const values = { ...config.values, "spectrum:protected": String(isProtected) };
        const plan = await planStack(root, { ...config, values }, { compose: ["compose.yaml"] });
        assert.deepEqual(plan.errors, []);
        assert.deepEqual(evaluate(plannedPolicyResources(plan.resources), { protected: isProtected }), []);
      }
    });
  }
});
