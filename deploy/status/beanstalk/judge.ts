/** What an environment of Elastic Beanstalk is up to, from what Beanstalk says of it. Pure. */
import type { EventDescription, SingleInstanceHealth } from "@aws-sdk/client-elastic-beanstalk";
import type { AskedService } from "../deployed";
import { type Found, runningImage, type StatusEvent } from "../model";
import type { BeanstalkObservation, BeanstalkTarget } from "./observe";

/** https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/health-enhanced-status.html */
const HEALTHY: ReadonlySet<string> = new Set(["Ok", "Info"]);
const COMING: ReadonlySet<string> = new Set(["Pending", "Unknown"]);
/** While it is in one of these, it changes. */
const UNDER_WAY: ReadonlySet<string> = new Set(["Launching", "Updating", "LinkingFrom", "LinkingTo"]);
const FAILED_DEPLOYMENT =
  /failed to deploy|unsuccessful command|aborted operation|during an aborted|deployment failed/iu;

const UNTOLD = [
  "Beanstalk tells the health of instances, each with all services of the app, not of one service's container",
  "Beanstalk tells the instances that there are, not the count asked for",
];
const NO_DIGEST = "Beanstalk does not tell the digest of an image that is named by a tag";

/** What was found, but for the logs. */
export function judge({ revision, image, target }: AskedService<BeanstalkTarget>, seen: BeanstalkObservation): Found {
  const { environment, instances } = seen;
  const pulled = runningImage(image);
  const untold = pulled.digest === null ? [...UNTOLD, NO_DIGEST] : UNTOLD;
  const events = seen.events.map(statusEvent);
  const { Status: status = "", VersionLabel: label = null } = environment ?? {};
  if (environment === null || status === "Terminating") {
    const why = environment === null ? "there is no such environment" : "the environment is being terminated";
    return {
      state: "stopped",
      reasons: [`${why}: ${target.environmentName} (${target.environmentId})`],
      events,
      untold,
    };
  }
  const current = instances.filter((instance) => hasVersion(instance, revision));
  const healthy = current.filter(isHealthy);
  const isThere = label === revision && current.length > 0;
  return {
    ...verdict(revision, seen),
    running: {
      revision: label,
      images: isThere ? [pulled] : [],
      count: current.length,
      healthy: healthy.length,
    },
    events,
    untold,
  };
}

function verdict(
  revision: string,
  { environment, health, instances, events }: BeanstalkObservation,
): Required<Pick<Found, "state" | "reasons">> {
  const { Status: status = "", VersionLabel: label = "none" } = environment!;
  if (UNDER_WAY.has(status))
    return { state: "deploying", reasons: [`the environment is ${status.toLowerCase()}`, ...(health?.Causes ?? [])] };
  if (label !== revision) {
    const failed = events.find(({ Message = "" }) => FAILED_DEPLOYMENT.test(Message))?.Message;
    const reason = `the version ${label} runs, and ${revision} was asked for`;
    return failed === undefined
      ? { state: "changed", reasons: [`${reason}: somebody has deployed past Pulumi`] }
      : { state: "rolled back", reasons: [reason, failed] };
  }
  const word = health?.HealthStatus ?? environment!.HealthStatus ?? "";
  const causes = health?.Causes ?? [];
  if (instances.length === 0) return { state: "failing", reasons: ["the environment has no instance", ...causes] };
  const late = instances.filter((instance) => !hasVersion(instance, revision) || !isHealthy(instance));
  if (late.length === 0 && HEALTHY.has(word)) return { state: "running", reasons: [] };
  return {
    state: late.length > 0 && late.every((instance) => isComing(instance, revision)) ? "deploying" : "failing",
    reasons: [
      `the environment's health is ${word === "" ? "unknown" : word}`,
      ...causes,
      ...late.map((instance) => lateWords(instance, revision)),
    ],
  };
}

/** It is being launched: it has no version yet, or the right one. */
const isComing = (instance: SingleInstanceHealth, revision: string): boolean =>
  COMING.has(instance.HealthStatus ?? "") && (instance.Deployment === undefined || hasVersion(instance, revision));

function lateWords(
  { InstanceId = "", HealthStatus = "unknown", Causes = [], Deployment }: SingleInstanceHealth,
  revision: string,
): string {
  const { VersionLabel: label, Status: status = "" } = Deployment ?? {};
  if (label !== undefined && label !== revision)
    return `the instance ${InstanceId} runs the version ${label}, not ${revision}`;
  if (status === "Failed") return `the version has failed on the instance ${InstanceId}`;
  return [`the instance ${InstanceId} is ${HealthStatus}`, ...Causes].join(": ");
}

/** The one whose log says why: where the version has failed, else an unhealthy one, else any. */
export function instanceAtFault(instances: readonly SingleInstanceHealth[], revision: string): string | null {
  const at =
    instances.find((instance) => !hasVersion(instance, revision)) ??
    instances.find((instance) => !isHealthy(instance)) ??
    instances[0];
  return at?.InstanceId ?? null;
}

const hasVersion = ({ Deployment }: SingleInstanceHealth, revision: string): boolean =>
  Deployment?.VersionLabel === revision && Deployment.Status !== "Failed";

const isHealthy = ({ HealthStatus = "" }: SingleInstanceHealth): boolean => HEALTHY.has(HealthStatus);

const statusEvent = ({ EventDate, Severity = "INFO", Message = "" }: EventDescription): StatusEvent => ({
  at: EventDate?.toISOString() ?? null,
  message: Severity === "INFO" ? Message : `${Severity}: ${Message}`,
});
