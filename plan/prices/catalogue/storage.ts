/** Disks, files, objects, images, queues and secrets. */
import { price, type ServicePrices } from "../price";
import { hearsay, infracost, MEMORY, page, priceList, regional } from "./sources";

const EBS_US = priceList("AmazonEC2 20260831181331, us-east-1, SKU JG3KUJMBRGHV3N8G", "2026-08-31");
const EBS_EU = priceList("AmazonEC2, eu-west-1, by AWS's Price List API", "2026-09-16");
const IRELAND = priceList("of Ireland, the region's file", "2026-09-11");
const SQS = infracost("sqs_queue");
const SECRETS = priceList("AWSSecretsManager, us-east-1, SKU BJ3PQ9BYGU6P632F", "2026-08-31");

export const storage: ServicePrices = {
  "ebs.gp3": { unit: "GB-month", prices: regional(price(0.08, EBS_US), price(0.088, EBS_EU)) },
  "efs.standard": { unit: "GB-month", prices: regional(price(0.3, infracost("efs_file_system")), price(0.33, MEMORY)) },
  "s3.standard": {
    unit: "GB-month",
    prices: regional(
      price(0.023, priceList("AmazonS3, us-east-1, SKU WP9ANXZGBYYSGJEA", "2026-08-31")),
      price(0.023, IRELAND),
    ),
  },
  "ecr.storage": {
    unit: "GB-month",
    prices: regional(
      price(0.1, infracost("ecr_repository")),
      price(0.1, priceList("AmazonECR, eu-west-1, SKU 4NWTEXUZBWQH8MDW", "2026")),
    ),
  },
  "backup.efs": {
    unit: "GB-month",
    prices: regional(
      price(0.05, hearsay("https://aws.amazon.com/backup/pricing/, from memory; another source has 0.06", null)),
    ),
  },
  "backup.rds": {
    unit: "GB-month",
    prices: regional(
      price(0.095, priceList("AmazonRDS 20260831092223, us-east-1, SKU 6W8ECRFVDATCER7J", "2026-08-31")),
    ),
  },
  "sqs.standard": { unit: "request", prices: regional(price(4e-7, SQS), price(4e-7, MEMORY)) },
  "sqs.fifo": { unit: "request", prices: regional(price(5e-7, SQS), price(5e-7, MEMORY)) },
  "secretsmanager.secret": {
    unit: "secret-month",
    prices: regional(
      price(0.4, SECRETS),
      price(0.4, hearsay("a public document that quotes AWS's Price List API in eu-west-1", "2026-09-16")),
    ),
  },
  "ssm.advanced": {
    unit: "parameter-month",
    prices: regional(
      price(0.05, page("https://aws.amazon.com/systems-manager/pricing/")),
      price(0.05, page("https://aws.amazon.com/systems-manager/pricing/")),
    ),
  },
};
