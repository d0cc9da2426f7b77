/** What must not stand in any tracked file. */
import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { readText, root, trackedFiles } from "../support/project";

/** Folders of the machine that this runs on: the project's own, and the shared one beside it. */
const machinePaths = [root, join(dirname(root), "shared")];
const homes = /(?:\/home|\/Users|[A-Z]:\\Users)[\\/](?!node\b|app\b|user\b|runner\b)\w+/u;
const keys = /\b(?:AKIA|ASIA)(?![A-Z0-9]*EXAMPLE)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----/u;

/** The lines in which `found` says yes, as `file:line: text`. */
function hits(files: readonly string[], found: (line: string) => boolean): string[] {
  return files.flatMap((file) =>
    readText(file)
      .split("\n")
      .flatMap((line, i) => (found(line) ? [`${file}:${i + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

describe("tracked files", () => {
  let files: readonly string[];

  before(function () {
    const tracked = trackedFiles();
    if (tracked === null) return this.skip();
    // a file that was removed and not committed yet is listed still
    files = tracked.filter((file) => existsSync(join(root, file)) && statSync(join(root, file)).size < 4_000_000);
  });

  it("name no path of the machine", () => {
    const found = hits(files, (line) => homes.test(line) || machinePaths.some((path) => line.includes(path)));
    assert.deepEqual(found, []);
  });

  it("hold no access key and no private key", () => {
    assert.deepEqual(
      hits(files, (line) => keys.test(line)),
      [],
    );
  });

  it("hold lock files that name no registry but npm's own", () => {
    const locks = files.filter((file) => file.endsWith("package-lock.json"));
    assert.ok(locks.includes("package-lock.json"));
    const other = /"resolved": "(?!https:\/\/registry\.npmjs\.org\/)/u;
    assert.deepEqual(
      hits(locks, (line) => other.test(line)),
      [],
    );
  });

  it("hold no .env file of the examples", () => {
    assert.deepEqual(
      files.filter((file) => /^examples\/.*\/\.env$/u.test(file)),
      [],
    );
  });
});
