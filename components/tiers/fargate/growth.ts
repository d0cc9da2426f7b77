/** How far and how fast an app grows on ECS on Fargate, as AWS documents it. */
import type { ScalingLimits, StartTime } from "../tier";

export const scaling: ScalingLimits = {
  by: "service",
  unit: "tasks",
  max: 5000,
  automatic: true,
  toZero: true,
  how: "Application Auto Scaling for each service, to none by the depth of a queue; within Fargate's vCPU quota of the account",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html",
};

export const start: StartTime = {
  class: "a minute",
  how: "Fargate starts a machine and pulls the images for each task; none are kept",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
};
