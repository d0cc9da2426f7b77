/** `spectrum:environments`: the stacks in the order of promotion. */
import { z } from "zod";

/** An environment's place in the order: what is promoted into it comes from one that stands before it. */
export interface Stage {
  /** The Pulumi stack's name. */
  readonly name: string;
  /** How many people, besides who promotes, must have approved what comes here. Default 0. */
  readonly approvals: number;
}

/** What would be the same for all stacks here, and must not be. */
const inOwnFile = (key: string) =>
  z.undefined({ error: `stands in the environment's own file alone: give ${key} in Pulumi.<name>.yaml` }).optional();

const stageSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/u, {
    error: "a stack's name is 1 to 100 letters, digits, hyphens, underscores and dots",
  }),
  approvals: z.number().int().min(0).max(20).default(0),
  account: inOwnFile("aws:allowedAccountIds"),
  region: inOwnFile("aws:region"),
  protected: inOwnFile("spectrum:protected"),
});

export const stagesSchema = z
  .array(stageSchema)
  .superRefine((stages, context) => {
    const seen = new Set<string>();
    for (const [i, { name }] of stages.entries()) {
      if (seen.has(name)) context.addIssue({ code: "custom", path: [i, "name"], message: `${name} is named twice` });
      seen.add(name);
    }
  })
  .transform((stages): readonly Stage[] => stages.map(({ name, approvals }) => ({ name, approvals })))
  .default([]);
