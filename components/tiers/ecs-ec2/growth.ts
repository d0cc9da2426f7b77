/** How far and how fast an app grows on ECS on EC2, as AWS documents it. */
import type { ScalingLimits, StartTime } from "../tier";

export const scaling: ScalingLimits = {
  by: "service",
  unit: "tasks",
  max: 5000,
  automatic: true,
  toZero: true,
  how: "Application Auto Scaling for each service; ECS scales the pool of instances to what the tasks need, from none on",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html",
};

export const start: StartTime = {
  class: "seconds",
  how: "on an instance with room; minutes where the pool has to start one first",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html",
};
