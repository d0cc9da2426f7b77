/** Whether the runs of a job are on Spot. Pure. */
import { jobOf } from "../../../../app/jobs";
import type { Placement } from "../../../../app/config/types";
import type { EcsTier } from "../ecs-tier";
import type { EcsTask } from "../tasks";

/** A run is one task, so it is there as a whole where any share is asked for; what a deployment waits for is never taken away. */
export function runsOnSpot(tier: EcsTier, placement: Placement, { name }: Pick<EcsTask, "name">): boolean {
  return jobOf(placement, name)?.on !== "deploy" && tier.settings(placement).spot(name);
}
