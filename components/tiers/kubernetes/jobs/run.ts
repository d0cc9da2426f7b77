/** How long a run of a job may take, and how long it can be looked at after it. Pure. */
import type { JobConfig } from "../../../../app/config/types";
import type { Compute } from "../../../platform/eks";

const DAY = 86_400;

/**
 * Seconds that a run which has ended can be looked at. On Fargate a machine is paid for until its pod is deleted, ended or not.
 * https://docs.aws.amazon.com/eks/latest/userguide/fargate.html
 */
export const KEPT_SECONDS: Readonly<Record<Compute, number>> = { nodes: 14 * DAY, fargate: 3600 };

/** Runs that have ended and can be looked at. */
export const KEPT_RUNS = { successful: 3, failed: 10 } as const;

/** Kubernetes counts the seconds of all tries together, from the first one's start, the wait for a machine included. */
export function runLimits({ retries, timeout }: JobConfig): {
  readonly backoffLimit: number;
  readonly activeDeadlineSeconds: number;
} {
  return { backoffLimit: retries, activeDeadlineSeconds: Math.max(1, Math.ceil(timeout)) };
}
