import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { tierNames } from "../../app/tiers";
import { planJson } from "../../plan/json";
import { makePlan } from "../../plan/plan";

const root = resolve(__dirname, "../..");
const hello = "examples/hello/compose.yaml";

describe("makePlan", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "spectrum-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  for (const tier of tierNames) {
    it(`plans a Compose file on ${tier}, in the same bytes each time, parents first`, async () => {
      const plan = await makePlan({ root, compose: [hello], tier });
      assert.deepEqual(plan.errors, []);
      assert.deepEqual(
        plan.apps.map(({ name, tier: placed }) => [name, placed]),
        [["hello", tier]],
      );
      const seen = new Set<string | null>([null]);
      for (const { urn, parent } of plan.resources) {
        assert.ok(seen.has(parent), `${urn} stands before its parent`);
        seen.add(urn);
      }
      assert.equal(seen.size, plan.resources.length + 1);
      const text = planJson(plan);
      assert.equal(planJson(await makePlan({ root, compose: [hello], tier })), text);
      assert.doesNotMatch(text, new RegExp(root));
    });
  }

  it("plans a stack: its apps, its secrets by name, and never their content", async () => {
    const compose = "services: { web: { image: nginx, ports: ['80:80'], environment: { KEY: '${KEY}' } } }\n";
    write("compose.yaml", compose);
    write(
      "Pulumi.dev.yaml",
      [
        "config:",
        "  aws:region: eu-west-1",
        "  spectrum:apps:",
        "    one: { compose: compose.yaml, tier: fargate }",
        "  spectrum:secrets:",
        "    one: { KEY: { secure: AAABsecret } }",
      ].join("\n"),
    );
    const plan = await makePlan({ root: folder });
    assert.deepEqual(plan.errors, []);
    const text = planJson(plan);
    assert.match(text, /"\$secret": "one\.KEY"/);
    assert.doesNotMatch(text, /AAABsecret/);
    assert.match(text, /eu-west-1/);
  });

  it("plans one app of a stack, and on another tier, when asked to", async () => {
    write("compose.yaml", "services: { web: { image: nginx, ports: ['80:80'] } }\n");
    const apps = "{ one: { compose: compose.yaml, tier: fargate }, two: { compose: compose.yaml, tier: lightsail } }";
    write("Pulumi.dev.yaml", `config:\n  aws:region: us-east-1\n  spectrum:apps: ${apps}\n`);
    const placed = async (options: Parameters<typeof makePlan>[0]) =>
      (await makePlan({ root: folder, ...options })).apps.map(({ name, tier }) => `${name} ${tier}`);
    assert.deepEqual(await placed({ app: "two" }), ["two lightsail"]);
    assert.deepEqual(await placed({ tier: "lightsail" }), ["one lightsail", "two lightsail"]);
    assert.deepEqual(await placed({ app: "two", tier: "fargate" }), ["two fargate"]);
    const { errors } = await makePlan({ root: folder, app: "twoo" });
    assert.deepEqual(errors, [
      {
        key: "spectrum:apps",
        message: "the environment dev has no app twoo: there is one, two, did you mean two",
        location: { file: "Pulumi.dev.yaml", line: 3, column: 18 },
      },
    ]);
  });

  it("shows the findings of a refused app, the refusals as errors, and no resources", async () => {
    write(
      "compose.yaml",
      "services: { web: { image: nginx, ports: ['80:80'], volumes: ['data:/d'] } }\nvolumes: { data: {} }\n",
    );
    const plan = await makePlan({ root: folder, compose: ["compose.yaml"], tier: "lightsail", app: "shop" });
    const refused = plan.apps[0]!.findings.filter(({ outcome }) => outcome === "refused");
    assert.equal(plan.errors.length, refused.length);
    assert.ok(refused.length > 0);
    assert.equal(refused[0]!.location?.file, "compose.yaml");
    assert.deepEqual(plan.resources, []);
  });

  it("reports every mistake in the config with its place", async () => {
    write("Pulumi.dev.yaml", "config:\n  aws:region: mars\n  spectrum:apps:\n    Shop: { compose: x.yaml }\n");
    const { errors } = await makePlan({ root: folder });
    assert.deepEqual(
      errors.map(({ key, location }) => [key, location?.file, location?.line]),
      [
        ["aws:region", "Pulumi.dev.yaml", 2],
        ["spectrum:apps.Shop", "Pulumi.dev.yaml", 4],
      ],
    );
  });

  it("names the app by the file's name, else by its folder", async () => {
    write("compose.yaml", "name: My_App\nservices: { web: { image: nginx, ports: ['80:80'] } }\n");
    const named = await makePlan({ root: folder, compose: ["compose.yaml"], tier: "lightsail" });
    assert.deepEqual([...new Set(named.apps.map(({ name }) => name))], ["my-app"]);
  });

  it("takes the shell's variables only when asked to", async () => {
    write("compose.yaml", "services: { web: { image: 'nginx:${TAG:-one}', ports: ['80:80'] } }\n");
    const options = { root: folder, compose: ["compose.yaml"], tier: "lightsail", app: "shop" };
    process.env.TAG = "two";
    try {
      assert.match(planJson(await makePlan(options)), /nginx:one/);
      assert.match(planJson(await makePlan({ ...options, shellEnv: { TAG: "two" } })), /nginx:two/);
    } finally {
      delete process.env.TAG;
    }
  });
});
