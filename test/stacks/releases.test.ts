import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { InputError } from "../../app/finding";
import { plainText } from "../../app/value";
import { readApps } from "../../stacks/apps";
import { digestOf, releaseOf, writeRelease } from "../support/release";

const files: Readonly<Record<string, string | Buffer>> = {
  "shop/compose.yaml": `
include: [../common/cache.yaml]
services:
  web:
    build: web
    extends: { file: base.yaml, service: base }
    env_file: [web.env, { path: none.env, required: false }]
    environment: { NAME: "\${NAME:-nobody}", DOT: "\${DOT}" }
    volumes: ["./conf:/etc/web:ro", "./logo.bin:/logo.bin:ro"]
    configs: [motd]
    secrets: [key, token]
  debug:
    image: busybox:1
    profiles: [debug]
configs:
  motd: { file: motd.txt }
secrets:
  key: { file: ./key.pem }
  token: { environment: TOKEN }
x-spectrum: { size: { cpu: 0.5 } }
`,
  "shop/base.yaml": "services:\n  base:\n    labels: { team: a }\n",
  "common/cache.yaml": "services:\n  cache:\n    image: redis:8\n    env_file: cache.env\n",
  "common/.env": "INCLUDED=1\n",
  "common/cache.env": "SIZE=1\n",
  "shop/.env": "DOT=from-dot-env\nNAME=dot\n",
  "shop/web.env": "COLOR=red\n",
  "shop/conf/a.conf": "a\n",
  "shop/conf/run.sh": "#!/bin/sh\n",
  "shop/logo.bin": Buffer.from([0, 255]),
  "shop/motd.txt": "hello\n",
  "shop/key.pem": "a key",
  "shop/web/Dockerfile": "FROM scratch\nEXPOSE 8123\n",
};

