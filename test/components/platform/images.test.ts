import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { PlatformConfig } from "../../../app/config/types";
import type { App, Build, Service } from "../../../app/model";
import { secretMark } from "../../../app/value";
import { contextHash } from "../../../components/platform/context-hash";
import { EcrImages, type AppImage } from "../../../components/platform/images";
import { Platform } from "../../../components/platform/platform";
import { StoredSecrets } from "../../../components/platform/secrets";
import { isSecret, useMocks, valueOf } from "../../support/mocks";
import { recordResources } from "../../support/record";
import { environment } from "./fixtures";

const IMAGE = "awsx:ecr:Image";
const REPOSITORY = "aws:ecr/repository:Repository";
const SECRET = "aws:secretsmanager/secret:Secret";
const VERSION = "aws:secretsmanager/secretVersion:SecretVersion";
const RULE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule";
const HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com";

const BUILD: Build = {
  context: `${process.cwd()}/no/such/web`,
  dockerfile: "Dockerfile",
  dockerfileInline: null,
  target: null,
  args: {},
  platforms: [],
  cacheFrom: [],
  cacheTo: [],
  additionalContexts: {},
  labels: {},
  secrets: [],
  network: null,
  noCache: false,
  pull: false,
};

type Part = Partial<Pick<Service, "image" | "platform">> & { readonly build?: Partial<Build> };

const POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy";
const DIGEST = `sha256:${"a".repeat(64)}`;

/** An app as a release has it: images by digest, built ones in the repository of `dev`. */
function released(services: Readonly<Record<string, Part>>, repository = "spectrum-dev/shop/web"): App {
  const images = Object.fromEntries(
    Object.keys(services).map((name) => [name, { image: `${HOST}/${repository}@${DIGEST}`, built: true }]),
  );
  return { ...appOf(services), release: { id: "0".repeat(64), images } };
}

/** Of an environment that has its repositories, or takes another's. */
function recordApp(app: App, registry: Partial<PlatformConfig["registry"]> = {}, name = "dev") {
  const env = environment({ registry: { environment: null, readers: [], ...registry } }, { name });
  return recordResources(
    () => {
      const platform = new Platform("platform", env);
      const secrets = new StoredSecrets("shop", { app: "shop", environment: env, sources: {} });
      const images = new EcrImages("shop", {
        app,
        environment: env,
        registries: () => platform.registries,
        others: () => platform.othersRepositories,
        secrets,
      });
      const made = Object.keys(app.services).map((service) => {
        const { uri, repository } = images.of(service);
        return [service, { uri, arn: repository?.arn, name: repository?.name }] as const;
      });
      const waits = images.letPull("web", { Sid: "Puller" }, []);
      images.finish();
      platform.finish();
      return { ...Object.fromEntries(made), waits: waits !== null };
    },
    {
      stack: name,
      stackOutputs: (leaf) => ({
        repositories: { shop: { web: { url: leaf("url"), arn: leaf("arn"), name: leaf("name") } } },
      }),
    },
  );
}

function appOf(services: Readonly<Record<string, Part>>): App {
  const entries = Object.entries(services).map(([name, { build, ...more }]): [string, unknown] => [
    name,
    { name, image: null, platform: null, ...more, build: build ? { ...BUILD, ...build } : null },
  ]);
  return { name: "shop", services: Object.fromEntries(entries) } as unknown as App;
}

interface Made {
  readonly images: EcrImages;
  readonly platform: Platform;
}

function make(
  services: Readonly<Record<string, Part>>,
  config: Partial<PlatformConfig> = {},
  isProtected = false,
): Made {
  const env = environment(config, { protected: isProtected });
  const platform = new Platform("platform", env, { secrets: { HUB_TOKEN: pulumi.secret("hub-token") } });
  const secrets = new StoredSecrets("shop", {
    app: "shop",
    environment: env,
    sources: { NPM: pulumi.secret("npm-token") },
  });
  const app = appOf(services);
  return {
    platform,
    images: new EcrImages("shop", {
      app,
      environment: env,
      registries: () => platform.registries,
      others: () => platform.othersRepositories,
      secrets,
    }),
  };
}

const record = (services: Readonly<Record<string, Part>>, config: Partial<PlatformConfig> = {}, isProtected = false) =>
  recordResources(() => {
    const { images, platform } = make(services, config, isProtected);
    for (const service of Object.keys(services)) {
      images.of(service);
      images.of(service);
    }
    platform.finish();
  });

const mockOutputs = {
  [IMAGE]: ({ name }: { name: string }) => ({ imageUri: `uri-of-${name}` }),
  [RULE]: () => ({ registryId: "123456789012" }),
  [SECRET]: ({ name }: { name: string }) => ({ arn: `arn-of-${name}` }),
  [VERSION]: ({ name }: { name: string }) => ({ arn: `arn-of-${name}` }),
};

