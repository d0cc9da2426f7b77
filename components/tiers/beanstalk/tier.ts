/** Elastic Beanstalk: Docker Compose on EC2 instances that Beanstalk makes, watches and updates. */
import type { Tier } from "../tier";
import { BeanstalkApp } from "./beanstalk-app";
import { fitBeanstalk } from "./fit";
import { scaling, start } from "./growth";
import { responsibilities } from "./responsibilities";
import { beanstalkEgress, beanstalkSettings, environmentType } from "./settings";
import { beanstalkMeasures } from "./signals";

export const beanstalk: Tier = {
  name: "beanstalk",
  title: "Elastic Beanstalk with Docker Compose",
  responsibilities,
  scaling,
  start,
  settings: beanstalkSettings,
  entry: (placement) => (environmentType(placement) === "single" ? "record" : "listeners"),
  egress: beanstalkEgress,
  fit: fitBeanstalk,
  signals: beanstalkMeasures,
  rollsBack: () => false,
  host: (name, args, opts) => new BeanstalkApp(name, args, opts),
};
