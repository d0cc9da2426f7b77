/** How far and how fast an app grows on Elastic Beanstalk, as AWS documents it. */
import type { ScalingLimits, StartTime } from "../tier";

export const scaling: ScalingLimits = {
  by: "app",
  unit: "instances",
  max: null,
  automatic: true,
  toZero: false,
  how: "an Auto Scaling group where the environment is load-balanced, each instance with all of the app's containers; one instance else",
  source: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.managing.as.html",
};

export const start: StartTime = {
  class: "minutes",
  how: "an EC2 instance boots, installs what its platform needs and pulls the images",
  source: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-autoscaling-healthchecktype.html",
};
