/** The bundles of Lightsail instances and the cheapest one that fits. Pure. */

export const bundleNames = ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"] as const;
export type BundleName = (typeof bundleNames)[number];

export interface Bundle {
  readonly name: BundleName;
  /** What the API takes. */
  readonly id: string;
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  /** GB of the machine's own disk. */
  readonly disk: number;
  /** USD a month, with a public IPv4 address. */
  readonly price: number;
}

/** Where sizes and prices were read: us-east-1; `aws lightsail get-bundles` says what your account pays. */
export const bundleSource = {
  page: "https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-bundles.html",
  asOf: "2026-11-23",
} as const;

/** Linux bundles with an IPv4 address, cheapest first. Those above 2xlarge have ids that no page gives. */
export const bundles: readonly Bundle[] = [
  { name: "nano", id: "nano_3_0", cpu: 2, memory: 512, disk: 20, price: 5 },
  { name: "micro", id: "micro_3_0", cpu: 2, memory: 1024, disk: 40, price: 7 },
  { name: "small", id: "small_3_0", cpu: 2, memory: 2048, disk: 60, price: 12 },
  { name: "medium", id: "medium_3_0", cpu: 2, memory: 4096, disk: 80, price: 24 },
  { name: "large", id: "large_3_0", cpu: 2, memory: 8192, disk: 160, price: 44 },
  { name: "xlarge", id: "xlarge_3_0", cpu: 4, memory: 16_384, disk: 320, price: 84 },
  { name: "2xlarge", id: "2xlarge_3_0", cpu: 8, memory: 32_768, disk: 640, price: 164 },
];

/** What the containers of one machine need together: vCPU and MiB. */
export interface Need {
  readonly cpu: number;
  readonly memory: number;
}

/** MiB that Linux, Docker and the agent take: what a bare Ubuntu with Docker uses, rounded up. */
export const MACHINE_MEMORY = 256;

/** Sums of decimal fractions (0.1 + 0.2) are not exact; less than this is nothing. */
const EPSILON = 1e-9;

export function fits(bundle: Need, need: Need): boolean {
  return need.cpu <= bundle.cpu + EPSILON && need.memory + MACHINE_MEMORY <= bundle.memory + EPSILON;
}

/** The cheapest bundle that holds the containers beside the machine's own programs; `null` where none does. */
export function cheapestBundle(need: Need): Bundle | null {
  const fitting = bundles.filter((bundle) => fits(bundle, need));
  return fitting.reduce<Bundle | null>((best, bundle) => (best && best.price <= bundle.price ? best : bundle), null);
}

/** The bundle of the name. */
export function bundleOf(name: BundleName): Bundle {
  const bundle = bundles.find((b) => b.name === name);
  if (!bundle) throw new Error(`no bundle is called ${name}`);
  return bundle;
}
