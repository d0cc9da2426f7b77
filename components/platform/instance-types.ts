/** EC2's instance types: what each has and costs, and the cheapest that hold what is asked for. Pure. */

/** The processors of an instance, in ECS's words. */
export type InstanceArchitecture = "X86_64" | "ARM64";

export interface InstanceType {
  readonly name: string;
  readonly architecture: InstanceArchitecture;
  readonly vcpu: number;
  /** MiB, as AWS sells it: `usableMemory` is what tasks get of it. */
  readonly memory: number;
  readonly gpus: number;
  /** Network interfaces that can be attached; one is the instance's own. */
  readonly interfaces: number;
  /** Further ones on a trunk, where the account setting `awsvpcTrunking` is on; 0 where the type has no trunk. */
  readonly branches: number;
  /** USD an hour on demand in us-east-1, Linux: for the choice alone, as the ratios are nearly the same in every region. */
  readonly price: number;
}

type Row = readonly [string, InstanceArchitecture, vcpu: number, memory: number, number, number, number, price: number];

/**
 * Interfaces: aws/karpenter-provider-aws, zz_generated.vpclimits.go of 2026-08-06. Prices: its zz_generated.pricing_aws.go
 * of 2026-07-20 (both at 1d92708). vCPU and memory: https://aws.amazon.com/ec2/instance-types/.
 * Types with less than 1 GiB are left out: the system and ECS's agent need the most of it.
 */
