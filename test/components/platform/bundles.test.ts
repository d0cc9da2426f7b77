import assert from "node:assert/strict";
import { Platform } from "../../../components/platform/platform";
import { type Recorded, recordResources } from "../../support/record";
import { environment } from "./fixtures";

const record = (isProtected = false): Promise<Recorded> =>
  recordResources(() => {
    const platform = new Platform("platform", environment({}, { protected: isProtected }));
    const { bundles } = platform;
    assert.equal(platform.bundles, bundles, "made once");
    platform.finish();
    return { bucket: bundles.bucket.bucket, ready: bundles.ready.length };
  });

describe("the bucket for bundles", () => {
  it("is one for the environment: private, encrypted, versioned, over TLS alone", async () => {
    const made = await record();
    const bucket = made.one("aws:s3/bucket:Bucket", "platform-bundles");
    assert.equal(made.parentOf(bucket).type, "spectrum:platform:Bundles");
    assert.deepEqual(bucket.inputs, { forceDestroy: true });
    const { bucket: name, ...closed } = made.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs;
    assert.deepEqual(name, made.output(bucket, "bucket"));
    assert.deepEqual(closed, {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const encryption = made.one(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    );
    assert.deepEqual(encryption.inputs.rules, [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }]);
    const versioning = made.one("aws:s3/bucketVersioning:BucketVersioning");
    assert.deepEqual(versioning.inputs.versioningConfiguration, { status: "Enabled" });
    const lifecycle = made.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
    assert.ok(lifecycle.dependencies.includes(versioning.urn), "AWS takes no rule about versions before there are any");
    const policy = made.json<{ Statement: readonly unknown[] }>(made.one("aws:s3/bucketPolicy:BucketPolicy"), "policy");
    assert.deepEqual(policy.Statement, [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [made.output(bucket, "arn"), { $output: `\${${bucket.urn}.arn}/*` }],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
    assert.equal(made.outputs.ready, 4);
  });

  it("is not emptied where the environment is protected", async () => {
    const made = await record(true);
    assert.deepEqual(made.one("aws:s3/bucket:Bucket").inputs, { forceDestroy: false });
  });
});
