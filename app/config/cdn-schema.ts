/** What an app may say under `cdn`. Every default stands here. */
import { z } from "zod";
import { seconds, switched } from "./schema-parts";

const cacheSchema = z.strictObject({
  path: z
    .string()
    .regex(/^\/[A-Za-z0-9_.$/~"'@:+&*?-]{0,254}$/u, { error: "give a path such as /assets/*, * for any characters" }),
  ttl: seconds.transform(Math.ceil).default(86_400),
});
const cdnShape = z.strictObject({
  priceClass: z.enum(["PriceClass_100", "PriceClass_200", "PriceClass_All"]).default("PriceClass_100"),
  cache: z
    .array(cacheSchema)
    .max(24, { error: "a distribution has 25 paths at most, one of them all others" })
    .default([]),
  compress: z.boolean().default(true),
  logs: z.boolean().default(false),
  webAcl: z
    .string()
    .regex(/^arn:[a-z-]+:wafv2:us-east-1:\d{12}:global\/webacl\/.+$/u, {
      error: "give the ARN of a web ACL for CloudFront: arn:aws:wafv2:us-east-1:…:global/webacl/…",
    })
    .nullable()
    .default(null),
  direct: z.boolean().default(false),
});
/** `true` is a distribution with every default. */
export const cdnSchema = z.preprocess(switched, cdnShape.nullable());
