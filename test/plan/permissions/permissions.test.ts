import assert from "node:assert/strict";
import fc from "fast-check";
import { tierNames } from "../../../app/tiers";
import { permissionsOf, type PermissionOptions } from "../../../plan/permissions/permissions";
import { asPolicies, POLICY_CHARACTERS } from "../../../plan/permissions/policies";
import { arnStart, resourceTypesOf } from "../../../plan/permissions/authorization";
import { type Statement, widest } from "../../../plan/permissions/statements";
import { makePlan } from "../../../plan/plan";
import type { Plan, PlannedResource, PlanValue } from "../../../plan/types";

type Inputs = Readonly<Record<string, PlanValue>>;

function made(type: string, name: string, inputs: Inputs = {}): PlannedResource {
  const urn = `urn:pulumi:dev::spectrum::${type}::${name}`;
  return { urn, type, name, parent: null, remote: false, inputs, dependencies: [] };
}
const output = ({ urn }: PlannedResource, property: string): PlanValue => ({ $output: `${urn}.${property}` });

const planOf = (...resources: readonly PlannedResource[]): Plan => ({
  version: 1,
  environment: "dev",
  apps: [],
  resources,
  outputs: {},
  errors: [],
  warnings: [],
});

const OPTIONS: PermissionOptions = { prefix: "spectrum-dev", region: "us-east-1", account: "*", state: null };

function statements(
  resources: readonly PlannedResource[],
  more: Partial<PermissionOptions> = {},
): readonly Statement[] {
  return permissionsOf([planOf(...resources)], { ...OPTIONS, ...more }).policies.flatMap(
    ({ document }) => document.Statement,
  );
}

/** What the action is allowed on: of its statements' ARNs those of the types that it is asked for. */
function on(all: readonly Statement[], action: string): readonly string[] {
  const [service = "", name = ""] = action.split(":");
  const starts = (resourceTypesOf(service, name) ?? []).map((type) => arnStart(type)?.split(":").slice(5).join(":"));
  return all
    .filter((statement) => statement.Action.includes(action))
    .flatMap(({ Resource }) => Resource)
    .filter(
      (arn) =>
        arn === "*" ||
        arn.endsWith(":*") ||
        starts.some((of) =>
          arn
            .split(":")
            .slice(5)
            .join(":")
            .startsWith(of ?? ""),
        ),
    );
}

const cluster = made("aws:ecs/cluster:Cluster", "platform-ecs", { name: "spectrum-dev" });
const service = (inputs: Inputs): PlannedResource => made("aws:ecs/service:Service", "shop-web", inputs);
const role = (name: string, inputs: Inputs): PlannedResource => made("aws:iam/role:Role", name, inputs);
const trust = (...services: readonly string[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: services } }],
  });

