/** The health check of the public endpoint, from the Compose health check of its service. Pure. */
import type { Healthcheck } from "../../../app/model";
import { healthCheckLimits, SUCCESS_CODES } from "./limits";

/** Field for field what the deployment says; seconds. */
export interface HealthCheck {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly successCodes: string;
}

/**
 * The load balancer asks over HTTP: the path is the one that the test's own URL names. A test by URL (`curl -f`, `wget`)
 * fails on a status of 400 and above, and so does this one; without a URL any answer below 500 counts.
 *
 * Times are rounded up to whole seconds and moved into Lightsail's limits; the timeout stays below the interval.
 */
export function healthCheck(healthcheck: Healthcheck | null, path: string): HealthCheck {
  const { interval, timeout, threshold } = healthCheckLimits;
  const asked = healthcheck?.disabled ? null : healthcheck;
  const wantedTimeout = clamp(asked?.timeout ?? timeout.default, timeout);
  const intervalSeconds = clamp(asked?.interval ?? Math.max(interval.default, wantedTimeout + 1), interval);
  return {
    path,
    intervalSeconds,
    timeoutSeconds: Math.min(wantedTimeout, intervalSeconds - 1),
    healthyThreshold: threshold.default,
    unhealthyThreshold: clamp(asked?.retries ?? threshold.default, threshold),
    successCodes: asked && testUrl(asked) !== null ? "200-399" : SUCCESS_CODES,
  };
}

/** The URL that the test asks; `null` where it asks none. */
export function testUrl({ test }: Healthcheck): string | null {
  return /https?:\/\/[^\s"'|;)]+/u.exec(test?.join(" ") ?? "")?.[0] ?? null;
}

function clamp(value: number, { min, max }: { readonly min: number; readonly max: number }): number {
  return Math.min(max, Math.max(min, Math.ceil(value)));
}
