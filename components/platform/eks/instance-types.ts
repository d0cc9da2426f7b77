/** The EC2 instance types that nodes may be of: what each holds and costs. Pure. */
import type { Architecture } from "./demand";

export interface InstanceType {
  readonly name: string;
  readonly architecture: Architecture;
  /** vCPU */
  readonly cpu: number;
  /** MiB */
  readonly memory: number;
  /** Pods that can have an address: network interfaces times (addresses of each - 1) + 2. */
  readonly pods: number;
  /** USD in us-east-1, on demand; the order is the same in every region. */
  readonly hourly: number;
}

/**
 * Prices of karpenter-provider-aws's generated tables of 2026, addresses of its `zz_generated.vpclimits.go`. Types of less
 * than 2 GiB are left out: what every node runs for the cluster leaves no room in them.
 */
export const instanceTypes: readonly InstanceType[] = [
  { name: "t3.small", architecture: "amd64", cpu: 2, memory: 2048, pods: 11, hourly: 0.0208 },
  { name: "t3.medium", architecture: "amd64", cpu: 2, memory: 4096, pods: 17, hourly: 0.0416 },
  { name: "t3.large", architecture: "amd64", cpu: 2, memory: 8192, pods: 35, hourly: 0.0832 },
  { name: "c6i.large", architecture: "amd64", cpu: 2, memory: 4096, pods: 29, hourly: 0.085 },
  { name: "m6i.large", architecture: "amd64", cpu: 2, memory: 8192, pods: 29, hourly: 0.096 },
  { name: "m7i.large", architecture: "amd64", cpu: 2, memory: 8192, pods: 29, hourly: 0.1008 },
  { name: "t3.xlarge", architecture: "amd64", cpu: 4, memory: 16384, pods: 58, hourly: 0.1664 },
  { name: "c6i.xlarge", architecture: "amd64", cpu: 4, memory: 8192, pods: 58, hourly: 0.17 },
  { name: "m6i.xlarge", architecture: "amd64", cpu: 4, memory: 16384, pods: 58, hourly: 0.192 },
  { name: "m7i.xlarge", architecture: "amd64", cpu: 4, memory: 16384, pods: 58, hourly: 0.2016 },
  { name: "t3.2xlarge", architecture: "amd64", cpu: 8, memory: 32768, pods: 58, hourly: 0.3328 },
  { name: "c6i.2xlarge", architecture: "amd64", cpu: 8, memory: 16384, pods: 58, hourly: 0.34 },
  { name: "m6i.2xlarge", architecture: "amd64", cpu: 8, memory: 32768, pods: 58, hourly: 0.384 },
  { name: "m7i.2xlarge", architecture: "amd64", cpu: 8, memory: 32768, pods: 58, hourly: 0.4032 },
  { name: "t4g.small", architecture: "arm64", cpu: 2, memory: 2048, pods: 11, hourly: 0.0168 },
  { name: "t4g.medium", architecture: "arm64", cpu: 2, memory: 4096, pods: 17, hourly: 0.0336 },
  { name: "c6g.medium", architecture: "arm64", cpu: 1, memory: 2048, pods: 8, hourly: 0.034 },
  { name: "c7g.medium", architecture: "arm64", cpu: 1, memory: 2048, pods: 8, hourly: 0.0363 },
  { name: "m6g.medium", architecture: "arm64", cpu: 1, memory: 4096, pods: 8, hourly: 0.0385 },
  { name: "m7g.medium", architecture: "arm64", cpu: 1, memory: 4096, pods: 8, hourly: 0.0408 },
  { name: "r7g.medium", architecture: "arm64", cpu: 1, memory: 8192, pods: 8, hourly: 0.0536 },
  { name: "t4g.large", architecture: "arm64", cpu: 2, memory: 8192, pods: 35, hourly: 0.0672 },
  { name: "c6g.large", architecture: "arm64", cpu: 2, memory: 4096, pods: 29, hourly: 0.068 },
  { name: "c7g.large", architecture: "arm64", cpu: 2, memory: 4096, pods: 29, hourly: 0.0725 },
  { name: "m6g.large", architecture: "arm64", cpu: 2, memory: 8192, pods: 29, hourly: 0.077 },
  { name: "m7g.large", architecture: "arm64", cpu: 2, memory: 8192, pods: 29, hourly: 0.0816 },
  { name: "r7g.large", architecture: "arm64", cpu: 2, memory: 16384, pods: 29, hourly: 0.1071 },
  { name: "t4g.xlarge", architecture: "arm64", cpu: 4, memory: 16384, pods: 58, hourly: 0.1344 },
  { name: "c6g.xlarge", architecture: "arm64", cpu: 4, memory: 8192, pods: 58, hourly: 0.136 },
  { name: "c7g.xlarge", architecture: "arm64", cpu: 4, memory: 8192, pods: 58, hourly: 0.145 },
  { name: "m6g.xlarge", architecture: "arm64", cpu: 4, memory: 16384, pods: 58, hourly: 0.154 },
  { name: "m7g.xlarge", architecture: "arm64", cpu: 4, memory: 16384, pods: 58, hourly: 0.1632 },
  { name: "r7g.xlarge", architecture: "arm64", cpu: 4, memory: 32768, pods: 58, hourly: 0.2142 },
  { name: "t4g.2xlarge", architecture: "arm64", cpu: 8, memory: 32768, pods: 58, hourly: 0.2688 },
  { name: "c6g.2xlarge", architecture: "arm64", cpu: 8, memory: 16384, pods: 58, hourly: 0.272 },
  { name: "c7g.2xlarge", architecture: "arm64", cpu: 8, memory: 16384, pods: 58, hourly: 0.29 },
  { name: "m6g.2xlarge", architecture: "arm64", cpu: 8, memory: 32768, pods: 58, hourly: 0.308 },
  { name: "m7g.2xlarge", architecture: "arm64", cpu: 8, memory: 32768, pods: 58, hourly: 0.3264 },
  { name: "r7g.2xlarge", architecture: "arm64", cpu: 8, memory: 65536, pods: 58, hourly: 0.4284 },
];

