/** What runs containers: Fargate, ECS Anywhere, EKS. */
import { price, type ServicePrices } from "../price";
import { hearsay, MEMORY, priceList, regional } from "./sources";

const ECS_US = priceList("AmazonECS/20260707160651/us-east-1", "2026-07-07");
const ECS_EU = priceList("AmazonECS, eu-west-1, by SKU", "2026");
/** Spot prices float: a snapshot is no list price. */
const SPOT_US = hearsay("a snapshot of AWS's Fargate Spot prices, which float", "2026-08-26");
const SPOT_EU = hearsay("theuves/fgcalc, src/utils/data.js: an old snapshot of Spot prices, which float", null);
const EKS_US = priceList("AmazonEKS 20260831092157, us-east-1, by SKU", "2026-08-31");

export const containers: ServicePrices = {
  "fargate.x86.vcpu": { unit: "vCPU-hour", prices: regional(price(0.04048, ECS_US), price(0.04048, ECS_EU)) },
  "fargate.x86.memory": { unit: "GB-hour", prices: regional(price(0.004445, ECS_US), price(0.004445, ECS_EU)) },
  "fargate.arm.vcpu": { unit: "vCPU-hour", prices: regional(price(0.03238, ECS_US), price(0.03238, ECS_EU)) },
  "fargate.arm.memory": { unit: "GB-hour", prices: regional(price(0.00356, ECS_US), price(0.00356, ECS_EU)) },
  "fargate.spot.x86.vcpu": {
    unit: "vCPU-hour",
    prices: regional(price(0.01260682, SPOT_US), price(0.01257825, SPOT_EU)),
  },
  "fargate.spot.x86.memory": {
    unit: "GB-hour",
    prices: regional(price(0.00138432, SPOT_US), price(0.00138118, SPOT_EU)),
  },
  "fargate.spot.arm.vcpu": { unit: "vCPU-hour", prices: regional(price(0.01008421, SPOT_US)) },
  "fargate.spot.arm.memory": { unit: "GB-hour", prices: regional(price(0.0011087, SPOT_US)) },
  "fargate.ephemeral": { unit: "GB-hour", prices: regional(price(0.000111, ECS_US), price(0.000122, MEMORY)) },
  "ecs-anywhere.machine": {
    unit: "hour",
    prices: regional(
      price(0.01025, priceList("AmazonECS/20221121182130, SKU VUZADW4HBG7NT6R7", "2022-11-21")),
      price(0.01025, MEMORY),
    ),
  },
  "eks.cluster": { unit: "hour", prices: regional(price(0.1, EKS_US), price(0.1, MEMORY)) },
};
