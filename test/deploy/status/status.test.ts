import assert from "node:assert/strict";
import { InputError } from "../../../app/finding";
import { tierNames } from "../../../app/tiers";
import { Aws, readDeployed, Refusal, renderStatus, runningDigests, statusOf } from "../../../deploy/status";
import { awsRefusal, kubernetesRefusal } from "../../../deploy/status/refusal";
import { AwsError, denied, type Told, withEnv } from "../../support/fake-aws";
import { Asked, deployedShop, type OneService, PINNED, REGION } from "./support";

const onEcs: OneService = {
  target: { tier: "fargate", clusterArn: "arn:aws:ecs:eu-central-1:1:cluster/c", serviceName: "api", container: "api" },
  revision: "arn:aws:ecs:eu-central-1:1:task-definition/api:1",
};
const onLightsail: OneService = {
  target: { tier: "lightsail", containerService: "spectrum-dev-shop", container: "web" },
  revision: "spectrum-dev-shop/4",
};
const lightsail: Told = {
  "lightsail:GetContainerServices": {
    containerServices: [
      {
        state: "RUNNING",
        scale: 1,
        currentDeployment: { version: 4, state: "ACTIVE", containers: { web: { image: PINNED } } },
      },
    ],
  },
  "lightsail:GetContainerServiceDeployments": { deployments: [] },
};

