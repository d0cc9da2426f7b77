/** What several parts of the config's schema are made of. */
import { z } from "zod";
import { parseHours } from "../hours";
import { LEAST_TIME_TO_FAIL } from "../time-to-fail";
import { parseSeconds } from "../units";

export const text = z.string().min(1, { error: "is empty; give it a value or leave the key out" });

export const schedule = z
  .string()
  .regex(/^(?:cron|rate|at)\(.+\)$/u, { error: "give cron(…), rate(…) or at(…), as EventBridge writes them" });

export const policySchema = z.union([
  z.string().startsWith("arn:", { error: "give a managed policy's ARN, or { actions, resources }" }),
  z.strictObject({ actions: z.array(text).min(1), resources: z.array(text).min(1) }),
]);

/** A duration as text: of a number, as YAML reads `300`, nobody knows the unit. */
export const seconds = z.unknown().transform((value, context) => {
  const parsed = typeof value === "string" ? parseSeconds(value) : null;
  if (parsed !== null) return parsed;
  context.addIssue({ code: "custom", message: `got ${JSON.stringify(value)}; give a duration such as 10m or 1h30m` });
  return z.NEVER;
});

/** Whole seconds, for that is what AWS and Kubernetes count in. */
export const timeToFail = seconds.transform(Math.ceil).refine((value) => value >= LEAST_TIME_TO_FAIL, {
  error: `give ${LEAST_TIME_TO_FAIL}s or more: nothing pulls an image and passes two health checks in less`,
});

const listed = z.union([z.string().transform((text) => [text]), z.array(z.string())], {
  error: "give mon-fri 07:00-20:00 Europe/Berlin, a list of such windows, or always",
});
const window = listed.transform((texts, context) => {
  const parsed = parseHours(texts);
  if (!("wrong" in parsed)) return parsed;
  context.addIssue({ code: "custom", message: parsed.wrong });
  return z.NEVER;
});
/** `null`: all the time, which `always` says where something else would be inherited. */
export const hours = z.preprocess((value) => (value === "always" ? null : value), window.nullable());

/** `true` is all of a key's defaults, `false` is none of it. */
export const switched = (value: unknown): unknown => (value === true ? {} : value === false ? null : value);
