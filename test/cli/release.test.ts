/** `spectrum release` as a process, on a Pulumi CLI that is told what to say. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import type { RawConfig } from "../../app/config/read";
import { contentHash, type Release } from "../../app/release/release";
import { readApps } from "../../stacks/apps";
import { FakePulumi } from "../support/fake-pulumi";
import { type FakeAws, serveAws } from "../support/fake-aws";
import { type FakeRegistry, serveRegistry } from "../support/fake-registry";
import { digestOf, HOST } from "../support/release";

const source = resolve(__dirname, "../..");
const CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/dev";

describe("spectrum release", function () {
  this.timeout(60_000);
  let pulumi: FakePulumi;
  let aws: FakeAws;
  let registry: FakeRegistry;
  let root: string;
  const apps = () => ({
    shop: { compose: "compose.yaml", tier: "fargate" },
    blog: { compose: "blog.yaml", tier: "lightsail" },
  });

  before(async () => {
    pulumi = new FakePulumi();
    [aws, registry] = [await serveAws(), await serveRegistry()];
    root = mkdtempSync(join(tmpdir(), "spectrum-release-"));
    const cache = `${registry.host}/cache:7`;
    const files = {
      "Pulumi.yaml": stringify({ name: "spectrum", runtime: "nodejs" }),
      "Pulumi.dev.yaml": stringify({ config: { "aws:region": "us-east-1", "spectrum:apps": apps() } }),
      "compose.yaml": `services:\n  api: { build: . }\n  cache: { image: "${cache}" }\n`,
      "blog.yaml": `services:\n  web: { image: "${cache}" }\n`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
    const raw: RawConfig = {
      stack: "dev",
      values: { "aws:region": "us-east-1", "spectrum:apps": JSON.stringify(apps()) },
      secretKeys: new Set(),
    };
    const content = Object.fromEntries(
      readApps(raw, { root }).apps.map(({ app, packed }) => [app.name, contentHash(packed.content)]),
    );
    const ecs = (name: string) => ({
      revision: `arn:aws:ecs:us-east-1:123456789012:task-definition/${name}:3`,
      target: { tier: "fargate", cluster: CLUSTER, service: name, container: name, task: name },
    });
    const lightsail = { revision: "1", target: { tier: "lightsail", service: "blog", container: "web" } };
    pulumi.stack("dev", {
      outputs: {
        deployed: {
          shop: {
            tier: "fargate",
            content: content.shop,
            images: { api: `${HOST}/spectrum-dev/shop/api@${digestOf("api")}`, cache },
            services: { api: ecs("api"), cache: ecs("cache") },
            jobs: {},
          },
          blog: {
            tier: "lightsail",
            content: content.blog,
            images: { web: cache },
            services: { web: lightsail },
            jobs: {},
          },
        },
      },
    });
    registry.manifests.set("cache:7", { body: "", digest: digestOf("cache now"), wants: "token" });
  });
  after(() => {
    pulumi.close();
    aws.close();
    registry.close();
    rmSync(root, { recursive: true });
  });

  async function spectrum(args: readonly string[]) {
    const env = { ...process.env, ...pulumi.env, ...aws.env, NO_COLOR: "1" };
    const child = spawn(
      process.execPath,
      ["--import", join(source, "node_modules/tsx/dist/loader.mjs"), join(source, "cli/main.ts"), ...args],
      {
        cwd: root,
        env,
      },
    );
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].on("data", (chunk: Buffer) => (texts[name] += chunk.toString("utf8")));
    const code = await new Promise((ended) => child.on("close", ended));
    return { code, ...texts };
  }
  const idOf = (app: string) => readdirSync(join(root, "releases", app)).map((name) => name.replace(".json", ""));

  it("writes a file for each app, says which, and what is not known of what runs", async () => {
    const { code, stdout, stderr } = await spectrum(["release", "--env", "dev"]);
    assert.equal(code, 0, stderr);
    const [[shop = ""], [blog = ""]] = [idOf("shop"), idOf("blog")];
    assert.equal(stdout, `shop ${shop}\n  releases/shop/${shop}.json\nblog ${blog}\n  releases/blog/${blog}.json\n`);
    assert.match(stderr, /^warning: shop\.cache: the digest of .* now.*\nwarning: blog\.web: the digest of [^\n]*\n$/);
    const release = JSON.parse(readFileSync(join(root, `releases/shop/${shop}.json`), "utf8")) as Release;
    assert.deepEqual(release.images, {
      api: { image: `${HOST}/spectrum-dev/shop/api@${digestOf("api")}`, built: true },
      cache: { image: `${registry.host}/cache:7@${digestOf("cache now")}`, built: false },
    });
    assert.deepEqual(pulumi.operations, []);
  });

  it("says that the release of the same is there already, as JSON too", async () => {
    const { code, stdout, stderr } = await spectrum(["release", "--env", "dev", "--app", "shop", "--json"]);
    assert.equal(code, 0, stderr);
    const [id = ""] = idOf("shop");
    const { warnings, ...rest } = JSON.parse(stdout) as { readonly warnings: readonly { readonly message: string }[] };
    assert.deepEqual(rest, {
      version: 1,
      environment: "dev",
      releases: [{ app: "shop", id, path: `releases/shop/${id}.json`, isNew: false }],
      errors: [],
    });
    assert.equal(warnings.length, 1);
  });

  it("ends with 2 and writes nothing where one cannot be made", async () => {
    rmSync(join(root, "releases"), { recursive: true });
    writeFileSync(join(root, "blog.yaml"), "services:\n  web: { image: nginx }\n");
    const { code, stdout, stderr } = await spectrum(["release", "--env", "dev"]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(
      stderr,
      /error: the files of blog are not those that run in dev; deploy them: spectrum up --env dev, or take back/,
    );
    assert.ok(!readdirSync(root).includes("releases"));
    const other = await spectrum(["release", "--env", "dev", "--app", "shpo", "--json"]);
    assert.equal(other.code, 2);
    assert.match(other.stdout, /"message": "shpo is not deployed in dev/);
  });
});
