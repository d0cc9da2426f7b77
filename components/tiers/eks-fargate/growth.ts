/** How far and how fast an app grows on EKS on Fargate, as AWS documents it. */
import type { ScalingLimits, StartTime } from "../tier";

export const scaling: ScalingLimits = {
  by: "service",
  unit: "pods",
  max: null,
  automatic: true,
  toZero: false,
  how: "a HorizontalPodAutoscaler for each service; each pod has a machine of its own, within Fargate's vCPU quota of the account",
  source: "https://docs.aws.amazon.com/general/latest/gr/eks.html",
};

export const start: StartTime = {
  class: "a minute",
  how: "Fargate starts a machine and pulls the images for each pod; none are kept",
  source: "https://docs.aws.amazon.com/eks/latest/userguide/fargate.html",
};
