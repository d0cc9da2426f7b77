/** The shop with every kind of backing service and a volume, on every tier that can have them, under the real engine. */
import assert from "node:assert/strict";

import type { TierName } from "../../app/tiers";
import { exampleCase } from "./cases";
import { isAsPlanned, nothingLeft, succeeded } from "./steps";
import { engineSuite } from "./suite";

const VPC_TIERS = ["fargate", "ecs-ec2", "eks", "eks-fargate", "beanstalk"] as const satisfies readonly TierName[];
const LIGHTSAIL_TIERS = ["lightsail", "lightsail-vm"] as const satisfies readonly TierName[];

/** The container database has the volume, the managed cache is the queue's neighbour. */
const onVpc = (tier: TierName) =>
  exampleCase("shop", tier, {
    app: {
      services: {
        redis: { managed: true },
        api: { bucket: { sharedWith: ["worker"] } },
        worker: { queue: { senders: ["api"], scale: { max: 3 } } },
      },
    },
  });

const onLightsail = (tier: TierName) =>
  exampleCase("shop", tier, {
    app: {
      services: { db: { managed: true }, api: { bucket: true } },
      lightsail: { accept: ["api.environment", "api.secrets", "worker.secrets"] },
    },
  });

/** What holds data: the backing services and the volumes. */
const DATA = /BackingServices|platform:Volumes/u;
/** What a tier that mounts without a role says of a file system. */
const BY_TIER = "aws:efs/fileSystemPolicy:FileSystemPolicy";

engineSuite("engine with every backing service", 30, (suite) => {
  it(`leaves database's volume, cache, bucket and queue alone from tier to tier: ${VPC_TIERS.join(", ")}`, async () => {
    const [first, ...others] = VPC_TIERS;
    const stack = await suite.open(onVpc(first));
    succeeded(await stack.up());
    await isAsPlanned(stack);
    const kinds = new Set(suite.cloud.everything.filter(({ urn }) => DATA.test(urn)).map(({ type }) => type));
    for (const type of ["efs/fileSystem", "elasticache/replicationGroup", "s3/bucket", "sqs/queue"])
      assert.ok(
        [...kinds].some((kind) => kind.startsWith(`aws:${type}:`)),
        type,
      );
    for (const tier of others) {
      const from = suite.cloud.log.length;
      stack.configure(onVpc(tier).config);
      succeeded(await stack.up());
      await isAsPlanned(stack);
      const touched = suite
        .done(from)
        .filter(({ urn, type }) => DATA.test(urn) && type !== BY_TIER)
        .map(({ operation, urn }) => `${operation} ${urn}`);
      assert.deepEqual(touched, [], `${tier} touches it`);
    }
    succeeded(await stack.destroy());
    nothingLeft(suite.cloud);
  });

  it(`does so on ${LIGHTSAIL_TIERS.join(" and ")}, with Lightsail's own database and bucket`, async () => {
    const [first, second] = LIGHTSAIL_TIERS;
    const stack = await suite.open(onLightsail(first));
    succeeded(await stack.up());
    await isAsPlanned(stack);
    const from = suite.cloud.log.length;
    stack.configure(onLightsail(second).config);
    succeeded(await stack.up());
    await isAsPlanned(stack);
    assert.deepEqual(
      suite.done(from).filter(({ urn }) => urn.includes("BackingServices")),
      [],
    );
    succeeded(await stack.destroy());
    nothingLeft(suite.cloud);
  });
});
