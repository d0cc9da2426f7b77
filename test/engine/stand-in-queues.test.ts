/** The stand-in cloud refuses what AWS refuses about queues and steps, and gives a queue its URL. */
import assert from "node:assert/strict";

import { ProviderClient } from "./provider-client";
import { Cloud } from "./stand-in/cloud";
import type { Values } from "./stand-in/values";

const POLICY = "aws:appautoscaling/policy:Policy";
const QUEUE = "aws:sqs/queue:Queue";

describe("stand-in: queues", () => {
  let client: ProviderClient;
  beforeEach(async () => (client = await ProviderClient.open(new Cloud({ latency: 0, patience: 50 }))));
  afterEach(() => client.close());

  const redrive = (arn: unknown) => ({
    redrivePolicy: JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 5 }),
  });

  it("a queue has a URL for an id, and the suffix of its kind", async () => {
    const made = await client.create(QUEUE, "a", { namePrefix: "a-", fifoQueue: true });
    assert.match(made.id, /^https:\/\/sqs\.us-east-1\.amazonaws\.com\/123456789012\/a-\w+\.fifo$/u);
  });

  it("a dead-letter queue is there, and of the same kind", async () => {
    const gone = redrive("arn:aws:sqs:us-east-1:123456789012:none");
    await assert.rejects(client.create(QUEUE, "a", gone), /target does not exist/u);
    const fifo = await client.create(QUEUE, "dead", { fifoQueue: true });
    await assert.rejects(client.create(QUEUE, "a", redrive(fifo.arn)), /same type of queue/u);
    await client.create(QUEUE, "a", { ...redrive(fifo.arn), fifoQueue: true });
  });

  const policy = (steps: readonly (readonly [string | undefined, string | undefined, number])[]): Values => ({
    policyType: "StepScaling",
    stepScalingPolicyConfiguration: {
      adjustmentType: "ExactCapacity",
      stepAdjustments: steps.map(([lower, upper, scalingAdjustment]) => ({
        ...(lower !== undefined && { metricIntervalLowerBound: lower }),
        ...(upper !== undefined && { metricIntervalUpperBound: upper }),
        scalingAdjustment,
      })),
    },
  });
  const many = Array.from({ length: 21 }, (_, i): [string, string | undefined, number] => [
    String(i),
    i === 20 ? undefined : String(i + 1),
    i,
  ]);
  const refused: readonly (readonly [RegExp, Values])[] = [
    [/At least one/u, policy([])],
    [/Only 20/u, policy(many)],
    [
      /gap/u,
      policy([
        ["0", "1", 0],
        ["2", undefined, 1],
      ]),
    ],
    [/greater than the lower/u, policy([["1", "1", 0]])],
    [/unspecified upper bound/u, policy([["0", "1", 0]])],
    [/must not be negative/u, policy([["0", undefined, -1]])],
  ];
  for (const [code, inputs] of refused) {
    it(`steps: ${code.source}`, () => assert.rejects(client.create(POLICY, "a", inputs), code));
  }

  it("takes twenty steps", async () => {
    await client.create(POLICY, "a", policy([...many.slice(0, 19), ["19", undefined, 19]]));
  });
});
