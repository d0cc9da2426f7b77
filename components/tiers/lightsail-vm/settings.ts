/** The tier's own settings: `lightsail-vm: { bundle: small, snapshots: "06:00" }`. */
import { z } from "zod";
import { parseSeconds } from "../../../app/units";
import { bundleNames } from "./bundles";

/** Machines of an app behind its load balancer. */
export const MAX_MACHINES = 10;
const machines = `give a whole number from 1 to ${MAX_MACHINES}`;
const disk = "give a whole number of GB from 8 to 16000";

const PROXY_IMAGE = "public.ecr.aws/docker/library/caddy:2.10.2-alpine";

/** Seconds in which a new machine installs Docker and registers itself; two or three minutes as a rule. */
const REGISTRATION_SECONDS = 240;

const seconds = z.string().transform((value, context) => {
  const parsed = parseSeconds(value);
  if (parsed !== null) return parsed;
  context.addIssue({ code: "custom", message: `got ${JSON.stringify(value)}; give a duration such as 5m or 90s` });
  return z.NEVER;
});

const shape = {
  /** `null`: the cheapest that holds the sum of the containers. nano 5 USD a month, 2xlarge 164. */
  bundle: z
    .enum(bundleNames, { error: `give one of ${bundleNames.join(", ")}` })
    .nullable()
    .default(null),
  /** Machines, each with every container. `null`: the largest replica count of what is published; 1 where there is a volume. */
  machines: z
    .number({ error: machines })
    .int({ error: machines })
    .min(1, { error: machines })
    .max(MAX_MACHINES, { error: machines })
    .nullable()
    .default(null),
  /** Zones, by their letters, that the machines are in, in turn. The disk is where the first machine is. */
  zones: z
    .array(z.string().regex(/^[a-f]$/u, { error: "give a zone's letter such as a" }))
    .min(1)
    .default(["a", "b"]),
  /** GB of the disk that volumes are on: 0.10 USD a GB-month. It cannot be changed without losing the disk. */
  disk: z.number({ error: disk }).int({ error: disk }).min(8, { error: disk }).max(16_000, { error: disk }).default(20),
  /** UTC hour of a daily snapshot of machine and disk, kept for 7 days: 0.05 USD a GB-month. `null`: none. */
  snapshots: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):00$/u, { error: "give an hour such as 06:00" })
    .nullable()
    .default(null),
  /** Path that the load balancer asks. `null`: that of the service's own health check. */
  healthCheckPath: z.string().startsWith("/", { error: "a path starts with /" }).nullable().default(null),
  /** The reverse proxy that is put before services with a domain or several copies. */
  proxyImage: z.string().min(1).default(PROXY_IMAGE),
  /** What a new machine gets to install Docker and to register itself before anything is brought to it. Default 4 minutes. */
  registrationWait: z.union([seconds, z.number().positive()]).default(REGISTRATION_SECONDS),
  /** Any other text makes new machines in the place of these. */
  generation: z.string().default(""),
};

export const settingsSchema = z.strictObject(shape);

export type LightsailVmSettings = z.output<typeof settingsSchema>;

/** The settings of a placement on this tier; what the placement leaves out has its default. */
export function settingsOf(settings: Readonly<Record<string, unknown>>): LightsailVmSettings {
  return settingsSchema.parse(settings);
}
