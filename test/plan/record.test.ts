import assert from "node:assert/strict";

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { RecordedResource, Recording } from "../../plan/record";
import { recordProgram, RecordingError } from "../../plan/record";

const STACK = "urn:pulumi:dev::spectrum::pulumi:pulumi:Stack::spectrum-dev";

function record(program: () => unknown, more: Partial<Parameters<typeof recordProgram>[1]> = {}): Promise<Recording> {
  return recordProgram(async () => (await program()) as Record<string, unknown> | undefined, {
    project: "spectrum",
    stack: "dev",
    config: { "aws:region": "eu-west-1" },
    secretConfigKeys: [],
    ...more,
  });
}

function find(recording: Recording, name: string): RecordedResource {
  const found = recording.resources.filter((resource) => resource.name === name);
  assert.equal(found.length, 1, `${found.length} resources are called ${name}`);
  return found[0]!;
}

/** What a recording of the program is refused with. */
async function problems(program: () => unknown, more?: Parameters<typeof record>[1]): Promise<readonly string[]> {
  try {
    await record(program, more);
  } catch (error) {
    assert.ok(error instanceof RecordingError, String(error));
    return error.problems;
  }
  return assert.fail("nothing was refused");
}

class Group extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:test:Group", name, {}, opts);
    this.bucket = new aws.s3.Bucket(name, { tags: { a: "1" } }, { parent: this });
    this.registerOutputs({ bucket: this.bucket });
  }
}

