/** A state costs what its plan said: the engine has put values in the places of references. */
import assert from "node:assert/strict";
import { statePrice } from "../../../deploy/changes/state-price";
import type { StackState, StateResource } from "../../../deploy/engine";
import { makePlan } from "../../../plan/plan";
import { referencedUrns, splitReference } from "../../../plan/references";
import type { Plan, PlanValue } from "../../../plan/types";
import { root } from "../../support/project";

/** The state that a deployment of the plan leaves. */
function stateOf({ resources, outputs }: Plan): StackState {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const made = new Map<string, { id: string; outputs: Record<string, string> }>(
    resources.map(({ urn }, i) => [urn, { id: `id-${i}`, outputs: {} }]),
  );
  /** The value of an output, the same wherever it is used. */
  const known = (reference: string): string => {
    const split = splitReference(reference, byUrn);
    const of = split && made.get(split.urn);
    if (!split || !of) return "unknown";
    if (split.property === ".id") return of.id;
    return (of.outputs[split.property.slice(1)] ??= `${of.id}${split.property}`);
  };
  const valueOf = (value: PlanValue): unknown => {
    if (typeof value === "string") {
      if (!/^[{[]/u.test(value)) return value;
      try {
        return JSON.stringify(valueOf(JSON.parse(value) as PlanValue));
      } catch {
        return value;
      }
    }
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(valueOf);
    if (typeof value.$output === "string")
      return value.$output.includes("${")
        ? value.$output.replace(/\$\{([^}]*)\}/gu, (_, reference: string) => known(reference))
        : known(value.$output);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, valueOf(item)]));
  };
  const all = resources.map(({ urn, type, parent, inputs, dependencies }) => ({
    urn,
    type,
    custom: !/^(?:spectrum|awsx|eks|pulumi):/u.test(type),
    parent: parent ?? undefined,
    inputs: { ...(valueOf({ ...inputs }) as object), __defaults: [] },
    dependencies,
    propertyDependencies: Object.fromEntries(
      Object.entries(inputs).map(([key, value]) => [key, referencedUrns(value, byUrn)]),
    ),
    delete: false,
  }));
  const withOutputs = all.map((resource): StateResource => {
    const { id, outputs: own } = made.get(resource.urn) ?? { id: "", outputs: {} };
    return { ...resource, id, outputs: resource.type === "pulumi:pulumi:Stack" ? outputs : own };
  });
  return { resources: withOutputs, pending: [] };
}

describe("the price of a state", () => {
  for (const tier of ["fargate", "ecs-ec2", "eks", "beanstalk", "lightsail-vm"])
    it(`is the plan's on ${tier}`, async () => {
      const plan = await makePlan({ root, compose: ["examples/shop/compose.yaml"], tier });
      const { prices } = plan;
      assert.ok(prices && prices.fixed > 0);
      const { region, assumptions } = prices;
      const { fixed, usage, unpriced } = statePrice(stateOf(plan), { region, usages: assumptions });
      assert.deepEqual(
        { fixed, usage, unpriced },
        { fixed: prices.fixed, usage: prices.usage, unpriced: prices.unpriced },
      );
    });

  it("leaves out what a replacement has still to delete, and knows apps that have left the config", async () => {
    const plan = await makePlan({ root, compose: ["examples/hello/compose.yaml"], tier: "lightsail" });
    const { resources } = stateOf(plan);
    const twice = resources.map((resource) => ({ ...resource, delete: true }));
    const { fixed } = statePrice(
      { resources: [...resources, ...twice], pending: [] },
      { region: "us-east-1", usages: {} },
    );
    assert.equal(fixed, plan.prices?.fixed);
  });
});
