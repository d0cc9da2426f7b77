/** The guards of the tests themselves, each proven in a mocha of its own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { maySkip } from "../support/reporter";

const root = resolve(__dirname, "../..");
const guard = ["--require", "./test/support/unhandled.ts"];
const reporter = ["--reporter", "./test/support/reporter.ts"];

function mocha(fixture: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const run = spawnSync(
    process.execPath,
    ["--import", "tsx", "node_modules/mocha/bin/mocha.js", "--no-config", ...args, `test/project/fixtures/${fixture}`],
    { cwd: root, encoding: "utf8", env: { ...process.env, TEST_COUNTS: undefined, TEST_SKIPS: undefined, ...env } },
  );
  return { status: run.status, output: run.stdout + run.stderr };
}

describe("the project's test guards", () => {
  for (const fixture of ["floating-rejection.ts", "floating-apply.ts"]) {
    it(`fail a run with a ${fixture.replace(/-|\.ts/gu, " ").trim()}, which mocha alone lets pass`, () => {
      const guarded = mocha(fixture, guard);
      assert.notEqual(guarded.status, 0, guarded.output);
      assert.match(guarded.output, /nobody waits for this/u);
      const bare = mocha(fixture, []);
      assert.equal(bare.status, 0, bare.output);
      assert.match(bare.output, /2 passing/u);
    });
  }

  it("are loaded by every run of this project", () => {
    const config = JSON.parse(readFileSync(join(root, ".mocharc.json"), "utf8")) as Record<string, unknown>;
    assert.deepEqual(config.require, [guard[1]]);
    assert.equal(config.reporter, reporter[1]);
  });

  describe("of skipped tests", () => {
    let folder: string;
    before(() => (folder = mkdtempSync(join(tmpdir(), "spectrum-guards-"))));
    after(() => rmSync(folder, { recursive: true }));

    const run = (skips: readonly object[]) => {
      const files = { TEST_SKIPS: join(folder, "skips.json"), TEST_COUNTS: join(folder, "counts.json") };
      writeFileSync(files.TEST_SKIPS, JSON.stringify(skips));
      const result = mocha("skipped.ts", reporter, files);
      return { ...result, counts: JSON.parse(readFileSync(files.TEST_COUNTS, "utf8")) as unknown };
    };

    it("fail a run that skips a test that is not on the list, and name it", () => {
      const { status, output, counts } = run([{ name: "the cloud is there", reason: "another one" }]);
      assert.equal(status, 1, output);
      assert.match(output, /not on the list.*: the cloud can be asked/u);
      assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 1 });
    });

    for (const name of ["the cloud can be asked", "the cloud"]) {
      it(`pass a run whose skipped test is on the list as "${name}"`, () => {
        const { status, output, counts } = run([{ name, reason: "no cloud here" }]);
        assert.equal(status, 0, output);
        assert.deepEqual(counts, { passed: 1, failed: 0, skipped: 1 });
      });
    }

    it("take a name by whole words", () => {
      assert.equal(maySkip("the cloud can be asked", [{ name: "the cl", reason: "" }]), false);
    });

    it("have a list in which each name has a reason", () => {
      const skips = JSON.parse(readFileSync(join(root, "test/skips.json"), "utf8")) as unknown;
      assert.ok(Array.isArray(skips));
      for (const skip of skips as Record<string, unknown>[]) {
        assert.deepEqual(Object.keys(skip), ["name", "reason"]);
        assert.ok(Object.values(skip).every((text) => typeof text === "string" && text.trim() !== ""));
      }
    });
  });
});
