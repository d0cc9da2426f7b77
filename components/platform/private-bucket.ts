/** A bucket as every one of Spectrum's is: private, encrypted, over TLS alone. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface PrivateBucketArgs {
  /** What the name starts with. Default: the logical name. */
  readonly prefix?: string;
  /** Days that the former versions of an object stay; `null`: no versions. */
  readonly formerDays: number | null;
  /** True: it is emptied when it is deleted. */
  readonly emptied: boolean;
  /** True: Pulumi refuses to delete it. Default: false. */
  readonly protect?: boolean;
}

export interface PrivateBucket {
  readonly bucket: aws.s3.Bucket;
  /** What an object must wait for: the bucket's settings. */
  readonly ready: readonly pulumi.Resource[];
}

/** 0.023 USD a GB-month. Uploads that were never ended go after a day. */
export function privateBucket(name: string, args: PrivateBucketArgs, parent: pulumi.Resource): PrivateBucket {
  const bucket = new aws.s3.Bucket(
    name,
    { ...(args.prefix !== undefined && { bucketPrefix: args.prefix }), forceDestroy: args.emptied },
    { parent, ...(args.protect !== undefined && { protect: args.protect }) },
  );
  const place: Place = { name, bucket, parent };
  const closed = close(place);
  return {
    bucket,
    ready: [closed, encrypt(place), ...version(place, args.formerDays), refusePlainText(place, closed)],
  };
}

interface Place {
  readonly name: string;
  readonly bucket: aws.s3.Bucket;
  readonly parent: pulumi.Resource;
}

function close({ name, bucket, parent }: Place): aws.s3.BucketPublicAccessBlock {
  return new aws.s3.BucketPublicAccessBlock(
    name,
    {
      bucket: bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    { parent },
  );
}

function encrypt({ name, bucket, parent }: Place): pulumi.Resource {
  return new aws.s3.BucketServerSideEncryptionConfiguration(
    name,
    { bucket: bucket.bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
    { parent },
  );
}

/** Versions, and their end. */
function version({ name, bucket, parent }: Place, formerDays: number | null): readonly pulumi.Resource[] {
  const versioning =
    formerDays === null
      ? []
      : [
          new aws.s3.BucketVersioning(
            name,
            { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
            { parent },
          ),
        ];
  new aws.s3.BucketLifecycleConfiguration(
    name,
    {
      bucket: bucket.bucket,
      rules: [
        {
          id: formerDays === null ? "unfinished-uploads" : "former-versions",
          status: "Enabled",
          filter: {},
          ...(formerDays !== null && { noncurrentVersionExpiration: { noncurrentDays: formerDays } }),
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ],
    },
    // AWS takes a rule about versions only where there are any
    { parent, dependsOn: versioning },
  );
  return versioning;
}

function refusePlainText({ name, bucket, parent }: Place, closed: pulumi.Resource): pulumi.Resource {
  const policy = pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
  // one change at a time: S3 refuses two of one bucket at once
  return new aws.s3.BucketPolicy(name, { bucket: bucket.bucket, policy }, { parent, dependsOn: [closed] });
}
