/** The shop on every tier, once from its Compose files and once from a release of them. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import type { RawConfig } from "../../app/config/read";
import { contentHash, type Release, releaseId } from "../../app/release/release";
import { type TierName, tierNames } from "../../app/tiers";
import { makePlan } from "../../plan/plan";
import type { Plan, PlannedResource, PlanValue } from "../../plan/types";
import { readApps } from "../../stacks/apps";
import { parseJson } from "../engine/stand-in/values";
import { digestOf, HOST, releaseOf, writeRelease } from "../support/release";

const BUILDS = new Set(["awsx:ecr:Image", "docker-build:index:Image"]);
const FILES = { shop: "examples/shop/compose.yaml", hello: "examples/hello/compose.yaml" } as const;

/** What a tier cannot do without. */
const SETTINGS: Readonly<Partial<Record<TierName, object>>> = {
  beanstalk: { beanstalk: { type: "load-balanced" } },
  "ecs-anywhere": { "ecs-anywhere": { addresses: ["203.0.113.7"], wait: false } },
};

describe("a release on every tier", function () {
  this.timeout(60_000);
  const releases = new Map<string, Release>();
  let root = "";
  let fromFiles: Plan;
  let fromReleases: Plan;

  const appsOf = (example: keyof typeof FILES, source: (app: string) => object) =>
    Object.fromEntries(
      tierNames.map((tier) => {
        const app = `${example}-${tier}`;
        return [app, { ...source(app), tier, domain: `${tier}.${example}.com`, ...SETTINGS[tier] }];
      }),
    );
  const compose = (example: keyof typeof FILES) => ({ compose: FILES[example] });
  const release = (example: keyof typeof FILES) => (app: string) => {
    const made = releases.get(app) ?? releaseOf(root, app, compose(example));
    releases.set(app, made);
    return { release: writeRelease(root, made).slice(0, 12) };
  };

  function planOf(apps: object): Promise<Plan> {
    const config = {
      "aws:region": "us-east-1",
      "spectrum:platform": { hostedZoneName: "shop.com", createHostedZone: true },
      "spectrum:secrets": Object.fromEntries(Object.keys(apps).map((app) => [app, { DB_PASSWORD: { secure: "x" } }])),
      "spectrum:apps": apps,
    };
    writeFileSync(join(root, "Pulumi.dev.yaml"), stringify({ config }));
    return makePlan({ root });
  }

  before(async function () {
    this.timeout(120_000);
    root = mkdtempSync(join(tmpdir(), "spectrum-release-"));
    cpSync(resolve(__dirname, "../../examples"), join(root, "examples"), { recursive: true });
    writeFileSync(join(root, "Pulumi.yaml"), stringify({ name: "spectrum", runtime: "nodejs" }));
    fromFiles = await planOf(appsOf("shop", () => compose("shop")));
    fromReleases = await planOf(appsOf("shop", release("shop")));
  });
  after(() => rmSync(root, { recursive: true }));

  it("is the app that its files are, and fits as they do, but for where things stand and come from", () => {
    for (const example of ["shop", "hello"] as const) {
      const [files, released] = [appsOf(example, () => compose(example)), appsOf(example, release(example))].map(
        (apps) => {
          const raw: RawConfig = {
            stack: "dev",
            values: {
              "aws:region": "us-east-1",
              "spectrum:apps": JSON.stringify(apps),
              "spectrum:secrets": JSON.stringify(
                Object.fromEntries(Object.keys(apps).map((app) => [app, { DB_PASSWORD: "x" }])),
              ),
            },
            secretKeys: new Set(["spectrum:secrets"]),
          };
          return readApps(raw, { root });
        },
      );
      assert.equal(files?.apps.length, tierNames.length);
      files.apps.forEach((read, i) => {
        const other = released?.apps[i];
        assert.ok(other);
        const folder = other.app.directory.slice(0, other.app.directory.indexOf("#") + 1);
        assert.match(folder, new RegExp(`/releases/${read.app.name}/[0-9a-f]{12}\\.json#$`, "u"));
        const home = join(root, "examples", example);
        // what the release has instead of tags and of the places of files
        const same = (value: unknown): unknown =>
          JSON.parse(
            JSON.stringify(value)
              .replaceAll(folder, home)
              .replaceAll(/"file":"[^"]*\/compose\.yaml"/gu, '"file":"compose.yaml"')
              .replaceAll(/@sha256:[0-9a-f]{64}/gu, ""),
          );
        const { release: pinned, ...app } = other.app;
        assert.ok(pinned);
        assert.deepEqual(same(app), same(read.app));
        const told = (findings: typeof read.findings) =>
          findings.filter(({ key }) => key !== "image" && key !== "build.context");
        assert.deepEqual(same(told(other.findings)), same(told(read.findings)));
        assert.deepEqual(same(other.placement), same({ ...read.placement, environment: other.placement.environment }));
        assert.deepEqual(other.backing, read.backing);
        assert.deepEqual(other.secrets, read.secrets);
        assert.equal(contentHash(other.packed.content), contentHash(read.packed.content));
      });
    }
  });

  it("plans what the files plan, with the release's images for those that are built, and builds nothing", () => {
    assert.deepEqual(fromFiles.errors, []);
    assert.deepEqual(fromReleases.errors, []);
    assert.ok(fromFiles.resources.some(({ type }) => type === "docker-build:index:Image"));
    assert.ok(!fromReleases.resources.some(({ type }) => BUILDS.has(type)));
    const kept = (plan: Plan) =>
      plan.resources.filter(({ type, name }) => !BUILDS.has(type) && !isVersion({ type, name }));
    const [files, released] = [kept(fromFiles).map(withImages), kept(fromReleases).map(withImages)];
    assert.deepEqual(
      released.map(({ urn }) => urn),
      files.map(({ urn }) => urn),
    );
    released.forEach((resource, i) => assert.deepEqual(resource, files[i]));
    // the version of a bundle is named after its images
    assert.equal(fromReleases.resources.filter(isVersion).length, fromFiles.resources.filter(isVersion).length);
  });

  it("keeps the repositories of the environment that owns them", () => {
    const repositories = ({ resources }: Plan) =>
      resources.filter(({ type }) => type.startsWith("aws:ecr/")).map(({ urn, inputs }) => [urn, inputs]);
    assert.ok(repositories(fromFiles).length > 0);
    assert.deepEqual(repositories(fromReleases), repositories(fromFiles));
    assert.deepEqual(fromReleases.outputs.repositories, fromFiles.outputs.repositories);
  });

  it("exports the release, its digests, and the same content as its files", () => {
    for (const tier of tierNames) {
      const app = `shop-${tier}`;
      const [files, released] = [fromFiles, fromReleases].map(({ outputs }) => deployed(outputs)[app]);
      const made = releases.get(app);
      assert.ok(made && files && released);
      assert.equal(released.release, releaseId(made));
      assert.equal(files.release, undefined);
      assert.equal(released.content, contentHash(made));
      assert.equal(files.content, released.content);
      assert.equal(released.images.api, `${HOST}/spectrum-dev/${app}/api@${digestOf("api")}`);
    }
  });
});

