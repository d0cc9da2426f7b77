/** What an app asks of the cluster that it shares. Pure. */
import type { Placement } from "../../../app/config/types";
import type { App } from "../../../app/model";
import type { Capacity, ClusterDemand, Compute, NodeWishes, PodDemand } from "../../platform/eks";
import { podMounts } from "./mounts";
import { architectureOf, isScaled, namespaceOf, type Pod, podReplicas, podsOf, resourceName, rollout } from "./pods";
import { podRequest } from "./sizes";

export interface DemandArgs {
  readonly compute: Compute;
  /** GiB by volume, for those on a disk of EBS. */
  readonly disks: Readonly<Record<string, number>>;
  readonly nodes: NodeWishes | null;
  readonly capacity: (pod: Pod) => Capacity;
}

export function clusterDemand(app: App, placement: Placement, args: DemandArgs): ClusterDemand {
  const { compute, disks, nodes } = args;
  const pods = podsOf(app);
  const volumes = pods
    .flatMap((pod) => podMounts({ app, pod, disks }).folders)
    .flatMap(({ kind }) => ("volume" in kind ? [kind.volume] : []));
  return {
    app: app.name,
    namespace: namespaceOf(placement, compute),
    compute,
    nodes,
    pods: pods.map((pod) => podDemand(app, placement, pod, args)),
    logs: pods.flatMap(({ services }) =>
      services.map(({ name }) => ({
        container: resourceName(name),
        path: [app.name, name],
      })),
    ),
    storage: [...new Set(volumes.map((volume) => (volume in disks ? ("ebs" as const) : ("efs" as const))))].sort(),
  };
}

/** A job's pod comes and goes: it takes the room that is kept for the largest pod that starts beside others, and waits for it. */
function podDemand(app: App, placement: Placement, pod: Pod, { compute, capacity }: DemandArgs): PodDemand {
  const one = {
    ...podRequest(app, placement, pod, compute),
    architecture: compute === "nodes" ? architectureOf(pod.main) : ("amd64" as const),
    capacity: capacity(pod),
  };
  if (pod.main.job) return { ...one, min: 0, max: 0, surge: 1 };
  const min = podReplicas(app, placement, pod);
  const scale = placement.services[pod.name]?.scale;
  return {
    ...one,
    min,
    max: scale && isScaled(app, placement, pod) ? Math.max(min, scale.max) : min,
    surge: rollout(app, placement, pod)?.maxSurge ?? 0,
  };
}
