/** Elastic Beanstalk: Docker Compose on EC2 instances that Beanstalk makes, watches and updates. */
import { refused } from "../../../app/fit";
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
  // https://github.com/aws/elastic-beanstalk-roadmap/issues/292, https://github.com/aws-solutions/instance-scheduler-on-aws/issues/705
  offHours: () =>
    refused(
      "Beanstalk's scheduled actions know no time zone, and leave an environment of no instances behind that fails its next update; actions beside Beanstalk's own fail its rolling updates",
      "leave hours out, or choose the tier fargate or ecs-ec2",
    ),
  fit: fitBeanstalk,
  signals: beanstalkMeasures,
  rollsBack: () => false,
  host: (name, args, opts) => new BeanstalkApp(name, args, opts),
};