interface Deployed {
  readonly content: string;
  readonly release?: string;
  readonly images: Readonly<Record<string, unknown>>;
}
const deployed = (outputs: Plan["outputs"]) => outputs.deployed as unknown as Readonly<Record<string, Deployed>>;

const isVersion = ({ type, name }: Pick<PlannedResource, "type" | "name">) =>
  (type === "aws:elasticbeanstalk/applicationVersion:ApplicationVersion" ||
    type === "aws:s3/bucketObjectv2:BucketObjectv2") &&
  name.startsWith("shop-beanstalk-");

/** The resource as it would be were its images known, without what comes of building them. */
function withImages(resource: PlannedResource): PlannedResource {
  const { version, ...inputs } = filled(resource.inputs) as Record<string, PlanValue>;
  const isEnvironment = resource.type === "aws:elasticbeanstalk/environment:Environment";
  return {
    ...resource,
    inputs: isEnvironment ? inputs : { ...inputs, ...(version !== undefined && { version }) },
    dependencies: resource.dependencies.filter(
      (urn) => !/docker-build|awsx:ecr:Image|ecr\/repository:|ApplicationVersion/u.test(urn),
    ),
  };
}

const URL = /\$\{urn:[^}]*Repository::(shop-[a-z0-9-]+)-([a-z]+)\.repositoryUrl\}@\$\{urn:[^}]*\.digest\}/gu;
const ARN = /^urn:\S*Repository::(shop-[a-z0-9-]+)-([a-z]+)\.arn$/u;

const isDocument = (value: unknown): value is PlanValue => typeof value === "object" && value !== null;

function filled(value: PlanValue): PlanValue {
  if (typeof value === "string") {
    const parsed = parseJson(value);
    return isDocument(parsed) ? JSON.stringify(filled(parsed)) : value;
  }
  if (Array.isArray(value)) return value.map(filled);
  if (typeof value !== "object" || value === null) return value;
  const { $output: output, ...rest } = value as Record<string, PlanValue>;
  if (typeof output !== "string" || Object.keys(rest).length > 0)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item)]));
  const text = output
    .replaceAll(URL, (_, app: string, service: string) => `${HOST}/spectrum-dev/${app}/${service}@${digestOf(service)}`)
    .replace(ARN, "arn:aws:ecr:us-east-1:123456789012:repository/spectrum-dev/$1/$2");
  return text.includes("urn:") ? { $output: text } : text;
}
