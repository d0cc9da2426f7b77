/** No plan, finding, error or log shows a secret's value: every way in is tried on every tier, by the command as a user calls it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { stringify } from "yaml";

import { tierNames } from "../../app/tiers";
import type { Plan } from "../../plan/types";
import { PLANTED, PLANTED_COMPOSE, plantedConfig, plantedSecrets } from "../support/planted";

const root = resolve(__dirname, "../..");

describe("a secret's value", function () {
  this.timeout(300_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "spectrum-secrets-"));
    const fixture = dirname(PLANTED_COMPOSE);
    mkdirSync(join(folder, fixture), { recursive: true });
    cpSync(join(root, fixture), join(folder, fixture), { recursive: true });
    cpSync(join(root, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** The stack's file as `pulumi config set --secret` leaves it; `encrypted: false` leaves the values as they are. */
  function configure(config: Record<string, unknown>, encrypted = true): void {
    const secrets: Record<string, Record<string, unknown>> = {};
    for (const [path, value] of Object.entries(plantedSecrets(tierNames))) {
      const [, app = "", name = ""] = path.split(".");
      (secrets[app] ??= {})[name] = encrypted ? { secure: "v1:bm9uY2U=:Y2lwaGVydGV4dA==" } : value;
    }
    const stack = { config: { ...config, "spectrum:secrets": secrets } };
    writeFileSync(join(folder, "Pulumi.dev.yaml"), stringify(stack));
  }

  function plan(...args: readonly string[]) {
    const command = ["--import", "tsx", join(root, "cli/main.ts"), "plan", ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", npm_lifecycle_event: "" },
      maxBuffer: 1 << 28,
    });
    return { status, stdout, stderr };
  }

  function shows(what: string, text: string): void {
    const at = text.indexOf(PLANTED);
    assert.equal(at, -1, `${what} shows a secret: …${text.slice(Math.max(0, at - 200), at + 60)}`);
  }

  it("is planted where the test says", () => {
    for (const name of [".env", "by-file.txt"])
      assert.ok(readFileSync(join(folder, dirname(PLANTED_COMPOSE), name), "utf8").includes(PLANTED), name);
  });

  it("is in no plan, and its name is", () => {
    configure(plantedConfig());
    const [text, json] = [plan(), plan("--json")];
    for (const [name, ran] of Object.entries({ text, json })) {
      assert.equal(
        ran.status,
        0,
        ran.stderr
          .split("\n")
          .filter((line) => !line.startsWith("warning"))
          .join("\n"),
      );
      shows(`the ${name}`, ran.stdout);
      shows(`what the ${name} says beside it`, ran.stderr);
    }
    const { apps, resources } = JSON.parse(json.stdout) as Plan;
    assert.deepEqual(apps.map(({ tier }) => tier).sort(), [...tierNames].sort());
    const inputs = JSON.stringify(resources);
    for (const name of Object.keys(plantedSecrets(["fargate"])).map((path) => path.split(".").at(-1) ?? ""))
      assert.match(inputs, new RegExp(`"\\$secret":"[^"]*\\b${name}\\b`, "u"), `${name} did not enter`);
    for (const name of ["by_file", "by_variable"])
      assert.ok(
        resources.some((resource) => resource.name === `fargate-${name}`),
        `${name} did not enter`,
      );
  });

  it("is in no finding and no error, where a tier refuses what holds it", () => {
    configure(plantedConfig(tierNames, false));
    for (const ran of [plan(), plan("--json")]) {
      assert.equal(ran.status, 2);
      shows("the plan", ran.stdout);
      shows("an error", ran.stderr);
    }
  });

  it("is in no error where it stands in the wrong place, or in plain text", () => {
    configure(plantedConfig(["fargate"]), false);
    for (const ran of [plan(), plan("--json")]) {
      assert.equal(ran.status, 2);
      shows("an error", ran.stdout + ran.stderr);
    }
    const config = plantedConfig(["fargate"]);
    const apps = config["spectrum:apps"] as Record<string, object>;
    configure({
      ...config,
      "spectrum:apps": { fargate: { ...apps.fargate, variables: { TOKEN: { secure: PLANTED } } } },
    });
    const ran = plan();
    assert.equal(ran.status, 2);
    shows("an error", ran.stdout + ran.stderr);
  });
});
