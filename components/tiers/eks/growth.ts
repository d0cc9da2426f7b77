/** How far and how fast an app grows on EKS on nodes, as AWS documents it. */
import type { ScalingLimits, StartTime } from "../tier";

export const scaling: ScalingLimits = {
  by: "service",
  unit: "pods",
  max: null,
  automatic: true,
  toZero: false,
  how: "a HorizontalPodAutoscaler for each service; the cluster autoscaler counts the nodes, 450 to a group by default",
  source: "https://docs.aws.amazon.com/general/latest/gr/eks.html",
};

export const start: StartTime = {
  class: "seconds",
  how: "on a node with room; minutes where a node has to start first",
  source: "https://docs.aws.amazon.com/eks/latest/userguide/autoscaling.html",
};
