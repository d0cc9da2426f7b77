/** Queues, and policies that scale in steps. */
import type { Account, Entity } from "../entity";
import { isRecord, parseJson, records, text } from "../values";
import type { Checks } from "./rule";
import { Refusal } from "./rule";

const QUEUE = "aws:sqs/queue:Queue";
/** https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html */
const MAX_STEPS = 20;

export const QUEUE_NEEDS: Checks = {
  [QUEUE]: [deadLetters],
  "aws:appautoscaling/policy:Policy": [steps],
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
function deadLetters({ inputs }: Entity, account: Account): void {
  const policy = parseJson(inputs.redrivePolicy);
  if (!isRecord(policy)) return;
  const target = account.find(text(policy.deadLetterTargetArn));
  if (target?.type !== QUEUE) throw new Refusal("InvalidParameterValue: Reason: Dead letter target does not exist.");
  if ((target.inputs.fifoQueue === true) !== (inputs.fifoQueue === true))
    throw new Refusal("InvalidParameterValue: Reason: Dead-letter queue must be same type of queue as the source.");
}

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html */
function steps({ inputs }: Entity): void {
  if (inputs.policyType !== "StepScaling") return;
  const configuration = isRecord(inputs.stepScalingPolicyConfiguration) ? inputs.stepScalingPolicyConfiguration : {};
  const adjustments = records(configuration.stepAdjustments).map((step) => ({
    lower: bound(step.metricIntervalLowerBound, -Infinity),
    upper: bound(step.metricIntervalUpperBound, Infinity),
    by: Number(step.scalingAdjustment),
  }));
  const refuse = (reason: string): never => {
    throw new Refusal(`ValidationException: ${reason}`);
  };
  if (adjustments.length === 0) refuse("At least one StepAdjustment must be specified");
  if (adjustments.length > MAX_STEPS) refuse(`Only ${MAX_STEPS} step adjustments are allowed in a policy`);
  const sorted = [...adjustments].sort((a, b) => a.lower - b.lower);
  for (const [i, { lower, upper, by }] of sorted.entries()) {
    if (!(lower < upper)) refuse("the upper bound must be greater than the lower bound");
    if (configuration.adjustmentType === "ExactCapacity" && by < 0) refuse("an exact capacity must not be negative");
    const next = sorted[i + 1];
    if (next && next.lower !== upper) refuse("StepAdjustment ranges must not overlap or have a gap");
  }
  if (sorted.some(({ upper }) => upper > 0) && sorted.at(-1)?.upper !== Infinity)
    refuse("There must be a StepAdjustment with an unspecified upper bound");
}

const bound = (value: unknown, open: number): number => (value === undefined ? open : Number(value));
