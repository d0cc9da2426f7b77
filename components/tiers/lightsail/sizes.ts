/** The powers of a Lightsail container service and the cheapest one that fits. Pure. */

export type Power = "nano" | "micro" | "small" | "medium" | "large" | "xlarge";

export interface PowerSize {
  readonly power: Power;
  /** vCPU of one node. */
  readonly cpu: number;
  /** MiB of one node. */
  readonly memory: number;
  /** USD a month for one node. AWS documents one list; what your account pays, `GetContainerServicePowers` says. */
  readonly price: number;
  /** Where cpu and memory, and where the price were read; `memory` is not verified. */
  readonly source: { readonly size: string; readonly price: string };
  /** When the price was read. */
  readonly asOf: string;
}

const SERVICES = "https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-container-services.html";
const FAQ = "https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-faq-containers.html";
const MEMORY = "from memory, not verified";

/** Every power, cheapest first. There is no 2xlarge: ContainerServicePowerName in the Lightsail API model, botocore 1.44.5. */
export const powers: readonly PowerSize[] = [
  { power: "nano", cpu: 0.25, memory: 512, price: 7, source: { size: SERVICES, price: FAQ }, asOf: "2026-11-23" },
  {
    power: "micro",
    cpu: 0.25,
    memory: 1024,
    price: 10,
    source: { size: "a public source, not AWS's", price: FAQ },
    asOf: "2026-11-23",
  },
  {
    power: "small",
    cpu: 0.5,
    memory: 2048,
    price: 15,
    source: { size: MEMORY, price: "a public test fixture of 2026; another public source says 25" },
    asOf: "2026-11-23",
  },
  { power: "medium", cpu: 1, memory: 4096, price: 40, source: { size: MEMORY, price: SERVICES }, asOf: "2026-11-23" },
  { power: "large", cpu: 2, memory: 8192, price: 80, source: { size: MEMORY, price: MEMORY }, asOf: "2026-11-23" },
  { power: "xlarge", cpu: 4, memory: 16384, price: 160, source: { size: MEMORY, price: MEMORY }, asOf: "2026-11-23" },
];

export const powerNames = powers.map((p) => p.power) as [Power, ...Power[]];

/** What all containers of a node need together: vCPU and MiB. */
export interface Need {
  readonly cpu: number;
  readonly memory: number;
}

/** Sums of decimal fractions (0.1 + 0.2) are not exact; less than this is nothing. */
const EPSILON = 1e-9;

export function fits(size: Need, need: Need): boolean {
  return need.cpu <= size.cpu + EPSILON && need.memory <= size.memory + EPSILON;
}

/** The cheapest power whose node holds the sum of the containers; `null` where none does. */
export function cheapestPower(need: Need): PowerSize | null {
  const fitting = powers.filter((size) => fits(size, need));
  return fitting.reduce<PowerSize | null>((best, size) => (best && best.price <= size.price ? best : size), null);
}

/** The power of the name. */
export function powerSize(power: Power): PowerSize {
  const size = powers.find((p) => p.power === power);
  if (!size) throw new Error(`no power is called ${power}`);
  return size;
}

/** What a need reads like in a finding: `0.5 vCPU and 1200 MiB`. */
export function sizeText({ cpu, memory }: Need): string {
  return `${Number(cpu.toFixed(3))} vCPU and ${Math.ceil(memory)} MiB`;
}
