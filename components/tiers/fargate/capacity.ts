/** Which of a service's tasks run on Fargate and which on Fargate Spot. Pure. */
import type { ServiceSettings } from "./settings";

export interface CapacityShare {
  readonly capacityProvider: "FARGATE" | "FARGATE_SPOT";
  readonly weight: number;
  readonly base?: number;
}

/** One writer never runs on Spot: there is nobody else while its task is taken away. */
export function capacityStrategy({ spot, base }: ServiceSettings, oneWriter: boolean): readonly CapacityShare[] {
  if (oneWriter || spot === 0) return [{ capacityProvider: "FARGATE", weight: 1 }];
  const shares: CapacityShare[] = [{ capacityProvider: "FARGATE_SPOT", weight: spot }];
  if (spot < 100 || base > 0)
    shares.unshift({ capacityProvider: "FARGATE", weight: 100 - spot, ...(base > 0 && { base }) });
  return shares;
}
