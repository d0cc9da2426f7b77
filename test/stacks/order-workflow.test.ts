/** The order workflow of examples/shop on every tier that can run it: one file, and what it becomes. */
import assert from "node:assert/strict";
import type { TierName } from "../../app/tiers";
import { type FolderPlan, planFolder } from "../support/plan-folder";
import { root } from "../support/project";

const MACHINE = "aws:sfn/stateMachine:StateMachine";
const shop = (...files: string[]) => files.map((file) => `${root}/examples/shop/${file}`);
const workflows = { order: { definition: `${root}/examples/shop/workflows/order.asl.yaml` } };
const hosts = [
  { host: "shop.example.com", service: "web", port: 8080 },
  { host: "api.shop.example.com", service: "api", port: 3000 },
];

interface More {
  readonly platform?: object;
  readonly workflows?: object;
  readonly files?: Readonly<Record<string, unknown>>;
}

const plan = (apps: Readonly<Record<string, object>>, more: More = {}) =>
  planFolder({
    config: {
      "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true, ...more.platform },
      "spectrum:secrets": Object.fromEntries(
        Object.keys(apps).map((name) => [name, { DB_PASSWORD: { secure: "v1:x" } }]),
      ),
      "spectrum:apps": apps,
      "spectrum:workflows": more.workflows ?? workflows,
    },
    files: more.files ?? {},
  });

const app = (tier: TierName, more: object = {}) => ({
  compose: shop("compose.yaml", "compose.jobs.yaml"),
  profiles: ["jobs"],
  tier,
  hosts,
  ...more,
});

interface Definition {
  readonly States: Readonly<
    Record<string, { readonly Resource?: string; readonly Arguments?: Readonly<Record<string, unknown>> }>
  >;
}
const definitionOf = (made: FolderPlan["made"], name: string) =>
  made.json<Definition>(made.one(MACHINE, name), "definition");

/** How each tier runs a job, by the Resource of a state of the job's own machine. */
const RUNS: Readonly<
  Partial<Record<TierName, { readonly state: string; readonly resource: string; readonly more?: object }>>
> = {
  fargate: { state: "Run", resource: "arn:aws:states:::ecs:runTask.sync" },
  "ecs-ec2": { state: "Run", resource: "arn:aws:states:::ecs:runTask.sync" },
  eks: { state: "Run the job", resource: "arn:aws:states:::eks:runJob.sync" },
  beanstalk: {
    state: "Start",
    resource: "arn:aws:states:::aws-sdk:ssm:startAutomationExecution",
    more: { beanstalk: { type: "load-balanced" } },
  },
  "eks-fargate": { state: "Run the job", resource: "arn:aws:states:::eks:runJob.sync" },
};

/** Actions that AWS documents no resource for: log delivery, traces. */
const NO_RESOURCE = /^(?:logs:(?:\w*LogDeliver\w+|DescribeLogGroups|\w+ResourcePolic\w+)|xray:\w+)$/u;

interface Policy {
  readonly Statement: readonly {
    readonly Action: readonly string[];
    readonly Resource: readonly unknown[];
    readonly Condition?: object;
  }[];
}

/** What roles of workflows may do to everything; `ecs:ListTasks` is narrowed to the cluster by a condition. */
const openActions = (made: FolderPlan["made"]): readonly string[] =>
  made.resources
    .filter(({ type, urn }) => type === "aws:iam/rolePolicy:RolePolicy" && urn.includes("spectrum:workflow:"))
    .flatMap((policy) => made.json<Policy>(policy, "policy").Statement)
    .flatMap(({ Action, Resource, Condition }) => (Resource.includes("*") && !Condition ? Action : []));

describe("the order workflow", function () {
  this.timeout(120_000);
  const definitions = new Map<string, string>();

  for (const [tier, { state, resource, more }] of Object.entries(RUNS)) {
    it(`on ${tier}: the same file, each job by ${resource.split(":::")[1]}, and no role has a * for a resource`, async () => {
      const { errors, made } = await plan({ shop: app(tier as TierName, more) });
      assert.deepEqual(errors, []);
      const order = definitionOf(made, "order");
      for (const [name, job] of [
        ["Migrate", "migrate"],
        ["Seed", "seed"],
        ["Take back", "seed"],
      ] as const) {
        assert.equal(order.States[name]?.Resource, "arn:aws:states:::states:startExecution.sync:2");
        const machine = made.one(MACHINE, `shop-${job}`);
        assert.deepEqual(order.States[name]?.Arguments?.StateMachineArn, made.output(machine, "arn"));
        assert.equal(definitionOf(made, `shop-${job}`).States[state]?.Resource, resource);
      }
      assert.equal(order.States.Order?.Arguments?.ApiEndpoint, "https://api.shop.example.com/api/orders");
      definitions.set(tier, JSON.stringify(order));
      assert.deepEqual(
        openActions(made).filter((action) => !NO_RESOURCE.test(action)),
        [],
      );
    });
  }

  it("is the same definition on all of them: a change of tier changes no line", () => {
    assert.equal(definitions.size, Object.keys(RUNS).length);
    assert.equal(new Set(definitions.values()).size, 1);
  });

  it("may span apps on different tiers: jobs on Fargate, a service on Beanstalk by HTTP", async () => {
    const task = (Resource: string, next: object) => ({
      Type: "Task",
      Resource,
      Retry: [{ ErrorEquals: ["States.TaskFailed"] }],
      ...next,
    });
    const both = {
      StartAt: "Migrate",
      States: { Migrate: task("${shop.migrate}", { Next: "Tell" }), Tell: task("${front.web}", { End: true }) },
    };
    const front = { compose: shop("compose.yaml"), tier: "beanstalk", beanstalk: { type: "load-balanced" } };
    const { errors, made } = await plan(
      { shop: app("fargate"), front: { ...front, domain: "front.example.com" } },
      { workflows: { both: { definition: "both.asl.yaml" } }, files: { "both.asl.yaml": both } },
    );
    assert.deepEqual(errors, []);
    const { States } = definitionOf(made, "both");
    assert.equal(States.Migrate?.Resource, "arn:aws:states:::states:startExecution.sync:2");
    assert.deepEqual(
      [States.Tell?.Resource, (States.Tell as { Parameters?: Record<string, unknown> }).Parameters?.ApiEndpoint],
      ["arn:aws:states:::http:invoke", "https://front.example.com/"],
    );
  });

  it("is refused where the tier runs no jobs, though somebody accepts that", async () => {
    const jobs = ["migrate", "seed", "report"].map((job) => `${job}.job`);
    const accept = { compose: shop("compose.yaml", "compose.jobs.yaml"), lightsail: { accept: jobs } };
    const { errors } = await plan({ shop: app("lightsail", accept) });
    const said = errors.filter(({ message }) => message.includes("does not run the job"));
    assert.equal(said.length, 4);
    assert.match(said[0]!.message, /^state "Migrate": lightsail does not run the job shop\.migrate: /);
  });

  it("is refused where the API of the cluster lets AWS not in", async () => {
    const platform = { eks: { publicAccessCidrs: ["203.0.113.0/24"] } };
    const { errors } = await plan({ shop: app("eks") }, { platform });
    const said = errors.filter(({ message }) => message.includes("public endpoint"));
    // Migrate, Seed, Report and Take back
    assert.equal(said.length, 4);
    assert.match(
      said[0]!.message,
      /state "Migrate": Step Functions runs shop\.migrate by the cluster's public endpoint/,
    );
    assert.equal(said[0]!.location?.file.endsWith("order.asl.yaml"), true);
  });
});
