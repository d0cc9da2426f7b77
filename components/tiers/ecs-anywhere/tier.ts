/** ECS Anywhere: AWS's control plane over machines of one's own. */
import type { Tier } from "../tier";
import { AnywhereApp } from "./anywhere-app";
import { fitAnywhere } from "./fit";
import { scaling, start } from "./growth";
import { responsibilities } from "./responsibilities";
import { machinePorts } from "./ports";
import { settingsSchema } from "./settings";
import { anywhereMeasures } from "./signals";

export const ecsAnywhere: Tier = {
  name: "ecs-anywhere",
  title: "ECS Anywhere",
  responsibilities,
  scaling,
  start,
  settings: settingsSchema,
  entry: () => "record",
  egress: () => null,
  claims: machinePorts,
  fit: fitAnywhere,
  signals: anywhereMeasures,
  rollsBack: () => false,
  host: (name, args, opts) => new AnywhereApp(name, args, opts),
};
