import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { InputError } from "../../../app/finding";
import { contentHash, releaseText } from "../../../app/release/release";
import {
  appOf,
  type RunningRelease,
  runningRelease,
  type RunningReleaseArgs,
  writeRelease,
} from "../../../deploy/release";
import { readApps } from "../../../stacks/apps";
import { type FakeRegistry, serveRegistry } from "../../support/fake-registry";
import { digestOf, HOST } from "../../support/release";

const BUILT = `${HOST}/spectrum-dev/shop/api@${digestOf("api")}`;
const PINNED = `busybox:1@${digestOf("busybox")}`;

describe("the release of what runs", () => {
  let registry: FakeRegistry;
  let root = "";
  before(async () => (registry = await serveRegistry()));
  after(() => registry.close());
  beforeEach(() => {
    registry.manifests.clear();
    registry.manifests.set("cache:7", { body: "", digest: digestOf("cache now") });
    registry.asked.length = 0;
    root = mkdtempSync(join(tmpdir(), "spectrum-running-"));
    write("shop/compose.yaml", compose());
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const compose = (more = "") => `
services:
  api: { build: . }
  cache: { image: "${registry.host}/cache:7" }
  tool: { image: "${PINNED}" }
${more}`;
  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const readShop = (app: object = { compose: "shop/compose.yaml" }) =>
    appOf(
      readApps(
        {
          stack: "dev",
          values: {
            "aws:region": "us-east-1",
            "spectrum:tier": "fargate",
            "spectrum:apps": JSON.stringify({ shop: app }),
          },
          secretKeys: new Set(),
        },
        { root },
      ).apps,
      "shop",
      "dev",
    );
  const pulled = () => ({ api: BUILT, cache: `${registry.host}/cache:7`, tool: `busybox@${digestOf("busybox")}` });
  const release = (more: Partial<RunningReleaseArgs> = {}): Promise<RunningRelease> =>
    runningRelease({
      root,
      environment: "dev",
      app: "shop",
      deployed: { content: contentHash(readShop().packed.content), images: pulled() },
      read: readShop,
      running: () => Promise.resolve({}),
      ...more,
    });
  const wrong = async (run: Promise<unknown>): Promise<string> => {
    const error = await run.then(
      () => assert.fail("it went through"),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof InputError, String(error));
    return error.message;
  };

  it("has the built images that were deployed, pinned ones as they are, and of the others what runs", async () => {
    let asked = 0;
    const running = () => (asked++, Promise.resolve({ cache: [digestOf("cache that runs")], tool: null }));
    const { release: made, warnings, id } = await release({ running });
    assert.deepEqual(made.images, {
      api: { image: BUILT, built: true },
      cache: { image: `${registry.host}/cache:7@${digestOf("cache that runs")}`, built: false },
      tool: { image: PINNED, built: false },
    });
    assert.deepEqual([warnings, asked, registry.asked], [[], 1, []]);
    // the same again is the same release, and deployed from its file it is itself
    const { path, isNew } = writeRelease(root, made);
    assert.deepEqual([path, isNew], [`releases/shop/${id}.json`, true]);
    assert.equal(writeRelease(root, (await release({ running })).release).isNew, false);
    const deployed = { content: contentHash(made), release: id, images: pulled() };
    const never = () => assert.fail("the files are not read");
    assert.deepEqual(await release({ deployed, read: never, running: never }), { id, release: made, warnings: [] });
  });

  it("has the digest of the tag where nobody tells what runs, and says so", async () => {
    const tellings: readonly Readonly<Record<string, readonly string[] | null>>[] = [
      {},
      { cache: null },
      { cache: [] },
    ];
    for (const told of tellings) {
      const { release: made, warnings } = await release({ running: () => Promise.resolve(told) });
      assert.equal(made.images.cache?.image, `${registry.host}/cache:7@${digestOf("cache now")}`);
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0]?.message ?? "",
        /^shop\.cache: the digest of .*cache:7 is the one that its tag has now, for dev/,
      );
    }
  });

  it("has the image of a service that has no container there, and asks no tier about it", async () => {
    const { api, tool } = pulled();
    const content = contentHash(readShop().packed.content);
    const running = () => assert.fail("the tier is not asked");
    const { release: made } = await release({ deployed: { content, images: { api, tool } }, running });
    assert.equal(made.images.cache?.image, `${registry.host}/cache:7@${digestOf("cache now")}`);
  });

  it("has an image that came through a cache by the name that the file gives it", async () => {
    const images = { ...pulled(), cache: `${HOST}/spectrum-dev-hub/cache:7` };
    const deployed = { content: contentHash(readShop().packed.content), images };
    const { release: made } = await release({
      deployed,
      running: () => Promise.resolve({ cache: [digestOf("x")] }),
    });
    assert.equal(made.images.cache?.image, `${registry.host}/cache:7@${digestOf("x")}`);
  });

  it("is refused where an image is not to be known, each with what to do", async () => {
    const content = contentHash(readShop().packed.content);
    registry.manifests.clear();
    const { cache } = pulled();
    const told = await wrong(release({ deployed: { content, images: { cache } } }));
    const [api, other, ...more] = told.split("\n");
    assert.match(
      api ?? "",
      /^shop\.api: its image is built, and dev did not build it, .* make the release where it runs$/,
    );
    assert.match(
      other ?? "",
      /^shop\.cache: the digest of \S+cache:7 is not known: \S+ has no such image; name the image by its digest: docker buildx imagetools inspect/,
    );
    assert.deepEqual(more, []);
    const two = () => Promise.resolve({ cache: [digestOf("a"), digestOf("b")] });
    assert.match(
      await wrong(release({ running: two })),
      /^shop\.cache: 2 images run at once; wait until the deployment of dev/,
    );
    const old = { content, images: { ...pulled(), cache: `${registry.host}/cache:6` } };
    assert.match(
      await wrong(release({ deployed: old })),
      /the files name \S+cache:7, and dev runs \S+cache:6; deploy dev/,
    );
    const untold = { content, images: { ...pulled(), api: `${HOST}/spectrum-dev/shop/api:1` } };
    assert.match(await wrong(release({ deployed: untold })), /api:1 names no digest; deploy dev again/);
  });

  it("is refused where the files are not what runs", async () => {
    const deployed = { content: contentHash(readShop().packed.content), images: pulled() };
    write("shop/compose.yaml", compose("x-a: 1\n"));
    assert.match(await wrong(release({ deployed })), /^the files of shop are not those that run in dev; deploy them/);
    assert.match(await wrong(release({ deployed: undefined })), /^shop is not deployed in dev; deploy it/);
    assert.match(
      await wrong(release({ deployed: { images: {} } })),
      /a version that knew no releases; deploy it again/,
    );
    const gone = { ...deployed, release: "0".repeat(64) };
    assert.match(
      await wrong(release({ deployed: gone })),
      /^the release of shop that runs in dev: got 0{64}, of which/,
    );
    const { id } = writeRelease(root, (await release()).release);
    const read = () => readShop({ release: id });
    assert.match(
      await wrong(release({ deployed, read })),
      /names the release [0-9a-f]{64}, which is not what runs there/,
    );
    assert.throws(() => appOf([], "shop", "dev"), /dev has no app shop, there is none/);
  });

  it("is refused with what looks like a secret in a file of variables or a mounted one, at its line", async () => {
    const env =
      "# a comment\nexport SMTP_PASSWORD='hunter22'\nCOLOR=red\nURL=postgres://u:pw123@db/x\nREF_TOKEN=${TOKEN}\n";
    write("shop/web.env", env);
    write("shop/app.ini", "[db]\nurl = postgres://u:pw123@db/x\n");
    write(
      "shop/compose.yaml",
      compose(
        "  web: { image: nginx:1, env_file: web.env, environment: { A_PASSWORD: told-by-fit }, configs: [ini] }\nconfigs: { ini: { file: app.ini } }\n",
      ),
    );
    const told = (await wrong(release())).split("\n").map((line) => line.replaceAll(`${root}/`, ""));
    const set = (name: string) => `pulumi config set --secret --path 'spectrum:secrets.shop.${name}'`;
    assert.deepEqual(told, [
      `shop/web.env:2:1: SMTP_PASSWORD looks like a secret, which no release may hold; keep it as one: ${set("SMTP_PASSWORD")}, and \${SMTP_PASSWORD} in the file`,
      `shop/web.env:4:1: URL looks like a secret, which no release may hold; keep it as a secret: ${set("URL_PASSWORD")}, and \${URL_PASSWORD} in its place`,
      "shop/app.ini:2:1: the line looks like it holds a secret, which no release may hold; give the file to its services under secrets, " +
        `and its content by ${set("NAME")}`,
    ]);
  });

  it("is refused with a file that no other machine has", async () => {
    const other = mkdtempSync(join(tmpdir(), "spectrum-elsewhere-"));
    try {
      writeFileSync(join(other, "base.yaml"), "services: {}\n");
      write("shop/compose.yaml", `include: ["${other}/base.yaml"]\n${compose()}`);
      assert.match(
        await wrong(release()),
        /base\.yaml is outside of the project's folder and of the app's, .*; move it into one of them$/,
      );
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it("is written whole or not at all", async () => {
    const { release: made, id } = await release();
    write("releases", "a file in the folder's place");
    assert.match(
      await wrong(Promise.resolve().then(() => writeRelease(root, made))),
      /cannot be written \(E(?:EXIST|NOTDIR)\)/,
    );
    rmSync(join(root, "releases"));
    writeRelease(root, made);
    assert.deepEqual(readdirSync(join(root, "releases/shop")), [`${id}.json`]);
    assert.equal(readFileSync(join(root, `releases/shop/${id}.json`), "utf8"), releaseText(made));
    write(`releases/shop/${id}.json`, releaseText({ ...made, app: "blog" }));
    assert.match(await wrong(Promise.resolve().then(() => writeRelease(root, made))), /a release is never altered/);
    assert.ok(existsSync(join(root, `releases/shop/${id}.json`)));
  });
});
