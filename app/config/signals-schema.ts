/** What the environment and an app may say under `signals`. The defaults stand in app/signals/choice.ts, for one word is over the other. */
import { z } from "zod";
import type { NotifyTarget } from "../signals/choice";
import { type SignalName, signalNames } from "../signals/signals";
import { switched, text } from "./schema-parts";

/** CloudWatch looks back one day: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const MAX_MINUTES = 1440;

const alarmSchema = z
  .strictObject(
    {
      above: z.number().min(0).nullable().default(null),
      below: z.number().positive().nullable().default(null),
      minutes: z.number().int().min(1).max(MAX_MINUTES).nullable().default(null),
    },
    {
      error: ({ code }) =>
        code === "invalid_type" ? "give false, or { above, minutes } or { below, minutes }" : undefined,
    },
  )
  .refine(({ above, below }) => above === null || below === null, {
    error: "an alarm has one threshold; give above or below, not both",
  });
/** `false` is no alarm of the signal, `true` its own. */
const alarm = z.preprocess(switched, alarmSchema.nullable()).optional();
const alarmsShape = z.strictObject(
  Object.fromEntries(signalNames.map((name) => [name, alarm])) as Record<SignalName, typeof alarm>,
);

const topic = z
  .string()
  .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/u, {
    error: "give the ARN of an SNS topic, { slack: NAME } or { teams: NAME }",
  })
  .transform((arn): NotifyTarget => ({ kind: "topic", arn }));
const chat = (kind: "slack" | "teams") =>
  z.strictObject({ [kind]: text }).transform((said): NotifyTarget => ({ kind, secret: said[kind] ?? "" }));
const notifySchema = z.union([topic, chat("slack"), chat("teams")], {
  error: "give the ARN of an SNS topic, or { slack: NAME } or { teams: NAME }: the secret that holds the webhook's URL",
});

const signalsShape = z.strictObject({
  dashboard: z.boolean().optional(),
  alarms: z.preprocess(switched, alarmsShape.nullable()).optional(),
  notify: z.array(notifySchema).optional(),
  rollback: z.boolean().optional(),
});
/** `true` is every signal with its defaults, `false` none. */
export const signalsSchema = z.preprocess(switched, signalsShape.nullable());

export type SaidSignals = z.output<typeof signalsSchema>;
