/** The tier's own settings: what stands under `beanstalk:` in an app's config, besides `accept`. */
import { z } from "zod";
import type { Egress, Placement } from "../../../app/config/types";
import { instanceTypeNames } from "./instance-types";
import { diskLimits } from "./limits";

export type EnvironmentType = "single" | "load-balanced";

export const beanstalkSettings = z.strictObject({
  /**
   * `single`: one instance with an address of its own (3.65 USD a month), no load balancer and so no TLS. `load-balanced`:
   * one or more behind the environment's load balancer. Default: `load-balanced` where the environment is protected.
   */
  type: z.enum(["single", "load-balanced"], { error: "give single or load-balanced" }).nullable().default(null),
  /** `null`: the cheapest that holds the sum of the containers. t3.micro 7.59 USD a month, t4g.micro 6.13. */
  instanceType: z
    .enum(instanceTypeNames as [string, ...string[]], { error: `give one of ${instanceTypeNames.join(", ")}` })
    .nullable()
    .default(null),
  /** GB of each instance's disk, gp3 at 0.08 USD a GB-month. Default 16. */
  diskSize: z
    .number()
    .int()
    .min(diskLimits.min, { error: `give ${diskLimits.min} GB or more` })
    .max(diskLimits.max, { error: `give ${diskLimits.max} GB or less` })
    .default(diskLimits.default),
  /** Percent of the instances that are deployed to at once. Default 50. */
  batch: z.number().int().min(1).max(100).default(50),
  /** Day and hour, in UTC, at which Beanstalk updates its platform. Default Sunday at 3. */
  maintenance: z
    .string()
    .regex(/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun):(?:[01]\d|2[0-3]):[0-5]\d$/u, {
      error: "give a day and hour such as Sun:03:00",
    })
    .default("Sun:03:00"),
  /** Which of its versions it takes by itself: `minor` ones with new features, or `patch` ones alone. Default minor. */
  updates: z.enum(["patch", "minor"], { error: "give patch or minor" }).default("minor"),
  /** A shell on the instances by Session Manager, and the right to open its channel for them. Default: false. */
  exec: z.boolean().default(false),
});

export type BeanstalkSettings = z.output<typeof beanstalkSettings>;

/** The settings of a placement, typed. They have been validated when it was read. */
export function settingsOf(settings: Readonly<Record<string, unknown>>): BeanstalkSettings {
  return beanstalkSettings.parse(settings);
}

/** A single instance is the default where the environment is not protected. */
export function environmentType({ settings, environment }: Placement): EnvironmentType {
  return settingsOf(settings).type ?? (environment.protected ? "load-balanced" : "single");
}

/** Instances in public subnets need no NAT gateway: nothing is open to them but the entry. */
export const beanstalkEgress = ({ environment }: Placement): Egress => environment.platform.egress ?? "public";
