/** The tier `lightsail-vm`: an app's Compose file on a Lightsail instance of its own. */
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
  fit,
  signals: (app) => lightsailMeasures(app, "look at the instance in Lightsail's console; fargate has alarms"),
  rollsBack: () => false,
  host: (name, args, opts) => new LightsailVmApp(name, args, opts),
};
