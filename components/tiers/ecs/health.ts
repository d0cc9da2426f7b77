/** Compose's health check as ECS takes it. Pure. */
import type { Healthcheck } from "../../../app/model";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
export const healthLimits = {
  interval: { min: 5, max: 300 },
  timeout: { min: 2, max: 60 },
  retries: { min: 1, max: 10 },
  startPeriod: { min: 0, max: 300 },
} as const;

/** Docker's own defaults, which are not all ECS's. https://docs.docker.com/reference/dockerfile/#healthcheck */
const dockerDefaults = { interval: 30, timeout: 30, retries: 3, startPeriod: 0 } as const;

export type HealthTime = keyof typeof healthLimits;

/** A container definition's `healthCheck`. Times in seconds. */
export interface EcsHealthCheck {
  readonly command: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod?: number;
}

/** The time within ECS's limits, in whole seconds; Docker's default where the file says none. */
export function healthTime(healthcheck: Healthcheck, time: HealthTime): number {
  const { min, max } = healthLimits[time];
  return Math.min(max, Math.max(min, Math.ceil(healthcheck[time] ?? dockerDefaults[time])));
}

/** `null` where there is no check that ECS could run: none, a disabled one, or the image's own, which ECS does not see. */
export function ecsHealthCheck(healthcheck: Healthcheck | null): EcsHealthCheck | null {
  if (healthcheck === null || healthcheck.disabled || healthcheck.test === null) return null;
  const startPeriod = healthTime(healthcheck, "startPeriod");
  return {
    command: healthcheck.test,
    interval: healthTime(healthcheck, "interval"),
    timeout: healthTime(healthcheck, "timeout"),
    retries: healthTime(healthcheck, "retries"),
    ...(startPeriod > 0 && { startPeriod }),
  };
}
