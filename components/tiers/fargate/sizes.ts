/** The sizes of a Fargate task: the whole table, what each costs, and the cheapest that holds what is asked for. Pure. */
import type { Architecture, Size } from "../ecs/size";

const range = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, i) => from + i * step);

/**
 * Memory in MiB by CPU units.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html, read in November 2026
 */
const MEMORY: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: range(1024, 4096, 1024),
  1024: range(2048, 8192, 1024),
  2048: range(4096, 16_384, 1024),
  4096: range(8192, 30_720, 1024),
  8192: range(16_384, 61_440, 4096),
  16_384: range(32_768, 122_880, 8192),
  32_768: [61_440, 122_880, 249_856],
};

/** Every size that AWS takes, in ascending order. */
export const fargateSizes: readonly Size[] = Object.entries(MEMORY).flatMap(([cpu, memories]) =>
  memories.map((memory) => ({ cpu: Number(cpu), memory })),
);

export const smallestSize: Size = { cpu: 256, memory: 512 };
export const largestSize: Size = { cpu: 32_768, memory: 249_856 };

/**
 * USD an hour in us-east-1, for the choice alone: the ratio of vCPU to memory is nearly the same in every region.
 * AWS Price List AmazonECS/20260707160651/us-east-1, as of 2026-07-07.
 */
export const fargateRates: Readonly<Record<Architecture, { readonly vcpu: number; readonly gigabyte: number }>> = {
  X86_64: { vcpu: 0.04048, gigabyte: 0.004445 },
  ARM64: { vcpu: 0.03238, gigabyte: 0.00356 },
};

/** USD an hour of one task of the size, in us-east-1. */
export function hourlyPrice({ cpu, memory }: Size, architecture: Architecture): number {
  const { vcpu, gigabyte } = fargateRates[architecture];
  return (cpu / 1024) * vcpu + (memory / 1024) * gigabyte;
}

/**
 * The cheapest size with at least so much; `null` where none has.
 *
 * @param wanted CPU units and MiB, not rounded
 */
export function cheapestSize(wanted: Size, architecture: Architecture): Size | null {
  const fitting = fargateSizes.filter((size) => size.cpu >= wanted.cpu && size.memory >= wanted.memory);
  return fitting.reduce<Size | null>(
    (best, size) => (best && hourlyPrice(best, architecture) <= hourlyPrice(size, architecture) ? best : size),
    null,
  );
}

/** GiB of a task's own disk: 20 are free, more is 0.000111 USD an hour and GB in us-east-1. */
export const ephemeralStorage = { free: 20, min: 21, max: 200 } as const;
