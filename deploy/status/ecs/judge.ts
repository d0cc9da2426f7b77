/** What a service of ECS is up to, from what ECS says of it. Pure. */
import type { Deployment, Service, ServiceEvent, Task } from "@aws-sdk/client-ecs";
import type { AskedService } from "../deployed";
import { entryHealth, entryReasons } from "../entry";
import { distinctImages, type Found, runningImage, type StatusEvent } from "../model";
import { containerOf, type EcsObservation, type EcsTarget } from "./observe";

/** Tasks of a revision that have failed until it counts as failing: one may have been early for its database. */
const FAILED_TASKS = 2;
/**
 * Ends of a task that are failures; others are the scheduler's or a user's.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
 */
const FAILURES: ReadonlySet<string> = new Set(["EssentialContainerExited", "TaskFailedToStart"]);
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html */
const STUCK = /unable to (?:place a task|consistently start tasks|assume)|was unable to/u;
const STEADY = "has reached a steady state";
const GONE_BACK = /roll(?:ed|ing) back|deployment failed/u;

const UNTOLD = [
  "ECS does not tell a container that has no health check from one whose check has not ended: both count as healthy once the deployment is complete",
];

/** What was found, but for the logs. */
export function judge({ revision, target }: AskedService<EcsTarget>, seen: EcsObservation): Found {
  const { service } = seen;
  if (service === null || service.status === "DRAINING") {
    const why = service === null ? "there is no such service" : "the service is being deleted";
    const place = `${target.serviceName} in the cluster ${target.clusterArn}`;
    return { state: "stopped", reasons: [`${why}: ${place}`], untold: UNTOLD };
  }
  const primary = service.deployments?.find(({ status }) => status === "PRIMARY");
  const runs = primary?.taskDefinition ?? service.taskDefinition ?? null;
  const desired = service.desiredCount ?? 0;
  const tasks = seen.tasks.filter(({ taskDefinitionArn }) => taskDefinitionArn === runs);
  const up = tasks.filter((task) => isUp(task, target.container));
  const healthy = up.filter((task) => isHealthy(task, target.container));
  const images = up.flatMap((task) => {
    const { image, imageDigest } = containerOf(task, target.container) ?? {};
    return image === undefined ? [] : [runningImage(image, imageDigest ?? null)];
  });
  const { state, reasons } =
    runs === revision
      ? asked(service, primary, seen, { desired, up: up.length, healthy: healthy.length, container: target.container })
      : another(service, revision, runs);
  return {
    state,
    reasons,
    count: desired,
    running: { revision: runs, images: distinctImages(images), count: up.length, healthy: healthy.length },
    entry: seen.targets && entryHealth(seen.targets),
    events: (service.events ?? []).map(statusEvent),
    untold: UNTOLD,
  };
}

interface Counts {
  readonly desired: number;
  readonly up: number;
  readonly healthy: number;
  readonly container: string;
}

type Verdict = Required<Pick<Found, "state" | "reasons">>;

/** Another revision is the one that ECS means to run. */
function another({ deployments = [], events = [] }: Service, wanted: string, runs: string | null): Verdict {
  const failed = deployments.find(({ taskDefinition }) => taskDefinition === wanted);
  const told =
    failed?.rolloutStateReason ?? events.find(({ message = "" }) => GONE_BACK.test(message))?.message ?? null;
  const wentBack = failed?.rolloutState === "FAILED" || isEarlier(runs, wanted);
  const reason = wentBack
    ? `ECS has gone back to ${short(runs)}; ${short(wanted)} was asked for`
    : `${short(runs)} runs, and ${short(wanted)} was asked for: somebody has deployed past Pulumi`;
  return { state: wentBack ? "rolled back" : "changed", reasons: [reason, ...(told === null ? [] : [told])] };
}

