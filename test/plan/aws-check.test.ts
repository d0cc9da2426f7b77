import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { planJson } from "../../plan/json";
import { recordResources } from "../support/record";

const script = resolve(__dirname, "../../../shared/aws-check/aws_check.py");
const python = process.env.AWS_CHECK_PYTHON ?? "python3";

function canCheck(): boolean {
  return existsSync(script) && spawnSync(python, ["-c", "import botocore, cfnlint"]).status === 0;
}

describe("the plan's forms under aws_check", function () {
  this.timeout(120_000);

  it("takes them as unknown, and sees what is wrong beside them", async function () {
    if (!canCheck()) this.skip();
    const made = await recordResources(
      () => {
        const secrets = new pulumi.Config().requireObject<{ shop: { KEY: string } }>("secrets");
        const role = new aws.iam.Role("role", {
          assumeRolePolicy: pulumi.jsonStringify({
            Version: "2012-10-17",
            Statement: [
              { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } },
            ],
          }),
        });
        const bucket = new aws.s3.Bucket("bucket");
        new aws.iam.RolePolicy("policy", {
          role: role.id,
          policy: pulumi.jsonStringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: [pulumi.interpolate`${bucket.arn}/*`] }],
          }),
        });
        new aws.secretsmanager.SecretVersion("version", {
          secretId: "s",
          secretString: pulumi.secret(secrets.shop.KEY),
        });
        new aws.ec2.Subnet("subnet", {
          vpcId: "vpc-1",
          cidrBlock: "10.0.0.0/24",
          availabilityZone: aws.getAvailabilityZonesOutput().names[0],
        });
        new aws.lightsail.ContainerService("wrong", { power: "giant", scale: 99 });
      },
      { config: { "spectrum:secrets": '{"shop":{"KEY":"x"}}' }, secretConfigKeys: ["spectrum:secrets"] },
    );
    const folder = mkdtempSync(join(tmpdir(), "spectrum-"));
    try {
      const file = join(folder, "plan.json");
      const plan = { version: 1 as const, environment: "dev", apps: [], errors: [], warnings: [] };
      writeFileSync(file, planJson({ ...plan, resources: made.resources, outputs: made.outputs }));
      const { stdout, stderr } = spawnSync(python, [script, file], { encoding: "utf8" });
      const lines = stdout.trim().split("\n");
      assert.deepEqual(
        lines.filter((line) => !line.includes("::wrong ")),
        [],
        stderr,
      );
      assert.ok(
        lines.some((line) => line.includes("power") && line.includes("giant")),
        stdout + stderr,
      );
      assert.ok(
        lines.some((line) => line.includes("scale")),
        stdout,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
