/** ECS Anywhere: AWS's control plane over machines of one's own. */
import { refused } from "../../../app/fit";
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
  // https://aws.amazon.com/ecs/anywhere/pricing/
  offHours: () =>
    refused(
      "nothing would be saved: AWS bills each hour that a machine is registered, whether it runs a task or not",
      "leave hours out, or choose the tier fargate or ecs-ec2",
    ),
  fit: fitAnywhere,
  signals: anywhereMeasures,
  rollsBack: () => false,
  host: (name, args, opts) => new AnywhereApp(name, args, opts),
};