function asked(service: Service, primary: Deployment | undefined, seen: EcsObservation, counts: Counts): Verdict {
  const { desired, up, healthy, container } = counts;
  const missing = healthy < desired ? [`${healthy} of ${desired} tasks are running and healthy`] : [];
  const failures = failureReasons(seen.stopped, primary?.taskDefinition ?? service.taskDefinition, container);
  const why = primary?.rolloutStateReason;
  if (primary?.rolloutState === "FAILED")
    return { state: "failing", reasons: [why ?? "the deployment has failed", ...missing, ...failures] };
  // blue/green has no rollout state: while it goes on there are two deployments
  const isUnderWay = primary?.rolloutState === "IN_PROGRESS" || (service.deployments ?? []).length > 1;
  const stuck = stuckReasons(service.events ?? []);
  const entry = seen.targets && entryHealth(seen.targets);
  const told = [...failures, ...stuck, ...(seen.targets ? entryReasons(seen.targets) : [])];
  const fails =
    (primary?.failedTasks ?? 0) >= FAILED_TASKS ||
    stuck.length > 0 ||
    up > healthy ||
    (!isUnderWay && failures.length > 0);
  if (missing.length > 0 && fails) return { state: "failing", reasons: [...missing, ...told] };
  if (isUnderWay || missing.length > 0)
    return { state: "deploying", reasons: [why ?? "tasks are being started", ...missing] };
  if (entry !== null && entry.unhealthy > 0)
    return { state: "failing", reasons: [`${entry.unhealthy} targets of the entry are unhealthy`, ...told] };
  if (entry !== null && entry.healthy < desired)
    return { state: "deploying", reasons: [`${entry.healthy} of ${desired} targets of the entry are healthy yet`] };
  return { state: "running", reasons: [] };
}

const isUp = (task: Task, container: string): boolean =>
  task.lastStatus === "RUNNING" && containerOf(task, container)?.lastStatus === "RUNNING";

const isHealthy = (task: Task, container: string): boolean =>
  containerOf(task, container)?.healthStatus !== "UNHEALTHY" && task.healthStatus !== "UNHEALTHY";

/** Tasks of the revision that ended by themselves, or never started, the newest first; each reason once. */
export function failedTasks(stopped: readonly Task[], revision: string | undefined): readonly Task[] {
  return stopped
    .filter(({ taskDefinitionArn, stopCode }) => taskDefinitionArn === revision && FAILURES.has(stopCode ?? ""))
    .sort((a, b) => Number(b.stoppedAt ?? 0) - Number(a.stoppedAt ?? 0));
}

function failureReasons(stopped: readonly Task[], revision: string | undefined, name: string): readonly string[] {
  const reasons = failedTasks(stopped, revision).map((task) => {
    const { exitCode, reason } = containerOf(task, name) ?? {};
    const end = exitCode === undefined ? "" : `, exit code ${exitCode}`;
    return `a task has ended: ${task.stoppedReason ?? task.stopCode ?? "no reason given"}${end}${reason === undefined ? "" : `, ${reason}`}`;
  });
  return [...new Set(reasons)].slice(0, 3);
}

/** What the service is stuck on; nothing once it has been steady since. */
function stuckReasons(events: readonly ServiceEvent[]): readonly string[] {
  const last = events.find(({ message = "" }) => STUCK.test(message) || message.includes(STEADY))?.message;
  return last !== undefined && STUCK.test(last) ? [last] : [];
}

/** By the numbers of two revisions of one family; another family is no earlier one. */
function isEarlier(arn: string | null, than: string): boolean {
  const [family, number] = splitArn(arn ?? "");
  const [other, limit] = splitArn(than);
  return family === other && number < limit;
}

function splitArn(arn: string): readonly [string, number] {
  const colon = arn.lastIndexOf(":");
  return [arn.slice(0, colon), Number(arn.slice(colon + 1))];
}

/** `shop-api:7` */
const short = (arn: string | null): string => arn?.split("/").at(-1) ?? "no task definition";

const statusEvent = ({ createdAt, message = "" }: ServiceEvent): StatusEvent => ({
  at: createdAt?.toISOString() ?? null,
  message,
});
