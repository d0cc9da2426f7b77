/** The tier's own settings: what stands under `ecs-ec2:` in an app's config, besides `accept`. */
import { z } from "zod";
import type { Egress, Placement } from "../../../app/config/types";
import { instanceTypes } from "../../platform/instance-types";
import { FILES_IMAGE } from "../ecs/files-image";

const typeNames = instanceTypes.map(({ name }) => name);

const ofService = {
  /** Percent of the instances that are Spot ones, up to 90 % cheaper and taken away at two minutes' notice. Default: 0. */
  spot: z.number().int().min(0).max(100).optional(),
  /** `aws ecs execute-command` into the containers, and the right to open its channel for the task. Default: false. */
  exec: z.boolean().optional(),
};

/** Apps that say the same of their instances share them; the services of one may say `spot` and `exec` each. */
export const ec2Settings = z.strictObject({
  ...ofService,
  services: z.record(z.string(), z.strictObject(ofService)).default({}),
  /**
   * `awsvpc`: each task has a network interface and a security group of its own, and needs a NAT gateway to the internet.
   * `bridge`: tasks share their instance's address and group, and can do without. Default: awsvpc.
   */
  networkMode: z.enum(["awsvpc", "bridge"]).default("awsvpc"),
  /** More network interfaces for each instance, by the account's setting of that name. Default: false. */
  awsvpcTrunking: z.boolean().default(false),
  /** The instances' type. Default: the cheapest that holds the tasks. */
  instanceType: z
    .string()
    .refine((name) => typeNames.includes(name), {
      error: `give a type of the table in components/platform/instance-types.ts: ${typeNames.join(", ")}`,
    })
    .nullable()
    .default(null),
  /** The most instances at a time. Default: as many as hold all tasks at their largest scale while all are deployed, and one. */
  maxInstances: z.number().int().min(1).max(1000).nullable().default(null),
  /** Number of instances that are never Spot ones, where others are. Default: 0. */
  base: z.number().int().min(0).max(1000).default(0),
  /** GiB of each instance's disk, for images and what containers write; 0.08 USD a GiB-month. Default: 30. */
  disk: z.number().int().min(30).max(16_384).default(30),
  /** The image that writes secrets and configs into files: one with `sh`, `base64` and `chown`. Default: busybox. */
  filesImage: z.string().min(1).default(FILES_IMAGE),
});

export type Ec2Settings = z.output<typeof ec2Settings>;

export interface ServiceSettings {
  /** Percent. */
  readonly spot: number;
  readonly exec: boolean;
}

/** The settings of a placement, typed. They have been validated when it was read. */
export function settingsOf({ settings }: Pick<Placement, "settings">): Ec2Settings {
  return ec2Settings.parse(settings);
}

export function serviceSettings(settings: Ec2Settings, service: string): ServiceSettings {
  const own = settings.services[service] ?? {};
  return { spot: own.spot ?? settings.spot ?? 0, exec: own.exec ?? settings.exec ?? false };
}

/** A task's own interface on an instance never gets a public address, so a NAT gateway is its way out. */
export function ec2Egress(placement: Placement): Egress {
  const { egress } = placement.environment.platform;
  return egress ?? (settingsOf(placement).networkMode === "awsvpc" ? "nat" : "public");
}