describe("the ARNs of a deployer's policy", () => {
  const ECS = "arn:aws:ecs:us-east-1:*:service";
  const queue = made("aws:sqs/queue:Queue", "shop-orders");
  for (const [title, resources, action, expected] of [
    ["the name that the plan gives", [cluster], "ecs:CreateCluster", ["arn:aws:ecs:us-east-1:*:cluster/spectrum-dev"]],
    ["the name that Pulumi will make", [queue], "sqs:CreateQueue", ["arn:aws:sqs:us-east-1:*:shop-orders-*"]],
    [
      "the name of the resource that it is of",
      [queue, made("aws:sqs/queuePolicy:QueuePolicy", "it", { queueUrl: output(queue, "id") })],
      "sqs:SetQueueAttributes",
      ["arn:aws:sqs:us-east-1:*:shop-orders-*"],
    ],
    [
      "a prefix",
      [made("aws:lb/targetGroup:TargetGroup", "shop", { namePrefix: "web-" })],
      "elasticloadbalancing:CreateTargetGroup",
      ["arn:aws:elasticloadbalancing:us-east-1:*:targetgroup/web-*/*"],
    ],
    [
      "two names",
      [cluster, service({ cluster: output(cluster, "arn") })],
      "ecs:CreateService",
      [`${ECS}/spectrum-dev/shop-web-*`],
    ],
    [
      "of a given ARN nothing",
      [service({ cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/theirs" })],
      "ecs:CreateService",
      [`${ECS}/*/shop-web-*`],
    ],
    [
      "what is known of a text",
      [
        made("aws:ssm/parameter:Parameter", "it", { name: { $output: `/a/\${${queue.urn}.name}/\${unknown.x}` } }),
        queue,
      ],
      "ssm:PutParameter",
      ["arn:aws:ssm:us-east-1:*:parameter/a/shop-orders-*/*"],
    ],
    [
      "of a lookup nothing",
      [made("aws:cloudwatch/logGroup:LogGroup", "it", { name: { $lookup: "aws:index/getRegion:getRegion" } })],
      "logs:CreateLogGroup",
      ["arn:aws:logs:us-east-1:*:log-group:*"],
    ],
    [
      "the resource's own region",
      [made("aws:acm/certificate:Certificate", "it", { region: "eu-central-1" })],
      "acm:DescribeCertificate",
      ["arn:aws:acm:eu-central-1:*:certificate/*"],
    ],
    [
      "all, where an action names no resource",
      [made("aws:ecs/taskDefinition:TaskDefinition", "it")],
      "ecs:DescribeTaskDefinition",
      ["*"],
    ],
    [
      "all of the service, where it names many",
      [made("aws:ec2/vpc:Vpc", "it")],
      "ec2:CreateTags",
      ["arn:aws:ec2:us-east-1:*:*"],
    ],
    [
      "each kind, where it names few",
      [made("aws:ec2/vpc:Vpc", "it")],
      "ec2:DeleteVpc",
      ["arn:aws:ec2:us-east-1:*:vpc/*"],
    ],
  ] as const) {
    it(`hold ${title}`, () => assert.deepEqual(on(statements(resources), action), expected));
  }

  it("hold the account and the partition", () => {
    assert.deepEqual(
      on(statements([cluster], { account: "123456789012", region: "cn-north-1" }), "ecs:CreateCluster"),
      ["arn:aws-cn:ecs:cn-north-1:123456789012:cluster/spectrum-dev"],
    );
  });

  it("are the widest of those that cover each other", () => {
    assert.deepEqual(widest(["a/b-*", "a/b-c-*", "a/b", "a/b-*"]), ["a/b", "a/b-*"]);
    assert.deepEqual(widest(["*", "arn:x"]), ["*"]);
  });
});

describe("the statements of a deployer's policy", () => {
  it("put actions together only where none is allowed on more than it needs", () => {
    const other = made("aws:ecr/repository:Repository", "b", { name: "b" });
    const lifecycle = made("aws:ecr/lifecyclePolicy:LifecyclePolicy", "a", { repository: "a" });
    const all = statements([made("aws:ecr/repository:Repository", "a", { name: "a" }), other, lifecycle]);
    assert.deepEqual(
      on(all, "ecr:DeleteRepository").map((arn) => arn.split("/")[1]),
      ["a", "b"],
    );
    assert.deepEqual(
      on(all, "ecr:PutLifecyclePolicy").map((arn) => arn.split("/")[1]),
      ["a"],
    );
  });

  it("allow keys through AWS's services alone", () => {
    const [kms] = statements([made("aws:efs/fileSystem:FileSystem", "it")]).filter(({ Action }) =>
      Action.includes("kms:CreateGrant"),
    );
    assert.deepEqual(kms?.Condition, { StringLike: { "kms:ViaService": "*.amazonaws.com" } });
  });

  it("hand each role to the services that it trusts, or that it is given to", () => {
    const node = role("node", { assumeRolePolicy: trust("ec2.amazonaws.com") });
    const task = role("task", { assumeRolePolicy: trust("ecs-tasks.amazonaws.com") });
    const job = role("job", { assumeRolePolicy: trust("ecs-tasks.amazonaws.com") });
    const nobody = role("nobody", { assumeRolePolicy: trust() });
    const group = made("aws:eks/nodeGroup:NodeGroup", "group", { nodeRoleArn: output(node, "arn") });
    const passed = statements([node, task, job, nobody, group]).filter(({ Action }) => Action.includes("iam:PassRole"));
    assert.deepEqual(
      passed.map(({ Resource, Condition }) => [Resource, Condition]),
      [
        [
          ["arn:aws:iam::*:role/node-*"],
          { StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "eks.amazonaws.com"] } },
        ],
        [
          ["arn:aws:iam::*:role/job-*", "arn:aws:iam::*:role/task-*"],
          { StringEquals: { "iam:PassedToService": ["ecs-tasks.amazonaws.com"] } },
        ],
      ],
    );
  });

  it("attach the policies of the plan, and no others", () => {
    const it = role("it", { managedPolicyArns: ["arn:aws:iam::aws:policy/B"] });
    const attachment = made("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "it", {
      role: output(it, "name"),
      policyArn: { $lookup: "arn:${aws:index/getPartition:getPartition}:iam::aws:policy/A" },
    });
    const [attach, ...more] = statements([it, attachment]).filter(({ Action }) =>
      Action.includes("iam:AttachRolePolicy"),
    );
    assert.equal(more.length, 0);
    assert.deepEqual(attach?.Resource, ["arn:aws:iam::*:role/it-*"]);
    assert.deepEqual(attach?.Condition, {
      ArnLike: { "iam:PolicyARN": ["arn:*:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"] },
    });
  });

  it("let AWS make the roles of the services that are used, and no others", () => {
    const [linked] = statements([cluster]).filter(({ Sid }) => Sid === "ServiceLinkedRoles");
    assert.deepEqual(linked?.Resource, ["arn:aws:iam::*:role/aws-service-role/ecs.amazonaws.com/*"]);
    assert.deepEqual(linked?.Condition, { StringEquals: { "iam:AWSServiceName": ["ecs.amazonaws.com"] } });
    assert.deepEqual(on(statements([made("aws:sqs/queue:Queue", "it")]), "iam:CreateServiceLinkedRole"), []);
  });

  it("make no role without the boundary that all have", () => {
    const boundary = "arn:aws:iam::123456789012:policy/limit";
    const all = statements([
      role("a", { permissionsBoundary: boundary }),
      role("b", { permissionsBoundary: boundary }),
    ]);
    const conditionOf = (action: string) => all.find(({ Action }) => Action.includes(action))?.Condition;
    assert.deepEqual(conditionOf("iam:CreateRole"), { StringEquals: { "iam:PermissionsBoundary": boundary } });
    assert.deepEqual(conditionOf("iam:PutRolePolicy"), { StringEquals: { "iam:PermissionsBoundary": boundary } });
    assert.equal(conditionOf("iam:DeleteRole"), undefined);
    const mixed = statements([role("a", { permissionsBoundary: boundary }), role("b", {})]);
    assert.ok(!JSON.stringify(mixed).includes('PermissionsBoundary"'));
  });

  it("let the state be kept in its bucket, under its key", () => {
    const key = "arn:aws:kms:us-east-1:123456789012:key/a";
    const all = statements([cluster], { state: { bucket: "states", key } });
    assert.deepEqual(on(all, "s3:PutObject"), ["arn:aws:s3:::states/.pulumi/*"]);
    assert.deepEqual(on(all, "s3:ListBucket"), ["arn:aws:s3:::states"]);
    const keys = (of: readonly Statement[]) => of.filter(({ Action }) => Action.includes("kms:Encrypt"));
    assert.deepEqual(keys(all)[0]?.Resource, [key]);
    assert.deepEqual(keys(statements([cluster], { state: { bucket: "states", key: null } })), []);
  });

  it("tell the types that nobody knows the actions of", () => {
    const { unknown } = permissionsOf(
      [planOf(made("aws:fms/policy:Policy", "it"), made("other:a/b:C", "it"))],
      OPTIONS,
    );
    assert.deepEqual(unknown, ["aws:fms/policy:Policy"]);
  });
});

