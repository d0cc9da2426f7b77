/** Which nodes a cluster has: for each kind of machine the cheapest type, and how many of it hold the pods. Pure. */
import type { Architecture, Capacity, ClusterDemand, NodeWishes, PodDemand } from "./demand";
import { type InstanceType, instanceType, instanceTypes, type Room, roomOf } from "./instance-types";

/** One managed node group. */
export interface NodeGroupSize {
  /** `amd64`, `arm64-spot` */
  readonly name: string;
  readonly architecture: Architecture;
  readonly capacity: Capacity;
  readonly instanceType: string;
  readonly min: number;
  readonly max: number;
  /** GiB */
  readonly disk: number;
}

/** One pod to be placed. */
export interface Load {
  /** vCPU */
  readonly cpu: number;
  /** MiB */
  readonly memory: number;
}

/**
 * What the cluster itself runs once: DNS twice, metrics twice, the load balancer controller, the autoscaler, volumes'
 * controllers, as their charts ask for it.
 */
export const SYSTEM_PODS: readonly Load[] = [
  { cpu: 0.1, memory: 70 },
  { cpu: 0.1, memory: 70 },
  { cpu: 0.1, memory: 200 },
  { cpu: 0.1, memory: 200 },
  { cpu: 0.1, memory: 128 },
  { cpu: 0.1, memory: 128 },
  { cpu: 0.05, memory: 100 },
];

export const DEFAULT_DISK = 20;

/**
 * How many nodes of the type hold the loads, by first fit of the largest first; `null` where one load fits on none. The
 * scheduler may place them otherwise, and then has more room left, never less pods placed in sum.
 */
export function nodesFor(loads: readonly Load[], type: InstanceType, insights = false): number | null {
  const room = roomOf(type, insights);
  const sorted = [...loads].sort((a, b) => share(b, room) - share(a, room));
  const nodes: { cpu: number; memory: number; pods: number }[] = [];
  for (const { cpu, memory } of sorted) {
    if (cpu > room.cpu || memory > room.memory || room.pods < 1) return null;
    let node = nodes.find((n) => n.cpu >= cpu && n.memory >= memory && n.pods >= 1);
    if (!node) nodes.push((node = { ...room }));
    node.cpu -= cpu;
    node.memory -= memory;
    node.pods -= 1;
  }
  return nodes.length;
}

/** The larger of the shares of a node that a load takes. */
const share = ({ cpu, memory }: Load, room: Room) => Math.max(cpu / (room.cpu || 1), memory / (room.memory || 1));

/** The cheapest type with its number of nodes, `min` at least; on equal price the fewer nodes. `null`: none is large enough. */
export function cheapestNodes(
  loads: readonly Load[],
  architecture: Architecture,
  min: number,
  insights = false,
): { readonly type: InstanceType; readonly count: number } | null {
  return instanceTypes
    .filter((type) => type.architecture === architecture)
    .flatMap((type) => {
      const count = nodesFor(loads, type, insights);
      return count === null ? [] : [{ type, count: Math.max(count, min) }];
    })
    .reduce<{ type: InstanceType; count: number } | null>((best, next) => {
      if (best === null) return next;
      const [a, b] = [best.type.hourly * best.count, next.type.hourly * next.count];
      return b < a - 1e-9 || (Math.abs(a - b) < 1e-9 && next.count < best.count) ? next : best;
    }, null);
}

/** The most that one pod may ask of a node. */
export function largestRoom(architecture: Architecture): Room {
  return instanceTypes
    .filter((type) => type.architecture === architecture)
    .map((type) => roomOf(type))
    .reduce((best, room) => (room.memory * room.cpu > best.memory * best.cpu ? room : best));
}

/**
 * The cluster's node groups: one for each architecture and capacity that pods ask for. Nodes hold all pods at their lowest
 * count, and the largest pod once more, for a new revision that starts before the old one ends: rollouts take turns where
 * there is room for one. Where pods are scaled the group may grow to hold them all.
 *
 * @param cluster `fewest`: nodes that there are at least, one, or one for each zone; `insights`: true where each runs the agent
 */
export function nodeGroups(
  demands: readonly ClusterDemand[],
  { fewest, insights = false }: { readonly fewest: number; readonly insights?: boolean },
): readonly NodeGroupSize[] {
  const onNodes = demands.filter(({ compute }) => compute === "nodes");
  const kinds = [...new Set(onNodes.flatMap(({ pods }) => pods.map(kindOf)))].sort();
  // the cluster's own pods go where they are not taken away
  const home = kinds.find((kind) => !kind.endsWith("-spot")) ?? kinds[0];
  return kinds.map((kind) => {
    const apps = onNodes.filter(({ pods }) => pods.some((pod) => kindOf(pod) === kind));
    const pods = apps.flatMap((app) => app.pods.filter((pod) => kindOf(pod) === kind));
    const system = kind === home ? SYSTEM_PODS : [];
    const wishes = merged(apps.flatMap(({ nodes }) => nodes ?? []));
    const atLeast = wishes.min ?? fewest;
    const [first] = pods;
    const architecture = first?.architecture ?? "amd64";
    const chosen = wishes.instanceType === null ? undefined : instanceType(wishes.instanceType);
    const low = [...system, ...loads(pods, ({ min }) => min), ...surgeOf(pods)];
    const high = [...system, ...loads(pods, ({ max }) => max), ...surgeOf(pods)];
    const cheapest = cheapestNodes(low, architecture, atLeast, insights);
    const type = chosen?.architecture === architecture ? chosen : cheapest?.type;
    const count = (of: readonly Load[]) => (type ? (nodesFor(of, type, insights) ?? of.length) : of.length);
    const min = Math.max(atLeast, count(low));
    return {
      name: kind,
      architecture,
      capacity: first?.capacity ?? "on-demand",
      instanceType: type?.name ?? wishes.instanceType ?? "m7i.2xlarge",
      min,
      max: Math.max(min, wishes.max ?? count(high)),
      disk: wishes.disk,
    };
  });
}

const kindOf = ({ architecture, capacity }: PodDemand) => `${architecture}${capacity === "spot" ? "-spot" : ""}`;

function loads(pods: readonly PodDemand[], count: (pod: PodDemand) => number): readonly Load[] {
  return pods.flatMap((pod) => Array.from({ length: count(pod) }, () => ({ cpu: pod.cpu, memory: pod.memory })));
}

/** The pods that the one rollout with the most of them starts beside the old ones. */
function surgeOf(pods: readonly PodDemand[]): readonly Load[] {
  const by = pods.map((pod) => loads([pod], ({ surge }) => surge));
  const size = (of: readonly Load[]) => of.reduce((sum, { memory }) => sum + memory, 0);
  return by.reduce<readonly Load[]>((most, next) => (size(next) > size(most) ? next : most), []);
}

/** What several apps wish of the nodes that they share: the larger numbers, the first type. */
function merged(wishes: readonly NodeWishes[]): NodeWishes {
  const most = (of: (one: NodeWishes) => number | null) =>
    wishes.reduce<number | null>((max, one) => {
      const value = of(one);
      return value === null ? max : Math.max(max ?? 0, value);
    }, null);
  return {
    min: most(({ min }) => min),
    max: most(({ max }) => max),
    instanceType: wishes.find(({ instanceType: type }) => type !== null)?.instanceType ?? null,
    disk: Math.max(DEFAULT_DISK, most(({ disk }) => disk) ?? 0),
  };
}
