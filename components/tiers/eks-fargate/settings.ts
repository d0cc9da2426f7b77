/** The tier's own settings: what stands under `eks-fargate:` in an app's config, besides `accept`. There are none yet. */
import { z } from "zod";
import type { Egress, Placement } from "../../../app/config/types";

export const eksFargateSettings = z.strictObject({});

/** Fargate's pods are in private subnets, so they need a way out: one NAT gateway, unless the config says otherwise. */
export function eksFargateEgress({ environment }: Placement): Egress {
  const { egress } = environment.platform;
  return egress === null || egress === "public" ? "nat" : egress;
}
