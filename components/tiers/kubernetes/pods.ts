/**
 * How the services of an app become pods, and by which names they call each other. Pure; the same on all EKS tiers. A pod
 * holds what an ECS task holds: a service with its sidecars.
 */
import { architectureOf as processorOf } from "../ecs/size";
import type { Placement } from "../../../app/config/types";
import { jobsOf } from "../../../app/jobs";
import type { App, Service } from "../../../app/model";
import { replicas } from "../../../app/size";
import type { Architecture, Compute } from "../../platform/eks";
import { shortHash, slug } from "../../names";
import { updateConfig } from "../ecs/deployments";
import {
  ecsTasks,
  type EcsTask,
  hostOf as hostOfTask,
  serviceNames,
  sidecarTarget,
  taskHasOneWriter,
} from "../ecs/tasks";

export {
  ownAliases,
  serviceNames,
  shareNetwork,
  sidecarTarget,
  startOrder,
  taskHasOneWriter as podHasOneWriter,
  taskOfService as podOfService,
  taskPorts as podPorts,
  type EcsTask as Pod,
  type StartOrder,
  type TaskPort as PodPort,
} from "../ecs/tasks";

type Pod = EcsTask;

/** The pods of an app: those that go on running, then those of its jobs, each with its sidecars. */
export function podsOf(app: App): readonly Pod[] {
  const jobs = jobsOf(app).map((main): Pod => {
    const sidecars = Object.values(app.services).filter((s) => !s.job && sidecarTarget(s) === main.name);
    return { name: main.name, main, sidecars, services: [main, ...sidecars] };
  });
  const inJobs = new Set(jobs.flatMap(({ services }) => services));
  return [...ecsTasks(app).filter(({ main }) => !inJobs.has(main)), ...jobs];
}

/** A DNS label as Kubernetes' Services want it. */
const LABEL = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/u;

export const isLabel = (name: string): boolean => LABEL.test(name);

/** The name under which a Compose service's resources stand in its namespace: its own, where that is a DNS label. */
export function resourceName(service: string): string {
  const plain = slug(service, 52);
  return isLabel(plain) ? plain : `s-${slug(service, 50)}`;
}

/**
 * The logical name of an object that Pulumi names after it, with eight characters more: Kubernetes takes small letters,
 * digits and hyphens (`db_data` would be refused).
 */
export const autoNamed = (logicalName: string): string => slug(logicalName, 56);

/**
 * The app's namespace: its name and where its pods run, for during a change of tier both are there. In a cluster that is there
 * already the environment's name stands before it: another environment may be in it too.
 */
export function namespaceOf({ app, environment }: Pick<Placement, "app" | "environment">, compute: Compute): string {
  const suffix = compute === "nodes" ? "eks" : "fargate";
  const shared = environment.platform.eksClusterName !== null;
  const name = `${slug(shared ? `${environment.name}-${app}` : app, 50)}-${suffix}`;
  return isLabel(name) ? name : `a-${name}`;
}

/** The names of a pod's Services, its own first: those of the main service that Kubernetes takes as names. */
export function podNames(app: App, pod: Pod): readonly string[] {
  const own = resourceName(pod.name);
  const others = (serviceNames(app)[pod.name] ?? []).filter((name) => isLabel(name) && name !== own);
  return [own, ...others];
}

/** The host by which `from` reaches the service `to`: localhost in one pod, else the pod's Service. */
export function hostOf(app: App, pods: readonly Pod[], from: string, to: string): string {
  const host = hostOfTask(app, pods, from, to);
  if (host === "localhost") return host;
  const pod = pods.find(({ services }) => services.some(({ name }) => name === to));
  return pod === undefined ? host : resourceName(pod.name);
}

/** How many pods run: one where it has one writer, and at least one where it is scaled. */
export function podReplicas(app: App, placement: Placement, pod: Pod): number {
  const scale = placement.services[pod.name]?.scale;
  const count = replicas(app, placement, pod.name);
  if (taskHasOneWriter(app, placement, pod)) return Math.min(1, count);
  return scale ? Math.max(1, count) : count;
}

/** True where the pod is scaled: one writer is not. */
export function isScaled(app: App, placement: Placement, pod: Pod): boolean {
  return (placement.services[pod.name]?.scale ?? null) !== null && !taskHasOneWriter(app, placement, pod);
}

/** How a new revision comes: `null`, all old pods end first. */
export interface Rollout {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** One new pod before an old one goes, or as `deploy.update_config` says. */
export function rollout(app: App, placement: Placement, pod: Pod): Rollout | null {
  if (taskHasOneWriter(app, placement, pod)) return null;
  const update = updateConfig(pod.main);
  if (update === null) return { maxSurge: 1, maxUnavailable: 0 };
  const count = Math.max(1, podReplicas(app, placement, pod));
  const said = typeof update.parallelism === "number" ? update.parallelism : 1;
  const step = said === 0 ? count : Math.min(count, said);
  return update.order === "start-first" ? { maxSurge: step, maxUnavailable: 0 } : { maxSurge: 0, maxUnavailable: step };
}

/** As the image is built or chosen: `platform`, and x86-64 without a word, which every image has. */
export function architectureOf(service: Service): Architecture {
  return processorOf(service) === "ARM64" ? "arm64" : "amd64";
}

/** A name that is unique for a text and fits into a volume's or key's name. */
export function keyOf(text: string): string {
  const plain = text
    .replace(/[^A-Za-z0-9]+/gu, "-")
    .replace(/^-|-$/gu, "")
    .toLowerCase();
  return `${plain.slice(0, 40).replace(/-$/u, "")}-${shortHash(text, 6)}`;
}
