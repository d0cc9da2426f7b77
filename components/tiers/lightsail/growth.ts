/** How far and how fast an app grows on a Lightsail container service, as AWS documents it. */
import type { ScalingLimits, StartTime } from "../tier";

export const scaling: ScalingLimits = {
  by: "app",
  unit: "nodes",
  max: 20,
  automatic: false,
  toZero: false,
  how: "lightsail: { scale }: 1 to 20 nodes, each with all of the app's containers; the number changes with a deployment",
  source: "https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-container-services.html",
};

export const start: StartTime = {
  class: "minutes",
  how: "a new deployment takes the place of the old one as a whole, once its public container is healthy",
  source: "https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-container-services-deployments.html",
};
