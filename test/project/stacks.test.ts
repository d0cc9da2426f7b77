/** The three stacks as a reader of the README has them after the first steps: planned whole, on the switched tier too. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { makePlan } from "../../plan/plan";
import { readText, root } from "../support/project";

describe("the project's stacks", function () {
  this.timeout(60_000);
  let folder: string;

  /** The project's folder with the stack's file, in which `secret` and `tier` have been set as `pulumi config set` does. */
  function project(stack: string, { secret, tier }: { readonly secret: boolean; readonly tier?: string }) {
    const document = parseDocument(readText(`Pulumi.${stack}.yaml`));
    if (secret) document.setIn(["config", "spectrum:secrets"], { shop: { DB_PASSWORD: { secure: "v1:xxxx:yyyy" } } });
    else document.deleteIn(["config", "spectrum:secrets"]);
    if (tier !== undefined) document.setIn(["config", "spectrum:tier"], tier);
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), String(document));
    return makePlan({ root: folder, environment: stack });
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spectrum-stacks-"));
    writeFileSync(join(folder, "Pulumi.yaml"), readText("Pulumi.yaml"));
    symlinkSync(join(root, "examples"), join(folder, "examples"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const stack of ["dev", "staging", "prod"]) {
    it(`${stack} is planned once its secret is set, and the plan does not hold it`, async () => {
      const plan = await project(stack, { secret: true });
      assert.deepEqual(plan.errors, []);
      assert.ok(plan.resources.length > 10);
      const shown = JSON.stringify(plan);
      assert.ok(!shown.includes("xxxx"));
      assert.match(shown, /\$secret/u);
    });

    it(`${stack} without its secret says how to set it`, async () => {
      const plan = await project(stack, { secret: false });
      assert.equal(plan.errors.length, 1);
      assert.match(
        plan.errors[0]?.message ?? "",
        /pulumi config set --secret --path 'spectrum:secrets\.shop\.DB_PASSWORD'/u,
      );
      assert.ok(readText("README.md").includes("--secret --path 'spectrum:secrets.shop.DB_PASSWORD'"));
    });
  }

  for (const tier of ["lightsail", "fargate"])
    it(`dev is planned on ${tier} by one line`, async () => {
      const plan = await project("dev", { secret: true, tier });
      assert.deepEqual(plan.errors, []);
      assert.deepEqual(
        plan.apps.map((app) => app.tier),
        [tier],
      );
    });
});
