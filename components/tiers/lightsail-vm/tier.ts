/** The tier `lightsail-vm`: an app's Compose file on a Lightsail instance of its own. */
import type { Tier } from "../tier";
import { LightsailVmApp } from "./app";
import { fit } from "./fit";
import { responsibilities } from "./responsibilities";
import { settingsSchema } from "./settings";

export const lightsailVm: Tier = {
  name: "lightsail-vm",
  title: "Lightsail instance",
  responsibilities,
  settings: settingsSchema,
  entry: () => "record",
  egress: () => null,
  fit,
  host: (name, args, opts) => new LightsailVmApp(name, args, opts),
};
