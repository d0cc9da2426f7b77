/**
 * The pools of EC2 instances that an environment's apps run on: what each app needs of them, and what comes of it for all
 * together. Pure.
 */
import type { Egress } from "../../app/config/types";
import {
  cheapestInstances,
  type InstanceArchitecture,
  type InstanceChoice,
  instancesFor,
  instanceType,
  type InstanceType,
  largestType,
  similarTypes,
  type TaskNeed,
} from "./instance-types";

/** What one app needs of one pool. Apps whose needs have the same `kind` share the pool. */
export interface PoolNeed {
  readonly kind: PoolKind;
  /** All tasks at once, as many as always run. */
  readonly tasks: readonly TaskNeed[];
  /** As many as run at most: at the largest scale, while every service is deployed. */
  readonly peak: readonly TaskNeed[];
  /** True where the account gives each instance a trunk for more network interfaces. */
  readonly trunking: boolean;
  /** Percent of the instances above `base` that are Spot ones. */
  readonly spot: number;
  /** Number of instances that are never Spot ones. */
  readonly base: number;
  /** The most instances; `null`: as many as hold `peak`. */
  readonly maxInstances: number | null;
  /** GiB of an instance's root volume. */
  readonly disk: number;
}

export interface PoolKind {
  readonly architecture: InstanceArchitecture;
  readonly gpu: boolean;
  readonly networkMode: "awsvpc" | "bridge";
  /** Where the instances stand. */
  readonly egress: Egress;
  readonly spot: boolean;
  /** The type that the config names. */
  readonly instanceType: string | null;
}

/** One pool, as it is made. */
export interface PoolPlan {
  readonly name: string;
  readonly kind: PoolKind;
  readonly type: InstanceType;
  /** The type first; more than one where the pool has Spot instances. */
  readonly types: readonly InstanceType[];
  /** Instances that hold what always runs. */
  readonly count: number;
  readonly max: number;
  readonly trunking: boolean;
  readonly spot: number;
  readonly base: number;
  readonly disk: number;
}

/** How many types Spot capacity is taken from: the more, the less often it is taken away. */
const SPOT_TYPES = 4;

const ARCHITECTURES: Readonly<Record<InstanceArchitecture, string>> = { X86_64: "x86-64", ARM64: "arm64" };

/** `arm64-gpu-bridge-spot`: what tells one pool of an environment from another. */
export function poolName({ architecture, gpu, networkMode, spot, instanceType: type }: PoolKind): string {
  return [
    ARCHITECTURES[architecture],
    ...(gpu ? ["gpu"] : []),
    ...(networkMode === "bridge" ? ["bridge"] : []),
    ...(spot ? ["spot"] : []),
    ...(type === null ? [] : [type.replace(".", "-")]),
  ].join("-");
}

/** The instances for the tasks: of the type that the config names, or else of the cheapest; `null` where none holds them. */
export function chooseInstances(kind: PoolKind, tasks: readonly TaskNeed[], trunking: boolean): InstanceChoice | null {
  if (kind.instanceType === null) return cheapestInstances({ architecture: kind.architecture, tasks, trunking });
  const type = instanceType(kind.instanceType);
  const count = type ? instancesFor(type, { tasks, trunking }) : null;
  return type && count !== null ? { type, count } : null;
}

/** The pools of an environment, by name. What several apps say of one is added up, or the most careful word counts. */
export function planPools(needs: readonly PoolNeed[]): ReadonlyMap<string, PoolPlan> {
  const trunking = needs.some((need) => need.trunking);
  const groups = new Map<string, PoolNeed[]>();
  for (const need of needs) {
    const name = poolName(need.kind);
    groups.set(name, [...(groups.get(name) ?? []), need]);
  }
  return new Map(
    [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, group]): [string, PoolPlan][] => {
        const plan = planPool(name, group, trunking);
        return plan ? [[name, plan]] : [];
      }),
  );
}

function planPool(name: string, group: readonly PoolNeed[], trunking: boolean): PoolPlan | null {
  const [first] = group;
  if (!first) return null;
  const { kind } = first;
  const choice = chooseInstances(
    kind,
    group.flatMap(({ tasks }) => tasks),
    trunking,
  );
  // what no type holds is refused; where that is accepted, the largest is tried
  const { type, count } = choice ?? largest(kind);
  const said = group.flatMap(({ maxInstances }) => maxInstances ?? []);
  const peak = instancesFor(type, { tasks: group.flatMap((need) => need.peak), trunking }) ?? count;
  return {
    name,
    kind,
    type,
    types: kind.spot ? similarTypes(type, SPOT_TYPES) : [type],
    count,
    // ECS spreads tasks over zones before it packs them, so that one instance more may be needed
    max: said.length > 0 ? Math.max(...said) : Math.max(count, peak) + 1,
    trunking,
    spot: Math.min(...group.map(({ spot }) => spot)),
    base: Math.max(...group.map(({ base }) => base)),
    disk: Math.max(...group.map(({ disk }) => disk)),
  };
}

function largest(kind: PoolKind): InstanceChoice {
  const named = kind.instanceType === null ? undefined : instanceType(kind.instanceType);
  const type = named ?? largestType(kind.architecture, kind.gpu);
  return { type, count: 1 };
}
