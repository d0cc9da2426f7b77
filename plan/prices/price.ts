/** What one unit of something costs, and how it is known. */

export interface Source {
  /** Where it was read. */
  readonly source: string;
  /** When the source was published or last changed (`2026-08-31`, `2026-07`); `null` where nobody knows. */
  readonly asOf: string | null;
  /** False where it was remembered, derived, or quoted by somebody who is not AWS: shown as such wherever it stands. */
  readonly certain: boolean;
}

export interface Price extends Source {
  /** USD for one unit, without taxes and discounts. */
  readonly usd: number;
}

/** One thing that AWS bills. */
export interface ServicePrice {
  /** `hour`, `GB-month`, `vCPU-hour`, `request` */
  readonly unit: string;
  /** By region; `*` where it is the same in all of them. */
  readonly prices: Readonly<Record<string, Price>>;
}

/** By key: `fargate.x86.vcpu`, `ec2.t3.micro`. */
export type ServicePrices = Readonly<Record<string, ServicePrice>>;

export const price = (usd: number, source: Source): Price => ({ usd, ...source });
