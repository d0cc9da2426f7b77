/** The environment as a component of another program: what the program of index.ts makes, in one component. */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

import { Environment, type EnvironmentArgs } from "../../library";
import { secretToken } from "../../plan/tokens";
import type { PlannedResource } from "../../plan/types";
import { planFolder } from "../support/plan-folder";
import { recordResources } from "../support/record";
import { root } from "../support/project";

const COMPONENT = "spectrum:index:Environment";

const apps = (tier: "fargate" | "eks") => ({
  shop: {
    compose: ["compose.yaml", "compose.jobs.yaml"].map((file) => `${root}/examples/shop/${file}`),
    tier,
    profiles: ["jobs"],
    hosts: [
      { host: "shop.example.com", service: "web", port: 8080 },
      { host: "api.shop.example.com", service: "api", port: 3000 },
    ],
    fargate: { spot: 50 },
  },
});
const platform = {
  hostedZoneName: "example.com",
  createHostedZone: true,
  permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary",
};
const workflows = { order: { definition: `${root}/examples/shop/workflows/order.asl.yaml` } };

const make = (args: Partial<EnvironmentArgs> & Pick<EnvironmentArgs, "apps">) =>
  recordResources(() => {
    const { urls, ...rest } = outputsOf(new Environment("dev", { region: "us-east-1", ...args }));
    return Promise.resolve({ urls, ...rest });
  });

const outputsOf = ({ apps: made, deployed, workflows: started }: Environment) => ({
  urls: Object.values(made).map((app) => app.urls),
  deployed,
  started,
});

describe("an environment in another program", () => {
  for (const tier of ["fargate", "eks"] as const) {
    it(`makes on ${tier} what the stack of that config makes, all of it in the component`, async () => {
      const secret = pulumi.secret(secretToken("shop.DB_PASSWORD"));
      const made = await make({ apps: apps(tier), platform, workflows, secrets: { shop: { DB_PASSWORD: secret } } });
      const plan = await planFolder({
        config: {
          "spectrum:apps": apps(tier),
          "spectrum:platform": platform,
          "spectrum:workflows": workflows,
          "spectrum:secrets": { shop: { DB_PASSWORD: { secure: "v1:a:b" } } },
        },
        files: {},
      });
      assert.deepEqual(plan.errors, []);
      const ofStack = plan.resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
      const ofComponent = made.resources.filter(({ type }) => type !== "pulumi:pulumi:Stack" && type !== COMPONENT);
      assert.ok(ofStack.length > 100, `${ofStack.length} resources`);
      assert.deepEqual(
        byUrn(ofComponent, without),
        byUrn(ofStack, (text) => text),
      );

      const component = made.one(COMPONENT, "dev");
      const outside = made.resources.filter(({ parent }) => parent === component.parent && parent !== null);
      assert.deepEqual(
        outside.map(({ urn }) => urn),
        [component.urn],
      );
      assert.deepEqual(JSON.parse(without(JSON.stringify(made.outputs.deployed))), plan.outputs.deployed);
      assert.deepEqual(Object.keys(made.outputs.started as object), ["order"]);
    });
  }

  it("throws every problem at once, before anything is registered", async () => {
    const wrong = {
      shop: { compose: "missing.yaml", tier: "fargate" as const },
      other: { compose: `${root}/examples/hello/compose.yaml`, tier: "fargat" as "fargate" },
    };
    await assert.rejects(make({ apps: wrong }), (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(error.message, /missing\.yaml/u);
      assert.match(error.message, /spectrum:apps\.other\.tier.*got "fargat".*did you mean fargate/su);
      return true;
    });
  });

  it("throws a refusal that no accept names", async () => {
    const { shop } = apps("fargate");
    const secrets = { shop: { DB_PASSWORD: "x" } };
    await assert.rejects(make({ apps: { shop: { ...shop, tier: "lightsail" } }, secrets }), (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(error.message, /is refused on lightsail/u);
      return true;
    });
  });
});

/** The component's type stands in the URNs of all that is in it. */
const without = (text: string): string => text.replaceAll(`${COMPONENT}$`, "");

/** What two programs must have in common; of parents whether they are the same resource. */
function byUrn(
  resources: readonly Pick<PlannedResource, "urn" | "type" | "inputs" | "dependencies">[],
  name: (text: string) => string,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    resources.map(({ urn, inputs, dependencies }) => [
      name(urn),
      {
        inputs: JSON.parse(name(JSON.stringify(inputs))) as unknown,
        dependencies: dependencies.map(name).sort(),
      },
    ]),
  );
}
