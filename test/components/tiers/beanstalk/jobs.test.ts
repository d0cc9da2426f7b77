/** The jobs of an app on Beanstalk: what is planned and said, and their program, run here with stand-ins for Docker and Beanstalk. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobFiles } from "../../../../components/tiers/beanstalk/job-files";
import { beanstalkFile } from "../../../../components/tiers/beanstalk/wired";
import { fillHoles } from "../../../../components/tiers/compose";
import type { Recorded } from "../../../support/record";
import { bundle, type Input, options, SHARED, tools, types } from "./support";

const { record, read, findings, said } = tools;
const DOCUMENT = "aws:ssm/document:Document";
const compose = `
services:
  web:
    image: "nginx:1.29"
    ports: ["8080:80"]
    depends_on: { migrate: { condition: service_completed_successfully } }
    links: [migrate]
  migrate:
    image: example/migrate
    ports: ["9000:9000"]
    restart: always
    environment: { PASSWORD: "\${TOKEN}" }
    x-spectrum: { job: { on: deploy, timeout: 5m, retries: 1 }, policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }
  report:
    image: example/report
    mem_limit: 1g
    volumes: [data:/d]
    x-spectrum: { job: { at: "rate(1 day)" } }
  quiet: { image: example/quiet, logging: { driver: none }, x-spectrum: { job: once } }
volumes: { data: {} }
`;
const input: Input = { compose, secrets: ["TOKEN"], config: SHARED };

interface Policy {
  readonly Statement: readonly {
    readonly Action: string | readonly string[];
    readonly Resource: unknown;
    readonly Condition?: unknown;
  }[];
}
const policy = (made: Recorded, name: string) =>
  made.json<Policy>(made.one("aws:iam/rolePolicy:RolePolicy", name), "policy").Statement;

describe("jobs on Beanstalk", () => {
  let made: Recorded;
  before(async () => (made = await record(input)));

  it("are containers of the Compose file that nothing starts, with a program that runs them", () => {
    const files = bundle(made);
    const { app, placement } = read(input);
    const file = fillHoles(beanstalkFile(app, placement).wired.composeFile, (hole) =>
      "logGroup" in hole
        ? `/spectrum/dev/shop/${hole.logGroup}`
        : "image" in hole
          ? (app.services[hole.image]?.image ?? "")
          : "",
    );
    assert.equal(file.match(/profiles:/gu)?.length, 3);
    assert.deepEqual(file.match(/(?<=awslogs-group: ")[^"]+/gu), [
      "/spectrum/dev/shop/migrate",
      "/spectrum/dev/shop/report",
    ]);
    assert.equal(files["docker-compose.yml"]?.sha256, createHash("sha256").update(file).digest("hex"));
    for (const name of [".spectrum/jobs.py", ".spectrum/jobs.json", ".ebextensions/jobs.config"])
      assert.ok(name in files, name);
    const written = jobFiles(app, placement);
    assert.deepEqual(JSON.parse(written[".spectrum/jobs.json"] ?? ""), {
      name: "shop",
      deployJobs: ["migrate"],
      jobs: {
        migrate: { timeout: 300, retries: 1, exclusive: true },
        quiet: { timeout: 900, retries: 0, exclusive: true },
        report: { timeout: 900, retries: 0, exclusive: true },
      },
    });
    assert.deepEqual(JSON.parse(written[".ebextensions/jobs.config"] ?? ""), {
      container_commands: { jobs: { command: "/usr/bin/python3 .spectrum/jobs.py deploy", leader_only: true } },
    });
  });

  it("before a version get their own time, and a change of one is another version", async () => {
    // two runs of 300 s, 20 s to end each, and 60 s around the job
    assert.equal(options(made)["elasticbeanstalk:command"]?.Timeout, String(600 + 2 * 320 + 60));
    const seconds = (recorded: Recorded) =>
      Number.parseInt(recorded.one(types.environment).options?.customTimeouts?.update ?? "", 10);
    const other = await record({ ...input, compose: compose.replace("timeout: 5m", "timeout: 6m") });
    assert.equal(seconds(other) - seconds(made), 120);
    assert.notEqual(other.one(types.version).name, made.one(types.version).name);
    const none = await record({ compose: 'services: { web: { image: "nginx:1.29", ports: ["8080:80"] } }' });
    assert.deepEqual(
      Object.keys(bundle(none)).filter((name) => name.includes("jobs")),
      [],
    );
  });

  it("let Systems Manager and a log group of their own reach the instances, and nothing of every parameter", () => {
    const all = policy(made, "shop-instance");
    const agent = all.find(({ Action }) => Action.includes("ssmmessages:OpenDataChannel"));
    assert.deepEqual(agent?.Resource, ["*"]);
    assert.ok(!agent.Action.includes("ssm:GetParameter"));
    const groups = made.all("aws:cloudwatch/logGroup:LogGroup").map(({ name }) => name);
    assert.deepEqual(groups, ["shop-migrate", "shop-report"], "the third one says another driver");
    const logs = all.filter(({ Action }) => Action.includes("logs:PutLogEvents"));
    assert.equal((logs[1]?.Resource as unknown[]).length, 2);
    const attached = made.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment").map(({ name }) => name);
    assert.ok(attached.includes("shop-instance-ReadOnlyAccess"), "a job's own policies");
  });

  it("have a runbook each that runs their document on one running instance of the environment", () => {
    const role = made.one("aws:iam/role:Role", "shop-jobs");
    const command = made.one(DOCUMENT, "shop-report");
    const automation = made.one(DOCUMENT, "shop-report-run");
    assert.deepEqual([command.inputs.documentType, automation.inputs.documentType], ["Command", "Automation"]);
    const { mainSteps } = made.json<{ mainSteps: { inputs: unknown }[] }>(command, "content");
    assert.deepEqual(mainSteps[0]?.inputs, {
      timeoutSeconds: "980",
      runCommand: [
        "exec /usr/bin/python3 /var/app/current/.spectrum/jobs.py run 'report' '{{ Command }}' '{{ Environment }}'",
      ],
    });
    const { parameters, ...runbook } = made.json<{ parameters: Record<string, Record<string, unknown>> }>(
      automation,
      "content",
    );
    const pattern = { type: "String", allowedPattern: "^[A-Za-z0-9+/]+={0,2}$" };
    for (const parameter of Object.values(parameters))
      assert.deepEqual({ type: parameter.type, allowedPattern: parameter.allowedPattern }, pattern);
    assert.deepEqual(runbook, {
      schemaVersion: "0.3",
      description: "runs the job report of shop on one instance",
      assumeRole: made.output(role, "arn"),
      outputs: ["run.ResponseCode", "run.Output"],
      mainSteps: [
        {
          name: "choose",
          action: "aws:executeAwsApi",
          inputs: {
            Service: "ec2",
            Api: "DescribeInstances",
            Filters: [
              {
                Name: "tag:elasticbeanstalk:environment-name",
                Values: [made.one(types.environment).inputs.name],
              },
              { Name: "instance-state-name", Values: ["running"] },
            ],
          },
          outputs: [{ Name: "InstanceId", Selector: "$.Reservations[0].Instances[0].InstanceId", Type: "String" }],
        },
        {
          name: "run",
          action: "aws:runCommand",
          timeoutSeconds: 1100,
          inputs: {
            DocumentName: made.output(command, "name"),
            InstanceIds: ["{{ choose.InstanceId }}"],
            Parameters: { Command: ["{{ Command }}"], Environment: ["{{ Environment }}"] },
          },
        },
      ],
    });
    const [documents, instances, rest] = policy(made, "shop-jobs");
    assert.equal((documents?.Resource as unknown[]).length, 3);
    assert.deepEqual(instances?.Condition, {
      StringEquals: {
        "aws:ResourceTag/elasticbeanstalk:environment-name": made.one(types.environment).inputs.name,
      },
    });
    assert.ok((rest?.Action as string[]).every((action) => /:(?:Describe|Get|List)/u.test(action)));
    const { apps } = made.outputs as { apps: { shop: { outputs: object } } };
    assert.deepEqual(Object.keys(apps.shop.outputs).sort(), ["run-migrate", "run-quiet", "run-report"]);
  });

  it("have a schedule that starts the runbook, and keeps the executions that failed", () => {
    const { target } = made.one("aws:scheduler/schedule:Schedule", "shop-schedules-report").inputs as unknown as {
      target: { arn: string; input: string };
    };
    assert.equal(target.arn, "arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution");
    const name = made.output(made.one(DOCUMENT, "shop-report-run"), "name");
    assert.deepEqual(JSON.parse(target.input), { DocumentName: name });
    assert.deepEqual(made.json(made.one("aws:cloudwatch/eventRule:EventRule"), "eventPattern"), {
      source: ["aws.ssm"],
      "detail-type": ["EC2 Automation Execution Status-change Notification"],
      detail: { Definition: [name], Status: ["Cancelled", "Failed", "TimedOut"] },
    });
    const [start, pass] = policy(made, "shop-schedules");
    assert.deepEqual(start?.Action, ["ssm:StartAutomationExecution"]);
    assert.deepEqual(pass?.Resource, [made.output(made.one("aws:iam/role:Role", "shop-jobs"), "arn")]);
    assert.deepEqual(pass?.Condition, { StringEquals: { "iam:PassedToService": "ssm.amazonaws.com" } });
  });

  it("are told of, with what no job has", () => {
    const word = (key: string, service = "migrate") => said(input, service, key).join();
    assert.match(word("job"), /^kept: run on the instance that Beanstalk calls the leader, by each deployment/u);
    assert.match(
      word("job", "report"),
      /^kept: run on one of the instances .* EventBridge Scheduler calls by rate\(1 day\)$/u,
    );
    assert.match(word("job", "quiet"), /^kept: run on one of the instances .* when you or a workflow asks for it$/u);
    assert.equal(word("ports[0]"), "changed: left out: a job takes no traffic");
    assert.match(word("restart"), /^changed: left out: a job ends/u);
    assert.match(word("links", "web"), /^changed: left out: migrate is a job/u);
    assert.match(word("depends_on.migrate.condition", "web"), /^kept: it starts once migrate has ended well/u);
    assert.match(word("policies"), /^changed: on the role of the instances/u);
    assert.match(word("logging.driver", "quiet"), /CloudWatch gets nothing of it$/u);
    assert.deepEqual(
      findings(input).filter(({ outcome }) => outcome === "refused"),
      [],
    );
    // an instance holds the services and the largest of the jobs
    assert.equal(options(made)["ec2:instances"]?.InstanceTypes, "t3.small");
    const long = { compose: compose.replace("timeout: 5m", "timeout: 1h") };
    assert.match(
      said(long, null, "timeToFail").join(),
      /^refused: a deployment with its jobs may last 7900 s, and Beanstalk's command/u,
    );
    const hosts = { ...SHARED, hosts: [{ host: "a.example.com", service: "migrate", port: 9000 }] };
    assert.match(
      said({ compose, config: hosts }, null, "hosts[0]").join(),
      /migrate is a job, which takes no traffic/u,
    );
  });

  describe("their program", function () {
    this.timeout(30_000);
    let folder = "";
    const at = (...names: string[]) => join(folder, ...names);
    const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
    const command = (name: string, script: string) =>
      writeFileSync(at(name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });

    before(function () {
      if (spawnSync("python3", ["--version"]).error) this.skip();
    });
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "spectrum-jobs-"));
      const { app, placement } = read(input);
      for (const [name, text] of Object.entries(jobFiles(app, placement))) {
        mkdirSync(join(at("app", name), ".."), { recursive: true });
        const local = text
          .replaceAll("/opt/elasticbeanstalk/bin", folder)
          .replaceAll("/run/lock", folder)
          .replaceAll("time.sleep(10)", "time.sleep(0.01)");
        writeFileSync(at("app", name), local);
      }
      mkdirSync(at("app/.platform/hooks/prebuild"), { recursive: true });
      writeFileSync(at("app/.platform/hooks/prebuild/10-registries.sh"), 'echo "login $SECRET_TOKEN" >> "$LOG"\n');
      writeFileSync(at("log"), "");
      command("get-config", `echo '{"SECRET_TOKEN": "t", "A": "of the property"}'`);
      command(
        "docker",
        'case "$*" in *version) exit "$PLUGIN";; esac; echo "docker $* $A $HOME" >> "$LOG"; case "$*" in *" run "*) echo out; exit "$CODE";; esac',
      );
      command("docker-compose", 'echo "docker-compose $*" >> "$LOG"');
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const run = (words: readonly string[], env: object = {}) =>
      spawnSync("python3", [at("app/.spectrum/jobs.py"), ...words], {
        env: { PATH: `${folder}:${process.env.PATH ?? ""}`, LOG: at("log"), CODE: "0", PLUGIN: "0", ...env },
        encoding: "utf8",
      });
    const log = () =>
      readFileSync(at("log"), "utf8")
        .replaceAll(/-run-[0-9a-f]{8}/gu, "-run-ID")
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("docker rm"));

    it("runs those before a version, with what they depend on, and what Beanstalk has set already", () => {
      const { status, stderr } = run(["deploy"], { A: "of the command" });
      assert.equal(status, 0, stderr);
      assert.deepEqual(log(), [
        "docker compose -f docker-compose.yml run --rm -T --name shop-migrate-run-ID migrate of the command /root",
      ]);
      const failed = run(["deploy"], { CODE: "3" });
      assert.equal(failed.status, 3);
      assert.match(failed.stdout, /the new version is not started, for the job migrate has failed/u);
      assert.equal(log().length, 3, "it has one retry");
    });

    it("runs one by name behind a new login, with another command and environment", () => {
      const { status, stdout, stderr } = run(["run", "report", base64(["a", "b c"]), base64({ X: "1" })]);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^out\nreport ended with exit code 0$/mu);
      assert.deepEqual(log(), [
        "login t",
        "docker compose -f docker-compose.yml run --rm -T --name shop-report-run-ID --no-deps --env X=1 report a b c of the property /root",
      ]);
      assert.equal(run(["run", "report", base64([]), base64({})], { PLUGIN: "1" }).status, 0);
      assert.match(log().at(-1) ?? "", /^docker-compose -f docker-compose\.yml run .* report$/u);
    });
  });
});
