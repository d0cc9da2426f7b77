/** Every tier by its name: a missing one is a compile error. */
import type { TierName } from "../../app/tiers";
import { ecsAnywhere } from "./ecs-anywhere";
import { fargate } from "./fargate";
import { lightsail } from "./lightsail";
import type { Tier } from "./tier";

export const tiers: Readonly<Record<TierName, Tier>> = {
  lightsail,
  "ecs-anywhere": ecsAnywhere,
  fargate,
};
