/** IPv4 blocks, as far as laying out subnets needs them. */

export interface Block {
  /** The first address as a number. */
  readonly base: number;
  readonly mask: number;
}

/** Reads `10.0.0.0/16`; null where it is none. Bits behind the mask are dropped. */
export function parseBlock(text: string): Block | null {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  if (!match) return null;
  const [a, b, c, d, mask] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((byte) => byte > 255) || mask > 32) return null;
  return align(((a * 256 + b) * 256 + c) * 256 + d, mask);
}

export function formatBlock({ base, mask }: Block): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${bytes.join(".")}/${mask}`;
}

/** Number of addresses. */
export function blockSize({ mask }: Block): number {
  return 2 ** (32 - mask);
}

/** The block of the mask that holds the address. */
export function align(address: number, mask: number): Block {
  const size = 2 ** (32 - mask);
  return { base: Math.floor(address / size) * size, mask };
}

/** The first block of the mask behind this one. */
export function nextBlock(previous: Block, mask: number): Block {
  const last = align(previous.base + blockSize(previous) - 1, mask);
  return { base: last.base + blockSize(last), mask };
}
