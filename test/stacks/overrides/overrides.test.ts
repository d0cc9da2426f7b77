/** The escape hatch on whole plans: what is reached, in which order, and what is said where nothing is. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import type { PlannedOverride } from "../../../plan/types";
import { renderPlan } from "../../../plan/render";
import { type FolderPlan, planFolder } from "../../support/plan-folder";
import { readText, root } from "../../support/project";

const GROUP = "aws:lb/targetGroup:TargetGroup";
const ROLE = "aws:iam/role:Role";
const SERVICE = "aws:ecs/service:Service";
const VPC = "aws:ec2/vpc:Vpc";
const hello = join(root, "examples/hello/compose.yaml");

const overridesOf = (plan: FolderPlan, type: string, name?: string) =>
  (plan.made.one(type, name) as { overrides?: readonly PlannedOverride[] }).overrides;

/** `key: message` of each error. */
const errors = (plan: FolderPlan) => plan.errors.map(({ key, message }) => `${key ?? ""}: ${message}`);

describe("overrides on a plan", function () {
  this.timeout(60_000);

  describe("that all reach something", () => {
    let plan: FolderPlan;
    before(async () => {
      plan = await planFolder({
        config: {
          "spectrum:platform": { hostedZoneId: "Z1" },
          "spectrum:overrides": [
            { type: VPC, set: { enableNetworkAddressUsageMetrics: true }, options: { protect: true } },
            { type: SERVICE, set: { desiredCount: 2, tags: { from: "environment" } } },
          ],
          "spectrum:apps": {
            hello: {
              compose: [hello],
              tier: "fargate",
              domain: "hello.example.com",
              overrides: [
                { type: GROUP, name: "hello-web-*", set: { healthCheck: { interval: 7 } }, remove: ["tags.Project"] },
                { type: SERVICE, set: { desiredCount: 3, tags: { from: "app", app: "hello" } } },
                { type: SERVICE, tiers: ["eks"], set: { desiredCount: 9 } },
              ],
              services: {
                web: {
                  overrides: [
                    {
                      type: SERVICE,
                      set: { tags: { from: "service" } },
                      remove: ["availabilityZoneRebalancing"],
                      options: { ignoreChanges: ["desiredCount"], customTimeouts: { create: "30m" } },
                    },
                  ],
                },
              },
            },
            nobody: { compose: [hello], tier: "fargate", domain: "nobody.example.com" },
          },
        },
        files: {
          "overrides.ts": `export const override = ({ type, app, inputs }) =>
            type === "${ROLE}" && app === "hello" ? { set: { maxSessionDuration: 7200, description: Object.keys(inputs).join() } } : undefined;`,
        },
      });
    });

    it("says nothing but what is overridden", () => assert.deepEqual(errors(plan), []));

    it("merges maps, replaces all else, and takes out", () => {
      const { inputs } = plan.made.one(GROUP, "hello-web-8080");
      const untouched = plan.made.one(GROUP, "nobody-web-8080").inputs;
      assert.deepEqual(inputs.healthCheck, { ...(untouched.healthCheck as object), interval: 7 });
      assert.deepEqual(inputs.tags, { App: "hello", Environment: "dev" });
      assert.deepEqual(inputs.vpcId, untouched.vpcId);
    });

    it("reaches what a remote component makes", () => {
      const { inputs, options } = plan.made.one(VPC);
      assert.equal(inputs.enableNetworkAddressUsageMetrics, true);
      assert.equal(inputs.cidrBlock, "10.0.0.0/16");
      assert.equal(options?.protect, true);
    });

    it("lets the nearer win: environment, app, service", () => {
      const { inputs, options } = plan.made.one(SERVICE, "hello-web");
      assert.equal(inputs.desiredCount, 3);
      assert.equal("availabilityZoneRebalancing" in inputs, false);
      const { App, from, app } = inputs.tags as Record<string, string>;
      assert.deepEqual({ App, from, app }, { App: "hello", from: "service", app: "hello" });
      assert.deepEqual(options?.ignoreChanges, ["desiredCount"]);
      assert.equal(options?.customTimeouts?.create, "30m");
      assert.equal(
        options?.customTimeouts?.delete,
        plan.made.one(SERVICE, "nobody-web").options?.customTimeouts?.delete,
      );
    });

    it("leaves another app's resources alone, but for the environment's", () => {
      const { inputs } = plan.made.one(SERVICE, "nobody-web");
      assert.equal(inputs.desiredCount, 2);
      assert.equal((inputs.tags as Record<string, string>).from, "environment");
      assert.equal(overridesOf(plan, GROUP, "nobody-web-8080"), undefined);
    });

    it("asks overrides.ts of each resource, with its app and its inputs", () => {
      for (const { name, inputs } of plan.made.all(ROLE)) {
        assert.equal(inputs.maxSessionDuration, name.startsWith("hello-") ? 7200 : undefined, name);
        if (name.startsWith("hello-")) assert.match(JSON.stringify(inputs.description), /assumeRolePolicy/u);
      }
    });

    it("says of each resource what was overridden, where and in which order", () => {
      assert.deepEqual(overridesOf(plan, SERVICE, "hello-web"), [
        { by: "spectrum:overrides[1]", set: ["desiredCount", "tags"] },
        { by: "spectrum:apps.hello.overrides[1]", set: ["desiredCount", "tags"] },
        {
          by: "spectrum:apps.hello.services.web.overrides[0]",
          set: ["tags"],
          removed: ["availabilityZoneRebalancing"],
          options: ["customTimeouts", "ignoreChanges"],
        },
      ]);
      assert.deepEqual(overridesOf(plan, ROLE, "hello-web-task"), [
        { by: "overrides.ts", set: ["description", "maxSessionDuration"] },
      ]);
      const text = renderPlan(plan, { color: false });
      assert.match(text, /^overrides$/mu);
      assert.match(
        text,
        /overridden {2}hello-web aws:ecs\/service:Service\n +tags, without availabilityZoneRebalancing, options customTimeouts, ignoreChanges {2}by spectrum:apps\.hello\.services\.web\.overrides\[0\]$/mu,
      );
      assert.match(text, /overridden {2}hello-web-execution, hello-web-task aws:iam\/role:Role\n/u);
    });

    it("prices what was overridden", () => {
      const tasks = plan.prices?.lines.find(
        ({ what, resource }) => what.startsWith("vCPU") && resource.endsWith("::hello-web"),
      );
      assert.match(tasks?.what ?? "", /of 3 tasks/u);
    });
  });

  describe("that are wrong", () => {
    let plan: FolderPlan;
    before(async () => {
      plan = await planFolder({
        config: {
          "spectrum:overrides": [
            { type: "aws:ec2/vcp:Vpc", set: { cidrBlock: "10.1.0.0/16" } },
            { type: "awsx:ec2:Vpc", set: { cidrBlock: "10.1.0.0/16" } },
            { type: VPC, name: "platform-netwrk", set: { cidrBlock: "10.1.0.0/16" } },
          ],
          "spectrum:apps": {
            hello: {
              compose: ["compose.yaml"],
              tier: "fargate",
              overrides: [
                { type: VPC, set: { cidrBlock: "10.1.0.0/16" } },
                { type: GROUP, set: { healthCheck: { pth: "/" }, port: "80", name: "web" }, remove: ["stickines"] },
                { type: SERVICE, options: { ignoreChanges: ["desiredCont"] } },
              ],
            },
          },
        },
        files: {
          "compose.yaml": {
            services: {
              web: {
                image: "nginx:1.29",
                ports: ["8080:80"],
                "x-spectrum": { overrides: [{ type: ROLE, set: { maxSessionDurationn: 3600 } }] },
              },
            },
          },
          "overrides.ts": `export const override = ({ type, name }) => {
            if (type === "${ROLE}" && name.endsWith("-task")) throw new Error("no such thing");
            if (type === "aws:cloudwatch/logGroup:LogGroup") return { inputs: {} };
            return undefined;
          };`,
        },
      });
    });

    it("are all said at once, each with its place and what there is", () => {
      assert.deepEqual(errors(plan), [
        "overrides.ts: for hello-web (aws:cloudwatch/logGroup:LogGroup): it returns inputs: unknown key; allowed: options, remove, set",
        "overrides.ts: for hello-web-task (aws:iam/role:Role): it throws no such thing",
        'spectrum:overrides[0]: the environment has no aws:ec2/vcp:Vpc, did you mean "aws:ec2/vpc:Vpc"?',
        "spectrum:overrides[1]: awsx:ec2:Vpc is a component, which has no inputs of AWS's; override the resources that it makes",
        'spectrum:overrides[2]: no aws:ec2/vpc:Vpc of the environment is called platform-netwrk, did you mean "platform-network"?',
        "spectrum:apps.hello.overrides[0]: the app hello has no aws:ec2/vpc:Vpc; platform-network is reached by spectrum:overrides",
        'spectrum:apps.hello.overrides[1].set.healthCheck.pth: lb.TargetGroupHealthCheck has no such input, did you mean "path"?',
        'spectrum:apps.hello.overrides[1].set.port: got "80"; give a number',
        'spectrum:apps.hello.overrides[1].remove[0]: aws:lb/targetGroup:TargetGroup has no such input, did you mean "stickiness"?',
        'spectrum:apps.hello.overrides[2].options.ignoreChanges[0]: aws:ecs/service:Service has no such input, did you mean "desiredCount"?',
        'services.web.x-spectrum.overrides[0].set.maxSessionDurationn: aws:iam/role:Role has no such input, did you mean "maxSessionDuration"?',
      ]);
      const inFile = plan.errors.find(({ key }) => key?.startsWith("services.web"));
      assert.equal(inFile?.location?.file, "compose.yaml");
    });

    it("warn of a name that AWS knows the thing by", () => {
      const warning = plan.warnings.find(({ key }) => key === "spectrum:apps.hello.overrides[1]");
      assert.match(
        warning?.message ?? "",
        /^name is the name that aws:lb\/targetGroup:TargetGroup goes by: another one replaces/u,
      );
    });
  });

  it("that reach nothing on a tier which the config does not name are warned of", async () => {
    const plan = await planFolder({
      config: {
        "spectrum:apps": {
          hello: { compose: [hello], tier: "fargate", overrides: [{ type: GROUP, set: { deregistrationDelay: 10 } }] },
        },
      },
      files: {},
      tier: "lightsail",
    });
    assert.deepEqual(errors(plan), []);
    assert.match(plan.warnings[0]?.message ?? "", /^the app hello has no aws:lb\/targetGroup:TargetGroup/u);
  });

  it("that a policy forbids fail the plan", async () => {
    const plan = await planFolder({
      config: {
        "spectrum:apps": {
          hello: {
            compose: [hello],
            tier: "fargate",
            overrides: [{ type: "aws:cloudwatch/logGroup:LogGroup", remove: ["retentionInDays"] }],
          },
        },
      },
      files: {},
    });
    assert.match(errors(plan).join("\n"), /breaks the rule log-retention/u);
  });

  for (const [what, said, message] of [
    ["that change nothing", { type: VPC }, /overrides\[0\]: changes nothing; give set, remove or options$/u],
    [
      "of a provider",
      { type: "pulumi:providers:aws", set: {} },
      /overrides\[0\]\.type: got .+; give a resource type of Pulumi's/u,
    ],
    [
      "with an option that there is not",
      { type: VPC, options: { protected: true } },
      /overrides\[0\]\.options\.protected: unknown key; did you mean protect\?/u,
    ],
    ["of the environment with tiers", { type: VPC, tiers: ["eks"], set: {} }, /overrides\[0\]\.tiers: unknown key/u],
  ] as const)
    it(`${what} are refused before anything is planned`, async () => {
      const plan = await planFolder({
        config: { "spectrum:overrides": [said], "spectrum:apps": { hello: { compose: [hello], tier: "fargate" } } },
        files: {},
      });
      assert.match(errors(plan).join("\n"), message);
      assert.deepEqual(plan.resources, []);
    });

  for (const [what, text, message] of [
    [
      "exports no function",
      "export const overide = 1;",
      /^: the file exports no function override; export a function/u,
    ],
    ["cannot be loaded", "throw new Error('no');", /^: the file cannot be loaded: no; export a function/u],
  ] as const)
    it(`an overrides.ts that ${what} is an error in its place`, async () => {
      const plan = await planFolder({
        config: { "spectrum:apps": { hello: { compose: [hello], tier: "fargate" } } },
        files: { "overrides.ts": text },
      });
      assert.match(errors(plan).join("\n"), message);
      assert.equal(plan.errors[0]?.location?.file, "overrides.ts");
    });

  describe("as docs/overrides.md shows them", () => {
    const page = readText("docs/overrides.md");
    const block = (language: string) => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "mu").exec(page)?.[1] ?? "";

    it("are what examples/overrides.ts is, which the types are checked of", () => {
      assert.equal(block("ts").replace('"./stacks/', '"../stacks/'), readText("examples/overrides.ts"));
    });

    it("can be planned", async () => {
      const text = block("yaml").replace("examples/", `${root}/examples/`);
      const { config } = parse(text) as { config: Record<string, unknown> };
      const secrets = { "spectrum:secrets": { shop: { DB_PASSWORD: { secure: "v1:x" } } } };
      const plan = await planFolder({
        config: { ...config, ...secrets },
        files: {
          "overrides.ts": readText("examples/overrides.ts").replace(
            "@pulumi/pulumi",
            `${root}/node_modules/@pulumi/pulumi`,
          ),
        },
      });
      assert.deepEqual(errors(plan), []);
      const { made } = plan;
      const [first] = made.json<readonly { versionConsistency: string }[]>(
        made.one("aws:ecs/taskDefinition:TaskDefinition", "shop-api"),
        "containerDefinitions",
      );
      assert.equal(first?.versionConsistency, "disabled");
      const by = plan.resources.flatMap(({ name, overrides = [] }) => overrides.map((one) => `${name} by ${one.by}`));
      assert.deepEqual(by.sort(), [
        "platform-network by spectrum:overrides[0]",
        "shop-api by overrides.ts",
        "shop-api by spectrum:apps.shop.services.api.overrides[0]",
        "shop-db by overrides.ts",
        "shop-redis by overrides.ts",
        "shop-web by overrides.ts",
        "shop-web-8080 by spectrum:apps.shop.overrides[0]",
        "shop-worker by overrides.ts",
      ]);
    });
  });
});
