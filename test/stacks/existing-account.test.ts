/** An environment in an account that is not empty: all tiers in one plan, on what is there already. */
import assert from "node:assert/strict";
import { tierNames, type TierName } from "../../app/tiers";
import { InputTypes } from "../../plan/overrides/input-types";
import type { Plan } from "../../plan/types";
import { type FolderPlan, planFolder } from "../support/plan-folder";
import { root } from "../support/project";

const BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1";
const CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/there";
const BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/there/1";
const ZONE = "Z0123456789ABCDEFGHIJ";
const VPC = "vpc-0123456789abcdef0";

/** What a tier cannot do without, or not do. */
const SETTINGS: Readonly<Partial<Record<TierName, object>>> = {
  // a single instance has no certificate
  beanstalk: { beanstalk: { type: "load-balanced" } },
  "ecs-anywhere": {
    "ecs-anywhere": {
      addresses: ["203.0.113.7"],
      wait: false,
      accept: ["migrate", "seed", "report"].map((job) => `${job}.environment.DATABASE_URL`),
    },
  },
  lightsail: { profiles: [] },
};

/** The shop with its jobs on every tier that runs jobs, one of them called by a workflow. */
const apps = Object.fromEntries(
  tierNames.map((tier) => [
    tier === "fargate" ? "shop" : `on-${tier}`,
    {
      compose: ["compose.yaml", "compose.jobs.yaml"].map((file) => `${root}/examples/shop/${file}`),
      profiles: ["jobs"],
      tier,
      data: "delete",
      hosts: [
        { host: `${tier}.example.com`, service: "web", port: 8080 },
        ...(tier === "fargate" ? [{ host: "api.example.com", service: "api", port: 3000 }] : []),
      ],
      ...SETTINGS[tier],
    },
  ]),
);

describe("an account that is not empty", function () {
  this.timeout(60_000);
  let plan: FolderPlan;

  before(async () => {
    plan = await planFolder({
      config: {
        "spectrum:tags": { team: "shop" },
        "spectrum:platform": {
          vpcId: VPC,
          loadBalancerArn: BALANCER,
          ecsClusterArn: CLUSTER,
          certificateArn: CERTIFICATE,
          hostedZoneId: ZONE,
          permissionsBoundary: BOUNDARY,
        },
        "spectrum:secrets": Object.fromEntries(
          Object.keys(apps).map((name) => [name, { DB_PASSWORD: { secure: "v1:x" } }]),
        ),
        "spectrum:apps": apps,
        "spectrum:workflows": { order: { definition: `${root}/examples/shop/workflows/order.asl.yaml` } },
      },
      files: {},
    });
  });

  it("can be planned", () => assert.deepEqual(plan.errors, []));

  it("makes none of what is there", () => {
    const types = new Set(plan.resources.map(({ type }) => type));
    const there = [
      "aws:acm/certificate:Certificate",
      "aws:ec2/subnet:Subnet",
      "aws:ec2/vpc:Vpc",
      "aws:ecs/cluster:Cluster",
      "aws:lb/loadBalancer:LoadBalancer",
      "aws:route53/zone:Zone",
    ];
    assert.deepEqual(
      there.filter((type) => types.has(type)),
      [],
    );
  });

  it("puts every tier on what is there", () => {
    const { made } = plan;
    const inputsOf = (type: string) => made.all(type).map(({ inputs }) => JSON.stringify(inputs));
    for (const inputs of inputsOf("aws:ecs/service:Service")) assert.match(inputs, /cluster\/there"/u);
    for (const inputs of inputsOf("aws:ec2/securityGroup:SecurityGroup")) assert.match(inputs, new RegExp(VPC, "u"));
    for (const inputs of inputsOf("aws:lb/targetGroup:TargetGroup")) assert.match(inputs, new RegExp(VPC, "u"));
    for (const inputs of inputsOf("aws:route53/record:Record")) assert.match(inputs, new RegExp(`"${ZONE}"`, "u"));
    const [beanstalk = ""] = inputsOf("aws:elasticbeanstalk/environment:Environment");
    for (const id of [VPC, BALANCER]) assert.match(beanstalk, new RegExp(id, "u"));
  });

  it("bounds every role, those of remote components too", () => {
    const roles = plan.made.all("aws:iam/role:Role");
    assert.ok(roles.length > 40, String(roles.length));
    assert.ok(roles.some(({ parent }) => parent?.includes("eks:index:ServiceRole")));
    for (const { name, inputs } of roles) assert.equal(inputs.permissionsBoundary, BOUNDARY, name);
  });

  it("tags whatever takes tags, what remote components make too", async () => {
    const { made, ...own } = await planFolder({
      config: {
        "spectrum:tags": { team: "shop" },
        "spectrum:apps": { hello: { compose: [`${root}/examples/hello/compose.yaml`], tier: "eks-fargate" } },
      },
      files: {},
    });
    assert.ok(made.all("aws:ec2/subnet:Subnet").length > 3);
    const taggable = [...taggableOf(plan), ...taggableOf(own)];
    const untagged = taggable.filter(({ inputs }) => (inputs.tags as { team?: string } | undefined)?.team !== "shop");
    assert.ok(taggable.length > 300, String(taggable.length));
    assert.deepEqual(
      untagged.map(({ type, name }) => `${type} ${name}`),
      [],
    );
  });
});

const types = new InputTypes();

/** Resources of AWS's whose type has a map of tags. */
const taggableOf = ({ resources }: Pick<Plan, "resources">) =>
  resources.filter(({ type }) => {
    const shape = type.startsWith("aws:") ? types.shapeOf(type) : null;
    return shape?.kind === "object" && shape.keys().get("tags")?.kind === "map";
  });
