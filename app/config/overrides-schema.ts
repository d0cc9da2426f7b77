/** Lists `overrides`: the environment's, an app's and a service's. */
import { z } from "zod";
import { tierNames } from "../tiers";
import { text } from "./schema-parts";

const duration = z.string().regex(/^(?:\d+(?:\.\d+)?(?:s|m|h))+$/u, { error: "give a duration such as 30m" });

const optionsSchema = z.strictObject({
  protect: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  deleteBeforeReplace: z.boolean().optional(),
  ignoreChanges: z.array(text).min(1).optional(),
  replaceOnChanges: z.array(text).min(1).optional(),
  customTimeouts: z
    .strictObject({ create: duration.optional(), update: duration.optional(), delete: duration.optional() })
    .optional(),
});

/** What an override changes: what the function of overrides.ts returns too. */
export const changeShape = {
  set: z.record(text, z.unknown()).optional(),
  remove: z.array(text).min(1).optional(),
  options: optionsSchema.optional(),
};

const shape = {
  type: z.string().regex(/^(?!pulumi:)[a-z][\w-]*:[\w./-]+:\w+$/u, {
    error: "give a resource type of Pulumi's such as aws:lb/targetGroup:TargetGroup, as a plan names it",
  }),
  name: text.optional(),
  ...changeShape,
};

const changesSomething = ({ set, remove, options }: { set?: object; remove?: unknown; options?: object }) =>
  set !== undefined || remove !== undefined || options !== undefined;
const NOTHING = { error: "changes nothing; give set, remove or options" };

/** Of the environment. */
export const environmentOverridesSchema = z.array(z.strictObject(shape).refine(changesSomething, NOTHING)).default([]);

/** Of an app or a service. */
export const overridesSchema = z
  .array(
    z.strictObject({ ...shape, tiers: z.array(z.enum(tierNames)).min(1).optional() }).refine(changesSomething, NOTHING),
  )
  .default([]);
