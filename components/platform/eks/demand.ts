/** What apps ask of the environment's EKS cluster, known before it is made: its nodes and add-ons follow from it. Pure. */

/** Where pods run: on the cluster's own nodes, or each on a machine of Fargate's. */
export type Compute = "nodes" | "fargate";

export type Architecture = "amd64" | "arm64";
export type Capacity = "on-demand" | "spot";

/** The pods of one Deployment, or of a job. */
export interface PodDemand {
  /** vCPU that the scheduler sets aside for one pod. */
  readonly cpu: number;
  /** MiB */
  readonly memory: number;
  readonly architecture: Architecture;
  readonly capacity: Capacity;
  /** Pods that are always there; none of a job. */
  readonly min: number;
  /** More than `min` where an autoscaler counts. */
  readonly max: number;
  /** How many run beside the others for a time: while a new revision comes, or a job runs. */
  readonly surge: number;
}

/** Which container's output goes to which log group. */
export interface LogRoute {
  readonly container: string;
  /** Of the log group, after the environment's: `["shop", "web"]`. */
  readonly path: readonly string[];
}

/** How many nodes, and of which kind; `null`: the cheapest that hold the pods. */
export interface NodeWishes {
  readonly min: number | null;
  readonly max: number | null;
  readonly instanceType: string | null;
  /** GiB of each node's disk. */
  readonly disk: number;
}

export interface ClusterDemand {
  readonly app: string;
  readonly namespace: string;
  readonly compute: Compute;
  readonly pods: readonly PodDemand[];
  readonly logs: readonly LogRoute[];
  /** Which kinds of storage the app's volumes are on. */
  readonly storage: readonly ("efs" | "ebs")[];
  readonly nodes: NodeWishes | null;
}

/** True where pods of any app come and go by themselves. */
export function isScaled(demands: readonly ClusterDemand[]): boolean {
  return demands.some(({ compute, pods }) => compute === "nodes" && pods.some(({ min, max }) => max > min));
}

export function uses(demands: readonly ClusterDemand[], storage: "efs" | "ebs"): boolean {
  return demands.some((demand) => demand.compute === "nodes" && demand.storage.includes(storage));
}
