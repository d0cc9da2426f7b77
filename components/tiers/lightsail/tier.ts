/** The tier `lightsail`: an app on a Lightsail container service. */
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
  fit,
  signals: (app) => lightsailMeasures(app, "look at the container service in Lightsail's console; fargate has alarms"),
  rollsBack: () => false,
  host: (name, args, opts) => new LightsailApp(name, args, opts),
};
