/** Compose's health check as Kubernetes' probes. Pure. */
import type { Healthcheck } from "../../../app/model";

/** Docker's own defaults. https://docs.docker.com/reference/dockerfile/#healthcheck */
const defaults = { interval: 30, timeout: 30, retries: 3, startPeriod: 0, startInterval: 5 } as const;

export type ProbeTime = keyof typeof defaults;

/** Whole seconds, one at least; Docker's default where the file says none. */
export function probeTime(healthcheck: Healthcheck, time: ProbeTime): number {
  const least = time === "startPeriod" ? 0 : 1;
  return Math.max(least, Math.ceil(healthcheck[time] ?? defaults[time]));
}

export interface Probe {
  readonly exec: { readonly command: string[] };
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

export interface Probes {
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
}

/** True where there is a check that the kubelet could run: the image's own HEALTHCHECK is none. */
export function isProbed(healthcheck: Healthcheck | null): healthcheck is Healthcheck {
  return healthcheck !== null && !healthcheck.disabled && healthcheck.test !== null;
}

/**
 * Ready where the check passes, started again where it fails `retries` times, as other tiers do with it. While the start
 * period lasts the startup probe alone asks, so that no container is ended for a slow start.
 */
export function probes(healthcheck: Healthcheck | null): Probes {
  if (!isProbed(healthcheck)) return {};
  const [kind, ...words] = healthcheck.test ?? [];
  const exec = { command: kind === "CMD-SHELL" ? ["/bin/sh", "-c", words.join(" ")] : words };
  const timeoutSeconds = probeTime(healthcheck, "timeout");
  const failureThreshold = probeTime(healthcheck, "retries");
  const probe = { exec, periodSeconds: probeTime(healthcheck, "interval"), timeoutSeconds, failureThreshold };
  const startPeriod = probeTime(healthcheck, "startPeriod");
  const startInterval = probeTime(healthcheck, "startInterval");
  return {
    ...(startPeriod > 0 && {
      startupProbe: {
        exec,
        periodSeconds: startInterval,
        timeoutSeconds,
        failureThreshold: Math.ceil(startPeriod / startInterval) + failureThreshold,
      },
    }),
    readinessProbe: probe,
    livenessProbe: probe,
  };
}
