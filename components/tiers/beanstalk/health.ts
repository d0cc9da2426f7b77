/** The load balancer's health check of a process, from the Compose health check of its service. Pure. */
import type { Healthcheck } from "../../../app/model";
import { healthCheckLimits } from "./limits";

/** Field for field what Beanstalk's process options say; seconds. */
export interface HealthCheck {
  readonly path: string;
  readonly interval: number;
  readonly timeout: number;
  readonly healthy: number;
  readonly unhealthy: number;
  /** HTTP codes that mean health. */
  readonly matcher: string;
}

/**
 * The path is the one that the test's own URL names. A test by URL fails on a status of 400 and above, and so does this one;
 * where the path is a guess any answer below 500 counts. Times are whole seconds within Beanstalk's limits; the timeout
 * stays below the interval, as the load balancer asks.
 */
export function healthCheck(healthcheck: Healthcheck | null, path: string): HealthCheck {
  const { interval, timeout, threshold } = healthCheckLimits;
  const asked = healthcheck?.disabled ? null : healthcheck;
  const wantedTimeout = clamp(asked?.timeout ?? timeout.default, timeout);
  const every = clamp(asked?.interval ?? Math.max(interval.default, wantedTimeout + 1), interval);
  return {
    path,
    interval: every,
    timeout: Math.min(wantedTimeout, every - 1),
    healthy: 2,
    unhealthy: clamp(asked?.retries ?? threshold.default, threshold),
    matcher: asked && testUrl(asked) !== null ? "200-399" : "200-499",
  };
}

/** The URL that the test asks; `null` where it asks none. */
export function testUrl({ test }: Healthcheck): string | null {
  return /https?:\/\/[^\s"'|;)]+/u.exec(test?.join(" ") ?? "")?.[0] ?? null;
}

function clamp(value: number, { min, max }: { readonly min: number; readonly max: number }): number {
  return Math.min(max, Math.max(min, Math.ceil(value)));
}
