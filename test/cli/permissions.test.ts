import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PolicyDocument } from "../../plan/permissions/policies";
import { root } from "../support/project";

function permissions(...args: readonly string[]) {
  const command = [
    "--import",
    "tsx",
    "cli/main.ts",
    "permissions",
    "--compose",
    "examples/hello/compose.yaml",
    ...args,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8" });
  return { code: status, stdout, stderr };
}

describe("spectrum permissions", function () {
  this.timeout(60_000);

  for (const [args, message] of [
    [["--account", "12"], '--account got "12"; give twelve digits, or \\*'],
    [["--state-bucket", "s3://states"], '--state-bucket got "s3://states"; give a bucket\'s name, without s3://'],
    [["--state-bucket", "states", "--state-key", "alias/x"], '--state-key got "alias/x"; give a key\'s ARN'],
    [["--state-key", "arn:aws:kms:us-east-1:123456789012:key/a"], "--state-key needs --state-bucket"],
    [["--tier", "fargat"], "fargat"],
  ] as const) {
    it(`ends with 2 and says why: ${args.join(" ")}`, () => {
      const { code, stdout, stderr } = permissions(...args);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
      assert.match(stderr, new RegExp(`^error: .*${message}`, "u"));
    });
  }

  it("prints JSON, and writes each policy into a file", () => {
    const folder = mkdtempSync(join(tmpdir(), "spectrum-permissions-"));
    try {
      const { code, stdout, stderr } = permissions("--tier", "lightsail", "--tier", "fargate", "--json", "-o", folder);
      assert.equal(code, 0, stderr);
      const printed = JSON.parse(stdout) as {
        tiers: readonly string[];
        unknown: readonly string[];
        policies: readonly { name: string; characters: number; document: PolicyDocument }[];
      };
      assert.deepEqual([printed.tiers, printed.unknown], [["fargate", "lightsail"], []]);
      assert.equal(printed.policies[0]?.name, "spectrum-dev-deploy-1");
      for (const { name, characters, document } of printed.policies) {
        const written = readFileSync(join(folder, `${name}.json`), "utf8");
        assert.deepEqual(JSON.parse(written), document);
        assert.equal(written.trim().length, characters);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
