import assert from "node:assert/strict";
import fc from "fast-check";

import { tierNames } from "../../../../app/tiers";
import { tiers } from "../../../../components/tiers";
import { backlogSteps } from "../../../../components/tiers/ecs/backlog";
import { type Input, onTier } from "../../../support/on-tier";
import type { Recorded } from "../../../support/record";

const compose = `
services:
  api:
    image: nginx:1.29
    ports: ["8080:80"]
    environment: { QUEUE_URL: "http://local:9324/queue" }
  worker:
    image: httpd:2.4
`;
const withQueue = (queue: unknown, more: Partial<Input> = {}): Input => ({
  compose,
  ...more,
  config: { services: { worker: { queue } }, ...more.config },
});
const activation = { count: 1, expires: "2027-01-15T00:00:00Z" };
const onLightsail = (tier: string) => tier.startsWith("lightsail");

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const POLICY = "aws:iam/rolePolicy:RolePolicy";
const QUEUE = "aws:sqs/queue:Queue";
const SCALING = "aws:appautoscaling/policy:Policy";
const TARGET = "aws:appautoscaling/target:Target";

/** By role: what it may do with the queue. */
function grants(made: Recorded): Record<string, readonly string[]> {
  const { urn } = made.one(QUEUE, "shop-worker-queue");
  const found: Record<string, readonly string[]> = {};
  for (const policy of made.all(POLICY)) {
    const { Statement } = made.json<{ Statement: { Action: string[]; Resource: unknown }[] }>(policy, "policy");
    const actions = Statement.filter(({ Resource }) => JSON.stringify(Resource).includes(`${urn}.arn`)).flatMap(
      ({ Action }) => Action,
    );
    if (actions.length > 0) found[policy.name] = actions;
  }
  return found;
}

const RECEIVE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"];

