/** What a Deployment is up to, from what Kubernetes says of it. Pure. */
import type { CoreV1Event, V1ContainerStatus, V1Deployment, V1Pod, V1PodCondition } from "@kubernetes/client-node";
import type { AskedService } from "../deployed";
import { distinctImages, type EntryHealth, type Found, runningImage, type StatusEvent } from "../model";
import type { KubernetesObservation, KubernetesTarget } from "./observe";

/** Why a container waits that will not start by itself soon. https://kubernetes.io/docs/concepts/containers/images/ */
const HOPELESS: ReadonlySet<string> = new Set([
  "CrashLoopBackOff",
  "ImagePullBackOff",
  "ErrImagePull",
  "ErrImageNeverPull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);
/** Restarts of a container that is not ready, until it counts as failing: one may have been early for its database. */
const RESTARTS = 2;
/** The load balancer controller's word on a pod: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/ */
const TARGET_HEALTH = "target-health.elbv2.k8s.aws/";

/** What was found, but for the logs. */
export function judge(asked: AskedService<KubernetesTarget>, seen: KubernetesObservation): Found {
  const { target, image } = asked;
  const { deployment, pods } = seen;
  if (deployment === null) {
    const place = `${target.namespace}/${target.deployment} in the cluster ${target.clusterName}`;
    return { state: "stopped", reasons: [`there is no such Deployment: ${place}`] };
  }
  const up = pods.filter((pod) => statusIn(pod, target.container)?.state?.running !== undefined);
  const healthy = up.filter(isReady);
  const images = up.map((pod) =>
    runningImage(imageIn(pod, target.container) ?? image, digestIn(pod, target.container)),
  );
  const entry = entryOf(pods);
  const { state, reasons } = verdict(asked, seen, healthy.length, entry);
  const { name = "", generation = 0 } = deployment.metadata ?? {};
  return {
    state,
    reasons,
    count: wantedPods(deployment),
    running: {
      revision: `${name}:${generation}`,
      images: distinctImages(images),
      count: up.length,
      healthy: healthy.length,
    },
    entry,
    events: eventsOf(seen.events),
  };
}

const wantedPods = ({ spec }: V1Deployment): number => spec?.replicas ?? 1;

function verdict(
  { revision, image, target }: AskedService<KubernetesTarget>,
  { deployment, pods }: KubernetesObservation,
  healthy: number,
  entry: EntryHealth | null,
): Required<Pick<Found, "state" | "reasons">> {
  const { metadata = {}, spec, status = {} } = deployment!;
  const { generation = 0 } = metadata;
  const containers = spec?.template.spec?.containers ?? [];
  const given = containers.find(({ name }) => name === target.container)?.image ?? null;
  if (given !== image || generation < generationOf(revision))
    return {
      state: "changed",
      reasons: [
        `the Deployment has the image ${given ?? "of no such container"}, and ${image} was asked for: somebody has deployed past Pulumi`,
      ],
    };
  const desired = wantedPods(deployment!);
  const missing = healthy < desired ? [`${healthy} of ${desired} pods are ready`] : [];
  const bad = [...new Set(pods.flatMap(hopelessReasons))];
  const progress = status.conditions?.find(({ type }) => type === "Progressing");
  if (progress?.reason === "ProgressDeadlineExceeded")
    return { state: "failing", reasons: [progress.message ?? "the progress deadline has passed", ...missing, ...bad] };
  if (missing.length > 0 && bad.length > 0) return { state: "failing", reasons: [...missing, ...bad] };
  const isComplete =
    (status.observedGeneration ?? 0) >= generation &&
    (status.updatedReplicas ?? 0) >= desired &&
    (status.availableReplicas ?? 0) >= desired &&
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0);
  if (!isComplete || missing.length > 0)
    return {
      state: "deploying",
      reasons: [progress?.message ?? "the new pods are being started", ...missing, ...pods.flatMap(waitingReasons)],
    };
  if (entry !== null && entry.unhealthy > 0)
    return { state: "failing", reasons: [`${entry.unhealthy} targets of the entry are unhealthy`] };
  return { state: "running", reasons: [] };
}

/** `web:3`: the generation that Pulumi saw; scaling adds to it. */
const generationOf = (revision: string): number => Number(revision.slice(revision.lastIndexOf(":") + 1)) || 0;

export const statusIn = ({ status }: V1Pod, container: string): V1ContainerStatus | undefined =>
  status?.containerStatuses?.find(({ name }) => name === container);

const imageIn = ({ spec }: V1Pod, container: string): string | undefined =>
  spec?.containers.find(({ name }) => name === container)?.image;

/** The runtime names what it has pulled: `registry/repository@sha256:…`. */
const digestIn = (pod: V1Pod, container: string): string | null =>
  /sha256:[0-9a-f]{64}/u.exec(/@(.+)$/u.exec(statusIn(pod, container)?.imageID ?? "")?.[1] ?? "")?.[0] ?? null;

export const isReady = ({ status }: V1Pod): boolean =>
  (status?.conditions ?? []).some(({ type, status: is }) => type === "Ready" && is === "True");

export const isHopeless = ({ state, ready, restartCount }: V1ContainerStatus): boolean =>
  HOPELESS.has(state?.waiting?.reason ?? "") || (!ready && restartCount >= RESTARTS);

function hopelessReasons({ metadata, status }: V1Pod): readonly string[] {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return all
    .filter((container) => container.state?.terminated?.reason !== "Completed" && isHopeless(container))
    .map(({ name, state, lastState, restartCount }) => {
      const { reason = "restarted", message } = state?.waiting ?? {};
      const end = lastState?.terminated;
      const last =
        end === undefined
          ? ""
          : `, last exit code ${end.exitCode}${end.reason === undefined ? "" : ` (${end.reason})`}`;
      return `${name} in ${metadata?.name ?? "a pod"}: ${reason}, ${restartCount} restarts${last}${message === undefined ? "" : `: ${message}`}`;
    });
}

/** No node or Fargate pod for it yet. */
function waitingReasons({ metadata, status }: V1Pod): readonly string[] {
  return (status?.conditions ?? [])
    .filter(({ type, status: is }) => type === "PodScheduled" && is === "False")
    .map(({ reason = "not scheduled", message = "" }) => `${metadata?.name ?? "a pod"}: ${reason}: ${message}`);
}

function entryOf(pods: readonly V1Pod[]): EntryHealth | null {
  const said = pods.flatMap(({ status }) =>
    (status?.conditions ?? []).filter(({ type }) => type.startsWith(TARGET_HEALTH)),
  );
  if (said.length === 0) return null;
  const isWaiting = ({ reason = "" }: V1PodCondition) =>
    /Initial|NotRegistered|RegistrationInProgress|Unknown/u.test(reason);
  const healthy = said.filter(({ status }) => status === "True").length;
  const waiting = said.filter((condition) => condition.status !== "True" && isWaiting(condition)).length;
  return { healthy, unhealthy: said.length - healthy - waiting, waiting };
}

function eventsOf(events: readonly CoreV1Event[]): readonly StatusEvent[] {
  const time = ({ lastTimestamp, eventTime, firstTimestamp }: CoreV1Event) =>
    new Date(lastTimestamp ?? eventTime ?? firstTimestamp ?? 0).getTime();
  return [...events]
    .sort((a, b) => time(b) - time(a))
    .map((event) => ({
      at: time(event) === 0 ? null : new Date(time(event)).toISOString(),
      message: `${event.involvedObject.name ?? ""}: ${event.reason ?? ""}: ${event.message ?? ""}`,
    }));
}
