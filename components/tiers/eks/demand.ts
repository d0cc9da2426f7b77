/** What an app on nodes asks of the cluster. Pure. */
import type { Placement } from "../../../app/config/types";
import type { App } from "../../../app/model";
import type { ClusterDemand } from "../../platform/eks";
import { clusterDemand } from "../kubernetes/demand";
import { capacityOf, disksOf, nodesOf } from "./settings";

export function eksDemand(app: App, placement: Placement): ClusterDemand {
  return clusterDemand(app, placement, {
    compute: "nodes",
    disks: disksOf(placement),
    nodes: nodesOf(placement),
    capacity: (pod) => capacityOf(app, placement, pod),
  });
}
