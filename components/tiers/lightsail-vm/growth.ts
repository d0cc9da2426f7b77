/** How far and how fast an app grows on a Lightsail instance, as AWS documents it. */
import type { ScalingLimits, StartTime } from "../tier";

export const scaling: ScalingLimits = {
  by: "app",
  unit: "machines",
  max: 10,
  automatic: false,
  toZero: false,
  how: "by hand: a larger bundle, or lightsail-vm: { machines } up to 10 behind a load balancer of Lightsail's; 20 vCPU of instances in a region",
  source: "https://docs.aws.amazon.com/general/latest/gr/lightsail.html",
};

export const start: StartTime = {
  class: "minutes",
  how: "a machine boots Ubuntu and installs Docker; containers on one that runs start in seconds",
  source: "https://docs.aws.amazon.com/lightsail/latest/userguide/getting-started-with-amazon-lightsail.html",
};
