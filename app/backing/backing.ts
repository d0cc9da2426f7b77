/**
 * Backing services: what an app keeps its data in and is fed from, made beside its containers. Pure: a specification of each,
 * and the app and placement as its tier then sees them.
 *
 * Nothing that a tier does depends on them: what a container is told of one stands in its values as an output
 * (`{ output: "web.bucket.name" }`) or a secret (`{ secret: "web.bucket.secretKey" }`), and what its role may do in `policies`.
 */
import type { Placement } from "../config/types";
import type { Finding } from "../finding";
import type { App } from "../model";
import type { TierName } from "../tiers";
import { type Bucket, withBuckets } from "./buckets";
import { type Database, withManaged } from "./databases";
import { type Queue, withQueues } from "./queues";

export type BackingService = Bucket | Database | Queue;

/** An app with its backing services told apart from its containers. */
export interface Backed {
  /** What the tier hosts. */
  readonly app: App;
  readonly placement: Placement;
  readonly services: readonly BackingService[];
  readonly findings: readonly Finding[];
}

/**
 * Where a tier's containers can reach what AWS keeps: in the environment's VPC, in Lightsail's own network, or from a machine
 * elsewhere, which reaches only what has an API on the internet.
 */
export type BackingHome = "vpc" | "lightsail" | "outside";

export const backingHome: Readonly<Record<TierName, BackingHome>> = {
  lightsail: "lightsail",
  "lightsail-vm": "lightsail",
  beanstalk: "vpc",
  "ecs-ec2": "vpc",
  "ecs-anywhere": "outside",
  eks: "vpc",
  "eks-fargate": "vpc",
  fargate: "vpc",
};

/** The backing services that the app's placement asks for. An app without any comes back as it is. */
export function back(app: App, placement: Placement): Backed {
  return withQueues(withBuckets(withManaged({ app, placement, services: [], findings: [] })));
}
