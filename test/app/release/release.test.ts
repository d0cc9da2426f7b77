import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { InputError } from "../../../app/finding";
import {
  contentHash,
  parseRelease,
  type Release,
  type ReleaseFile,
  releaseId,
  releaseText,
} from "../../../app/release/release";

const DIGEST = `sha256:${"a".repeat(64)}`;
const good: Release = {
  version: 1,
  app: "shop",
  compose: ["compose.yaml", "more/prod.yaml"],
  sources: { "compose.yaml": "services: {}\n", "more/prod.yaml": "", "web.env": "A=1\n" },
  files: { "conf/a.conf": { text: "é\r\n", executable: true }, logo: { base64: "AP8=" }, big: { size: 70_000 } },
  dockerfilePorts: { web: [{ port: 80, protocol: "tcp" }] },
  images: { web: { image: `registry.example.com:5000/shop/web@${DIGEST}`, built: true } },
};

const read = (text: string, id: string, app = "shop") =>
  parseRelease(text, { id, app, file: `releases/shop/${id}.json` });

function problems(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/u);
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const executable = fc.option(fc.constant(true as const), { nil: undefined });
const file: fc.Arbitrary<ReleaseFile> = fc.oneof(
  fc.record({ text: fc.string({ unit: "grapheme" }), executable }),
  fc.record({ base64: fc.base64String(), executable }),
  fc.record({ size: fc.nat() }),
);
const release: fc.Arbitrary<Release> = fc
  .record({
    version: fc.constant(1 as const),
    app: name,
    sources: fc.dictionary(path, fc.string({ unit: "grapheme" }), { minKeys: 1 }),
    files: fc.dictionary(path, file),
    dockerfilePorts: fc.dictionary(
      name,
      fc.array(fc.record({ port: fc.integer({ min: 1, max: 65_535 }), protocol: fc.constantFrom("tcp", "udp") })),
    ),
    images: fc.dictionary(
      name,
      fc.record({
        image: fc.constantFrom(`nginx:1@${DIGEST}`, `registry.example.com:5000/shop/web@${DIGEST}`),
        built: fc.boolean(),
      }),
    ),
  })
  .map((made) => ({ ...made, compose: Object.keys(made.sources).slice(0, 2) }));

/** The same value with its keys the other way round, all the way down. */
const turned = <T>(value: T): T =>
  Array.isArray(value)
    ? (value.map(turned) as T)
    : typeof value === "object" && value !== null
      ? (Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, item]) => [key, turned(item)]),
        ) as T)
      : value;

describe("a release", () => {
  it("comes back from its text, whose SHA-256 is its id", () => {
    fc.assert(
      fc.property(release, (made) => {
        const text = releaseText(made);
        const id = releaseId(made);
        assert.equal(id, createHash("sha256").update(text).digest("hex"));
        const again = read(text, id, made.app);
        assert.equal(releaseText(again), text);
      }),
    );
    assert.deepEqual(read(releaseText(good), releaseId(good)), good);
  });

  it("has the same id and content whatever the order of its keys and the layout of its file", () => {
    fc.assert(
      fc.property(release, (made) => {
        assert.equal(releaseId(turned(made)), releaseId(made));
        assert.equal(contentHash(turned(made)), contentHash(made));
        const plain = JSON.stringify(turned(made));
        assert.equal(releaseId(read(plain, releaseId(made), made.app)), releaseId(made));
      }),
    );
  });

  it("has another id when anything in it is another, and another content where it is not an image", () => {
    const changed: readonly Partial<Release>[] = [
      { app: "blog" },
      { compose: ["compose.yaml"] },
      { sources: { ...good.sources, "web.env": "A=2\n" } },
      { files: { ...good.files, big: { size: 70_001 } } },
      { files: { ...good.files, "conf/a.conf": { text: "é\r\n" } } },
      { dockerfilePorts: {} },
    ];
    const ids = changed.map((change) => releaseId({ ...good, ...change }));
    const contents = changed.map((change) => contentHash({ ...good, ...change }));
    assert.equal(new Set([releaseId(good), ...ids]).size, changed.length + 1);
    assert.equal(new Set([contentHash(good), ...contents]).size, changed.length + 1);

    const images = { web: { image: `web@sha256:${"b".repeat(64)}`, built: true } };
    assert.notEqual(releaseId({ ...good, images }), releaseId(good));
    const pinned: Release = { ...good, images };
    assert.equal(contentHash(pinned), contentHash(good));
  });

  it("is refused where its content is not what its file is named after", () => {
    const id = releaseId(good);
    const altered = releaseText(good).replace("A=1", "A=2");
    const found = createHash("sha256").update(altered).digest("hex");
    assert.deepEqual(
      problems(() => read(altered, id)),
      [
        `releases/shop/${id}.json:1:1: the content has the id ${found}, the file is named ${id}: a release is never altered; ` +
          "take the file back from version control, or make another release with spectrum release",
      ],
    );
    assert.match(problems(() => read(releaseText(good), id, "blog"))[0] ?? "", /is a release of shop, not of blog/);
    assert.match(problems(() => read("{", id))[0] ?? "", /json:1:1: is no JSON \(/);
  });

  it("tells everything that is wrong in it, each with its key", () => {
    const wrong = {
      ...good,
      version: 2,
      time: "noon",
      compose: ["compose.yaml", "no.yaml"],
      sources: { "compose.yaml": "" },
      files: { "../a": { text: "" }, "/etc/passwd": { text: "" }, b: { base64: "%" } },
      images: { web: { image: "nginx:1", built: false } },
    };
    const told = problems(() => read(JSON.stringify(wrong), releaseId(good)));
    for (const pattern of [
      /version: got 2; the only version of a release is 1; this one is of a newer Spectrum$/,
      /time: unknown key; allowed: app, compose, dockerfilePorts, files, images, sources, version$/,
      /files\.\.\.\/a: give a path inside the release/,
      /files\.\/etc\/passwd: give a path inside the release/,
      /files\.b\.base64: got "%"; it must match base64$/,
      /images\.web\.image: give an image with its digest: name@sha256:…$/,
    ])
      assert.ok(
        told.some((line) => pattern.test(line)),
        `${pattern} in\n${told.join("\n")}`,
      );
    const missing = { ...good, compose: ["no.yaml"] };
    assert.match(problems(() => read(JSON.stringify(missing), releaseId(good)))[0] ?? "", /compose: each of these/);
  });
});
