/** EKS with nodes: Kubernetes on machines of the environment's own. */
import { clusterDemand } from "../kubernetes/demand";
import { refused } from "../../../app/fit";
import type { Tier } from "../tier";
import { EksApp } from "./eks-app";
import { fitEks } from "./fit";
import { scaling, start } from "./growth";
import { responsibilities } from "./responsibilities";
import { capacityOf, disksOf, eksEgress, eksSettings, nodesOf } from "./settings";
import { podMeasures } from "../kubernetes/signals";

export const eks: Tier = {
  name: "eks",
  title: "EKS on EC2 nodes",
  responsibilities,
  scaling,
  start,
  settings: eksSettings,
  entry: () => "target-groups",
  egress: eksEgress,
  eks: (app, placement) =>
    clusterDemand(app, placement, {
      compute: "nodes",
      disks: disksOf(placement),
      nodes: nodesOf(placement),
      capacity: (pod) => capacityOf(app, placement, pod),
    }),
  offHours: () =>
    refused(
      "nothing would be saved: the nodes stay, for the cluster has at least as many as all pods of its apps need",
      "leave hours out, or choose the tier fargate or ecs-ec2",
    ),
  fit: fitEks,
  signals: (app, placement) => podMeasures(app, placement, "nodes"),
  rollsBack: () => false,
  host: (name, args, opts) => new EksApp(name, args, opts),
};
