/** What is kept: logs, objects, images. Pure. */
import { numberOf } from "../../plan/prices/inputs";
import type { ResourceRule, StackRule } from "./rule";
import { when } from "./rule";
import { isOff, isUnknown, mapAt } from "./values";

const logRetention: ResourceRule = {
  name: "log-retention",
  scope: "resource",
  severity: "mandatory",
  description: "Every log group has an end: logs are kept for a stated number of days.",
  remedy: "set retentionInDays",
  source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
  types: ["aws:cloudwatch/logGroup:LogGroup"],
  check: ({ inputs: { retentionInDays } }) =>
    when(
      !isUnknown(retentionInDays) && (numberOf(retentionInDays) ?? 0) === 0,
      "retentionInDays is not set, so that its logs are kept and paid for without end",
    ),
};

const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

const privateBuckets: StackRule = {
  name: "private-buckets",
  scope: "stack",
  severity: "mandatory",
  description: "Every bucket blocks public access, in all four ways.",
  remedy: "add an aws.s3.BucketPublicAccessBlock with all four settings on; CloudFront reads by its own identity",
  source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
  types: ["aws:s3/bucket:Bucket"],
  check: (resource, stack) => {
    const [block] = stack.referring(
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      "bucket",
      resource,
      "bucket",
    );
    if (!block) return ["it has no BucketPublicAccessBlock"];
    const off = BLOCKS.filter((setting) => isOff(block.inputs[setting]));
    return when(off.length > 0, `${off.join(", ")} of its BucketPublicAccessBlock is off`);
  },
};

const imageScans: ResourceRule = {
  name: "image-repositories",
  scope: "resource",
  severity: "mandatory",
  description: "Repositories scan what is pushed, and a tag there never moves to another image.",
  remedy: "set imageScanningConfiguration.scanOnPush to true and imageTagMutability to IMMUTABLE",
  source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
  types: ["aws:ecr/repository:Repository"],
  check: ({ inputs }) => [
    ...when(
      !isUnknown(inputs.imageScanningConfiguration) && isOff(mapAt(inputs, "imageScanningConfiguration").scanOnPush),
      "scanOnPush is off",
    ),
    ...when(
      !isUnknown(inputs.imageTagMutability) && (inputs.imageTagMutability ?? "MUTABLE") === "MUTABLE",
      "imageTagMutability is MUTABLE",
    ),
  ],
};

export const recordRules = [logRetention, privateBuckets, imageScans];
