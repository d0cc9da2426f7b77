/** EKS with Fargate: Kubernetes without machines to care for. */
import { clusterDemand } from "../kubernetes/demand";
import { refused } from "../../../app/fit";
import type { Tier } from "../tier";
import { EksFargateApp } from "./eks-fargate-app";
import { fitEksFargate } from "./fit";
import { scaling, start } from "./growth";
import { responsibilities } from "./responsibilities";
import { eksFargateEgress, eksFargateSettings } from "./settings";
import { podMeasures } from "../kubernetes/signals";

export const eksFargate: Tier = {
  name: "eks-fargate",
  title: "EKS on Fargate",
  responsibilities,
  scaling,
  start,
  settings: eksFargateSettings,
  entry: () => "target-groups",
  egress: eksFargateEgress,
  eks: (app, placement) =>
    clusterDemand(app, placement, {
      compute: "fargate",
      disks: {},
      nodes: null,
      capacity: () => "on-demand",
    }),
  offHours: () =>
    refused(
      "nothing of AWS's or of Kubernetes' own counts a Deployment's pods by the clock: it takes a program in the cluster that may scale them",
      "leave hours out, or choose the tier fargate or ecs-ec2",
    ),
  fit: fitEksFargate,
  signals: (app, placement) => podMeasures(app, placement, "fargate"),
  rollsBack: () => false,
  host: (name, args, opts) => new EksFargateApp(name, args, opts),
};
