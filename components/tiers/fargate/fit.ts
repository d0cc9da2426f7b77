/** What the tier does to each thing that an app asks for. Pure. */
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import type { App } from "../../../app/model";
import { fitEcs } from "../ecs/fit";
import { fargateTier } from "./fargate-tier";
import { fargateKeys } from "./keys";

export function fitFargate(app: App, placement: Placement): readonly Finding[] {
  return fitEcs(fargateTier, fargateKeys, app, placement);
}
