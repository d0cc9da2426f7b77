/** `spectrum:policy`: exemptions from the rules of `policy/`. */
import { z } from "zod";

const text = z
  .string()
  .trim()
  .min(1, { error: "is empty; an exemption names the rule, the resource, the reason and its last day" });

/** Of a day without quotes in YAML Pulumi makes a time, as Go writes one: `2027-01-31 00:00:00 +0000 UTC`. */
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(?: 00:00:00 \+0000 UTC)?$/u, { error: "give a day such as 2027-01-31" })
  .transform((text) => text.slice(0, 10))
  .refine((text) => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false, {
    error: "there is no such day",
  });

const exemptionSchema = z.strictObject({ rule: text, resource: text, reason: text, until: day });

export const policyConfigSchema = z.strictObject({ exemptions: z.array(exemptionSchema).default([]) });
