/** What Pulumi's own state needs in a bucket of S3. Pure. */
import { partitionOf } from "../../components/names";
import type { Statement } from "./statements";

export interface StateStore {
  /** The bucket's name. */
  readonly bucket: string;
  /** The ARN of the KMS key that encrypts the stack's secrets, or the bucket; `null` where there is none. */
  readonly key: string | null;
}

/** https://www.pulumi.com/docs/iac/concepts/state-and-backends/#aws-s3 */
export function stateStatements({ bucket, key }: StateStore, region: string): readonly Statement[] {
  const bucketArn = `arn:${partitionOf(region)}:s3:::${bucket}`;
  return [
    {
      Sid: "StateBucket",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucket"],
      Resource: [bucketArn],
    },
    {
      Sid: "StateObjects",
      Effect: "Allow",
      Action: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
      Resource: [`${bucketArn}/.pulumi/*`],
    },
    ...(key === null
      ? []
      : [
          {
            Sid: "StateKey",
            Effect: "Allow" as const,
            Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            Resource: [key],
          },
        ]),
  ];
}