const hub = (cache: boolean): Partial<PlatformConfig> => ({
  registries: { "docker.io": { username: "bob", password: "HUB_TOKEN", cache } },
});

describe("images", () => {
  describe("that are built", () => {
    it("have a repository that scans, whose tags are immutable and whose untagged images alone expire", async () => {
      const made = await record({ web: { build: {} } });
      const repository = made.one(REPOSITORY, "shop-web");
      assert.equal(made.parentOf(repository).type, "spectrum:platform:Images");
      assert.deepEqual(repository.inputs, {
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        forceDelete: true,
        imageScanningConfiguration: { scanOnPush: true },
        imageTagMutability: "IMMUTABLE",
        name: "spectrum-dev/shop/web",
      });
      const { rules } = made.json<{ rules: { selection: object; action: object }[] }>(
        made.one("aws:ecr/lifecyclePolicy:LifecyclePolicy"),
        "policy",
      );
      assert.deepEqual(
        rules.map(({ selection, action }) => [selection, action]),
        [
          [
            { countNumber: 14, countType: "sinceImagePushed", countUnit: "days", tagStatus: "untagged" },
            { type: "expire" },
          ],
        ],
      );
    });

    it("are not deleted with their repository where the environment is protected", async () => {
      assert.equal((await record({ web: { build: {} } }, {}, true)).one(REPOSITORY).inputs.forceDelete, false);
    });

    it("are named and tagged by app, service and content", async () => {
      const made = await record({ web: { build: {} } });
      const name = `shop-web-${contextHash(BUILD, "linux/amd64")}`;
      const image = made.one(IMAGE);
      assert.equal(image.name, name);
      const { repositoryUrl, ...inputs } = image.inputs;
      assert.deepEqual(repositoryUrl, made.output(made.one(REPOSITORY), "repositoryUrl"));
      assert.deepEqual(inputs, {
        context: "no/such/web",
        dockerfile: "no/such/web/Dockerfile",
        imageTag: name,
        platform: "linux/amd64",
      });
    });

    it("have another name and tag when their content changes, so that an immutable tag takes them", async () => {
      const tagOf = async (args: Record<string, string>) => {
        const image = (await record({ web: { build: { args } } })).one(IMAGE);
        return [image.name, image.inputs.imageTag];
      };
      const [first, second] = [await tagOf({ V: "1" }), await tagOf({ V: "2" })];
      assert.notEqual(first[0], second[0]);
      assert.notEqual(first[1], second[1]);
    });

    it("of two services on one context are two, in the component's child too", async () => {
      const made = await record({ web: { build: {} }, worker: { build: {} } });
      assert.equal(made.all(IMAGE).length, 2);
      const children = made.all("docker-build:index:Image");
      assert.equal(new Set(children.map(({ urn }) => urn)).size, 2);
      assert.equal(new Set(children.flatMap(({ inputs }) => inputs.tags)).size, 2);
    });

    it("take target, arguments, platform and registries' caches", async () => {
      const cacheFrom = ["repo:cache", "type=registry,ref=other:cache", "type=gha", "type=local,src=x"];
      const args = { B: "2", A: "1", FROM_SHELL: null };
      const made = await record({ web: { build: { target: "prod", args, cacheFrom }, platform: "linux/arm64" } });
      const { inputs } = made.one(IMAGE);
      assert.deepEqual(
        [inputs.target, inputs.args, inputs.platform, inputs.cacheFrom],
        ["prod", { A: "1", B: "2" }, "linux/arm64", ["repo:cache", "other:cache"]],
      );
    });

    it("come from an address as they are", async () => {
      const { inputs } = (await record({ web: { build: { context: "https://example.com/a.git" } } })).one(IMAGE);
      assert.deepEqual([inputs.context, inputs.dockerfile], ["https://example.com/a.git", "Dockerfile"]);
    });

    it("keep an argument's secret one", async () => {
      // Pulumi's mocks know no transforms, by which awsx's child is told to hide them in the state
      const made = await record({ web: { build: { args: { TOKEN: `x-${secretMark("NPM")}`, V: "1" } } } });
      const { urn, inputs } = made.one(IMAGE);
      assert.deepEqual(inputs.args, { TOKEN: { $secret: `${urn}.args.TOKEN` }, V: "1" });
    });

    it("are pulled from their repository", async () => {
      const mocks = await useMocks({ outputs: mockOutputs });
      const image = make({ web: { build: {} } }).images.of("web");
      await mocks.settled();
      assert.equal(await valueOf(image.uri), `uri-of-shop-web-${contextHash(BUILD, "linux/amd64")}`);
      assert.equal(await valueOf(image.repository?.name ?? ""), "spectrum-dev/shop/web");
      assert.equal(image.credentialsArn, null);
      assert.ok(!image.repository?.pullThrough);
    });

    it("have repositories of names that AWS takes, never one for two", async () => {
      const names = ["Web", "web", "a__b", "a.b", "a-b"];
      const made = await record(Object.fromEntries(names.map((name) => [name, { build: {} }])));
      const repositories = made.all(REPOSITORY).map(({ inputs }) => inputs.name as string);
      assert.equal(new Set(repositories).size, names.length);
      for (const name of repositories) {
        assert.match(name, /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/);
      }
    });
  });

  describe("of a release", () => {
    const arn = "arn:aws:ecr:us-east-1:123456789012:repository/spectrum-dev/shop/web";
    const uri = `${HOST}/spectrum-dev/shop/web@${DIGEST}`;

    it("are pulled by their digest, and their repository is kept by who owns it", async () => {
      for (const registry of [{}, { environment: "dev" }]) {
        const made = await recordApp(released({ web: { build: {} } }), registry);
        assert.deepEqual(made.all(IMAGE), []);
        made.one(REPOSITORY, "shop-web");
        assert.deepEqual(made.outputs, { web: { uri, arn, name: "spectrum-dev/shop/web" }, waits: true });
      }
    });

    it("need no repository and no other stack where another environment owns it", async () => {
      const made = await recordApp(released({ web: { build: {} } }), { environment: "dev" }, "staging");
      assert.deepEqual(
        made.resources.filter(({ custom }) => custom),
        [],
      );
      assert.deepEqual(made.outputs, { web: { uri, arn, name: "spectrum-dev/shop/web" }, waits: false });
    });

    it("are allowed by the ARN of their own account and region", async () => {
      const image = `222222222222.dkr.ecr.eu-west-1.amazonaws.com/team/web@${DIGEST}`;
      const app = { ...appOf({ web: { build: {} } }), release: { id: "", images: { web: { image, built: true } } } };
      const { outputs } = await recordApp(app);
      assert.deepEqual(outputs.web, {
        uri: image,
        arn: "arn:aws:ecr:eu-west-1:222222222222:repository/team/web",
        name: "team/web",
      });
    });
  });

  describe("in repositories that others read", () => {
    const readers = ["333333333333", "222222222222"];
    const statement = {
      Sid: "ReadersPull",
      Effect: "Allow",
      Principal: { AWS: ["arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:root"] },
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    };

    it("have one policy each, which lets the accounts pull and nothing else, and who the tier lets pull", async () => {
      const made = await recordApp(appOf({ web: { build: {} }, api: { build: {} } }), { readers });
      const policies = made.all(POLICY);
      assert.deepEqual(
        policies.map(({ name }) => [name, made.json(made.one(POLICY, name), "policy")]),
        [
          ["shop-api", { Version: "2012-10-17", Statement: [statement] }],
          ["shop-web", { Version: "2012-10-17", Statement: [{ Sid: "Puller" }, statement] }],
        ],
      );
      for (const policy of policies) {
        assert.equal(made.parentOf(policy).type, "spectrum:platform:Images");
        const repository = made.one(REPOSITORY, policy.name);
        assert.deepEqual(policy.inputs.repository, repository.inputs.name);
        assert.ok(policy.dependencies.includes(repository.urn));
      }
    });

    it("have none where nobody is named", async () => {
      assert.deepEqual((await recordApp(appOf({ api: { build: {} } }))).all(POLICY), []);
    });
  });

  it("that are built go to another environment's repository, which its stack says, under a tag of their own", async () => {
    const made = await recordApp(appOf({ web: { build: {} } }), { environment: "dev" }, "staging");
    const lookup = { $lookup: "pulumi:pulumi:StackReference" };
    assert.deepEqual([...made.all(REPOSITORY), ...made.all("aws:ecr/lifecyclePolicy:LifecyclePolicy")], []);
    const image = made.one(IMAGE);
    assert.deepEqual(image.inputs.repositoryUrl, lookup);
    assert.equal(image.inputs.imageTag, `${image.name}-staging`);
    assert.deepEqual(image.dependencies, [
      "urn:pulumi:staging::spectrum::spectrum:platform:Platform$pulumi:pulumi:StackReference::platform-repositories",
    ]);
    assert.deepEqual(made.outputs.web, {
      uri: { $output: `\${pulumi:pulumi:StackReference}@\${${made.one("docker-build:index:Image").urn}.digest}` },
      arn: lookup,
      name: lookup,
    });
    assert.equal(made.outputs.waits, false);
  });

  describe("that are taken", () => {
    async function taken(image: string, config: Partial<PlatformConfig> = {}) {
      const mocks = await useMocks({ outputs: mockOutputs });
      const made = make({ web: { image } }, config).images.of("web");
      await mocks.settled();
      const read = async ({ uri, repository, credentialsArn }: AppImage) => ({
        uri: await valueOf(uri),
        repository: repository && [
          await valueOf(repository.arn),
          await valueOf(repository.name),
          repository.pullThrough,
        ],
        credentials: credentialsArn && (await valueOf(credentialsArn)),
      });
      return { mocks, ...(await read(made)) };
    }

    it("stay as they are written, and make nothing", async () => {
      const { mocks, ...image } = await taken("nginx:1.27");
      assert.deepEqual(image, { uri: "nginx:1.27", repository: null, credentials: null });
      assert.deepEqual(
        mocks.resources.filter(({ custom }) => custom),
        [],
      );
    });

    it("are pulled by the digest alone where a tag stands beside it", async () => {
      for (const [text, uri] of [
        [`postgres:17@${DIGEST}`, `postgres@${DIGEST}`],
        [`registry.example.com:5000/x@${DIGEST}`, `registry.example.com:5000/x@${DIGEST}`],
        [`registry.example.com:5000/x:1@${DIGEST}`, `registry.example.com:5000/x@${DIGEST}`],
      ] as const)
        assert.equal((await taken(text)).uri, uri);
    });

    it("of ECR name their repository, so that a role may pull it", async () => {
      const { uri, repository, credentials } = await taken(`${HOST}/team/api:3`);
      const arn = "arn:aws:ecr:us-east-1:123456789012:repository/team/api";
      assert.deepEqual([uri, repository, credentials], [`${HOST}/team/api:3`, [arn, "team/api", undefined], null]);
    });

    it("of a registry with credentials carry them, as ECS reads them", async () => {
      const { mocks, ...image } = await taken("bob/api:3", hub(false));
      assert.deepEqual(image, {
        uri: "bob/api:3",
        repository: null,
        credentials: "arn-of-platform-registries-docker.io",
      });
      const secret = mocks.one(SECRET);
      assert.deepEqual(
        [secret.inputs.namePrefix, secret.inputs.recoveryWindowInDays],
        ["spectrum-dev/registries/docker-io-3530c4-", 0],
      );
      const { secretString } = mocks.one(VERSION).inputs;
      assert.ok(isSecret(secretString));
      const { value } = secretString as { value: string };
      assert.deepEqual(JSON.parse(value), { username: "bob", password: "hub-token" });
    });

    it("leave the credentials of other registries alone", async () => {
      const { mocks, credentials } = await taken("ghcr.io/bob/api", hub(false));
      assert.equal(credentials, null);
      assert.deepEqual(mocks.all(SECRET), []);
    });

    for (const [image, path] of [
      ["postgres:16", "library/postgres:16"],
      ["docker.io/bob/api", "bob/api:latest"],
    ] as const) {
      it(`of Docker Hub go through the cache: ${image}`, async () => {
        const { mocks, ...made } = await taken(image, hub(true));
        const [repository] = path.split(":");
        assert.deepEqual(made, {
          uri: `${HOST}/spectrum-dev-hub/${path}`,
          repository: [
            `arn:aws:ecr:us-east-1:123456789012:repository/spectrum-dev-hub/${repository}`,
            `spectrum-dev-hub/${repository}`,
            true,
          ],
          credentials: null,
        });
        assert.deepEqual(mocks.one(RULE).inputs, {
          credentialArn: "arn-of-platform-registries-docker.io",
          ecrRepositoryPrefix: "spectrum-dev-hub",
          upstreamRegistryUrl: "registry-1.docker.io",
        });
        assert.match(String(mocks.one(SECRET).inputs.namePrefix), /^ecr-pullthroughcache\//);
        const { value } = mocks.one(VERSION).inputs.secretString as { value: string };
        assert.deepEqual(JSON.parse(value), { username: "bob", accessToken: "hub-token" });
      });
    }

    it("make one cache and one secret for all services", async () => {
      const made = await record({ a: { image: "redis" }, b: { image: "postgres" } }, hub(true));
      made.one(RULE);
      made.one(SECRET);
      assert.equal(made.parentOf(made.one(RULE)).type, "spectrum:platform:Registries");
    });
  });

  it("refuse a service that the app does not have", () =>
    assert.rejects(
      record({}).then(() => recordResources(() => void make({}).images.of("nobody"))),
      /no service named nobody/,
    ));
});
