/** `spectrum report` as a process. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../support/project";

function report(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "cli/main.ts", "report", ...args],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  return { code: status, stdout, stderr };
}

describe("spectrum report", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "spectrum-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("writes one page into a folder that it makes, and says where", () => {
    const out = join(folder, "a", "b");
    const hello = ["--compose", "examples/hello/compose.yaml", "--tiers", "fargate,lightsail"];
    const { code, stdout, stderr } = report("-o", out, ...hello);
    assert.deepEqual(
      { code, stdout, stderr },
      { code: 0, stdout: `${out}/index.html shows hello on 2 tiers\n`, stderr: "" },
    );
    const page = readFileSync(join(out, "index.html"), "utf8");
    assert.match(page, /^<!doctype html>/u);
    assert.match(page, /7\.00 USD<\/strong> a month on\s+<a href="#tier__lightsail">/u);
  });

  it("writes the page and ends with 2 where no tier fits", () => {
    const file = join(folder, "compose.yaml");
    writeFileSync(file, "services: { web: { image: 'nginx:1.29', privileged: true, ports: ['80:80'] } }\n");
    const { code, stdout } = report("-o", folder, "--compose", file, "--app", "web", "--tiers", "fargate");
    assert.deepEqual({ code, stdout }, { code: 2, stdout: `${folder}/index.html shows web on 1 tier\n` });
    assert.match(readFileSync(join(folder, "index.html"), "utf8"), /web\.privileged/u);
  });

  it("ends with 2 and says why where there is nothing to show, or no place for it", () => {
    const none = join(folder, "none");
    const unread = report("-o", none, "--compose", "no-such.yaml");
    assert.equal(unread.code, 2);
    assert.match(unread.stderr, /^error: .*no-such\.yaml/u);
    assert.equal(existsSync(none), false);
    assert.match(report("-o", none, "--tiers", "fargat").stderr, /^error: --tiers got "fargat"/u);
    assert.match(report().stderr, /^error: required option '-o, --output <folder>' not specified/u);
    const hello = ["--compose", "examples/hello/compose.yaml", "--tiers", "lightsail"];
    const file = join(folder, "compose.yaml");
    const unwritten = report("-o", file, ...hello);
    assert.deepEqual(
      { code: unwritten.code, stderr: unwritten.stderr },
      { code: 2, stderr: `error: the folder ${file} cannot be made (EEXIST)\n` },
    );
  });
});
