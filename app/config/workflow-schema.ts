/** What a stack's file may say under `spectrum:workflows`. Every default stands here. */
import { z } from "zod";
import { policySchema, schedule, text } from "./schema-parts";

const workflowScheduleSchema = z.strictObject({
  at: schedule,
  timezone: text.default("UTC"),
  windowMinutes: z.number().int().min(0).max(1440).default(0),
  input: z.record(z.string(), z.unknown()).default({}),
});
const workflowEventSchema = z.strictObject({
  pattern: z
    .record(z.string(), z.unknown())
    .refine((pattern) => Object.keys(pattern).length > 0, { error: "is empty and would match every event" }),
  bus: text.default("default"),
});
const workflowQueueSchema = z.strictObject({
  queue: z
    .string()
    .regex(/^(?:[a-z][a-z0-9-]*\.[A-Za-z0-9._-]+|arn:[a-z-]+:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+(?:\.fifo)?)$/u, {
      error: "give a job's queue as app.service, or the ARN of an SQS queue",
    }),
  batchSize: z.number().int().min(1).max(10).default(1),
});
const triggersSchema = z.strictObject({
  schedule: z.array(workflowScheduleSchema).default([]),
  events: z.array(workflowEventSchema).default([]),
  queues: z.array(workflowQueueSchema).default([]),
  deploy: z.boolean().default(false),
});
const loggingSchema = z.strictObject({
  level: z.enum(["OFF", "FATAL", "ERROR", "ALL"]).nullable().default(null),
  executionData: z.boolean().default(false),
});

const workflowSchema = z.strictObject({
  definition: text,
  type: z.enum(["STANDARD", "EXPRESS"]).default("STANDARD"),
  logging: loggingSchema.default(() => loggingSchema.parse({})),
  tracing: z.boolean().default(true),
  kmsKeyArn: z
    .string()
    .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/.+$/u, { error: "give a KMS key's ARN: arn:aws:kms:…:key/…" })
    .nullable()
    .default(null),
  policies: z.array(policySchema).default([]),
  triggers: triggersSchema.default(() => triggersSchema.parse({})),
  alarmActions: z.array(z.string().startsWith("arn:", { error: "give an ARN, such as an SNS topic's" })).default([]),
  canary: z
    .strictObject({ from: z.number().int().min(1), percent: z.number().int().min(0).max(99) })
    .nullable()
    .default(null),
  connections: z
    .record(
      text,
      z.strictObject({
        header: z
          .string()
          .regex(/^[A-Za-z0-9-]{1,256}$/u, { error: "give an HTTP header's name" })
          .default("X-Spectrum-Workflow"),
        secret: text,
      }),
    )
    .default({}),
});

/** By name. */
export const workflowsSchema = z
  .record(
    z.string().regex(/^(?=.{1,40}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/u, {
      error: "a workflow's name is 1 to 40 lower-case letters, digits and single hyphens, a letter first",
    }),
    workflowSchema,
  )
  .default({});