describe("a queue", () => {
  for (const tier of tierNames) {
    const { record, findings } = onTier(tiers[tier]);
    const input = withQueue(
      { senders: ["api"], scale: { max: 4 } },
      { config: { data: "delete", ...(tier === "ecs-anywhere" && { "ecs-anywhere": { activation } }) } },
    );

    if (onLightsail(tier)) {
      it(`on ${tier} is refused, and nothing is made or told`, async () => {
        const said = findings(input).filter(({ key }) => /QUEUE|queue/u.test(key));
        assert.deepEqual(
          said.map(({ key, outcome }) => `${key} ${outcome}`).filter((line) => !line.startsWith("environment")),
          ["x-spectrum.queue refused"],
        );
        const made = await record(input);
        assert.deepEqual(made.all(QUEUE), []);
        const told = made.resources.filter(({ inputs }) => JSON.stringify(inputs).includes("http://local:9324/queue"));
        assert.ok(told.length > 0, "the file's own value stands");
      });
      continue;
    }

    it(`on ${tier} is told to the worker and its senders, and their roles say which is which`, async () => {
      const made = await record(input);
      const queue = made.one(QUEUE, "shop-worker-queue");
      assert.equal(made.parentOf(queue).type, "spectrum:platform:BackingServices");
      assert.equal(queue.options?.protect ?? false, false);
      const told = made.resources.filter(({ type, inputs }) => {
        const text = JSON.stringify(inputs);
        return !type.startsWith("aws:sqs") && text.includes(`${queue.urn}.url`) && text.includes("QUEUE_URL");
      });
      assert.ok(told.length > 0, "a container is told the URL");
      const allowed = grants(made);
      const shared = tier === "ecs-anywhere" || tier === "beanstalk"; // one role for all services
      assert.deepEqual(
        Object.values(allowed).sort((a, b) => b.length - a.length),
        shared ? [Object.values(allowed)[0]] : [RECEIVE, ["sqs:SendMessage"]],
      );
      if (shared) assert.deepEqual([...Object.values(allowed)].flat().sort(), [...RECEIVE, "sqs:SendMessage"].sort());
    });

    it(`on ${tier} says whether its depth scales the worker`, () => {
      const said = findings(input).filter(({ key }) => /QUEUE|queue/u.test(key));
      const scales = tier === "fargate" || tier === "ecs-ec2";
      assert.deepEqual(
        said.map(({ key, outcome, service }) => `${service} ${key} ${outcome}`),
        [
          "api environment.QUEUE_URL changed",
          "worker x-spectrum.queue kept",
          `worker x-spectrum.queue.scale ${scales ? "kept" : "changed"}`,
        ],
      );
    });
  }

  const { record, read } = onTier(tiers.fargate);

  it("is encrypted, over TLS alone, polled long, and hands what fails to a dead-letter queue", async () => {
    const made = await record(withQueue(true));
    const queue = made.one(QUEUE, "shop-worker-queue");
    const dead = made.one(QUEUE, "shop-worker-queue-dead-letters");
    const { redrivePolicy: _, tags: __, ...inputs } = queue.inputs;
    assert.deepEqual(inputs, {
      namePrefix: "spectrum-dev-shop-worker-",
      sqsManagedSseEnabled: true,
      receiveWaitTimeSeconds: 20,
      visibilityTimeoutSeconds: 300,
      messageRetentionSeconds: 345_600,
    });
    assert.deepEqual(made.json(queue, "redrivePolicy"), {
      deadLetterTargetArn: { $output: `${dead.urn}.arn` },
      maxReceiveCount: 5,
    });
    assert.equal(dead.inputs.messageRetentionSeconds, 1_209_600);
    assert.equal(dead.inputs.sqsManagedSseEnabled, true);
    const allow = made.one("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy");
    assert.deepEqual(allow.inputs.queueUrl, made.output(dead, "url"));
    assert.deepEqual(made.json(allow, "redriveAllowPolicy"), {
      redrivePermission: "byQueue",
      sourceQueueArns: [made.output(queue, "arn")],
    });
    for (const closed of [queue, dead]) {
      const policy = made.one("aws:sqs/queuePolicy:QueuePolicy", closed.name);
      assert.deepEqual(policy.inputs.queueUrl, made.output(closed, "url"));
      assert.deepEqual(made.json<{ Statement: unknown }>(policy, "policy").Statement, [
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: made.output(closed, "arn"),
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]);
      assert.equal(closed.options?.protect, true, "kept unless data says otherwise");
    }
    const service = made.one("aws:ecs/service:Service", "shop-worker");
    assert.ok(made.dependencyNames(service).includes("shop-worker-queue-dead-letters"), "the policies come first");
    assert.deepEqual(grants(made), { "shop-worker-task": RECEIVE });
  });

  it("takes every setting", async () => {
    const settings = { fifo: true, visibilitySeconds: 60, retentionDays: 13, maxReceives: 2, variable: "JOBS" };
    const made = await record(withQueue(settings));
    for (const { inputs } of made.all(QUEUE)) {
      assert.equal(inputs.fifoQueue, true);
      assert.equal(inputs.contentBasedDeduplication, true);
      assert.equal(inputs.visibilityTimeoutSeconds, 60);
    }
    const queue = made.one(QUEUE, "shop-worker-queue");
    assert.equal(queue.inputs.messageRetentionSeconds, 13 * 86_400);
    assert.equal(made.json<{ maxReceiveCount: number }>(queue, "redrivePolicy").maxReceiveCount, 2);
    const definition = made.one("aws:ecs/taskDefinition:TaskDefinition", "shop-worker");
    const [container] = made.json<{ environment: { name: string; value: unknown }[] }[]>(
      definition,
      "containerDefinitions",
    );
    assert.deepEqual(container?.environment, [
      { name: "JOBS_REGION", value: "us-east-1" },
      { name: "JOBS_URL", value: made.output(queue, "url") },
    ]);
  });

  it("has an endpoint where the tasks have no other way out, as a bucket has S3's", async () => {
    const names = async (input: Input) =>
      (await record({ ...input, platform: { egress: "endpoints" } })).all(ENDPOINT).map(({ name }) => name);
    assert.ok((await names(withQueue(true))).includes("platform-network-sqs"));
    assert.ok(!(await names({ compose })).includes("platform-network-sqs"));
    const bucket = { compose, config: { services: { worker: { bucket: true } } } };
    assert.ok((await names(bucket)).includes("platform-network-s3"));
    const anywhere = withQueue(true, { platform: { egress: "endpoints" } });
    assert.deepEqual((await onTier(tiers["ecs-anywhere"]).record(anywhere)).all(ENDPOINT), []);
  });

  for (const tier of ["fargate", "ecs-ec2"] as const) {
    it(`on ${tier} sets the number of tasks by messages that wait or are worked at`, async () => {
      const made = await onTier(tiers[tier]).record(withQueue({ scale: { max: 3, messagesPerTask: 10 } }));
      const queue = made.one(QUEUE, "shop-worker-queue");
      const target = made.one(TARGET, "shop-worker");
      assert.deepEqual([target.inputs.minCapacity, target.inputs.maxCapacity], [0, 3]);
      assert.equal(made.one("aws:ecs/service:Service", "shop-worker").inputs.desiredCount, 0);
      const policy = made.one(SCALING);
      assert.equal(policy.inputs.policyType, "StepScaling");
      assert.deepEqual(policy.inputs.stepScalingPolicyConfiguration, {
        adjustmentType: "ExactCapacity",
        cooldown: 300,
        metricAggregationType: "Maximum",
        stepAdjustments: [
          { metricIntervalLowerBound: "0", metricIntervalUpperBound: "1", scalingAdjustment: 0 },
          { metricIntervalLowerBound: "1", metricIntervalUpperBound: "11", scalingAdjustment: 1 },
          { metricIntervalLowerBound: "11", metricIntervalUpperBound: "21", scalingAdjustment: 2 },
          { metricIntervalLowerBound: "21", scalingAdjustment: 3 },
        ],
      });
      const alarm = made.one(ALARM, "shop-worker-queue");
      assert.deepEqual(alarm.inputs.alarmActions, [made.output(policy, "arn")]);
      assert.deepEqual([alarm.inputs.comparisonOperator, alarm.inputs.threshold], ["GreaterThanOrEqualToThreshold", 0]);
      const metric = (metricName: string) => ({
        namespace: "AWS/SQS",
        metricName,
        dimensions: { QueueName: made.output(queue, "name") },
        period: 60,
        stat: "Maximum",
      });
      assert.deepEqual(alarm.inputs.metricQueries, [
        { id: "depth", expression: "visible + FILL(inFlight, 0)", label: "waiting and worked at", returnData: true },
        { id: "visible", metric: metric("ApproximateNumberOfMessagesVisible") },
        { id: "inFlight", metric: metric("ApproximateNumberOfMessagesNotVisible") },
      ]);
    });
  }

  it("gives way to one writer and to a task of another's, with a finding", () => {
    const scale = { scale: { max: 3 } };
    const writer = `${compose}    volumes: ["data:/data"]\nvolumes: { data: }\n`;
    const sidecar = `${compose}    network_mode: "service:api"\n`;
    for (const [text, reason] of [
      [writer, /named volume/u],
      [sidecar, /in the task of api/u],
    ] as const) {
      const { placement, findings } = read(withQueue(scale, { compose: text }));
      assert.equal(placement.services.worker?.scale, null);
      const [said] = findings.filter(({ key }) => key === "x-spectrum.queue.scale");
      assert.equal(said?.outcome, "changed");
      assert.match(said.reason, reason);
    }
    const shared = { services: { worker: { queue: scale, concurrent: true } } };
    assert.equal(read({ compose: writer, config: shared }).placement.services.worker?.scale?.max, 3);
  });

  it("scales the worker before the app's own scale does, where the tier can", () => {
    const input = withQueue({ scale: { max: 3 } }, { config: { scale: { max: 9 } } });
    assert.deepEqual(read(input).placement.services.worker?.scale?.max, 3);
    assert.deepEqual(read(input).placement.services.api?.scale?.max, 9);
    assert.deepEqual(onTier(tiers.eks).read(input).placement.services.worker?.scale?.max, 9);
  });
});

describe("backlogSteps", () => {
  it("has a task for each begun number of messages, from min to max, without a gap", () => {
    const sizes = fc.record({ min: fc.nat(30), span: fc.nat(19), each: fc.integer({ min: 1, max: 1000 }) });
    fc.assert(
      fc.property(sizes, fc.nat(30_000), ({ min, span, each }, depth) => {
        const max = Math.max(1, min + span);
        const steps = backlogSteps({ min, max }, each);
        const hit = steps.filter(({ from, below }) => from <= depth && depth < (below ?? Infinity));
        assert.equal(hit.length, 1);
        assert.equal(hit[0]?.tasks, Math.min(max, Math.max(min, Math.ceil(depth / each))));
        for (const [i, { below }] of steps.slice(0, -1).entries()) assert.equal(below, steps[i + 1]?.from);
      }),
    );
  });
});
