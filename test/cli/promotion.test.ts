/** The verbs that promote, as people run them: a CLI of Pulumi and an AWS that are told what to say, all else is real. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { pullName } from "../../app/image";
import { contentHash, type Release, releaseId } from "../../app/release/release";
import type { Brought } from "../../deploy/promote/bring";
import { readEvidenceFile } from "../../deploy/promote/evidence-file";
import type { History } from "../../deploy/promote/history";
import { readStackConfig } from "../../plan/stack-config";
import { readApps } from "../../stacks/apps";
import { type FakeAws, serveAws } from "../support/fake-aws";
import { FakePulumi } from "../support/fake-pulumi";
import { type FakeSts, serveSts } from "../support/fake-sts";

const project = resolve(__dirname, "../..");
const IMAGE = `nginx:1.29@sha256:${"a1".repeat(32)}`;
const PULLED = pullName(IMAGE);
const REVISION = "arn:aws:ecs:us-east-1:123456789012:task-definition/hello-web:1";
const CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/spectrum";

describe("spectrum promote, rollback, history and diff", function () {
  this.timeout(180_000);
  let [root, id]: [string, string] = ["", ""];
  let pulumi: FakePulumi;
  let aws: FakeAws;
  let sts: FakeSts;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), "spectrum-promotion-"));
    [pulumi, aws, sts] = [new FakePulumi(), await serveAws(), await serveSts({ account: "123456789012" })];
    const environments = ["dev", "staging", "prod"].map((name) => ({ name, approvals: name === "prod" ? 1 : 0 }));
    write("Pulumi.yaml", {
      name: "spectrum",
      runtime: "nodejs",
      config: { "spectrum:environments": { value: environments } },
    });
    for (const name of ["dev", "staging", "prod"])
      write(`Pulumi.${name}.yaml`, {
        config: {
          "aws:region": "us-east-1",
          "aws:allowedAccountIds": ["123456789012"],
          "spectrum:apps": { hello: { compose: "compose.yaml", tier: "fargate" } },
          "spectrum:secrets": { hello: { KEY: { secure: name } } },
        },
      });
    write("compose.yaml", { services: { web: { image: IMAGE, ports: ["80:80"] } } });
    const [read = assert.fail()] = readApps(readStackConfig(root, "dev"), { root }).apps;
    const release: Release = { ...read.packed.content, images: { web: { image: IMAGE, built: false } } };
    id = releaseId(release);
    const content = contentHash(release);
    pulumi.stack("dev", {
      outputs: outputs(content),
      secretConfig: { "spectrum:secrets": '{"hello":{"KEY":"horse"}}' },
    });
    pulumi.stack("staging", {
      operations: { up: { outputs: outputs(content, id) } },
      secretConfig: { "spectrum:secrets": '{"hello":{"KEY":"staple"}}' },
    });
    pulumi.tell({
      created: {
        operations: {
          up: {
            code: 255,
            events: [{ diagnosticEvent: { severity: "error", message: "quota exceeded", color: "never" } }],
          },
        },
      },
    });
    aws.tell({
      "ecs:DescribeServices": { services: [SERVICE] },
      "ecs:ListTasks": ({ desiredStatus }) => ({ taskArns: desiredStatus === "STOPPED" ? [] : [TASK.taskArn] }),
      "ecs:DescribeTasks": { tasks: [TASK] },
    });
  });
  after(() => {
    for (const one of [pulumi, aws, sts]) one.close();
    rmSync(root, { recursive: true });
  });

  const write = (file: string, content: unknown) => writeFileSync(join(root, file), stringify(content));
  const outputs = (content: string, release?: string) => ({
    deployed: {
      hello: {
        tier: "fargate",
        content,
        ...(release !== undefined && { release }),
        images: { web: PULLED },
        services: {
          web: {
            revision: REVISION,
            target: { tier: "fargate", clusterArn: CLUSTER, serviceName: "hello-web", container: "web" },
          },
        },
        jobs: {},
      },
    },
  });

  const spectrum = (...args: readonly string[]) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
      const child = spawn(
        process.execPath,
        ["--import", require.resolve("tsx"), join(project, "cli/main.ts"), ...args],
        {
          cwd: root,
          env: { ...process.env, NO_COLOR: "1", ...pulumi.env, ...aws.env, ...sts.env },
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      child.on("close", (code) => done({ code, stdout, stderr }));
    });

  it("refuses to begin where nobody has said yes and nobody can be asked", async () => {
    const { code, stdout, stderr } = await spectrum("promote", "--from", "dev", "--to", "staging");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(
      stderr,
      /^error: it asks before it changes anything, and there is no terminal to answer on; say --yes/u,
    );
    assert.deepEqual(pulumi.calls, []);
  });

  it("promote brings what runs: the release's file, the stack's line, the deployment, the look at it, the evidence", async () => {
    const { code, stdout, stderr } = await spectrum("promote", "--from", "dev", "--to", "staging", "--yes");
    assert.deepEqual([code, stdout], [0, `staging: hello ${id.slice(0, 12)}: deployed, and healthy\n`], stderr);
    assert.ok(readFileSync(join(root, `releases/hello/${id}.json`), "utf8").includes(IMAGE));
    assert.match(
      readFileSync(join(root, "Pulumi.staging.yaml"), "utf8"),
      new RegExp(`hello:\n +release: ${id}\n`, "u"),
    );
    const up = pulumi.calls.find(({ args: [verb] }) => verb === "up")?.args ?? [];
    assert.equal(up[up.indexOf("--message") + 1], `promote hello ${id.slice(0, 12)} from dev`);
    const [{ who, health, images, result } = assert.fail(), ...more] = readEvidenceFile(root, "staging").entries;
    assert.deepEqual(
      { arn: who.arn, health, images, result, more },
      {
        arn: "arn:aws:iam::123456789012:user/somebody",
        health: { web: { state: "running", healthy: 1, wanted: 1 } },
        images: { web: IMAGE },
        result: "succeeded",
        more: [],
      },
    );
    // secrets by fingerprints alone
    assert.match(stderr, /spectrum:secrets\.hello\.KEY +\(secret [0-9a-f]{12}\) → \(secret [0-9a-f]{12}\)/u);
    assert.doesNotMatch(stdout + stderr, /horse|staple/u);
    assert.match(stderr, /resources, now → then: \d+ the same\n/u);
  });

  it("promote says so where it is there already, as JSON too", async () => {
    const { code, stdout } = await spectrum("promote", "--from", "dev", "--to", "staging", "--yes", "--json");
    const { version, outcome, releases } = JSON.parse(stdout) as Brought;
    assert.deepEqual(
      { code, version, outcome, releases },
      { code: 0, version: 1, outcome: "there already", releases: { hello: id } },
    );
  });

  it("promote ends with 3 where the deployment fails, says what to do, and leaves the evidence; then it wants a word", async () => {
    const toProd = ["promote", "--from", "staging", "--to", "prod", "--yes", "--approved-by", "Grace Hopper"];
    const failed = await spectrum(...toProd);
    assert.deepEqual([failed.code, failed.stdout], [3, ""], failed.stderr);
    assert.match(
      failed.stderr,
      /error: hello: the deployment failed: quota exceeded\nPulumi\.prod\.yaml names the new release, .* run the same again with --failed, or go back: spectrum rollback --env prod\n$/u,
    );
    const again = await spectrum(...toProd);
    assert.equal(again.code, 2);
    assert.match(
      again.stderr,
      /^error: hello: the release [0-9a-f]{12} failed in prod on \S+: the deployment failed: quota exceeded; .* --failed$/mu,
    );
  });

  it("rollback ends with 2 where there is nothing to go back to", async () => {
    const { code, stderr } = await spectrum("rollback", "--env", "staging", "--yes");
    assert.equal(code, 2);
    assert.match(stderr, /^error: hello: no release has succeeded in staging before the one that serves/mu);
  });

  it("history shows what was brought where, and ends with 2 where the evidence was changed", async () => {
    const { code, stdout } = await spectrum("history");
    assert.equal(code, 0);
    assert.match(
      stdout,
      new RegExp(
        `^dev: hello ${id.slice(0, 12)}\n[^]* seen [^]*\n\nstaging: hello ${id.slice(0, 12)}\n[^]*promote from dev [^]* succeeded, serves\n`,
        "u",
      ),
    );
    assert.match(
      stdout,
      /\nprod: hello no release yet \(its file says [0-9a-f]{12}\)\n[^]* failed: the deployment failed: quota exceeded\n$/u,
    );
    const file = join(root, "evidence/prod.jsonl");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"lineBefore":null/u, `"lineBefore":"${id}"`));
    const damaged = await spectrum("history", "--env", "prod", "--json");
    assert.equal(damaged.code, 2);
    assert.match(damaged.stderr, /^error: evidence\/prod\.jsonl:1:1: the line is not the first that was written/u);
    assert.equal((JSON.parse(damaged.stdout) as History).environments[0]?.entries.length, 1);
  });

  it("diff shows what differs, and of secrets only whether they do", async () => {
    const { code, stdout, stderr } = await spectrum("diff", "dev", "staging", "--secrets");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^config, dev → staging\n {2}spectrum:apps\.hello\.compose +compose\.yaml → \(not set\)\n/u);
    assert.match(stdout, /spectrum:secrets\.hello\.KEY +\(secret [0-9a-f]{12}\) → \(secret [0-9a-f]{12}\)\n/u);
    assert.doesNotMatch(stdout, /horse|staple/u);
  });
});

const TASK = {
  taskArn: "arn:aws:ecs:us-east-1:123456789012:task/spectrum/a",
  taskDefinitionArn: REVISION,
  lastStatus: "RUNNING",
  containers: [{ name: "web", lastStatus: "RUNNING", image: PULLED }],
};

const SERVICE = {
  serviceName: "hello-web",
  status: "ACTIVE",
  desiredCount: 1,
  runningCount: 1,
  taskDefinition: REVISION,
  deployments: [
    {
      status: "PRIMARY",
      taskDefinition: REVISION,
      rolloutState: "COMPLETED" as const,
      desiredCount: 1,
      runningCount: 1,
      failedTasks: 0,
    },
  ],
  events: [],
};
