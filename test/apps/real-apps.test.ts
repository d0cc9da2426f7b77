import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { tierNames } from "../../app/tiers";
import { planJson } from "../../plan/json";
import { planAccepted, planRealApp, realApps, usedKeys } from "./real-apps";
import { compared } from "./table";

const checker = resolve(__dirname, "../../../shared/aws-check/aws_check.py");
/** A Python with botocore and cfn-lint, which the checker's rules come from. */
const python = [process.env.AWS_CHECK_PYTHON, "python3"].find(
  (candidate) =>
    candidate !== undefined &&
    spawnSync(candidate, ["-c", "import botocore, cfnlint"], { stdio: "ignore" }).status === 0,
);

/** What the checker says wrongly, each with the reason. */
const WRONGLY_SAID = [
  {
    line: /aws:ssm\/parameter:Parameter::\S+ type: got "SecureString"; .*E3030 AWS::SSM::Parameter/u,
    reason:
      "CloudFormation cannot make a SecureString, which the rule is about; the API's PutParameter, which Pulumi calls, can",
  },
];

describe("real apps, on every tier", function () {
  this.timeout(120_000);
  const apps = realApps();
  before(function () {
    if (apps.length === 0) this.skip();
  });

  for (const app of apps) {
    for (const tier of tierNames) {
      it(`${app.name} on ${tier}: every used key in the findings, every refusal with a remedy, nothing AWS would refuse`, async () => {
        const plan = await planRealApp(app, tier); // throws for a defect alone
        const findings = plan.apps.flatMap((a) => a.findings);
        if (plan.apps.length === 0) assert.ok(plan.errors.length > 0, "neither an app nor an error");
        else {
          for (const [service, key] of usedKeys(app.file)) {
            const said = findings.some(
              (f) =>
                f.service === service && (f.key === key || f.key.startsWith(`${key}.`) || f.key.startsWith(`${key}[`)),
            );
            assert.ok(said, `no finding for ${service}.${key}`);
          }
        }
        for (const f of findings) if (f.outcome !== "kept") assert.notEqual(f.remedy, "", `${f.service}.${f.key}`);
        assert.deepEqual(planJson(await planRealApp(app, tier)), planJson(plan), "two plans of one file differ");
      });
    }
  }
});

describe("the table of real apps", function () {
  this.timeout(300_000);
  before(function () {
    if (realApps().length === 0) this.skip();
  });

  it("in docs/ says what the plans say today; npm run fix:table brings it up to date", async () => {
    const { written, now } = await compared();
    assert.equal(written, now);
  });
});

describe("real apps, with every refusal accepted by name", function () {
  this.timeout(120_000);
  let scratch = "";
  before(function () {
    if (realApps().length === 0) this.skip();
    scratch = mkdtempSync(join(tmpdir(), "spectrum-accepted-"));
  });
  after(() => scratch !== "" && rmSync(scratch, { recursive: true }));

  for (const app of realApps()) {
    for (const tier of tierNames) {
      it(`${app.name} on ${tier} is planned`, async () => {
        const plan = await planAccepted(app, tier, scratch);
        if (plan.apps.length === 0) return assert.ok(plan.errors.length > 0); // the file itself is wrong
        assert.deepEqual(plan.errors, []);
        assert.ok(plan.resources.length > 0);
      });
    }
  }
});

describe("real apps, against AWS's own API models", function () {
  this.timeout(600_000);
  let folder = "";
  before(function () {
    if (realApps().length === 0 || !existsSync(checker) || python === undefined) this.skip();
    folder = mkdtempSync(join(tmpdir(), "spectrum-aws-check-"));
  });
  after(() => folder !== "" && rmSync(folder, { recursive: true }));

  for (const tier of tierNames) {
    it(`aws-check finds nothing in any plan on ${tier}`, async () => {
      const said: string[] = [];
      for (const app of realApps()) {
        const file = join(folder, `${app.name}.${tier}.json`);
        writeFileSync(file, planJson(await planAccepted(app, tier, folder)));
        const { stdout, stderr, status } = spawnSync(python ?? "", [checker, file], { encoding: "utf8" });
        const lines = stdout
          .split("\n")
          .filter((line) => line !== "" && !WRONGLY_SAID.some(({ line: wrong }) => wrong.test(line)));
        const counted = /^\d+ AWS resources, \d+ violations$/u;
        said.push(...lines.filter((line) => !counted.test(line)).map((line) => `${app.name}: ${line}`));
        if (status !== 0 && status !== 1) said.push(`${app.name}: ${stderr}`);
      }
      assert.deepEqual(said, []);
    });
  }
});
