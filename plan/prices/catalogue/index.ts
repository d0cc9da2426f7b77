/**
 * Spectrum's own prices, in us-east-1 and eu-west-1: list prices on demand in USD, each with its source and date.
 * AWS's price list is the authority; `spectrum prices refresh` asks it.
 */
import type { ServicePrices } from "../price";
import { containers } from "./containers";
import { databases } from "./databases";
import { ec2 } from "./ec2";
import { lightsail } from "./lightsail";
import { network } from "./network";
import { observability } from "./observability";
import { storage } from "./storage";
import { workflows } from "./workflows";

export { lightsailTraffic } from "./lightsail";

export const catalogue: ServicePrices = {
  ...containers,
  ...ec2,
  ...network,
  ...storage,
  ...databases,
  ...observability,
  ...lightsail,
  ...workflows,
};
