/** What several parts of the config's schema are made of. */
import { z } from "zod";
import { parseSeconds } from "../units";

export const text = z.string().min(1, { error: "is empty; give it a value or leave the key out" });

export const schedule = z
  .string()
  .regex(/^(?:cron|rate|at)\(.+\)$/u, { error: "give cron(…), rate(…) or at(…), as EventBridge writes them" });

export const policySchema = z.union([
  z.string().startsWith("arn:", { error: "give a managed policy's ARN, or { actions, resources }" }),
  z.strictObject({ actions: z.array(text).min(1), resources: z.array(text).min(1) }),
]);

export const seconds = z.string().transform((value, context) => {
  const parsed = parseSeconds(value);
  if (parsed !== null) return parsed;
  context.addIssue({ code: "custom", message: `got ${JSON.stringify(value)}; give a duration such as 10m or 1h30m` });
  return z.NEVER;
});

/** `true` is all of a key's defaults, `false` is none of it. */
export const switched = (value: unknown): unknown => (value === true ? {} : value === false ? null : value);
