export { type EksCluster, GP3_CLASS, SharedEksCluster } from "./cluster";
export type { Architecture, Capacity, ClusterDemand, Compute, LogRoute, NodeWishes, PodDemand } from "./demand";
export { ExistingEksCluster } from "./existing-cluster";
export { clusterProblems } from "./limits";
export { type PodRole, podRole } from "./pod-roles";
