/** ECS on EC2: containers on instances that Spectrum looks after, from none on. */
import { ecsOffHours } from "../ecs/off-hours";
import type { Tier } from "../tier";
import { poolNeeds } from "./capacity";
import { Ec2App } from "./ec2-app";
import { fitEc2 } from "./fit";
import { scaling, start } from "./growth";
import { responsibilities } from "./responsibilities";
import { ec2Egress, ec2Settings, settingsOf } from "./settings";
import { ecsMeasures, rollsBackByAlarms } from "../ecs/signals";
import { ecsTasks } from "../ecs/tasks";

export const ecsEc2: Tier = {
  name: "ecs-ec2",
  title: "ECS on EC2",
  responsibilities,
  scaling,
  start,
  settings: ec2Settings,
  entry: () => "target-groups",
  targets: (placement) => (settingsOf(placement).networkMode === "bridge" ? "instance" : "ip"),
  egress: ec2Egress,
  pools: poolNeeds,
  offHours: ecsOffHours("no task runs, and instances without a task end after some 15 minutes"),
  fit: fitEc2,
  signals: (app, placement) => ecsMeasures(app, placement, ecsTasks(app)),
  rollsBack: rollsBackByAlarms,
  host: (name, args, opts) => new Ec2App(name, args, opts),
};
