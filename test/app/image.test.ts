import assert from "node:assert/strict";
import fc from "fast-check";
import { ecrRegistry, imageSuffix, parseImage, registryName, type ImageReference } from "../../app/image";

const DIGEST = `sha256:${"a".repeat(64)}`;
const hub = (repository: string, tag: string | null = null, digest: string | null = null): ImageReference => ({
  registry: "docker.io",
  repository,
  tag,
  digest,
});

describe("image reference", () => {
  const table: readonly [string, ImageReference | null][] = [
    ["nginx", hub("library/nginx")],
    ["nginx:1.27", hub("library/nginx", "1.27")],
    ["bitnami/redis", hub("bitnami/redis")],
    ["docker.io/nginx", hub("library/nginx")],
    ["docker.io/library/nginx:1", hub("library/nginx", "1")],
    ["index.docker.io/a/b", hub("a/b")],
    [`postgres:16@${DIGEST}`, hub("library/postgres", "16", DIGEST)],
    [`postgres@${DIGEST}`, hub("library/postgres", null, DIGEST)],
    ["ghcr.io/a/b/c:v1", { registry: "ghcr.io", repository: "a/b/c", tag: "v1", digest: null }],
    ["localhost/x", { registry: "localhost", repository: "x", tag: null, digest: null }],
    ["localhost:5000/x:2", { registry: "localhost:5000", repository: "x", tag: "2", digest: null }],
    ["registry:5000/x", { registry: "registry:5000", repository: "x", tag: null, digest: null }],
    ["a__b/c.d-e", hub("a__b/c.d-e")],
    ["NGINX", null],
    ["", null],
    ["nginx:", null],
    ["nginx@sha256:abc", null],
    ["a//b", null],
    ["-a", null],
  ];
  for (const [text, expected] of table) {
    it(`${text || "(empty)"} is ${expected ? `${expected.registry} ${expected.repository}` : "none"}`, () =>
      assert.deepEqual(parseImage(text), expected));
  }

  it("is read the same with its registry written out", () => {
    const segment = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const tag = fc.option(fc.stringMatching(/^[a-z0-9][a-z0-9.]{0,6}$/));
    fc.assert(
      fc.property(fc.array(segment, { minLength: 2, maxLength: 4 }), tag, (segments, version) => {
        const text = `${segments.join("/")}${version === null ? "" : `:${version}`}`;
        assert.deepEqual(parseImage(`docker.io/${text}`), parseImage(text));
      }),
    );
  });

  it("has one name for a registry of several", () => {
    for (const name of ["docker.io", "https://index.docker.io/v1/", "registry-1.docker.io", "Docker.IO"])
      assert.equal(registryName(name), "docker.io");
    assert.equal(registryName("ghcr.io"), "ghcr.io");
  });

  it("is pulled by its digest, else its tag, else latest", () => {
    assert.deepEqual([hub("a", "1", DIGEST), hub("a", "1"), hub("a")].map(imageSuffix), [
      `@${DIGEST}`,
      ":1",
      ":latest",
    ]);
  });

  it("knows ECR's registries", () => {
    const own = { account: "123456789012", region: "eu-west-1" };
    assert.deepEqual(ecrRegistry("123456789012.dkr.ecr.eu-west-1.amazonaws.com"), own);
    assert.deepEqual(ecrRegistry("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn")?.region, "cn-north-1");
    assert.equal(ecrRegistry("public.ecr.aws"), null);
    assert.equal(ecrRegistry("evil-123456789012.dkr.ecr.eu-west-1.amazonaws.com.example.com"), null);
  });
});
