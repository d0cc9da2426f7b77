import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { tierNames, type TierName } from "../../app/tiers";
import { recordProgram } from "../../plan/record";
import type { StackOutputs } from "../../stacks/outputs";
import { runProgram } from "../../stacks/program";
import { answer, answered } from "../engine/stand-in/invokes";
import { isSecret, useMocks, type Mocked } from "../support/mocks";

const root = resolve(__dirname, "../..");
const config = (tier: TierName) => ({
  "aws:region": "us-east-1",
  "spectrum:apps": JSON.stringify({ shop: { compose: "examples/shop/compose.yaml", tier } }),
  "spectrum:secrets": '{"shop":{"DB_PASSWORD":"open sesame"}}',
});
const ids = (what: string) => [1, 2].map((i) => `subnet-${what}-${i}`);

/** The whole program under Pulumi's own mocks. */
async function mocked(tier: TierName, preview: boolean): Promise<Mocked> {
  const mocks = await useMocks({
    config: config(tier),
    secretConfigKeys: ["spectrum:secrets"],
    preview,
    calls: {
      ...Object.fromEntries(
        answered.map((token) => [token, (inputs: object) => answer(token, { ...inputs }, "us-east-1") ?? {}]),
      ),
      "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
      "aws:elasticbeanstalk/getHostedZone:getHostedZone": { id: "Z117KPS5GTRQ2G" },
      "aws:elasticbeanstalk/getSolutionStack:getSolutionStack": {
        name: "64bit Amazon Linux 2023 v4.13.8 running Docker",
      },
    },
    outputs: {
      "aws:elasticbeanstalk/environment:Environment": ({ name }) => ({
        cname: `${name}.us-east-1.elasticbeanstalk.com`,
        autoscalingGroups: [`awseb-${name}`],
      }),
      "eks:index:Cluster": ({ name }) => ({
        kubeconfigJson: "{}",
        eksCluster: {
          name,
          endpoint: "https://eks.example.aws",
          certificateAuthority: { data: "Q0E=" },
          identities: [{ oidcs: [{ issuer: "https://oidc.example.aws/id/1" }] }],
          vpcConfig: { clusterSecurityGroupId: "sg-cluster" },
        },
      }),
      "awsx:ec2:Vpc": () => ({
        vpcId: "vpc-1",
        publicSubnetIds: ids("public"),
        privateSubnetIds: ids("private"),
        routeTables: [],
      }),
      "awsx:ecr:Image": ({ name }) => ({ imageUri: `123456789012.dkr.ecr.us-east-1.amazonaws.com/${name}@sha256:00` }),
      "aws:lightsail/containerService:ContainerService": ({ name }) => ({
        url: `https://${name}.abc.us-east-1.cs.amazonlightsail.com/`,
        privateRegistryAccess: { ecrImagePullerRole: { isActive: true, principalArn: "arn:aws:iam::1:role/puller" } },
      }),
      "aws:ecr/repository:Repository": ({ name }) => ({ repositoryUrl: `ecr/${name}` }),
      "aws:lb/loadBalancer:LoadBalancer": () => ({ dnsName: "alb.example.aws", zoneId: "Z1", arnSuffix: "app/x/1" }),
    },
  });
  await pulumi.runtime.runInPulumiStack(() => Promise.resolve({ ...runProgram({ root }) }));
  await mocks.settled();
  return mocks;
}

const named = (resources: readonly { readonly type: string; readonly name: string }[]) =>
  resources
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .map(({ type, name }) => `${type} ${name}`)
    .sort();

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
}

