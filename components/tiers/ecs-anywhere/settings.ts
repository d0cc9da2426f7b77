/** The tier's own settings: `ecs-anywhere: { activation: { count: 2, expires: "2027-01-15T00:00:00Z" } }`. */
import { isIPv4 } from "node:net";
import { z } from "zod";
import { FILES_IMAGE } from "../ecs/files-image";
import { GROUP_NAME, MAX_ACTIVATION } from "./limits";

/** As people write it, and as Pulumi hands over what YAML takes for a timestamp: `2027-01-15 00:00:00 +0000 UTC`. */
const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:Z| \+0000 UTC)$/u;

/** A moment in UTC in AWS's form, such as `2027-01-15T00:00:00Z`. */
const moment = z.string({ error: "give a moment in UTC such as 2027-01-15T00:00:00Z" }).transform((text, context) => {
  const [, day, time] = MOMENT.exec(text) ?? [];
  const utc = `${day}T${time}Z`;
  // 31 February is none
  if (day !== undefined && isInCalendar(utc)) return utc;
  const allowed = `a moment in UTC such as 2027-01-15T00:00:00Z, ${MAX_ACTIVATION.days} days ahead at most when it is deployed`;
  context.addIssue({ code: "custom", message: `got ${JSON.stringify(text)}; give ${allowed}` });
  return z.NEVER;
});

const activationSchema = z.strictObject({
  /** How many machines may register with it. Default 1; AWS takes 1,000 at most. */
  count: z
    .number({ error: `give a number from 1 to ${MAX_ACTIVATION.machines}` })
    .int({ error: "give a whole number" })
    .min(1, { error: `give a number from 1 to ${MAX_ACTIVATION.machines}` })
    .max(MAX_ACTIVATION.machines, { error: `give a number from 1 to ${MAX_ACTIVATION.machines}` })
    .default(1),
  /** Until when, as an absolute moment in UTC: what is relative would be another activation with each deployment. */
  expires: moment,
});

export const settingsSchema = z.strictObject({
  /** What machines register with; free. `null`: none can, and those that are there stay. */
  activation: activationSchema.nullable().default(null),
  /** The group of machines that the app runs on; apps that name one group share its machines. Default: the app's name. */
  machines: z
    .string()
    .regex(GROUP_NAME, { error: "give letters, digits, dots, hyphens and underscores, 100 at most" })
    .nullable()
    .default(null),
  /** IPv4 addresses at which the machines are reached: what `hosts` and the stack's outputs lead to. Default: none. */
  addresses: z.array(z.string().refine(isIPv4, { error: "give an IPv4 address such as 203.0.113.7" })).default([]),
  /**
   * True: a deployment ends when the app runs. Default: true without `activation`; false with it, for then there may be no
   * machine yet.
   */
  wait: z.boolean().nullable().default(null),
  /** `aws ecs execute-command` into the containers, and the right to open its channel. Default: false. */
  exec: z.boolean().default(false),
  /** The image that writes secrets and configs into files: one with `sh`, `base64` and `chown`. Default: busybox. */
  filesImage: z.string().min(1).default(FILES_IMAGE),
});

export type AnywhereSettings = z.output<typeof settingsSchema>;

/** The settings of a placement, typed. They have been validated when it was read. */
export function settingsOf(settings: Readonly<Record<string, unknown>>): AnywhereSettings {
  return settingsSchema.parse(settings);
}

/** True where a deployment waits for the app to run. */
export function waits({ wait, activation }: AnywhereSettings): boolean {
  return wait ?? activation === null;
}

function isInCalendar(utc: string): boolean {
  const date = new Date(utc);
  return !Number.isNaN(date.getTime()) && date.toISOString() === utc.replace("Z", ".000Z");
}
