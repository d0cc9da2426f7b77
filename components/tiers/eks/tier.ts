/** EKS with nodes: Kubernetes on machines of the environment's own. */
import { refused } from "../../../app/fit";
import type { Tier } from "../tier";
import { eksDemand } from "./demand";
import { EksApp } from "./eks-app";
import { fitEks } from "./fit";
import { scaling, start } from "./growth";
import { responsibilities } from "./responsibilities";
import { eksEgress, eksSettings } from "./settings";
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
  eks: eksDemand,
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
