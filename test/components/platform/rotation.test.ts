/** A new value of a secret reaches what runs: on every tier something that changes with it is deployed. */
import assert from "node:assert/strict";

import type { SecretStore } from "../../../app/config/types";
import type { TierName } from "../../../app/tiers";
import { tiers } from "../../../components/tiers";
import { beanstalkFile } from "../../../components/tiers/beanstalk/wired";
import { type Input, onTier } from "../../support/on-tier";
import type { Recorded } from "../../support/record";

const compose = `
services:
  web:
    image: nginx:1.29
    ports: ["8080:80"]
    environment: { TOKEN: "\${TOKEN}", URL: "https://u:\${TOKEN}@example.com" }
    secrets: [key]
  other: { image: "httpd:2.4", expose: ["80"] }
secrets: { key: { environment: KEY } }
`;
const secrets = ["TOKEN", "KEY"];
const activation = { count: 1, expires: "2027-01-15T00:00:00Z" };

interface Container {
  readonly name: string;
  readonly dockerLabels?: Readonly<Record<string, unknown>>;
}

/** The versions of the named secrets, as an input that waits for them has them. */
function versions(made: Recorded, store: SecretStore, ...names: readonly string[]): string[] {
  return names.map((name) =>
    store === "ssm"
      ? `${made.one("aws:ssm/parameter:Parameter", `shop-${name}`).urn}.version`
      : `${made.one("aws:secretsmanager/secretVersion:SecretVersion", `shop-${name}`).urn}.versionId`,
  );
}

function names(value: unknown, wanted: readonly string[]): void {
  const text = JSON.stringify(value) ?? "";
  for (const one of wanted) assert.ok(text.includes(one), `${one} is not in ${text}`);
}

const input = (tier: TierName, secretStore: SecretStore): Input => ({
  compose,
  secrets,
  platform: { secretStore },
  config: { data: "delete", ...(tier === "ecs-anywhere" && { "ecs-anywhere": { activation } }) },
});

describe("a new value of a secret", () => {
  for (const store of ["ssm", "secrets-manager"] as const) {
    for (const tier of ["fargate", "ecs-ec2", "ecs-anywhere"] as const) {
      it(`is another revision on ${tier}, from ${store}`, async () => {
        const made = await onTier(tiers[tier]).record(input(tier, store));
        const containers = made
          .all("aws:ecs/taskDefinition:TaskDefinition")
          .flatMap((definition) => made.json<Container[]>(definition, "containerDefinitions"));
        const labels = Object.fromEntries(containers.map((c) => [c.name, c.dockerLabels?.["spectrum.secrets"]]));
        names(labels.web, versions(made, store, "TOKEN", "web-URL"));
        names(labels["spectrum-files"], versions(made, store, "key"));
        assert.equal(labels.other, undefined);
      });
    }

    it(`updates the environment on beanstalk, and its containers, from ${store}`, async () => {
      const made = await onTier(tiers.beanstalk).record(input("beanstalk", store));
      const { settings } = made.one("aws:elasticbeanstalk/environment:Environment").inputs;
      const properties = (settings as unknown as { namespace: string; name: string; value: unknown }[]).filter(
        ({ namespace }) => namespace === "aws:elasticbeanstalk:application:environment",
      );
      assert.deepEqual(
        properties.map(({ name }) => name),
        ["DIGEST_web", "SPECTRUM_SECRETS"],
      );
      names(properties[0]?.value, versions(made, store, "key"));
      names(properties[1]?.value, versions(made, store, "TOKEN", "key"));
      const { source } = made.one("aws:s3/bucketObjectv2:BucketObjectv2").inputs;
      const files = source as unknown as Record<string, unknown>;
      const { app, placement } = onTier(tiers.beanstalk).read(input("beanstalk", store));
      const composeFile = JSON.stringify(beanstalkFile(app, placement).wired.composeFile);
      assert.match(composeFile, /spectrum\.files: \\\\?"\$\{DIGEST_web\}/u);
      for (const name of ["10-registries.sh", "30-files.sh"])
        assert.deepEqual(files[`.platform/confighooks/prebuild/${name}`], files[`.platform/hooks/prebuild/${name}`]);
    });

    it(`reaches the machines of lightsail-vm, from ${store}`, async () => {
      const made = await onTier(tiers["lightsail-vm"]).record(input("lightsail-vm", store));
      const { parameters } = made.one("aws:ssm/association:Association").inputs;
      names((parameters as { Secrets?: unknown }).Secrets, versions(made, store, "TOKEN", "key"));
    });
  }

  for (const tier of ["eks", "eks-fargate"] as const) {
    it(`is another Secret on ${tier}, under a name of its own`, async () => {
      const made = await onTier(tiers[tier]).record(input(tier, "ssm"));
      const secret = made.one("kubernetes:core/v1:Secret", "shop-web");
      names(secret.inputs.stringData, ["$secret"]);
      assert.equal((secret.inputs.metadata as { name?: unknown }).name, undefined);
      names(made.one("kubernetes:apps/v1:Deployment", "shop-web").inputs, [`${secret.urn}.metadata.name`]);
    });
  }

  it("is another deployment on lightsail", async () => {
    const made = await onTier(tiers.lightsail).record(input("lightsail", "ssm"));
    const deployment = made.one("aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion");
    names(deployment.inputs.containers, ["$secret"]);
  });

  it("changes nothing of an app on beanstalk that has none", async () => {
    const made = await onTier(tiers.beanstalk).record({ compose: `services: { web: { image: "nginx:1.29" } }` });
    const { source } = made.one("aws:s3/bucketObjectv2:BucketObjectv2").inputs;
    assert.ok(!Object.keys(source as object).some((path) => path.includes("confighooks")));
  });
});