export function instanceType(name: string): InstanceType | undefined {
  return instanceTypes.find((type) => type.name === name);
}

/** What is left on a node for pods. */
export interface Room {
  /** vCPU */
  readonly cpu: number;
  /** MiB */
  readonly memory: number;
  readonly pods: number;
}

/** Of the machine's memory that Linux itself keeps, as Karpenter reckons it. */
const KERNEL_SHARE = 0.075;
/** MiB below which the kubelet begins to evict pods. */
const EVICTION = 100;
/** What runs on every node for the cluster: network, proxy, identity, logs, volumes. vCPU, MiB and pods. */
const DAEMONS: Room = { cpu: 0.3, memory: 300, pods: 6 };
/** CloudWatch's agent, as its chart asks for it. */
const AGENT: Room = { cpu: 0.25, memory: 128, pods: 1 };
const NONE: Room = { cpu: 0, memory: 0, pods: 0 };

/**
 * What a node of the type has for an app's pods, after what the kubelet reserves and the cluster's own daemons.
 * With insights CloudWatch's agent is one more of them.
 * https://github.com/awslabs/amazon-eks-ami: 255 MiB and 11 MiB for each pod; 6, 1, 0.5 and 0.25 percent of the processors
 */
export function roomOf({ cpu, memory, pods }: InstanceType, insights = false): Room {
  const agent = insights ? AGENT : NONE;
  const reservedCpu =
    0.06 +
    Math.min(1, Math.max(0, cpu - 1)) * 0.01 +
    Math.min(2, Math.max(0, cpu - 2)) * 0.005 +
    Math.max(0, cpu - 4) * 0.0025;
  const reservedMemory = 255 + 11 * pods + EVICTION + memory * KERNEL_SHARE;
  return {
    cpu: Math.max(0, cpu - reservedCpu - DAEMONS.cpu - agent.cpu),
    memory: Math.max(0, Math.floor(memory - reservedMemory - DAEMONS.memory - agent.memory)),
    pods: Math.max(0, pods - DAEMONS.pods - agent.pods),
  };
}
