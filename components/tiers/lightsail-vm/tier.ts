/** The tier `lightsail-vm`: an app's Compose file on a Lightsail instance of its own. */
import { refused } from "../../../app/fit";
import type { Tier } from "../tier";
import { LightsailVmApp } from "./app";
import { fit } from "./fit";
import { layoutOf } from "./layout";
import { scaling, start } from "./growth";
import { responsibilities } from "./responsibilities";
import { settingsSchema } from "./settings";
import { lightsailMeasures } from "../../../app/signals/lightsail";

export const lightsailVm: Tier = {
  name: "lightsail-vm",
  title: "Lightsail instance",
  responsibilities,
  scaling,
  start,
  settings: settingsSchema,
  entry: () => "record",
  // by the certificate of its balancer, which is for the app's names
  endsTls: (app, placement) => placement.hosts.length > 0 && layoutOf(app, placement).machines > 1,
  egress: () => null,
  // https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-frequently-asked-questions-faq-billing-and-account-management.html
  offHours: () =>
    refused(
      "nothing would be saved: a Lightsail instance is billed while it is stopped too, until it is deleted",
      "leave hours out, or choose the tier fargate or ecs-ec2",
    ),
  fit,
  signals: (app) => lightsailMeasures(app, "look at the instance in Lightsail's console; fargate has alarms"),
  rollsBack: () => false,
  host: (name, args, opts) => new LightsailVmApp(name, args, opts),
};
