/** The policy pack gives the same results as a plan on the same resources, as the engine hands them over. */
import assert from "node:assert/strict";
import type * as policy from "@pulumi/policy";
import { unknownCheckingProxy, unknownStringValue } from "@pulumi/policy/proxy";
import { InputError } from "../../app/finding";
import { readPolicy } from "../../app/config/read";
import type { PolicyConfig } from "../../app/config/types";
import { planPolicy } from "../../plan/policy";
import { referencedUrns } from "../../plan/references";
import type { PlannedResource, PlanValue } from "../../plan/types";
import { packPolicies } from "../../policy/pack";
import { planFolder } from "../support/plan-folder";
import { policyCases } from "./cases";

declare module "@pulumi/policy/proxy" {
  /** In the SDK, left out of its type declarations: what it puts around a resource's properties. */
  function unknownCheckingProxy<T extends object>(properties: T): T;
  const unknownStringValue: string;
}

/** As a preview has it: what is not known is one mark, a document that holds such a thing as a whole. */
function inPreview(value: PlanValue): unknown {
  if (typeof value === "string") return value.includes('"$output"') ? unknownStringValue : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inPreview);
  if (Object.keys(value).join() === "$output") return unknownStringValue;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inPreview(item)]));
}

type Reported = readonly [rule: string, urn: string, message: string];

/** What the pack says of the resources: of each alone, and then of all. */
async function reported(
  resources: readonly PlannedResource[],
  context: { readonly protected: boolean; readonly policy: PolicyConfig },
): Promise<readonly Reported[]> {
  const known = new Set(resources.map(({ urn }) => urn));
  const said: Reported[] = [];
  const all = resources.map(({ urn, type, name, inputs }) => ({
    urn,
    type,
    name,
    props: unknownCheckingProxy(inPreview(inputs) as Record<string, unknown>),
    inputs,
    propertyDependencies: {},
  }));
  for (const one of all)
    one.propertyDependencies = Object.fromEntries(
      Object.entries(one.inputs).map(([input, value]) => [
        input,
        referencedUrns(value, known).flatMap((urn) => all.find((other) => other.urn === urn) ?? []),
      ]),
    );
  for (const one of packPolicies({ ...context, today: "2026-11-27" })) {
    if ("validateStack" in one) {
      const args = { resources: all } as unknown as policy.StackValidationArgs;
      await one.validateStack(args, (message, urn = "") => said.push([one.name, urn, message]));
    } else {
      const validate = one.validateResource as policy.ResourceValidation;
      for (const resource of all)
        await validate(resource as unknown as policy.ResourceValidationArgs, (message) =>
          said.push([one.name, resource.urn, message]),
        );
    }
  }
  return said;
}

/** The same of the plan's results: what is exempt is not reported, warnings are those of `exemptions`. */
function planned(
  resources: readonly PlannedResource[],
  context: { readonly protected: boolean; readonly policy: PolicyConfig },
): readonly Reported[] {
  const { policy: results, warnings } = planPolicy(resources, context, "2026-11-27");
  return [
    ...results
      .filter(({ exemption }) => !exemption)
      .map(({ rule, urn, message, remedy }) => [rule, urn, `${message}; ${remedy}`] as const),
    ...warnings.map(({ key, message }) => ["exemptions", "", `${key}: ${message}`] as const),
  ];
}

const NONE: PolicyConfig = { exemptions: [] };

describe("the policy pack", function () {
  this.timeout(30_000);

  it("says of every case what the plan says", async () => {
    let count = 0;
    for (const { title, resources, protected: isProtected = false } of policyCases) {
      const context = { protected: isProtected, policy: NONE };
      const said = await reported(resources, context);
      assert.deepEqual(said, planned(resources, context), title);
      count += said.length;
    }
    assert.ok(count > 60, `${count} violations were compared`);
  });

  it("knows the same exemptions, and tells of those that take nothing", async () => {
    const { resources } = policyCases.find(({ rule }) => rule === "log-retention")!;
    const exemptions = [
      { rule: "log-retention", resource: "i*", reason: "a trial", until: "2027-01-31" },
      { rule: "log-retention", resource: "gone", reason: "a trial", until: "2027-01-31" },
    ];
    const context = { protected: false, policy: { exemptions } };
    const said = await reported(resources, context);
    assert.deepEqual(said, planned(resources, context));
    assert.deepEqual(
      said.map(([rule, , message]) => [rule, message]),
      [["exemptions", "spectrum:policy.exemptions[1]: nothing called gone breaks the rule log-retention; take it out"]],
    );
  });

  it("says of a whole environment what its plan says, and reads its config", async () => {
    const services = {
      db: { image: "postgres:17", environment: { POSTGRES_PASSWORD: "abcdefgh12" }, "x-spectrum": { managed: true } },
      web: {
        image: "nginx:1.29",
        ports: ["8080:80"],
        environment: { API_KEY: "correct-horse" },
        "x-spectrum": { policies: [{ actions: ["s3:*"], resources: ["arn:aws:s3:::a"] }] },
      },
    };
    const apps = { shop: { compose: "compose.yaml", tier: "eks" } };
    const config = { "spectrum:apps": apps };
    const { resources, errors } = await planFolder({ config, files: { "compose.yaml": { services } } });
    assert.equal(errors.length, 1);
    const environment = readPolicy({ stack: "dev", values: {}, secretKeys: new Set() });
    const said = await reported(resources, environment);
    assert.deepEqual(said, planned(resources, environment));
    assert.deepEqual(
      said.map(([rule]) => rule),
      ["least-privilege", "no-plain-secrets"],
    );
  });

  it("refuses a config that the program refuses", () => {
    const values = { "spectrum:protected": "maybe", "spectrum:policy": '{"exemptions":[{"rule":"a"}]}' };
    assert.throws(
      () => readPolicy({ stack: "dev", values, secretKeys: new Set() }),
      (error: unknown) =>
        error instanceof InputError &&
        error.problems.map(({ key }) => key).join() ===
          [
            "spectrum:protected",
            "spectrum:policy.exemptions[0].resource",
            "spectrum:policy.exemptions[0].reason",
            "spectrum:policy.exemptions[0].until",
          ].join(),
    );
  });
});
