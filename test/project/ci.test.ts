/** `.ci/run`: its last line, its exit code and what makes it fail, with an npm that only pretends. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** A repository with `.ci/run` and one tracked file, and an npm that runs `ci` and `test` as shell lines. */
function repository(folder: string, npm: { readonly ci?: string; readonly test: string }) {
  const script = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
  };
  const bin = join(folder, "bin");
  script(
    join(bin, "npm"),
    `case "$*" in "ci --ignore-scripts") ${npm.ci ?? ":"};; test) ${npm.test};; *) exit 9;; esac`,
  );
  script(join(bin, "chromium"), ":");
  const clone = join(folder, "clone");
  mkdirSync(join(clone, ".ci"), { recursive: true });
  copyFileSync(join(root, ".ci/run"), join(clone, ".ci/run"));
  writeFileSync(join(clone, "tracked.txt"), "as committed\n");
  const path = [bin, dirname(process.execPath), process.env.PATH].join(delimiter);
  // a hook of the repository that this runs in may have set the two
  const env = { ...process.env, GIT_DIR: undefined, GIT_INDEX_FILE: undefined, PATH: path };
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: clone, env });
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "first");
  const run = spawnSync(join(clone, ".ci/run"), { cwd: folder, encoding: "utf8", env });
  const lines = run.stdout.trimEnd().split("\n");
  return {
    status: run.status,
    last: lines.at(-1),
    earlier: lines.slice(0, -1).join("\n"),
    all: run.stdout + run.stderr,
  };
}

describe(".ci/run", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "spectrum-ci-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const counts = (passed: number, failed: number) => `echo '{"passed":${passed},"failed":${failed}}' >"$TEST_COUNTS"`;

  it("ends with mocha's counts and exit 0", () => {
    const { status, last, earlier, all } = repository(folder, { test: counts(12, 0) });
    assert.equal(status, 0, all);
    assert.equal(last, "tests: 12 passed, 0 failed");
    assert.doesNotMatch(earlier, /^tests:/mu);
  });

  it("fails where a test fails", () => {
    const { status, last } = repository(folder, { test: `${counts(11, 1)}; exit 1` });
    assert.deepEqual([status, last], [1, "tests: 11 passed, 1 failed"]);
  });

  it("fails on counts with a failure even where the command says that all is well", () => {
    assert.equal(repository(folder, { test: counts(11, 1) }).status, 1);
  });

  it("fails where types or lint stop the run before the tests", () => {
    const { status, last } = repository(folder, { test: "exit 2" });
    assert.deepEqual([status, last], [1, "tests: 0 passed, 0 failed"]);
  });

  it("fails where no test ran at all", () => {
    assert.equal(repository(folder, { test: counts(0, 0) }).status, 1);
  });

  it("fails where the install fails, and does not test", () => {
    const { status, last } = repository(folder, { ci: "exit 1", test: counts(12, 0) });
    assert.deepEqual([status, last], [1, "tests: 0 passed, 0 failed"]);
  });

  it("fails where the build changes a tracked file, and names it", () => {
    const { status, last, earlier } = repository(folder, { test: `echo x >>tracked.txt; ${counts(12, 0)}` });
    assert.deepEqual([status, last], [1, "tests: 12 passed, 0 failed"]);
    assert.match(earlier, /changed tracked files[^]*tracked\.txt/u);
  });

  it("runs the README's test command", () => {
    const command = /^npm ci .*npm test$/mu.exec(readFileSync(join(root, "README.md"), "utf8"))?.[0];
    assert.ok(command, "the README has no line that installs and tests");
    assert.ok(readFileSync(join(root, ".ci/run"), "utf8").includes(`\n${command} || status=1\n`));
  });
});
