/** Compose's restart rules as ECS's: a container that ends is started again in its task. Pure. */
import type { Service } from "../../../app/model";

/** Seconds that a container must have run to be started again in place; before, the whole task is replaced. */
export const restartAttempt = { min: 60, max: 1800, default: 300 } as const;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html */
export interface RestartPolicy extends Readonly<Record<string, boolean | number | readonly number[]>> {
  readonly enabled: boolean;
}

export type RestartCondition = "none" | "on-failure" | "any";

/** `deploy.restart_policy.condition`, else `restart`; `null` where neither is said. */
export function restartCondition(service: Service): RestartCondition | null {
  const policy = service.deploy.restart_policy;
  if (isRecord(policy)) {
    const { condition } = policy;
    return condition === "none" || condition === "on-failure" ? condition : "any";
  }
  switch (service.restart) {
    case null:
      return null;
    case "no":
      return "none";
    case "on-failure":
      return "on-failure";
    case "always":
    case "unless-stopped":
      return "any";
  }
}

/** `deploy.restart_policy.window` in seconds within ECS's limits; `null` where it is not said. */
export function restartWindow(service: Service): number | null {
  const policy = service.deploy.restart_policy;
  const window = isRecord(policy) && typeof policy.window === "string" ? goSeconds(policy.window) : null;
  if (window === null) return null;
  return Math.min(restartAttempt.max, Math.max(restartAttempt.min, Math.ceil(window)));
}

export function restartPolicy(service: Service): RestartPolicy | null {
  const condition = restartCondition(service);
  if (condition === null || condition === "none") return null;
  const window = restartWindow(service);
  return {
    enabled: true,
    ...(condition === "on-failure" && { ignoredExitCodes: [0] }),
    ...(window !== null && { restartAttemptPeriod: window }),
  };
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** A duration in Go's form (`1m30s`), which is the canonical one, in seconds; `null` where it is none. */
export function goSeconds(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)/gu)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) return null;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0), 0);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
