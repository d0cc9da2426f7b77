/** Networks, load balancers, gateways, names. */
import { price, type ServicePrices } from "../price";
import { bill, everywhere, infracost, MEMORY, page, priceList, regional } from "./sources";

const ELB_US = priceList("AWSELB 20260831092255, us-east-1, by SKU", "2026-08-31");
const EC2_US = priceList("AmazonEC2 20260831181331, us-east-1, by SKU", "2026-08-31");
const EC2_EU = priceList("AmazonEC2/20260925174521/eu-west-1", "2026-09-25");
const NLB = infracost("lb");
const ENDPOINT = infracost("vpc_endpoint");
const ROUTE_53 = "https://aws.amazon.com/route53/pricing/";
const API = page(
  "https://docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html",
);
const JULY = "2026-07";

export const network: ServicePrices = {
  "alb.hour": {
    unit: "hour",
    prices: regional(price(0.0225, ELB_US), price(0.0252, bill("eu-west-1, 15.00 USD by 595 hours", JULY))),
  },
  "alb.lcu": {
    unit: "LCU-hour",
    prices: regional(price(0.008, ELB_US), price(0.008, priceList("AWSELB/20260911124544/eu-west-1", "2026-09-11"))),
  },
  "nlb.hour": { unit: "hour", prices: regional(price(0.0225, NLB), price(0.0252, MEMORY)) },
  "nlb.lcu": { unit: "NLCU-hour", prices: regional(price(0.006, NLB), price(0.006, MEMORY)) },
  "nat.hour": { unit: "hour", prices: regional(price(0.045, EC2_US), price(0.048, EC2_EU)) },
  "nat.gb": { unit: "GB", prices: regional(price(0.045, EC2_US), price(0.048, EC2_EU)) },
  "ipv4.hour": {
    unit: "hour",
    prices: regional(
      price(0.005, priceList("AmazonVPC 20260831092232, us-east-1, SKU 4GQUNXTFWVSGPUZK", "2026-08-31")),
      price(0.005, bill("eu-west-1, 8.91 USD by 1,783 hours", JULY)),
    ),
  },
  "endpoint.hour": { unit: "hour", prices: regional(price(0.01, ENDPOINT), price(0.011, MEMORY)) },
  "endpoint.gb": { unit: "GB", prices: regional(price(0.01, ENDPOINT), price(0.01, MEMORY)) },
  /** The first 10 TB of a month; the 100 GB that are free are the account's, and not taken off. */
  "traffic.internet": {
    unit: "GB",
    prices: regional(
      price(0.09, priceList("AWSDataTransfer 20260831121448, us-east-1, SKU HQEH3ZWJVT46JHRG", "2026-08-31")),
      price(0.09, infracost("data_transfer")),
    ),
  },
  /** HTTP APIs, the first 300 million of a month. */
  "apigateway.request": { unit: "request", prices: regional(price(1e-6, API), price(1.11e-6, MEMORY)) },
  "cloudmap.discovery": { unit: "request", prices: everywhere(1e-6, MEMORY) },
  "route53.zone": { unit: "zone-month", prices: everywhere(0.5, infracost("route53_zone")) },
  /** Of what is on AWS; the checks are made from all over the world. */
  "route53.check": { unit: "month", prices: everywhere(0.5, page(ROUTE_53)) },
  "route53.check.https": { unit: "month", prices: everywhere(1, page(ROUTE_53)) },
  /** North America; Europe and Israel are the same. The first 10 TB of a month, the first TB not taken off. */
  "cloudfront.gb": { unit: "GB", prices: everywhere(0.085, infracost("cloudfront_distribution")) },
  /** HTTPS, from where it is dearer of North America and Europe. */
  "cloudfront.request": { unit: "request", prices: everywhere(1.2e-6, infracost("cloudfront_distribution")) },
};
