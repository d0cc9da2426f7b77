/** The tier's own settings: `lightsail: { power: small, scale: 2 }`. */
import { z } from "zod";
import { parseSeconds } from "../../../app/units";
import { CERTIFICATE_SECONDS, MAX_SCALE, PULLER_ROLE_SECONDS } from "./limits";
import { powerNames } from "./sizes";

const seconds = z.string().transform((value, context) => {
  const parsed = parseSeconds(value);
  if (parsed !== null) return parsed;
  context.addIssue({ code: "custom", message: `got ${JSON.stringify(value)}; give a duration such as 5m or 90s` });
  return z.NEVER;
});

export const settingsSchema = z.strictObject({
  /** `null`: the cheapest that holds the sum of the containers. nano 7 USD a month for each node, xlarge 160. */
  power: z
    .enum(powerNames, { error: `give one of ${powerNames.join(", ")}` })
    .nullable()
    .default(null),
  /** Number of nodes; each runs all containers. `null`: the largest replica count of the services. */
  scale: z
    .number({ error: `give a number from 1 to ${MAX_SCALE}` })
    .int({ error: "give a whole number" })
    .min(1, { error: `give a number from 1 to ${MAX_SCALE}` })
    .max(MAX_SCALE, { error: `give a number from 1 to ${MAX_SCALE}` })
    .nullable()
    .default(null),
  /** How long a new certificate gets to be validated before it is used. Default 5 minutes. */
  certificateWait: seconds.default(CERTIFICATE_SECONDS),
  /** How long the new role that pulls from ECR gets before it is used. Default 30 seconds, the least that AWS asks for. */
  pullerRoleWait: seconds.default(PULLER_ROLE_SECONDS),
});

export type LightsailSettings = z.output<typeof settingsSchema>;

/** The settings of a placement on this tier; what the placement leaves out has its default. */
export function settingsOf(settings: Readonly<Record<string, unknown>>): LightsailSettings {
  return {
    power: null,
    scale: null,
    certificateWait: CERTIFICATE_SECONDS,
    pullerRoleWait: PULLER_ROLE_SECONDS,
    ...(settings as Partial<LightsailSettings>),
  };
}
