/** How far and how fast an app grows on ECS Anywhere, as AWS documents it. */
import type { ScalingLimits, StartTime } from "../tier";

export const scaling: ScalingLimits = {
  by: "none",
  unit: "machines",
  max: null,
  automatic: false,
  toZero: false,
  how: "one copy of the app on a machine of your own; ECS Anywhere has no load balancer and no automatic scaling",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html",
};

export const start: StartTime = {
  class: "seconds",
  how: "a task starts on a machine that runs already",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html",
};
