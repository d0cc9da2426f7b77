/** Every tier by its name: a missing one is a compile error. */
import type { TierName } from "../../app/tiers";
import { beanstalk } from "./beanstalk";
import { ecsAnywhere } from "./ecs-anywhere";
import { ecsEc2 } from "./ecs-ec2";
import { eks } from "./eks";
import { eksFargate } from "./eks-fargate";
import { fargate } from "./fargate";
import { lightsail } from "./lightsail";
import { lightsailVm } from "./lightsail-vm";
import type { Tier } from "./tier";

export const tiers: Readonly<Record<TierName, Tier>> = {
  lightsail,
  "lightsail-vm": lightsailVm,
  beanstalk,
  "ecs-ec2": ecsEc2,
  "ecs-anywhere": ecsAnywhere,
  eks,
  "eks-fargate": eksFargate,
  fargate,
};