describe("an app from a release", () => {
  let root = "";
  let id = "";
  const compose = { compose: "shop/compose.yaml" };

  before(() => {
    root = mkdtempSync(join(tmpdir(), "spectrum-releases-"));
    write(files);
    id = writeRelease(root, releaseOf(root, "shop", compose));
    // nothing of what a release has is read from the disk again
    write({ "plain.yaml": "services: { web: { build: web } }\n" });
    for (const path of Object.keys(files)) if (!path.endsWith(".env")) write({ [path]: "no: longer" });
  });
  after(() => rmSync(root, { recursive: true }));

  function write(all: typeof files) {
    for (const [name, content] of Object.entries(all)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content);
    }
  }
  const read = (
    app: object,
    name = "shop",
    secrets: Readonly<Record<string, string>> = { key: "k", TOKEN: "t" },
    environment: Readonly<Record<string, unknown>> = {},
  ) =>
    readApps(
      {
        stack: "prod",
        values: {
          "aws:region": "us-east-1",
          "spectrum:tier": "fargate",
          "spectrum:apps": JSON.stringify({ [name]: app }),
          "spectrum:secrets": JSON.stringify({ [name]: secrets }),
          ...Object.fromEntries(
            Object.entries(environment).map(([key, value]) => [
              key,
              typeof value === "string" ? value : JSON.stringify(value),
            ]),
          ),
        },
        secretKeys: new Set(["spectrum:secrets"]),
      },
      { root },
    );
  const wrong = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    return assert.fail("nothing is wrong");
  };

  it("is read from the release alone, by whatever of its id is no other's", () => {
    for (const release of [id, id.slice(0, 12), id.slice(0, 40)]) {
      const { apps, warnings } = read({ release });
      const app = apps[0]?.app;
      assert.ok(app);
      assert.equal(app.release?.id, id);
      assert.deepEqual(Object.keys(app.services).sort(), ["cache", "web"]);
      const { web, cache } = app.services;
      assert.deepEqual({ ...web?.labels }, { team: "a" });
      assert.equal(cache?.image, `redis:8@${digestOf("cache")}`);
      assert.deepEqual(app.dockerfilePorts, { web: [{ port: 8123, protocol: "tcp" }] });
      const inside = Object.fromEntries(
        Object.entries(app.files ?? {}).map(([path, file]) => [path.slice(path.indexOf("#/") + 2), file]),
      );
      const text = { encoding: "utf8", executable: false };
      assert.deepEqual(inside, {
        "shop/conf/a.conf": { ...text, content: "a\n", size: 2 },
        "shop/conf/run.sh": { ...text, content: "#!/bin/sh\n", size: 10 },
        "shop/logo.bin": { content: "AP8=", encoding: "base64", size: 2, executable: false },
        "shop/motd.txt": { ...text, content: "hello\n", size: 6 },
      });
      assert.equal(apps[0]?.placement.services.web?.cpu, 0.5);
      const [warning, ...others] = warnings;
      assert.deepEqual(others, []);
      assert.match(warning?.message ?? "", /^the variable DOT is not set/);
      const file = join(root, `releases/shop/${id.slice(0, 12)}.json#/shop/compose.yaml`);
      assert.deepEqual([warning?.location?.file, warning?.location?.line], [file, 8]);
    }
  });

  it("has the environment's own variables, and no .env", () => {
    const values = (app: object) => {
      const { environment = {} } = read(app).apps[0]?.app.services.web ?? {};
      return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, value && plainText(value)]));
    };
    assert.deepEqual(values({ release: id }), { COLOR: "red", NAME: "nobody", DOT: "" });
    assert.deepEqual(values({ release: id, variables: { NAME: "prod", DOT: "x" } }), {
      COLOR: "red",
      NAME: "prod",
      DOT: "x",
    });
  });

  it("takes its secrets from the config alone, though a file of theirs be there", () => {
    const { secrets, findings } = read({ release: id }, "shop", { TOKEN: "t" }).apps[0] ?? {};
    assert.deepEqual(secrets, { key: { kind: "assumed" }, token: { kind: "config", name: "TOKEN" } });
    const finding = findings?.find(({ key }) => key === "secrets.key");
    assert.deepEqual(
      [finding?.outcome, finding?.reason, finding?.remedy],
      [
        "refused",
        "its file ./key.pem is not in the release, as no secret is".replace(
          "./",
          join(root, `releases/shop/${id.slice(0, 12)}.json#/shop/`),
        ),
        "give the value: pulumi config set --secret --path 'spectrum:secrets.shop.key'",
      ],
    );
  });

  /** `key: outcome: reason` of what is said of a service's image. */
  const saidOfImages = (app: object, environment: Readonly<Record<string, unknown>>) =>
    (read(app, "shop", undefined, environment).apps[0]?.findings ?? [])
      .filter(({ key }) => key === "image" || key === "build.context")
      .map(({ service, key, outcome, reason }) => `${service}.${key}: ${outcome}: ${reason}`);

  it("comes with digests to a protected environment, whatever the files say", () => {
    assert.deepEqual(saidOfImages({ release: id }, { "spectrum:protected": true }), [
      "web.build.context: kept: built before: pulled by the digest that the release has",
      "cache.image: kept: pulled by the digest that the release has",
    ]);
  });

  it("is refused where the tier cannot pull what another environment owns", () => {
    const refusal = (owner: string) =>
      `web.build.context: refused: the image is in a repository of ${owner}, whose policy does not let the service's role pull`;
    const lightsail = { release: id, tier: "lightsail" };
    const plain = { compose: "plain.yaml" };
    assert.ok(saidOfImages(lightsail, {}).includes(refusal("another environment")));
    const registry = { "spectrum:platform": { registry: { environment: "dev" } } };
    assert.ok(saidOfImages(lightsail, registry).includes(refusal("dev")));
    assert.ok(saidOfImages({ ...plain, tier: "lightsail" }, registry).includes(refusal("dev")));
    assert.deepEqual(saidOfImages(plain, registry), [
      "web.build.context: kept: passed to the build, whose image is pushed to the app's repository of dev",
    ]);
  });

  it("is refused where the egress endpoints do not lead to the region of its images", () => {
    const endpoints = { "spectrum:platform": { egress: "endpoints" } };
    const there = { ...endpoints, "aws:region": "eu-west-1" };
    const said = (environment: Readonly<Record<string, unknown>>) =>
      saidOfImages({ release: id }, environment).filter((one) => one.startsWith("web.image"));
    assert.deepEqual(said(endpoints), []);
    assert.deepEqual(said(there), [
      "web.image: refused: the image is on ECR in us-east-1, and the egress endpoints reach that of eu-west-1 alone",
    ]);
  });

  it("is refused under a profile whose images the release has not", () => {
    assert.match(
      wrong(() => read({ release: id, profiles: ["debug"] })),
      new RegExp(
        `releases/shop/${id.slice(0, 12)}.json#/shop/compose.yaml:12:3: the release ${id.slice(0, 12)} has no image of debug, ` +
          "which did not run where it was made; leave out the profile that turns it on \\(spectrum:apps.shop.profiles\\)",
        "u",
      ),
    );
  });

  it("is refused where there is no such release, or more than one", () => {
    const none = "f".repeat(12);
    const told = wrong(() => read({ release: none }));
    assert.ok(
      told.startsWith(
        `spectrum:apps.shop.release: got ${none}, of which releases/shop has no file: there are ${id}; make one with`,
      ),
      told,
    );
    assert.match(
      wrong(() => read({ release: id }, "blog")),
      /got [0-9a-f]{64}, of which releases\/blog has no file: there is none/,
    );
    const twin = `${id.slice(0, 20)}${"0".repeat(44)}`;
    write({ [`releases/shop/${twin}.json`]: "{}" });
    assert.match(
      wrong(() => read({ release: id.slice(0, 12) })),
      /several begin so: [0-9a-f]{64}, [0-9a-f]{64}; give more digits$/,
    );
    assert.equal(read({ release: id }).apps[0]?.app.release?.id, id);
    rmSync(join(root, `releases/shop/${twin}.json`));
  });

  it("is refused where its file is another app's, or was altered", () => {
    const text = readFileSync(join(root, `releases/shop/${id}.json`), "utf8");
    write({ [`releases/blog/${id}.json`]: text });
    assert.match(
      wrong(() => read({ release: id }, "blog")),
      /^releases\/blog\/[0-9a-f]{64}\.json:1:1: is a release of shop, not of blog/,
    );
    write({ [`releases/blog/${id}.json`]: text.replace("COLOR=red", "COLOR=blue") });
    assert.match(
      wrong(() => read({ release: id }, "blog")),
      /a release is never altered/,
    );
  });

  it("says from what: compose or release, one of the two", () => {
    const both = wrong(() => read({ ...compose, release: id }));
    assert.match(both, /^spectrum:apps\.shop\.release: compose and release both say what the app is; keep release/);
    assert.match(
      wrong(() => read({})),
      /^spectrum:apps\.shop\.compose: got nothing; .* or release: the id of a release$/,
    );
    assert.match(
      wrong(() => read({ release: "v1" })),
      /release: got "v1"; give a release's id, or 12 or more of its first digits$/,
    );
    assert.match(
      wrong(() => read({ release: id.slice(0, 11) })),
      /12 or more/,
    );
  });
});
