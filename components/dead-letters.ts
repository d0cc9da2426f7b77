/** Queues that hold what failed or could not be delivered: for as long as SQS keeps anything, and by TLS alone. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DEAD_LETTER_SECONDS, tlsOnly } from "./platform/backing/queues";

export interface DeadLettersArgs {
  /** What its physical name starts with. Default: the name, by Pulumi. */
  readonly namePrefix?: string;
}

/** Encrypted by SQS's own key; free but for what comes there. */
export function deadLetterQueue(
  name: string,
  { namePrefix }: DeadLettersArgs,
  opts: pulumi.CustomResourceOptions,
): aws.sqs.Queue {
  const kept = { messageRetentionSeconds: DEAD_LETTER_SECONDS, sqsManagedSseEnabled: true };
  return new aws.sqs.Queue(name, { ...(namePrefix !== undefined && { namePrefix }), ...kept }, opts);
}

/** The queue's policy: nobody calls it without TLS, and rules of EventBridge's put there what they are given. */
export function deadLetterPolicy(
  name: string,
  { arn, url }: aws.sqs.Queue,
  rules: pulumi.Input<string> | readonly pulumi.Input<string>[],
  opts: pulumi.CustomResourceOptions,
): aws.sqs.QueuePolicy {
  const fromRules = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: arn,
    Condition: { ArnEquals: { "aws:SourceArn": rules } },
  };
  const none = Array.isArray(rules) && rules.length === 0;
  const Statement = [...(none ? [] : [fromRules]), tlsOnly(arn)];
  const policy = pulumi.jsonStringify({ Version: "2012-10-17", Statement });
  return new aws.sqs.QueuePolicy(name, { queueUrl: url, policy }, opts);
}
