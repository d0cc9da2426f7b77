/** An app's bucket, on S3 or on Lightsail. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bucket } from "../../../app/backing";
import { childName, environmentPrefix, slug } from "../../names";
import { privateBucket } from "../private-bucket";
import type { BackingArgs, Made } from "./made";

/** Days that the former versions of an object stay. */
const FORMER_DAYS = 30;
/** S3's provider puts 26 digits after a prefix, of 63 characters in all. */
const PREFIX_LENGTH = 36;
/** Lightsail takes 54; the account's number and a hyphen come after. */
const LIGHTSAIL_NAME_LENGTH = 41;

export function makeBucket(spec: Bucket, args: BackingArgs, parent: pulumi.Resource): Made {
  return spec.store === "s3" ? s3Bucket(spec, args, parent) : lightsailBucket(spec, args, parent);
}

const nameOf = ({ id }: Bucket, { app }: BackingArgs) => childName(app, ...id.split("."));

function s3Bucket(spec: Bucket, args: BackingArgs, parent: pulumi.Resource): Made {
  const { app, environment, data } = args;
  const prefix = slug(`${environmentPrefix(environment.name)}-${app}-${spec.service}`, PREFIX_LENGTH);
  const { bucket, ready } = privateBucket(
    nameOf(spec, args),
    {
      prefix: `${prefix}-`,
      formerDays: spec.versioned ? FORMER_DAYS : null,
      emptied: data === "delete",
      protect: data === "keep",
    },
    parent,
  );
  return { outputs: { name: bucket.bucket, arn: bucket.arn }, ready };
}

/** Private and encrypted as Lightsail makes every bucket. Its name is one of all accounts', so the account's number is in it. */
function lightsailBucket(spec: Bucket, args: BackingArgs, parent: pulumi.Resource): Made {
  const { app, environment, data } = args;
  const { accountId } = aws.getCallerIdentityOutput({}, { parent });
  const prefix = slug(`${environmentPrefix(environment.name)}-${app}-${spec.service}`, LIGHTSAIL_NAME_LENGTH);
  const name = nameOf(spec, args);
  const bucket = new aws.lightsail.Bucket(
    name,
    {
      name: pulumi.interpolate`${prefix}-${accountId}`,
      bundleId: spec.bundle,
      forceDelete: data === "delete",
    },
    { parent, protect: data === "keep" },
  );
  // the SDK marks the secret key as one
  const key = new aws.lightsail.BucketAccessKey(name, { bucketName: bucket.name }, { parent });
  return {
    outputs: { name: bucket.name, arn: bucket.arn },
    secrets: { keyId: key.accessKeyId, secretKey: key.secretAccessKey },
    ready: [bucket],
  };
}
