/** The environment's bucket for bundles: what is deployed as an archive of files. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";

export interface BundleStore {
  readonly bucket: aws.s3.Bucket;
  /** What an object must wait for: the bucket's settings. */
  readonly ready: readonly pulumi.Resource[];
}

/** Days that the former versions of an object stay. Each bundle has a name of its own, so they are deleted ones. */
const FORMER_DAYS = 30;

/**
 * One bucket for the environment: private, encrypted, versioned, over TLS alone. 0.023 USD a GB-month; a bundle has some KiB.
 * Where the environment is not protected it is emptied when it is deleted.
 */
export class SharedBundleStore extends pulumi.ComponentResource implements BundleStore {
  readonly bucket: aws.s3.Bucket;
  readonly ready: readonly pulumi.Resource[];

  constructor(
    private readonly name: string,
    environment: EnvironmentConfig,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Bundles", name, {}, opts);
    this.bucket = new aws.s3.Bucket(name, { forceDestroy: !environment.protected }, { parent: this });
    const closed = this.close();
    this.ready = [closed, this.encrypt(), this.version(), this.refusePlainText(closed)];
    this.registerOutputs({ bucket: this.bucket.bucket });
  }

  private close(): aws.s3.BucketPublicAccessBlock {
    return new aws.s3.BucketPublicAccessBlock(
      this.name,
      {
        bucket: this.bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      { parent: this },
    );
  }

  private encrypt(): pulumi.Resource {
    return new aws.s3.BucketServerSideEncryptionConfiguration(
      this.name,
      {
        bucket: this.bucket.bucket,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      },
      { parent: this },
    );
  }

  /** Versions, and their end. */
  private version(): pulumi.Resource {
    const versioning = new aws.s3.BucketVersioning(
      this.name,
      { bucket: this.bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      { parent: this },
    );
    new aws.s3.BucketLifecycleConfiguration(
      this.name,
      {
        bucket: this.bucket.bucket,
        rules: [
          {
            id: "former-versions",
            status: "Enabled",
            filter: {},
            noncurrentVersionExpiration: { noncurrentDays: FORMER_DAYS },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
        ],
      },
      // AWS takes a rule about versions only where there are any
      { parent: this, dependsOn: [versioning] },
    );
    return versioning;
  }

  private refusePlainText(closed: pulumi.Resource): pulumi.Resource {
    const { bucket } = this;
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
    return new aws.s3.BucketPolicy(this.name, { bucket: bucket.bucket, policy }, { parent: this, dependsOn: [closed] });
  }
}
