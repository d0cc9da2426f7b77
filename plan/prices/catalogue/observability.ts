/** CloudWatch. */
import { price, type ServicePrices } from "../price";
import { everywhere, MEMORY, page, priceList, regional } from "./sources";

const US = priceList("AmazonCloudWatch 20260831092148, us-east-1, by SKU", "2026-08-31");
const EU_LOGS = priceList("AmazonCloudWatch of Ireland, the region's file", "2026-09-11");
const EU = priceList("AmazonCloudWatch, eu-west-1, by AWS's Price List API", "2026-09-16");

export const observability: ServicePrices = {
  "logs.ingest": { unit: "GB", prices: regional(price(0.5, US), price(0.57, EU_LOGS)) },
  "logs.storage": { unit: "GB-month", prices: regional(price(0.03, US), price(0.03, EU_LOGS)) },
  /** For each metric that it looks at. */
  "cloudwatch.alarm": { unit: "month", prices: regional(price(0.1, US), price(0.1, EU)) },
  /** One that no service of AWS's sends by itself. */
  "cloudwatch.metric": { unit: "month", prices: regional(price(0.3, US), price(0.3, MEMORY)) },
  "cloudwatch.dashboard": { unit: "month", prices: everywhere(3, page("https://aws.amazon.com/cloudwatch/pricing/")) },
};