const TABLE: readonly Row[] = [
  // name, processor, vCPU, MiB, GPUs, interfaces, branches, USD an hour
  ["t3.micro", "X86_64", 2, 1024, 0, 2, 0, 0.0104],
  ["t3.small", "X86_64", 2, 2048, 0, 3, 0, 0.0208],
  ["t3.medium", "X86_64", 2, 4096, 0, 3, 0, 0.0416],
  ["t3.large", "X86_64", 2, 8192, 0, 3, 0, 0.0832],
  ["c6i.large", "X86_64", 2, 4096, 0, 3, 9, 0.085],
  ["m6i.large", "X86_64", 2, 8192, 0, 3, 9, 0.096],
  ["m7i.large", "X86_64", 2, 8192, 0, 3, 9, 0.1008],
  ["r7i.large", "X86_64", 2, 16384, 0, 3, 9, 0.1323],
  ["t3.xlarge", "X86_64", 4, 16384, 0, 4, 0, 0.1664],
  ["c6i.xlarge", "X86_64", 4, 8192, 0, 4, 18, 0.17],
  ["m6i.xlarge", "X86_64", 4, 16384, 0, 4, 18, 0.192],
  ["m7i.xlarge", "X86_64", 4, 16384, 0, 4, 18, 0.2016],
  ["r7i.xlarge", "X86_64", 4, 32768, 0, 4, 18, 0.2646],
  ["t3.2xlarge", "X86_64", 8, 32768, 0, 4, 0, 0.3328],
  ["c6i.2xlarge", "X86_64", 8, 16384, 0, 4, 38, 0.34],
  ["m6i.2xlarge", "X86_64", 8, 32768, 0, 4, 38, 0.384],
  ["m7i.2xlarge", "X86_64", 8, 32768, 0, 4, 38, 0.4032],
  ["r7i.2xlarge", "X86_64", 8, 65536, 0, 4, 38, 0.5292],
  ["c6i.4xlarge", "X86_64", 16, 32768, 0, 8, 54, 0.68],
  ["m7i.4xlarge", "X86_64", 16, 65536, 0, 8, 54, 0.8064],
  ["r7i.4xlarge", "X86_64", 16, 131072, 0, 8, 54, 1.0584],
  ["m7i.8xlarge", "X86_64", 32, 131072, 0, 8, 84, 1.6128],
  ["r7i.8xlarge", "X86_64", 32, 262144, 0, 8, 84, 2.1168],
  ["m7i.16xlarge", "X86_64", 64, 262144, 0, 15, 107, 3.2256],
  ["g4dn.xlarge", "X86_64", 4, 16384, 1, 3, 39, 0.526],
  ["g4dn.2xlarge", "X86_64", 8, 32768, 1, 3, 39, 0.752],
  ["g6.xlarge", "X86_64", 4, 16384, 1, 4, 18, 0.8048],
  ["g6.2xlarge", "X86_64", 8, 32768, 1, 4, 38, 0.9776],
  ["g5.xlarge", "X86_64", 4, 16384, 1, 4, 4, 1.006],
  ["g4dn.4xlarge", "X86_64", 16, 65536, 1, 3, 59, 1.204],
  ["g5.2xlarge", "X86_64", 8, 32768, 1, 4, 17, 1.212],
  ["g6.4xlarge", "X86_64", 16, 65536, 1, 8, 54, 1.3232],
  ["g6.8xlarge", "X86_64", 32, 131072, 1, 8, 84, 2.0144],
  ["g4dn.8xlarge", "X86_64", 32, 131072, 1, 4, 58, 2.176],
  ["g4dn.12xlarge", "X86_64", 48, 196608, 4, 8, 54, 3.912],
  ["g6.12xlarge", "X86_64", 48, 196608, 4, 8, 114, 4.6016],
  ["g5.12xlarge", "X86_64", 48, 196608, 4, 15, 107, 5.672],
  ["t4g.micro", "ARM64", 2, 1024, 0, 2, 0, 0.0084],
  ["t4g.small", "ARM64", 2, 2048, 0, 3, 0, 0.0168],
  ["t4g.medium", "ARM64", 2, 4096, 0, 3, 0, 0.0336],
  ["c6g.medium", "ARM64", 1, 2048, 0, 2, 4, 0.034],
  ["c7g.medium", "ARM64", 1, 2048, 0, 2, 4, 0.0363],
  ["m6g.medium", "ARM64", 1, 4096, 0, 2, 4, 0.0385],
  ["m7g.medium", "ARM64", 1, 4096, 0, 2, 4, 0.0408],
  ["r7g.medium", "ARM64", 1, 8192, 0, 2, 4, 0.0536],
  ["t4g.large", "ARM64", 2, 8192, 0, 3, 0, 0.0672],
  ["c6g.large", "ARM64", 2, 4096, 0, 3, 9, 0.068],
  ["c7g.large", "ARM64", 2, 4096, 0, 3, 9, 0.0725],
  ["m6g.large", "ARM64", 2, 8192, 0, 3, 9, 0.077],
  ["m7g.large", "ARM64", 2, 8192, 0, 3, 9, 0.0816],
  ["r7g.large", "ARM64", 2, 16384, 0, 3, 9, 0.1071],
  ["t4g.xlarge", "ARM64", 4, 16384, 0, 4, 0, 0.1344],
  ["c6g.xlarge", "ARM64", 4, 8192, 0, 4, 18, 0.136],
  ["c7g.xlarge", "ARM64", 4, 8192, 0, 4, 18, 0.145],
  ["m6g.xlarge", "ARM64", 4, 16384, 0, 4, 18, 0.154],
  ["m7g.xlarge", "ARM64", 4, 16384, 0, 4, 18, 0.1632],
  ["r7g.xlarge", "ARM64", 4, 32768, 0, 4, 18, 0.2142],
  ["t4g.2xlarge", "ARM64", 8, 32768, 0, 4, 0, 0.2688],
  ["c6g.2xlarge", "ARM64", 8, 16384, 0, 4, 38, 0.272],
  ["c7g.2xlarge", "ARM64", 8, 16384, 0, 4, 38, 0.29],
  ["m6g.2xlarge", "ARM64", 8, 32768, 0, 4, 38, 0.308],
  ["m7g.2xlarge", "ARM64", 8, 32768, 0, 4, 38, 0.3264],
  ["r7g.2xlarge", "ARM64", 8, 65536, 0, 4, 38, 0.4284],
  ["c7g.4xlarge", "ARM64", 16, 32768, 0, 8, 54, 0.58],
  ["m7g.4xlarge", "ARM64", 16, 65536, 0, 8, 54, 0.6528],
  ["r7g.4xlarge", "ARM64", 16, 131072, 0, 8, 54, 0.8568],
  ["m7g.8xlarge", "ARM64", 32, 131072, 0, 8, 54, 1.3056],
  ["r7g.8xlarge", "ARM64", 32, 262144, 0, 8, 54, 1.7136],
  ["m7g.16xlarge", "ARM64", 64, 262144, 0, 15, 107, 2.6112],
];

/** In the order of the processors, and then of their prices. */
export const instanceTypes: readonly InstanceType[] = TABLE.map(
  ([name, architecture, vcpu, memory, gpus, interfaces, branches, price]) => ({
    name,
    architecture,
    vcpu,
    memory,
    gpus,
    interfaces,
    branches,
    price,
  }),
);

/** What one task takes of an instance. */
export interface TaskNeed {
  /** CPU units: 1024 are one vCPU. */
  readonly cpu: number;
  /** MiB */
  readonly memory: number;
  readonly gpus: number;
  /** Network interfaces of its own: one under awsvpc, none under bridge. */
  readonly interfaces: 0 | 1;
  /** How many of it run. */
  readonly count: number;
}

/** What the types are chosen by. */
export interface InstanceNeed {
  readonly architecture: InstanceArchitecture;
  readonly tasks: readonly TaskNeed[];
  /** True where `awsvpcTrunking` is on. */
  readonly trunking: boolean;
}