describe("the program under Pulumi's mocks", function () {
  this.timeout(60_000);

  for (const tier of tierNames) {
    it(`registers on ${tier} in up and in preview what the plan says`, async () => {
      const { resources } = await recordProgram(() => Promise.resolve({ ...runProgram({ root }) }), {
        project: "spectrum",
        stack: "dev",
        config: config(tier),
        secretConfigKeys: ["spectrum:secrets"],
        root,
      });
      // what awsx makes stands in the plan alone: mocks have no providers
      const remote = new Set(resources.filter((r) => r.remote).map((r) => r.urn));
      const under = (urn: string | null): boolean => {
        const parent = resources.find((r) => r.urn === urn)?.parent ?? null;
        return parent !== null && (remote.has(parent) || under(parent));
      };
      const own = named(resources.filter((r) => r.parent !== null && !under(r.urn)));
      assert.deepEqual(named((await mocked(tier, false)).resources), own);
      assert.deepEqual(named((await mocked(tier, true)).resources), own);
    });
  }

  it("gives a task on fargate its values, its neighbours' names, and its secret by reference alone", async () => {
    const mocks = await mocked("fargate", false);
    const definition = mocks.one("aws:ecs/taskDefinition:TaskDefinition", "shop-api").inputs;
    const containers = JSON.parse(String(definition.containerDefinitions)) as Container[];
    const api = containers.find(({ name }) => name === "api");
    assert.match(api?.image ?? "", /^123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/shop-api-[0-9a-f]+@sha256:00$/);
    assert.deepEqual(Object.fromEntries((api?.environment ?? []).map(({ name, value }) => [name, value])), {
      DATABASE_URL: "postgres://shop@db:5432/shop",
      DB_PASSWORD_FILE: "/run/secrets/db_password",
      REDIS_URL: "redis://redis:6379",
    });
    const parameter = mocks.one("aws:ssm/parameter:Parameter", "shop-db_password");
    assert.ok(isSecret(parameter.inputs.value), "the parameter's value is no secret");
    const writer = containers.find(({ secrets }) => secrets !== undefined);
    assert.deepEqual(
      writer?.secrets?.map(({ valueFrom }) => valueFrom),
      ["arn:aws:mock:us-east-1:123456789012:shop-db_password"],
    );
    const service = mocks.one("aws:ecs/service:Service", "shop-api").inputs;
    assert.equal(service.taskDefinition, "arn:aws:mock:us-east-1:123456789012:shop-api");
    assert.deepEqual(service.networkConfiguration, {
      subnets: ids("public"),
      assignPublicIp: true,
      securityGroups: ["shop-api-id"],
    });
  });

  it("gives a container on lightsail localhost for its neighbours, and the accepted secret as a secret", async () => {
    const mocks = await mocked("lightsail", false);
    const { inputs } = mocks.one("aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion");
    const text = JSON.stringify(inputs);
    assert.match(text, /"DATABASE_URL":"postgres:\/\/shop@localhost:5432\/shop"/);
    assert.match(text, /"POSTGRES_PASSWORD":"open sesame"/);
    // the SDK marks the whole list, for one value in it is secret
    assert.ok(isSecret(inputs.containers), "the containers are no secret");
  });

  it("shows its secret in no input that is not one", async () => {
    for (const tier of tierNames) {
      const unwrapped = (value: unknown): unknown => {
        if (isSecret(value)) return "(secret)";
        if (Array.isArray(value)) return value.map(unwrapped);
        if (typeof value !== "object" || value === null) return value;
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapped(item)]));
      };
      const { resources } = await mocked(tier, false);
      assert.equal(JSON.stringify(unwrapped(resources)).includes("open sesame"), false, tier);
    }
  });
});

it("index.ts exports every output of a stack: what it leaves out no engine keeps", () => {
  const [, names = ""] =
    /^export const \{ (.*) \} = program\(\);$/mu.exec(readFileSync(join(root, "index.ts"), "utf8")) ?? [];
  // every key, those that a stack may lack too: one that is not here does not compile
  const all: Readonly<Record<keyof StackOutputs, true>> = {
    apps: true,
    deployed: true,
    repositories: true,
    workflows: true,
  };
  assert.deepEqual(names.split(", "), Object.keys(all).sort());
});