describe("recordProgram", () => {
  it("makes URNs as the engine does and puts parents before children", async () => {
    const recording = await record(() => {
      new Group("b");
      new Group("a");
    });
    assert.deepEqual(
      recording.resources.map(({ urn }) => urn),
      [
        STACK,
        "urn:pulumi:dev::spectrum::spectrum:test:Group::a",
        "urn:pulumi:dev::spectrum::spectrum:test:Group$aws:s3/bucket:Bucket::a",
        "urn:pulumi:dev::spectrum::spectrum:test:Group::b",
        "urn:pulumi:dev::spectrum::spectrum:test:Group$aws:s3/bucket:Bucket::b",
      ],
    );
    assert.deepEqual(
      recording.resources.map(({ parent }) => parent),
      [null, STACK, recording.resources[1]!.urn, STACK, recording.resources[3]!.urn],
    );
  });

  for (const preview of [true, false]) {
    it(`keeps the origin of outputs through apply, interpolate and JSON (preview ${preview})`, async () => {
      const recording = await record(
        () => {
          const bucket = new aws.s3.Bucket("data");
          const topic = new aws.sns.Topic("news", { name: pulumi.interpolate`t-${bucket.bucket}-x` });
          new aws.s3.BucketPolicy("policy", {
            bucket: bucket.id,
            policy: pulumi.jsonStringify({
              Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
              Topic: topic.arn,
            }),
          });
          return { arn: bucket.arn, list: [topic.id] };
        },
        { preview },
      );
      const bucket = find(recording, "data").urn;
      const topic = find(recording, "news").urn;
      assert.deepEqual(find(recording, "news").inputs, { name: { $output: `t-\${${bucket}.bucket}-x` } });
      const policy = find(recording, "policy");
      assert.deepEqual(policy.inputs.bucket, { $output: `${bucket}.id` });
      assert.deepEqual(JSON.parse(policy.inputs.policy as string), {
        Resource: [{ $output: `${bucket}.arn` }, { $output: `\${${bucket}.arn}/*` }],
        Topic: { $output: `${topic}.arn` },
      });
      assert.deepEqual(policy.dependencies, [bucket, topic]);
      assert.deepEqual(policy.propertyDependencies, { bucket: [bucket], policy: [bucket, topic] });
      assert.deepEqual(recording.outputs, { arn: { $output: `${bucket}.arn` }, list: [{ $output: `${topic}.id` }] });
    });
  }

  it("tells the program whether it is a preview", async () => {
    const seen: boolean[] = [];
    for (const preview of [true, false]) await record(() => void seen.push(pulumi.runtime.isDryRun()), { preview });
    assert.deepEqual(seen, [true, false]);
  });

  it("sees what is registered after an apply of an apply", async () => {
    const recording = await record(() => {
      const first = new aws.s3.Bucket("first");
      first.id.apply(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        const second = new aws.s3.Bucket("second");
        second.id.apply(() => new aws.s3.Bucket("third"));
      });
    });
    find(recording, "third");
  });

  it("refuses a URN taken twice, in the engine's words", async () => {
    const found = await problems(() => {
      new aws.s3.Bucket("same");
      new aws.s3.Bucket("same");
    });
    assert.deepEqual(found, [
      "Duplicate resource URN 'urn:pulumi:dev::spectrum::aws:s3/bucket:Bucket::same'; try giving it a unique name",
    ]);
  });

  it("names every unknown function and remote component", async () => {
    const found = await problems(() => {
      void aws.sfn.getAlias({ name: "a", statemachineArn: "b" });
      new pulumi.ComponentResource("other:index:Thing", "thing", {}, {}, true);
    });
    assert.equal(found.length, 2);
    assert.match(found.join("\n"), /aws:sfn\/getAlias:getAlias/);
    assert.match(found.join("\n"), /other:index:Thing/);
  });

  it("throws what the program throws, as it is", async () => {
    const thrown = new TypeError("mine");
    await assert.rejects(
      record(() => {
        throw thrown;
      }),
      (error) => error === thrown,
    );
  });

  it("reports an error in an apply", async () => {
    const found = await problems(() => {
      const bucket = new aws.s3.Bucket("data");
      bucket.id.apply(() => {
        throw new Error("floating");
      });
    });
    assert.deepEqual(found, ["floating"]);
  });

  it("refuses a piece of an unknown output", async () => {
    const cuts: ((arn: string) => string)[] = [
      (arn) => arn.slice(0, 3),
      (arn) => arn[0]!,
      (arn) => arn.slice(2),
      (arn) => arn.slice(1, -1),
    ];
    for (const cut of cuts) {
      const found = await problems(() => {
        const bucket = new aws.s3.Bucket("data");
        new aws.sns.Topic("topic", { displayName: bucket.arn.apply(cut) });
      });
      assert.equal(found.length, 1, String(cut));
      assert.match(found[0]!, /Topic::topic: "displayName" holds a piece of an output/);
    }
  });

  it("gives structure to the outputs that programs look into", async () => {
    const recording = await record(() => {
      const certificate = new aws.acm.Certificate("cert", {
        domainName: "a.example",
        subjectAlternativeNames: ["b.example"],
      });
      certificate.domainValidationOptions[1]!.resourceRecordName.apply((name) => name);
      new aws.route53.Record("record", {
        zoneId: "Z",
        name: certificate.domainValidationOptions[1]!.resourceRecordName,
        type: certificate.domainValidationOptions[1]!.resourceRecordType,
      });
      const service = new aws.lightsail.ContainerService("box", {
        power: "nano",
        scale: 1,
        privateRegistryAccess: { ecrImagePullerRole: { isActive: true } },
      });
      new aws.sns.Topic("topic", {
        name: service.privateRegistryAccess.apply((access) => access.ecrImagePullerRole.principalArn),
      });
    });
    const cert = find(recording, "cert").urn;
    assert.deepEqual(find(recording, "record").inputs.name, {
      $output: `${cert}.domainValidationOptions[1].resourceRecordName`,
    });
    assert.deepEqual(find(recording, "topic").inputs.name, {
      $output: `${find(recording, "box").urn}.privateRegistryAccess.ecrImagePullerRole.principalArn`,
    });
    assert.deepEqual(find(recording, "box").inputs.privateRegistryAccess, { ecrImagePullerRole: { isActive: true } });
  });

  for (const preview of [true, false]) {
    it(`lets no input vanish that comes from inside an unknown list or object (preview ${preview})`, async () => {
      const recording = await record(
        () => {
          const broker = new aws.rds.Proxy("proxy", {
            engineFamily: "MYSQL",
            roleArn: "r",
            vpcSubnetIds: ["s"],
            auths: [],
          });
          const instance = new aws.ec2.Instance("instance", { ami: "a", instanceType: "t3.nano" });
          new aws.sns.Topic("topic", {
            name: instance.rootBlockDevice.volumeId,
            displayName: instance.ebsBlockDevices.apply((devices) => devices[0]!.deviceName),
            fifoTopic: broker.requireTls,
          });
        },
        { preview },
      );
      const instance = find(recording, "instance").urn;
      assert.deepEqual(find(recording, "topic").inputs, {
        name: { $output: `${instance}.?` },
        displayName: { $output: `${instance}.?` },
        fifoTopic: { $output: `${find(recording, "proxy").urn}.?` },
      });
    });
  }

  it("shows looked-up values as lookups", async () => {
    const recording = await record(async () => {
      const zones = await aws.getAvailabilityZones({ state: "available" });
      const caller = aws.getCallerIdentityOutput();
      new aws.ec2.Subnet("subnet", { vpcId: "vpc-1", availabilityZone: zones.names[1] });
      new aws.sns.Topic("topic", { name: pulumi.interpolate`t-${caller.accountId}` });
      return { region: aws.getRegionOutput().region };
    });
    assert.deepEqual(find(recording, "subnet").inputs.availabilityZone, {
      $lookup: "aws:index/getAvailabilityZones:getAvailabilityZones",
    });
    assert.deepEqual(find(recording, "topic").inputs.name, {
      $lookup: "t-${aws:index/getCallerIdentity:getCallerIdentity}",
    });
    assert.deepEqual(recording.outputs, { region: "eu-west-1" });
  });

  it("shows what is read from AWS as looked up, and not as registered", async () => {
    const recording = await record(() => {
      const vpc = aws.ec2.Vpc.get("theirs", "vpc-1");
      new aws.ec2.Subnet("subnet", { vpcId: vpc.id, cidrBlock: vpc.cidrBlock });
    });
    assert.deepEqual(find(recording, "subnet").inputs, { vpcId: "vpc-1", cidrBlock: { $lookup: "aws:ec2/vpc:Vpc" } });
    assert.equal(
      recording.resources.some(({ name }) => name === "theirs"),
      false,
    );
  });

  it("shows secrets by name and never their content", async () => {
    const recording = await record(
      () => {
        const config = new pulumi.Config();
        const secrets = config.requireObject<Record<string, Record<string, string>>>("secrets");
        const password = pulumi.secret(secrets.shop!.DB_PASSWORD);
        const bucket = new aws.s3.Bucket("data", { tags: { mine: pulumi.secret("no name") } });
        new aws.ssm.Parameter("one", { type: "SecureString", value: pulumi.interpolate`pg://u:${password}@h` });
        new aws.ssm.Parameter("two", { type: "SecureString", value: pulumi.secret(bucket.arn) });
        new aws.ssm.Parameter("key", { type: "SecureString", value: config.requireSecret("key") });
        const certificate = new aws.iam.AccessKey("access", { user: "u" }, { additionalSecretOutputs: ["secret"] });
        new aws.ssm.Parameter("three", { type: "SecureString", value: certificate.secret });
        return { password };
      },
      {
        config: { "spectrum:secrets": '{"shop":{"DB_PASSWORD":"hunter2"}}', "spectrum:key": "hunter3" },
        secretConfigKeys: ["spectrum:secrets", "spectrum:key"],
      },
    );
    const bucket = find(recording, "data").urn;
    assert.deepEqual(find(recording, "one").inputs.value, { $secret: "shop.DB_PASSWORD" });
    assert.deepEqual(find(recording, "two").inputs.value, { $secret: `${bucket}.arn` });
    assert.deepEqual(find(recording, "key").inputs.value, { $secret: "spectrum:key" });
    assert.deepEqual(find(recording, "three").inputs.value, { $secret: `${find(recording, "access").urn}.secret` });
    assert.deepEqual(find(recording, "data").inputs.tags, { mine: { $secret: `${bucket}.tags.mine` } });
    assert.deepEqual(recording.outputs, { password: { $secret: "shop.DB_PASSWORD" } });
    assert.doesNotMatch(JSON.stringify(recording), /hunter|no name/);
  });

  it("refuses a secret in plain text", async () => {
    const found = await problems(
      () => {
        const secrets = new pulumi.Config().requireObject<Record<string, Record<string, string>>>("secrets");
        new aws.sns.Topic("one", { displayName: `x${secrets.shop!.DB_PASSWORD}` });
      },
      { config: { "spectrum:secrets": '{"shop":{"DB_PASSWORD":"hunter2"}}' }, secretConfigKeys: ["spectrum:secrets"] },
    );
    assert.equal(found.length, 1);
    assert.match(found[0]!, /Topic::one: "displayName" holds the secret shop.DB_PASSWORD in plain text/);
  });

  it("records options", async () => {
    const recording = await record(() => {
      const provider = new aws.Provider("other", { region: "us-east-1" });
      const first = new aws.s3.Bucket("first");
      new aws.s3.Bucket(
        "data",
        {},
        {
          protect: true,
          retainOnDelete: true,
          deleteBeforeReplace: true,
          ignoreChanges: ["tags", "acl"],
          aliases: [
            "urn:pulumi:dev::old::aws:s3/bucket:Bucket::x",
            { name: "before" },
            { parent: pulumi.rootStackResource, name: "up" },
          ],
          customTimeouts: { create: "5m" },
          replaceOnChanges: ["bucket"],
          provider,
          dependsOn: [first],
        },
      );
    });
    const data = find(recording, "data");
    assert.deepEqual(data.options, {
      protect: true,
      retainOnDelete: true,
      deleteBeforeReplace: true,
      ignoreChanges: ["acl", "tags"],
      aliases: [
        "urn:pulumi:dev::old::aws:s3/bucket:Bucket::x",
        "urn:pulumi:dev::spectrum::aws:s3/bucket:Bucket::before",
        "urn:pulumi:dev::spectrum::aws:s3/bucket:Bucket::up",
      ],
      provider: "urn:pulumi:dev::spectrum::pulumi:providers:aws::other",
      customTimeouts: { create: "5m" },
    });
    assert.deepEqual(data.replaceOnChanges, ["bucket"]);
    assert.deepEqual(data.dependencies, [find(recording, "first").urn]);
    assert.equal(find(recording, "first").options, undefined);
  });

  it("shows assets without a path of this machine", async () => {
    const recording = await record(() => {
      new aws.s3.BucketObject("file", {
        bucket: "b",
        source: new pulumi.asset.FileAsset(`${process.cwd()}/package.json`),
      });
      new aws.s3.BucketObject("text", { bucket: "b", source: new pulumi.asset.StringAsset("hello") });
      new aws.lambda.LayerVersion("zip", {
        layerName: "l",
        code: new pulumi.asset.AssetArchive({
          b: new pulumi.asset.FileAsset("/elsewhere/x.txt"),
          a: new pulumi.asset.StringAsset("hello"),
        }),
      });
    });
    const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    assert.deepEqual(find(recording, "file").inputs.source, { path: "package.json" });
    assert.deepEqual(find(recording, "text").inputs.source, { sha256 });
    assert.deepEqual(find(recording, "zip").inputs.code, { a: { sha256 }, b: { path: "x.txt" } });
  });

  describe("transforms", () => {
    it("runs the resource's, its parents' and the stack's, in this order", async () => {
      const mark =
        (text: string): pulumi.ResourceTransform =>
        ({ custom, props, opts }) =>
          custom
            ? {
                props: {
                  ...props,
                  tags: {
                    ...(props.tags as object),
                    order: `${(props.tags as { order?: string })?.order ?? ""}${text}`,
                  },
                },
                opts,
              }
            : undefined;
      const recording = await record(() => {
        pulumi.runtime.registerResourceTransform(mark("stack"));
        const group = new Group("group", { transforms: [mark("group ")] });
        new aws.s3.Bucket("own", {}, { parent: group, transforms: [mark("own ")] });
        return { tags: group.bucket.tags };
      });
      assert.deepEqual(find(recording, "own").inputs, { tags: { order: "own group stack" } });
      const child = recording.resources.find(({ type, name }) => type === "aws:s3/bucket:Bucket" && name === "group")!;
      assert.deepEqual(child.inputs, { tags: { a: "1", order: "group stack" } });
      assert.deepEqual(recording.outputs, { tags: { a: "1", order: "group stack" } });
    });

    it("lets them change options and keeps tokens and secrets", async () => {
      const recording = await record(() => {
        const first = new aws.s3.Bucket("first");
        new aws.s3.Bucket(
          "data",
          { bucket: first.arn, tags: { s: pulumi.secret("x") } },
          { transforms: [({ props, opts }) => ({ props, opts: { ...opts, protect: true, ignoreChanges: ["tags"] } })] },
        );
      });
      const data = find(recording, "data");
      assert.deepEqual(data.inputs.bucket, { $output: `${find(recording, "first").urn}.arn` });
      assert.deepEqual(data.options, { protect: true, ignoreChanges: ["tags"] });
      assert.deepEqual(data.dependencies, [find(recording, "first").urn]);
      assert.deepEqual(data.inputs.tags, { $secret: `${data.urn}.tags` });
    });

    it("reports one that throws", async () => {
      const found = await problems(() => {
        const fail = () => {
          throw new Error("not this one");
        };
        new aws.s3.Bucket("data", {}, { transforms: [fail] });
      });
      assert.match(found.join("\n"), /data: .*not this one/);
    });
  });

  it("leaves out the stacks that only an engine reads, and keeps those of errors", async () => {
    const { outputs } = await record(() => ({ unread: new Error().stack, read: new Error("told").stack }));
    assert.equal(outputs.unread, "");
    assert.match(outputs.read as string, /^Error: told\n +at .*record\.test\.ts/u);
    // afterwards all is as it was
    assert.match(new Error().stack ?? "", /\n +at /u);
  });

  it("is the same on each run, and runs one program after the other", async () => {
    const program = () => {
      new Group("b");
      const a = new Group("a");
      return { a: a.bucket.arn };
    };
    const [one, two] = await Promise.all([record(program), record(program)]);
    assert.equal(JSON.stringify(one), JSON.stringify(two));
    assert.equal(one.resources.length, 5);
  });
});