describe("managed policies", () => {
  const name = fc.string({ minLength: 1, maxLength: 60 });
  const statement = fc.record({
    Sid: fc.constant("It1"),
    Effect: fc.constant("Allow" as const),
    Action: fc.uniqueArray(name, { minLength: 1, maxLength: 200 }),
    Resource: fc.uniqueArray(name, { minLength: 1, maxLength: 200 }),
  });
  const pairs = (all: readonly Statement[]): Set<string> =>
    new Set(all.flatMap(({ Action, Resource }) => Action.flatMap((a) => Resource.map((r) => JSON.stringify([a, r])))));

  it("hold within IAM's limit exactly what the statements allow", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 4 }), (all) => {
        const policies = asPolicies(all, "x");
        for (const { characters, document } of policies) {
          assert.ok(characters <= POLICY_CHARACTERS);
          assert.equal(characters, JSON.stringify(document).length);
        }
        assert.deepEqual(pairs(policies.flatMap(({ document }) => document.Statement)), pairs(all));
      }),
      { numRuns: 30 },
    );
  });
});

describe("the policies of the shop's deployer", function () {
  this.timeout(120_000);
  const plans: Plan[] = [];
  before(async () => {
    const compose = ["examples/shop/compose.yaml"];
    for (const tier of tierNames) plans.push(await makePlan({ compose, tier, environment: "dev" }));
  });

  for (const [at, tier] of tierNames.entries()) {
    it(`are least on ${tier}`, () => {
      const { policies, unknown } = permissionsOf([plans[at]!], { ...OPTIONS, account: "123456789012" });
      assert.deepEqual(unknown, []);
      assert.ok(policies.length > 0 && policies.length <= 4, `${policies.length} policies`);
      const all = policies.flatMap(({ document }) => document.Statement);
      assert.equal(new Set(all.map(({ Sid }) => Sid)).size, all.length);
      for (const { Sid, Action, Resource } of all) {
        assert.match(Sid, /^[A-Za-z0-9]+$/u);
        for (const action of Action) {
          assert.match(action, /^[a-z0-9-]+:[A-Za-z0-9]+$/u);
          const [of = "", called = ""] = action.split(":");
          // everything, only where the action can name nothing
          if (Resource.includes("*")) assert.deepEqual(resourceTypesOf(of, called), [], `${action} on *`);
        }
        for (const arn of Resource) assert.match(arn, /^(?:\*|arn:aws:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|aws)?:\S+)$/u);
      }
    });
  }

  it("are those of both tiers where the app moves", () => {
    const both = permissionsOf([plans[tierNames.indexOf("lightsail")]!, plans[tierNames.indexOf("fargate")]!], OPTIONS);
    const all = both.policies.flatMap(({ document }) => document.Statement);
    assert.ok(on(all, "lightsail:CreateContainerService").length > 0 && on(all, "ecs:CreateService").length > 0);
    // what Spectrum itself asks after
    assert.ok(on(all, "ecs:ListTasks").length > 0);
    // looked up
    assert.ok(on(all, "ecr:GetAuthorizationToken").length > 0);
  });
});
