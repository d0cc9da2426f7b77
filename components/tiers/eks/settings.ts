/** The tier's own settings: what stands under `eks:` in an app's config, besides `accept`. */
import { z } from "zod";
import type { Egress, Placement } from "../../../app/config/types";
import type { App } from "../../../app/model";
import type { Capacity, NodeWishes } from "../../platform/eks";
import { instanceTypes } from "../../platform/eks/instance-types";
import { DEFAULT_DISK } from "../../platform/eks/fleet";
import { type Pod, podHasOneWriter } from "../kubernetes/pods";

const types = instanceTypes.map(({ name }) => name);

export const eksSettings = z.strictObject({
  /** Pods on Spot machines, about 70 % cheaper and taken away at two minutes' notice. One writer never is. Default: false. */
  spot: z.boolean().default(false),
  /** `spot` of one service, which wins. */
  services: z.record(z.string(), z.strictObject({ spot: z.boolean() })).default({}),
  /** The nodes that the apps on this tier share: of several apps' words the larger number counts. */
  nodes: z
    .strictObject({
      /** Nodes that there are at least. Default: one, or one for each zone where the environment is protected. */
      min: z.number().int().min(1).max(450).nullable().default(null),
      /** Nodes that there are at most, where pods are scaled. Default: as many as hold all pods at their `max`. */
      max: z.number().int().min(1).max(450).nullable().default(null),
      /** Default: the cheapest that holds the pods. */
      instanceType: z
        .string()
        .refine((name) => types.includes(name), { error: `give one of ${types.join(", ")}` })
        .nullable()
        .default(null),
      /** GiB of each node's disk, 0.08 USD a GiB-month in us-east-1. Default: 20. */
      disk: z.number().int().min(20).max(16_384).default(DEFAULT_DISK),
    })
    .default({ min: null, max: null, instanceType: null, disk: DEFAULT_DISK }),
  /** GiB by named volume, for those on a disk of EBS (gp3) instead of EFS: faster, for one pod, in one zone. Default: none. */
  disks: z.record(z.string(), z.number().int().min(1).max(16_384)).default({}),
});

export type EksSettings = z.output<typeof eksSettings>;

/** The settings of a placement, typed. They have been validated when it was read. */
export function settingsOf({ settings }: Placement): EksSettings {
  return eksSettings.parse(settings);
}

/** None in a cluster that is there already: the storage class is one for a cluster, and its owner's. */
export const disksOf = (placement: Placement): Readonly<Record<string, number>> =>
  placement.environment.platform.eksClusterName === null ? settingsOf(placement).disks : {};

export const nodesOf = (placement: Placement): NodeWishes => settingsOf(placement).nodes;

/** Which machines the pod runs on; one writer on those that nobody takes away. */
export function capacityOf(app: App, placement: Placement, pod: Pod): Capacity {
  const { spot, services } = settingsOf(placement);
  return (services[pod.name]?.spot ?? spot) && !podHasOneWriter(app, placement, pod) ? "spot" : "on-demand";
}

/** Nodes in public subnets need no NAT gateway: nothing is open to them but the entry. */
export const eksEgress = ({ environment }: Placement): Egress => environment.platform.egress ?? "public";