describe("the status of an environment", () => {
  let asked: Asked;
  before(async () => (asked = await Asked.open()));
  after(() => asked.close());

  const refusalOf = async (work: Promise<unknown>): Promise<Refusal> => {
    const error: unknown = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Refusal, String(error));
    return error;
  };

  it("shows the others where one cannot be asked", async () => {
    const deployed = deployedShop({ api: onEcs, web: onLightsail });
    const statuses = await asked.statuses(deployed, {
      ...lightsail,
      "ecs:DescribeServices": denied("ecs:DescribeServices"),
    });
    assert.deepEqual(
      statuses.map(({ service, state }) => [service, state]),
      [
        ["api", "unknown"],
        ["web", "running"],
      ],
    );
  });

  it("is asked of one app alone, and refuses one that is not there", async () => {
    const { shop } = deployedShop({ web: onLightsail });
    const deployed = { shop: shop!, blog: { ...shop!, services: {} } };
    assert.deepEqual(await asked.statuses(deployed, {}, "blog"), []);
    await assert.rejects(asked.statuses(deployed, {}, "shp"), (error: unknown) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /^no app shp is deployed.*shop.*; deployed are: shop, blog$/u);
      return true;
    });
  });

  it("gives a throttled question up after five times, and says so", async function () {
    this.timeout(60_000);
    const status = await asked.status(onEcs, {
      "ecs:DescribeServices": new AwsError("ThrottlingException", "Rate exceeded"),
    });
    assert.deepEqual(
      [status.state, status.reasons],
      ["unknown", ["AWS throttles ecs:DescribeServices (ThrottlingException); ask again in a minute"]],
    );
    assert.equal(asked.fake.asked.length, 5);
  });

  for (const [code, message] of [
    ["ExpiredTokenException", /^the AWS credentials have expired; sign in \(aws sso login\)/u],
    ["UnrecognizedClientException", /^AWS does not know the credentials \(UnrecognizedClientException\); sign in/u],
  ] as const)
    it(`is not told at all where the credentials are not valid: ${code}`, async () => {
      const refusal = await refusalOf(asked.status(onEcs, { "ecs:DescribeServices": new AwsError(code) }));
      assert.equal(refusal.kind, "credentials");
      assert.match(refusal.message, message);
    });

  it("is not told at all where there are no credentials, before anything is sent", async () => {
    asked.fake.tell({});
    const restore = withEnv({ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined });
    const aws = new Aws({ region: REGION });
    try {
      const refusal = await refusalOf(statusOf(aws, { deployed: deployedShop({ api: onEcs }) }));
      assert.equal(refusal.kind, "credentials");
      assert.match(refusal.message, /^no AWS credentials: .*; sign in \(aws sso login\), or set AWS_PROFILE/u);
      assert.deepEqual(asked.fake.asked, []);
    } finally {
      aws.close();
      restore();
    }
  });

  it("is unknown where AWS does not answer", async () => {
    const restore = withEnv({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
    const aws = new Aws({ region: REGION });
    try {
      const [status] = await statusOf(aws, { deployed: deployedShop({ api: onEcs }) });
      assert.equal(status?.state, "unknown");
      assert.match(
        status.reasons[0] ?? "",
        /^no answer from AWS in eu-central-1 to ecs:DescribeServices \(ECONNREFUSED/u,
      );
    } finally {
      aws.close();
      restore();
    }
  });

  it("has no digest of what is not told, and none of what does not run", () => {
    const common = { app: "shop", reasons: [], events: [], logs: [], untold: [], entry: null } as const;
    const wanted = { revision: "1", image: "nginx:1", count: 1 };
    const running = { revision: "1", count: 1, healthy: 1 };
    const image = { reference: "nginx:1", digest: null, by: null };
    const digest = { reference: "nginx:1", digest: "sha256:b", by: "runtime" } as const;
    const statuses = [
      {
        ...common,
        service: "told",
        tier: "eks",
        state: "running",
        wanted,
        running: { ...running, images: [digest, { ...digest, digest: "sha256:a" }, digest] },
      },
      {
        ...common,
        service: "untold",
        tier: "eks",
        state: "running",
        wanted,
        running: { ...running, images: [digest, image] },
      },
      { ...common, service: "gone", tier: "eks", state: "stopped", wanted, running: { ...running, images: [] } },
    ] as const;
    assert.deepEqual(runningDigests(statuses), { shop: { told: ["sha256:a", "sha256:b"], untold: null, gone: [] } });
  });
});

describe("what a stack says is deployed", () => {
  it("is read as it is", () => {
    const deployed = deployedShop({ api: onEcs });
    assert.equal(readDeployed({ apps: {}, deployed }, "dev"), deployed);
  });

  it("takes every tier's name", () => {
    for (const tier of tierNames) {
      const deployed = { shop: { tier, images: {}, services: { api: { revision: "1", target: { tier } } }, jobs: {} } };
      assert.equal(readDeployed({ deployed }, "dev"), deployed);
    }
  });

  for (const [name, outputs, message] of [
    ["nothing is deployed", {}, /^nothing is deployed in dev; deploy it: pulumi up --stack dev$/u],
    [
      "it has another shape",
      { deployed: { shop: { tier: "moon", images: {}, services: {} } } },
      /another shape at shop\.tier; deploy it with this version/u,
    ],
  ] as const)
    it(`is refused where ${name}`, () => {
      assert.throws(
        () => readDeployed(outputs, "dev"),
        (error: unknown) => error instanceof InputError && message.test(error.message),
      );
    });
});

describe("a refusal in words", () => {
  const named = (name: string, message = "no") => Object.assign(new Error(message), { name });
  const caused = new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ENOTFOUND" }) });
  for (const [error, kind, message] of [
    [named("ExpiredToken"), "credentials", /^the AWS credentials have expired/u],
    [
      named("Error", "Token is expired. To refresh this SSO session run 'aws sso login'"),
      "credentials",
      /have expired/u,
    ],
    [
      named("CredentialsProviderError", "Could not load credentials from any providers"),
      "credentials",
      /^no AWS credentials: Could not load/u,
    ],
    [named("AccessDenied"), "denied", /^needs ecs:ListTasks$/u],
    [
      named("ClusterNotFoundException", "Cluster not found."),
      "absent",
      /^not found in eu-central-1 \(ecs:ListTasks: Cluster not found\.\); is it another region or account\?$/u,
    ],
    [named("RequestLimitExceeded"), "throttled", /^AWS throttles ecs:ListTasks/u],
    [caused, "unreachable", /^no answer from AWS in eu-central-1 to ecs:ListTasks \(ENOTFOUND: fetch failed\)$/u],
    [named("ServerException", "broken\nstack"), "other", /^ecs:ListTasks failed: ServerException: broken$/u],
    ["text", "other", /^ecs:ListTasks failed: text: text$/u],
  ] as const)
    it(`of AWS: ${error instanceof Error ? error.name : error}, ${kind}`, () => {
      const refusal = awsRefusal(error, "ecs:ListTasks", REGION);
      assert.equal(refusal.kind, kind);
      assert.match(refusal.message, message);
    });

  for (const [error, kind, message] of [
    [{ code: 500, body: "<html>a proxy's page" }, "other", /^the cluster c refuses to list pods: 500/u],
    [{ code: 429, body: {} }, "throttled", /^the cluster c throttles/u],
  ] as const)
    it(`of Kubernetes: ${error.code}`, () => {
      const refusal = kubernetesRefusal(error, "list pods", "c");
      assert.equal(refusal.kind, kind);
      assert.match(refusal.message, message);
    });
});

describe("the status for people", () => {
  it("has a line for each service, then what is wrong, then what is not told", async () => {
    const asked = await Asked.open();
    try {
      const deployed = deployedShop({ api: onEcs, web: onLightsail });
      const gone = { "ecs:DescribeServices": { services: [] } };
      const text = renderStatus(await asked.statuses(deployed, { ...lightsail, ...gone }), { color: false });
      const lines = text.split("\n");
      assert.match(lines[0] ?? "", /^ {2}service +tier +state +healthy +entry +revision +image$/u);
      assert.match(lines[1] ?? "", /^ {2}shop\/api +fargate +stopped +\? of \? +- +- +-$/u);
      assert.match(lines[2] ?? "", /^ {2}shop\/web +lightsail +running +\? of 1 +- +4 +shop-api@sha256:a1a1a1a1a1a1$/u);
      assert.match(
        text,
        /\nshop\/api is stopped\n {2}there is no such service: api in the cluster .*\n {2}asked for: arn:.*api:1, .*\n/u,
      );
      assert.match(text, /\n {2}not told by lightsail: Lightsail tells neither how many nodes run/u);
      assert.doesNotMatch(text, /shop\/web is running/u);
    } finally {
      asked.close();
    }
  });
});
