import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type BuildContent, contextHash, isUrl } from "../../../components/platform/context-hash";

type Files = Readonly<Record<string, string>>;

const FILES: Files = { Dockerfile: "FROM scratch", "src/a.js": "1", "src/b.js": "2", "run.sh": "exit" };

describe("context hash", () => {
  let root: string;
  let count = 0;
  before(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "context-"))));
  after(() => fs.rmSync(root, { recursive: true }));

  function write(files: Files): string {
    const folder = path.join(root, String(count++));
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    }
    return folder;
  }

  const build = (context: string, more: Partial<BuildContent> = {}): BuildContent => ({
    context,
    dockerfile: "Dockerfile",
    dockerfileInline: null,
    target: null,
    args: {},
    additionalContexts: {},
    ...more,
  });
  const hash = (files: Files, more: Partial<BuildContent> = {}, platform = "linux/amd64") =>
    contextHash(build(write(files), more), platform);
  const base = () => hash(FILES);

  it("is 16 hex digits, the same wherever the context lies and whenever it was written", () => {
    const folder = write(FILES);
    fs.utimesSync(path.join(folder, "src/a.js"), 1, 1);
    assert.match(base(), /^[0-9a-f]{16}$/);
    assert.equal(contextHash(build(folder), "linux/amd64"), base());
  });

  const changes: readonly [string, () => string][] = [
    ["a file's content", () => hash({ ...FILES, "src/a.js": "x" })],
    ["a file's name", () => hash({ Dockerfile: "FROM scratch", "src/c.js": "1", "src/b.js": "2", "run.sh": "exit" })],
    ["another file", () => hash({ ...FILES, "src/c.js": "" })],
    ["two contents that change places", () => hash({ ...FILES, "src/a.js": "2", "src/b.js": "1" })],
    ["the target", () => hash(FILES, { target: "prod" })],
    ["an argument", () => hash(FILES, { args: { A: "1" } })],
    ["the platform", () => hash(FILES, {}, "linux/arm64")],
    ["an inline Dockerfile", () => hash(FILES, { dockerfileInline: "FROM x" })],
    ["the Dockerfile's name", () => hash({ ...FILES, Other: "FROM scratch" }, { dockerfile: "Other" })],
    [
      "a file's execute bit",
      () => {
        const folder = write(FILES);
        fs.chmodSync(path.join(folder, "run.sh"), 0o755);
        return contextHash(build(folder), "linux/amd64");
      },
    ],
    [
      "a link's target",
      () => {
        const folder = write(FILES);
        fs.symlinkSync("src/a.js", path.join(folder, "link"));
        return contextHash(build(folder), "linux/amd64");
      },
    ],
  ];
  for (const [what, changed] of changes) it(`changes with ${what}`, () => assert.notEqual(changed(), base()));

  it("tells links of two targets apart and never follows them", () => {
    const linked = (target: string) => {
      const folder = write(FILES);
      fs.symlinkSync(target, path.join(folder, "link"));
      return contextHash(build(folder), "linux/amd64");
    };
    assert.notEqual(linked("src/a.js"), linked("src/b.js"));
    assert.equal(linked("/no/such/file"), linked("/no/such/file"));
  });

  it("does not change with the order of arguments, nor with one that the shell would give", () => {
    assert.equal(hash(FILES, { args: { A: "1", B: "2" } }), hash(FILES, { args: { B: "2", A: "1", C: null } }));
  });

  it("does not change with .git, a mode's other bits, or an empty folder", () => {
    const folder = write({ ...FILES, ".git/HEAD": "x", "src/.git/config": "y" });
    fs.mkdirSync(path.join(folder, "empty"));
    fs.chmodSync(path.join(folder, "src/a.js"), 0o600);
    assert.equal(contextHash(build(folder), "linux/amd64"), base());
  });

  it("leaves out what .dockerignore does, and takes back what it does", () => {
    const ignore = "node_modules\n*.log\n";
    const clean = hash({ ...FILES, ".dockerignore": ignore });
    assert.equal(hash({ ...FILES, ".dockerignore": ignore, "node_modules/x/y.js": "z", "a.log": "z" }), clean);
    assert.notEqual(hash({ ...FILES, ".dockerignore": ignore, "src/a.log": "z" }), clean, "*.log means the top alone");
    const back = "node_modules\n!node_modules/keep.js\n";
    assert.notEqual(
      hash({ ...FILES, ".dockerignore": back, "node_modules/keep.js": "1" }),
      hash({ ...FILES, ".dockerignore": back, "node_modules/keep.js": "2" }),
    );
  });

  it("prefers the Dockerfile's own ignore file", () => {
    const files = { ...FILES, "Dockerfile.dockerignore": "src\n", ".dockerignore": "run.sh\n" };
    assert.equal(hash({ ...files, "src/a.js": "x" }), hash(files));
    assert.notEqual(hash({ ...files, "run.sh": "x" }), hash(files));
  });

  it("counts a Dockerfile that is ignored or outside the context", () => {
    const ignore = { ".dockerignore": "Dockerfile\n" };
    assert.notEqual(
      hash({ ...FILES, ...ignore, Dockerfile: "FROM a" }),
      hash({ ...FILES, ...ignore, Dockerfile: "FROM b" }),
    );
    const outside = (text: string) => {
      const folder = write({ "app/a.js": "1", "docker/Dockerfile": text });
      return contextHash(build(path.join(folder, "app"), { dockerfile: "../docker/Dockerfile" }), "linux/amd64");
    };
    assert.notEqual(outside("FROM a"), outside("FROM b"));
    assert.equal(outside("FROM a"), outside("FROM a"));
  });

  it("is of the build section alone where the context is not there", () => {
    const missing = path.join(root, "missing");
    assert.equal(contextHash(build(missing), "linux/amd64"), contextHash(build(`${missing}-2`), "linux/amd64"));
    assert.notEqual(
      contextHash(build(missing), "linux/amd64"),
      contextHash(build(missing, { target: "x" }), "linux/amd64"),
    );
  });

  it("is of the address where the builder fetches the context", () => {
    const of = (url: string) => contextHash(build(url), "linux/amd64");
    assert.notEqual(of("https://example.com/a.git#v1"), of("https://example.com/a.git#v2"));
    for (const url of ["https://x/a.git", "git@github.com:a/b.git", "github.com/a/b", "ssh://git@x/a"])
      assert.ok(isUrl(url));
    for (const folder of ["/a/b", "./a", "a:b"]) assert.ok(!isUrl(folder));
  });

  it("reads files larger than its buffer", () => {
    const big = "x".repeat((1 << 20) + 7);
    assert.notEqual(hash({ ...FILES, big }), hash({ ...FILES, big: `${big.slice(0, -1)}y` }));
  });
});
