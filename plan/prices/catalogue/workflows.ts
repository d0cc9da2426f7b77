/** Step Functions, EventBridge's pipes. */
import { price, type ServicePrices } from "../price";
import { everywhere, infracost, MEMORY, priceList, regional } from "./sources";

const MACHINE = infracost("sfn_state_machine");
const EU = priceList("AmazonStates of Ireland, as a public document quotes it", "2026-09-11");

export const workflows: ServicePrices = {
  /** Without the 4,000 of a month that are free for an account. */
  "stepFunctions.standard.transition": {
    unit: "transition",
    prices: regional(price(0.000025, MACHINE), price(0.000025, EU)),
  },
  "stepFunctions.express.request": {
    unit: "request",
    prices: regional(price(0.000001, MACHINE), price(0.000001, MEMORY)),
  },
  "stepFunctions.express.gbHour": {
    unit: "GB-hour",
    prices: regional(price(0.060012, MACHINE), price(0.060012, MEMORY)),
  },
  /** Each of 64 KB. */
  "pipes.request": { unit: "request", prices: everywhere(0.0000004, MEMORY) },
};
