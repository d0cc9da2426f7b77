/** The tier's own settings: what stands under `fargate:` in an app's config, besides `accept`. */
import { z } from "zod";
import type { Egress, Placement } from "../../../app/config/types";
import { FILES_IMAGE } from "../ecs/files-image";

const capacity = {
  /** Percent of the tasks that run on Fargate Spot, about 70 % cheaper and taken away at two minutes' notice. Default: 0. */
  spot: z.number().int().min(0).max(100).optional(),
  /** Number of tasks that never run on Spot. Default: 0. */
  base: z.number().int().min(0).max(1000).optional(),
  /** `aws ecs execute-command` into the containers, and the right to open its channel for the task. Default: false. */
  exec: z.boolean().optional(),
};

/** One shape for the app and, under `services`, for a service of it, which wins. */
export const fargateSettings = z.strictObject({
  ...capacity,
  services: z.record(z.string(), z.strictObject(capacity)).default({}),
  /** The image that writes secrets and configs into files: one with `sh`, `base64` and `chown`. Default: busybox. */
  filesImage: z.string().min(1).default(FILES_IMAGE),
});

/** Tasks in public subnets need no NAT gateway: nothing is open to them but the entry. */
export const fargateEgress = ({ environment }: Placement): Egress => environment.platform.egress ?? "public";

export interface ServiceSettings {
  /** Percent. */
  readonly spot: number;
  readonly base: number;
  readonly exec: boolean;
}

export type FargateSettings = z.output<typeof fargateSettings>;

/** The settings of a placement, typed. They have been validated when it was read. */
export function settingsOf(settings: Readonly<Record<string, unknown>>): FargateSettings {
  return fargateSettings.parse(settings);
}

export function serviceSettings(settings: FargateSettings, service: string): ServiceSettings {
  const own = settings.services[service] ?? {};
  return {
    spot: own.spot ?? settings.spot ?? 0,
    base: own.base ?? settings.base ?? 0,
    exec: own.exec ?? settings.exec ?? false,
  };
}
