/** The environment's bucket for bundles: what is deployed as an archive of files. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../../app/config/types";
import { type PrivateBucket, privateBucket } from "./private-bucket";

export type BundleStore = PrivateBucket;

/** Days that the former versions of an object stay. Each bundle has a name of its own, so they are deleted ones. */
const FORMER_DAYS = 30;

/** One bucket for the environment. A bundle has some KiB. Where the environment is not protected it is emptied when it is deleted. */
export class SharedBundleStore extends pulumi.ComponentResource implements BundleStore {
  readonly bucket: aws.s3.Bucket;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, environment: EnvironmentConfig, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:platform:Bundles", name, {}, opts);
    const { bucket, ready } = privateBucket(name, { formerDays: FORMER_DAYS, emptied: !environment.protected }, this);
    this.bucket = bucket;
    this.ready = ready;
    this.registerOutputs({ bucket: bucket.bucket });
  }
}
