/** By type: what a resource is billed for. */
import type { Pricers } from "../types";
import { beanstalk } from "./beanstalk";
import { databases } from "./databases";
import { ecs } from "./ecs";
import { eks } from "./eks";
import { lightsail } from "./lightsail";
import { logs } from "./logs";
import { network } from "./network";
import { storage } from "./storage";
import { workflows } from "./workflows";

export const pricers: Pricers = {
  ...ecs,
  ...eks,
  ...beanstalk,
  ...lightsail,
  ...databases,
  ...storage,
  ...network,
  ...logs,
  ...workflows,
};
