/** ECS Anywhere: AWS's control plane over machines of one's own. */
import type { Tier } from "../tier";
import { AnywhereApp } from "./anywhere-app";
import { fitAnywhere } from "./fit";
import { responsibilities } from "./responsibilities";
import { machinePorts } from "./ports";
import { settingsSchema } from "./settings";

export const ecsAnywhere: Tier = {
  name: "ecs-anywhere",
  title: "ECS Anywhere",
  responsibilities,
  settings: settingsSchema,
  entry: () => "record",
  egress: () => null,
  claims: machinePorts,
  fit: fitAnywhere,
  host: (name, args, opts) => new AnywhereApp(name, args, opts),
};
