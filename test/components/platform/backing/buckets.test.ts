import assert from "node:assert/strict";

import { tierNames } from "../../../../app/tiers";
import { tiers } from "../../../../components/tiers";
import { type Input, onTier } from "../../../support/on-tier";
import type { Recorded } from "../../../support/record";

const compose = `
services:
  web:
    image: nginx:1.29
    ports: ["8080:80"]
    expose: ["80"]
    environment: { BUCKET_NAME: local, PICTURES_URL: "s3://pictures" }
  worker:
    image: httpd:2.4
    expose: ["80"]
`;
const withBucket = (bucket: unknown, more: Partial<Input> = {}): Input => ({
  compose,
  ...more,
  config: { services: { web: { bucket } }, ...more.config },
});
const activation = { count: 1, expires: "2027-01-15T00:00:00Z" };

const BUCKET = "aws:s3/bucket:Bucket";
const LIGHTSAIL = "aws:lightsail/bucket:Bucket";
const KEY = "aws:lightsail/bucketAccessKey:BucketAccessKey";
const POLICY = "aws:iam/rolePolicy:RolePolicy";

/** Every S3 statement of the roles' inline policies about the app's own bucket. */
function grants(made: Recorded, { urn }: { readonly urn: string }) {
  return made
    .all(POLICY)
    .flatMap((policy) =>
      made
        .json<{ Statement: { Action: string[]; Resource: unknown }[] }>(policy, "policy")
        .Statement.map((statement) => ({ policy: policy.name, ...statement })),
    )
    .filter(({ Resource }) => JSON.stringify(Resource).includes(`${urn}.arn`));
}

describe("a bucket", () => {
  for (const tier of tierNames) {
    const { record, findings } = onTier(tiers[tier]);
    const input = withBucket(true, {
      config: { data: "delete", ...(tier === "ecs-anywhere" && { "ecs-anywhere": { activation } }) },
    });

    it(`on ${tier} is private, its name is in the service's variables, and the service alone may use it`, async () => {
      const made = await record(input);
      const lightsail = tier.startsWith("lightsail");
      const bucket = made.all(lightsail ? LIGHTSAIL : BUCKET).find(({ name }) => name === "shop-web-bucket");
      assert.ok(bucket, "there is a bucket");
      assert.equal(made.parentOf(bucket).type, "spectrum:platform:BackingServices");
      assert.equal(bucket.options?.protect, undefined);
      // Lightsail's names are the program's own, S3's the provider's
      const name = lightsail ? JSON.stringify(bucket.inputs.name).slice(1, -1) : `${bucket.urn}.bucket`;
      const others = made.resources.filter(({ name: of }) => of !== "shop-web-bucket");
      assert.ok(JSON.stringify(others.map(({ inputs }) => inputs)).includes(name), "a container is told the name");
      if (lightsail) {
        const key = made.one(KEY);
        assert.deepEqual(key.inputs.bucketName, bucket.inputs.name);
        assert.deepEqual(key.additionalSecretOutputs, ["secretAccessKey"]);
        return;
      }
      const found = grants(made, bucket);
      assert.deepEqual(
        found.map(({ Action }) => Action),
        [
          ["s3:ListBucket", "s3:GetBucketLocation"],
          ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        ],
      );
      assert.equal(new Set(found.map(({ policy }) => policy)).size, 1, "one role has it");
      const closed = made.all("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
      assert.ok(closed.some(({ name: of }) => of === "shop-web-bucket"));
    });

    it(`on ${tier} takes the place of a variable of the same name, and says so`, () => {
      const said = findings(input).filter(({ key, service }) => service === "web" && /BUCKET|bucket/u.test(key));
      assert.deepEqual(
        said.map(({ key, outcome }) => `${key} ${outcome}`),
        ["environment.BUCKET_NAME changed", `x-spectrum.bucket ${tier.startsWith("lightsail") ? "changed" : "kept"}`],
      );
    });
  }

  const { record, findings } = onTier(tiers.fargate);

  it("is protected and not emptied where its data is kept", async () => {
    const made = await record(withBucket(true));
    const bucket = made.one(BUCKET);
    assert.equal(bucket.options?.protect, true);
    assert.equal(bucket.inputs.forceDestroy, false);
    assert.equal(bucket.inputs.bucketPrefix, "spectrum-dev-shop-web-");
    assert.equal(made.all("aws:s3/bucketVersioning:BucketVersioning").length, 0);
  });

  it("keeps former versions where the environment is protected, or it says so", async () => {
    for (const input of [withBucket(true, { protected: true }), withBucket({ versioned: true })]) {
      const made = await record(input);
      const { inputs } = made.one("aws:s3/bucketVersioning:BucketVersioning");
      assert.deepEqual(inputs.versioningConfiguration, { status: "Enabled" });
    }
    const made = await record(withBucket({ versioned: false }, { protected: true }));
    assert.equal(made.all("aws:s3/bucketVersioning:BucketVersioning").length, 0);
  });

  it("is shared with the services that it names, under variables of its own name", async () => {
    const made = await record(withBucket({ sharedWith: ["worker"], variable: "PICTURES" }));
    const bucket = made.one(BUCKET);
    const found = grants(made, bucket);
    assert.deepEqual([...new Set(found.map(({ policy }) => policy))], ["shop-web-task", "shop-worker-task"]);
    for (const service of ["web", "worker"]) {
      const definition = made.one("aws:ecs/taskDefinition:TaskDefinition", `shop-${service}`);
      const containers = made.json<{ environment: { name: string; value: unknown }[] }[]>(
        definition,
        "containerDefinitions",
      );
      const variables = new Map(containers.at(-1)?.environment.map(({ name, value }) => [name, value]));
      assert.deepEqual(variables.get("PICTURES_NAME"), { $output: `${bucket.urn}.bucket` });
      assert.equal(variables.get("PICTURES_REGION"), "us-east-1");
    }
  });

  it("on Lightsail is refused until the user accepts that its key can be read there", () => {
    const said = onTier(tiers.lightsail).findings(withBucket(true));
    const refused = said.filter(({ outcome, key }) => outcome === "refused" && key.startsWith("environment"));
    assert.deepEqual(
      refused.map(({ key }) => key),
      ["environment.AWS_ACCESS_KEY_ID", "environment.AWS_SECRET_ACCESS_KEY"],
    );
  });

  it("is told of under x-spectrum.bucket", () => {
    const [said] = findings(withBucket(true)).filter(({ key }) => key === "x-spectrum.bucket");
    assert.match(said?.reason ?? "", /BUCKET_NAME, BUCKET_REGION/u);
  });
});
