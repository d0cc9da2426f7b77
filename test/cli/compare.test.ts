/** `spectrum compare` as a process of its own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Comparison } from "../../plan/compare/types";
import { root } from "../support/project";

function compare(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "cli/main.ts", "compare", ...args],
    {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  return { code: status, stdout, stderr };
}

describe("spectrum compare", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "spectrum-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("prints JSON, the cheapest tier first, and ends with 0 where one fits; a pipe gets no progress", () => {
    const { code, stdout, stderr } = compare(
      "--compose",
      "examples/hello/compose.yaml",
      "--tiers",
      "fargate,lightsail",
      "--json",
    );
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const { version, tiers } = JSON.parse(stdout) as Comparison;
    assert.equal(version, 1);
    assert.deepEqual(
      tiers.map(({ tier, fits, monthlyUsd }) => [tier, fits, monthlyUsd?.alone.fixed]),
      [
        ["lightsail", true, 7],
        ["fargate", true, 36.39],
      ],
    );
  });

  it("ends with 2 where none fits, and says why", () => {
    const file = join(folder, "compose.yaml");
    writeFileSync(file, "services: { web: { image: 'nginx:1.29', privileged: true, ports: ['80:80'] } }\n");
    const { code, stdout } = compare("--compose", file, "--tiers", "fargate");
    assert.equal(code, 2);
    assert.match(stdout, /^ {2}fargate +no +- +- +- .* 1 /mu);
    assert.match(stdout, /^to fargate\n {2}refusal +web\.privileged: /mu);
  });

  for (const [args, message] of [
    [["--tiers", "fargat"], /^error: --tiers got "fargat"; give some of lightsail,lightsail-vm,/u],
    [["--assume", "hours=30"], /^error: --assume: hours: got 30; give at most 24/u],
    [["--compose", "no-such.yaml"], /^error: .*no-such\.yaml/u],
  ] as const) {
    it(`ends with 2 and one line that says why: ${args.join(" ")}`, () => {
      const { code, stdout, stderr } = compare(...args);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.match(stderr, message);
    });
  }
});
