/** The EC2 instance types that an environment is offered, and the cheapest one that holds an app. Pure. */

export type Architecture = "x86_64" | "arm64";

export interface InstanceType {
  readonly name: string;
  readonly architecture: Architecture;
  readonly vcpu: number;
  /** MiB, as AWS counts them: what the operating system leaves is less. */
  readonly memory: number;
  /** USD an hour in us-east-1, on demand, Linux; the order of the types is the same in other regions. */
  readonly price: number;
}

/** Where the prices were read. */
export const PRICE_SOURCE = {
  source: "aws/karpenter-provider-aws, pkg/providers/pricing/zz_generated.pricing_aws.go (1d92708), AWS's price list",
  asOf: "2026-07-20",
} as const;

const type = (name: string, architecture: Architecture, vcpu: number, gib: number, price: number): InstanceType => ({
  name,
  architecture,
  vcpu,
  memory: gib * 1024,
  price,
});

/**
 * Current types of the general, compute and memory families, 8 vCPU at most: more belongs on more instances. The smallest
 * burstable ones (nano) are left out: Docker and Beanstalk's own agents fill them.
 */
export const instanceTypes: readonly InstanceType[] = [
  type("t3.micro", "x86_64", 2, 1, 0.0104),
  type("t3.small", "x86_64", 2, 2, 0.0208),
  type("t3.medium", "x86_64", 2, 4, 0.0416),
  type("t3.large", "x86_64", 2, 8, 0.0832),
  type("t3.xlarge", "x86_64", 4, 16, 0.1664),
  type("t3.2xlarge", "x86_64", 8, 32, 0.3328),
  type("c6i.large", "x86_64", 2, 4, 0.085),
  type("c6i.xlarge", "x86_64", 4, 8, 0.17),
  type("c6i.2xlarge", "x86_64", 8, 16, 0.34),
  type("m7i.large", "x86_64", 2, 8, 0.1008),
  type("m7i.xlarge", "x86_64", 4, 16, 0.2016),
  type("m7i.2xlarge", "x86_64", 8, 32, 0.4032),
  type("t4g.micro", "arm64", 2, 1, 0.0084),
  type("t4g.small", "arm64", 2, 2, 0.0168),
  type("t4g.medium", "arm64", 2, 4, 0.0336),
  type("t4g.large", "arm64", 2, 8, 0.0672),
  type("t4g.xlarge", "arm64", 4, 16, 0.1344),
  type("t4g.2xlarge", "arm64", 8, 32, 0.2688),
  type("c7g.large", "arm64", 2, 4, 0.0725),
  type("c7g.xlarge", "arm64", 4, 8, 0.145),
  type("c7g.2xlarge", "arm64", 8, 16, 0.29),
  type("m7g.large", "arm64", 2, 8, 0.0816),
  type("m7g.xlarge", "arm64", 4, 16, 0.1632),
  type("m7g.2xlarge", "arm64", 8, 32, 0.3264),
  type("r7g.large", "arm64", 2, 16, 0.1071),
  type("r7g.xlarge", "arm64", 4, 32, 0.2142),
  type("r7g.2xlarge", "arm64", 8, 64, 0.4284),
];

export const instanceTypeNames = instanceTypes.map(({ name }) => name);

/** What all containers of an instance need together: vCPU and MiB. */
export interface Need {
  readonly cpu: number;
  readonly memory: number;
}

/** MiB that the operating system, Docker and Beanstalk's agents take of each instance: an estimate, on the safe side. */
export const OVERHEAD = 384;
/** Sums of decimal fractions (0.1 + 0.2) are not exact; less than this is nothing. */
const EPSILON = 1e-9;

/** MiB of an instance that containers can have. */
export const usableMemory = ({ memory }: InstanceType): number => memory - OVERHEAD;

export function fits(instance: InstanceType, need: Need): boolean {
  return need.cpu <= instance.vcpu + EPSILON && need.memory <= usableMemory(instance) + EPSILON;
}

/** The cheapest type of the architecture that holds the sum of the containers; `null` where none does. */
export function cheapestInstance(need: Need, architecture: Architecture): InstanceType | null {
  const fitting = instanceTypes.filter((t) => t.architecture === architecture && fits(t, need));
  return fitting.reduce<InstanceType | null>((best, t) => (best && best.price <= t.price ? best : t), null);
}

/** The largest type of the architecture: what is planned where nothing fits and the user accepts it. */
export function largestInstance(architecture: Architecture): InstanceType {
  return instanceTypes
    .filter((t) => t.architecture === architecture)
    .reduce((largest, t) => (t.memory > largest.memory ? t : largest));
}

/** The type of the name; `null` where the table has none of it. */
export function instanceType(name: string): InstanceType | null {
  return instanceTypes.find((t) => t.name === name) ?? null;
}

/** `0.5 vCPU and 1200 MiB` */
export function sizeText({ cpu, memory }: Need): string {
  return `${Number(cpu.toFixed(3))} vCPU and ${Math.ceil(memory)} MiB`;
}