/** Instances of one type that hold all tasks at once. */
export interface InstanceChoice {
  readonly type: InstanceType;
  readonly count: number;
}

/** The share of its memory that the system and the hypervisor take of an instance: https://karpenter.sh/docs/reference/settings/ (`VM_MEMORY_OVERHEAD_PERCENT`). */
const OVERHEAD = 0.075;
/** MiB that the system takes at least. */
const LEAST_OVERHEAD = 128;

/** MiB that ECS can give to tasks: what an instance registers, and not what it is sold with. */
export function usableMemory({ memory }: InstanceType): number {
  return Math.floor(Math.min(memory * (1 - OVERHEAD), memory - LEAST_OVERHEAD));
}

/**
 * How many tasks with an interface of their own an instance takes.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html
 */
export function taskInterfaces({ interfaces, branches }: InstanceType, trunking: boolean): number {
  // the trunk is an interface itself
  return trunking && branches > 0 ? interfaces - 2 + branches : interfaces - 1;
}

interface Room {
  cpu: number;
  memory: number;
  gpus: number;
  interfaces: number;
}

function roomOf(type: InstanceType, trunking: boolean): Room {
  const { vcpu, gpus } = type;
  return { cpu: vcpu * 1024, memory: usableMemory(type), gpus, interfaces: taskInterfaces(type, trunking) };
}

const holds = (room: Room, task: TaskNeed) =>
  room.cpu >= task.cpu && room.memory >= task.memory && room.gpus >= task.gpus && room.interfaces >= task.interfaces;

/** Instances of the type that hold all tasks, the largest put first; `null` where one of them is too large for the type. */
export function instancesFor(
  type: InstanceType,
  { tasks, trunking }: Omit<InstanceNeed, "architecture">,
): number | null {
  const empty = () => roomOf(type, trunking);
  if (!tasks.every((task) => holds(empty(), task))) return null;
  const used: Room[] = [];
  const one = tasks.flatMap((task) => Array.from({ length: task.count }, () => task));
  for (const task of one.sort((a, b) => b.memory - a.memory || b.cpu - a.cpu)) {
    let room = used.find((candidate) => holds(candidate, task));
    if (!room) {
      room = empty();
      used.push(room);
    }
    room.cpu -= task.cpu;
    room.memory -= task.memory;
    room.gpus -= task.gpus;
    room.interfaces -= task.interfaces;
  }
  return Math.max(1, used.length);
}

/**
 * The type whose instances hold all tasks at once for the least money; of two that cost the same the one with fewer
 * instances. A type with GPUs is chosen only where a task asks for one. `null` where no type holds the largest task.
 */
export function cheapestInstances(need: InstanceNeed): InstanceChoice | null {
  const gpus = need.tasks.some((task) => task.gpus > 0);
  let best: InstanceChoice | null = null;
  for (const type of instanceTypes) {
    if (type.architecture !== need.architecture || type.gpus > 0 !== gpus) continue;
    const count = instancesFor(type, need);
    if (count === null) continue;
    const [price, least] = [count * type.price, best ? best.count * best.type.price : Infinity];
    if (price < least - 1e-9 || (best && Math.abs(price - least) < 1e-9 && count < best.count)) best = { type, count };
  }
  return best;
}

export function instanceType(name: string): InstanceType | undefined {
  return instanceTypes.find((type) => type.name === name);
}

/** Spot capacity of a type that costs more than so many times as much on demand is no bargain. */
const MOST_SPOT = 8;

/** The type and others that hold as much, cheapest first: what Spot capacity is taken from. */
export function similarTypes(type: InstanceType, number: number): readonly InstanceType[] {
  const others = instanceTypes
    .filter(
      (other) =>
        other !== type &&
        other.architecture === type.architecture &&
        other.gpus === type.gpus &&
        other.vcpu >= type.vcpu &&
        other.memory >= type.memory &&
        other.interfaces >= type.interfaces &&
        other.price <= type.price * MOST_SPOT,
    )
    .sort((a, b) => a.price - b.price)
    .slice(0, number - 1);
  return [type, ...others];
}

/** The type of the processor with the most memory; with GPUs of any processor where this one has none. */
export function largestType(architecture: InstanceArchitecture, gpu: boolean): InstanceType {
  const all = instanceTypes.filter((type) => type.architecture === architecture && type.gpus > 0 === gpu);
  const [first, ...others] = all.length > 0 ? all : instanceTypes;
  if (!first) throw new Error("no instance types");
  const bySize = (a: InstanceType, b: InstanceType) => a.memory - b.memory || a.vcpu - b.vcpu;
  return others.reduce((best, type) => (bySize(type, best) > 0 ? type : best), first);
}
