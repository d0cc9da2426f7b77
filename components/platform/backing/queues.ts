/** An app's queue on SQS. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Queue } from "../../../app/backing";
import { childName, environmentPrefix, slug } from "../../names";
import type { BackingArgs, Made } from "./made";

const DAY = 86_400;
/** The longest that SQS keeps a message. */
export const DEAD_LETTER_SECONDS = 14 * DAY;
/** The longest that SQS lets a receiver wait: fewest empty answers, which are billed. */
const LONG_POLLING_SECONDS = 20;
/** The provider puts 26 digits after a prefix, and `.fifo`; a name has 80 characters. */
const PREFIX_LENGTH = 48;

/** The first million requests of a month are free, then 0.40 USD a million (first in, first out: 0.50). */
export function makeQueue(spec: Queue, args: BackingArgs, parent: pulumi.Resource): Made {
  const name = childName(args.app, ...spec.id.split("."));
  const letters = childName(name, "dead-letters");
  const kept = { parent, protect: args.data === "keep" };
  const dead = new aws.sqs.Queue(
    letters,
    { ...settings(spec, args, "-dead"), messageRetentionSeconds: DEAD_LETTER_SECONDS },
    kept,
  );
  const queue = new aws.sqs.Queue(
    name,
    {
      ...settings(spec, args),
      messageRetentionSeconds: spec.retentionDays * DAY,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: spec.maxReceives }),
    },
    kept,
  );
  new aws.sqs.RedriveAllowPolicy(
    letters,
    {
      queueUrl: dead.url,
      redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }),
    },
    { parent },
  );
  const closed = [refusePlainText(name, queue, parent), refusePlainText(letters, dead, parent)];
  if (spec.inVpc) args.network().requireEndpoint("sqs");
  return { outputs: { name: queue.name, arn: queue.arn, url: queue.url }, ready: closed };
}

/** What both queues have: a queue and its dead-letter queue are of the same kind. */
function settings(spec: Queue, { app, environment }: BackingArgs, suffix = ""): aws.sqs.QueueArgs {
  const prefix = slug(`${environmentPrefix(environment.name)}-${app}-${spec.service}${suffix}`, PREFIX_LENGTH);
  return {
    namePrefix: `${prefix}-`,
    ...(spec.fifo && { fifoQueue: true, contentBasedDeduplication: true }),
    sqsManagedSseEnabled: true,
    receiveWaitTimeSeconds: LONG_POLLING_SECONDS,
    visibilityTimeoutSeconds: spec.visibilitySeconds,
  };
}

/** Lets nobody send or receive without TLS. */
export function refusePlainText(name: string, queue: aws.sqs.Queue, parent: pulumi.Resource): aws.sqs.QueuePolicy {
  const policy = pulumi.jsonStringify({ Version: "2012-10-17", Statement: [tlsOnly(queue.arn)] });
  return new aws.sqs.QueuePolicy(name, { queueUrl: queue.url, policy }, { parent });
}

/** The statement of a queue's policy that lets nobody call it without TLS. */
export function tlsOnly(queueArn: pulumi.Output<string>) {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "sqs:*",
    Resource: queueArn,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
