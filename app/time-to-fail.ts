/**
 * What `timeToFail` is to all that waits for a revision: how long a health check may take to come to its end, and a job that runs
 * before the revision. Pure. The table of all waits is in docs/time-to-fail.md.
 */
import type { JobConfig, Placement } from "./config/types";
import type { Finding } from "./finding";
import { finding, refused } from "./fit";
import { deployJobs, jobOf } from "./jobs";
import type { App, Healthcheck, Service } from "./model";

/**
 * The least `timeToFail`, in seconds: an image is pulled and two health checks of the load balancer, 15 seconds apart, are awaited
 * on every tier, so what is shorter fails revisions that are well.
 */
export const LEAST_TIME_TO_FAIL = 60;

/** Seconds of one run of a job that says nothing of its time. */
export const JOB_SECONDS = 900;

/** Docker's own. https://docs.docker.com/reference/dockerfile/#healthcheck */
const DOCKER_DEFAULTS = { interval: 30, timeout: 30, retries: 3, startPeriod: 0 } as const;

/** Load balancers want two good answers before they send traffic, whatever the file's `retries`. */
const LEAST_CHECKS = 2;

/**
 * Seconds from a container's start until its health check has come to its end at the latest: `retries` checks after the start
 * period, each an interval after the end of the one before.
 */
export function healthSeconds(check: Healthcheck): number {
  const time = (key: keyof typeof DOCKER_DEFAULTS) => check[key] ?? DOCKER_DEFAULTS[key];
  const checks = Math.max(LEAST_CHECKS, time("retries"));
  return Math.ceil(time("startPeriod") + checks * (time("interval") + time("timeout")));
}

/**
 * Seconds of one run. Where the file says none: 15 minutes, and of a job that a deployment waits for as much less as lets all its
 * tries end within `timeToFail`.
 */
export function jobTimeout(
  { on, retries, timeout }: Pick<JobConfig, "on" | "retries"> & { readonly timeout: number | null },
  timeToFail: number,
): number {
  if (timeout !== null) return timeout;
  return on === "deploy" ? Math.min(JOB_SECONDS, Math.max(1, Math.floor(timeToFail / (retries + 1)))) : JOB_SECONDS;
}

/** Refuses what cannot come to its end within `timeToFail`: the deployment would be given up before. */
export function timeToFailFindings(app: App, placement: Placement): readonly Finding[] {
  return [
    ...Object.values(app.services)
      .filter(({ job }) => !job)
      .flatMap((service) => slowCheck(app, placement, service)),
    ...deployJobs(app, placement).flatMap(({ name }) => slowJob(app, placement, name)),
  ];
}

function slowCheck(app: App, placement: Placement, { name, healthcheck }: Service): Finding[] {
  if (healthcheck === null || healthcheck.disabled) return [];
  const seconds = healthSeconds(healthcheck);
  if (seconds <= placement.timeToFail) return [];
  const verdict = refused(
    `it may take ${seconds} s to come to its end (start_period, and ${LEAST_CHECKS} retries or more of interval and timeout), and a deployment is given up after timeToFail, ${placement.timeToFail} s`,
    `say timeToFail: ${duration(seconds)} or more, or shorten start_period, interval or retries`,
  );
  return [finding({ app, placement }, name, "healthcheck", verdict)];
}

function slowJob(app: App, placement: Placement, name: string): Finding[] {
  const job = jobOf(placement, name);
  if (job === null) return [];
  const seconds = Math.ceil((job.retries + 1) * job.timeout);
  if (seconds <= placement.timeToFail) return [];
  const tries = job.retries === 0 ? "" : ` with its ${job.retries} ${job.retries === 1 ? "retry" : "retries"}`;
  const verdict = refused(
    `it may take ${seconds} s${tries}, and a deployment waits for it as long as timeToFail says, ${placement.timeToFail} s`,
    `say timeToFail: ${duration(seconds)} or more, or give the job a shorter timeout${job.retries > 0 ? " or fewer retries" : ""}`,
  );
  return [finding({ app, placement }, name, "job.timeout", verdict)];
}

/** Whole minutes, as the config takes them. */
const duration = (seconds: number) => `${Math.ceil(seconds / 60)}m`;
