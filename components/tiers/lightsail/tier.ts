/** The tier `lightsail`: an app on a Lightsail container service. */
import { refused } from "../../../app/fit";
import type { Tier } from "../tier";
import { LightsailApp } from "./app";
import { fit } from "./fit";
import { scaling, start } from "./growth";
import { responsibilities } from "./responsibilities";
import { settingsSchema } from "./settings";
import { lightsailMeasures } from "../../../app/signals/lightsail";

export const lightsail: Tier = {
  name: "lightsail",
  title: "Lightsail container service",
  responsibilities,
  scaling,
  start,
  settings: settingsSchema,
  entry: () => "record",
  endsTls: () => true,
  egress: () => null,
  // https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-container-services.html
  offHours: () =>
    refused(
      "nothing would be saved: a Lightsail container service is billed while it is disabled too, until it is deleted",
      "leave hours out, or choose the tier fargate or ecs-ec2",
    ),
  fit,
  signals: (app) => lightsailMeasures(app, "look at the container service in Lightsail's console; fargate has alarms"),
  rollsBack: () => false,
  host: (name, args, opts) => new LightsailApp(name, args, opts),
};
