/** ECS on Fargate: containers without machines to care for. */
import { ecsOffHours } from "../ecs/off-hours";
import type { Tier } from "../tier";
import { FargateApp } from "./fargate-app";
import { fitFargate } from "./fit";
import { scaling, start } from "./growth";
import { responsibilities } from "./responsibilities";
import { fargateEgress, fargateSettings } from "./settings";
import { ecsMeasures, rollsBackByAlarms } from "../ecs/signals";
import { ecsTasks } from "../ecs/tasks";

export const fargate: Tier = {
  name: "fargate",
  title: "ECS on Fargate",
  responsibilities,
  scaling,
  start,
  settings: fargateSettings,
  entry: () => "target-groups",
  egress: fargateEgress,
  offHours: ecsOffHours("no task runs, and none is paid"),
  fit: fitFargate,
  signals: (app, placement) => ecsMeasures(app, placement, ecsTasks(app)),
  rollsBack: rollsBackByAlarms,
  host: (name, args, opts) => new FargateApp(name, args, opts),
};
