/** The jobs of an app on Lightsail instances: what is planned, and what is said. */
import assert from "node:assert/strict";
import { carriedBytes } from "../../../../components/tiers/lightsail-vm/document";
import { MAX_DOCUMENT_BYTES, MAX_FILE_BYTES } from "../../../../components/tiers/lightsail-vm/limits";
import type { Recorded } from "../../../support/record";
import { findings, type Input, machineData, read, record, said } from "./support";

const DOCUMENT = "aws:ssm/document:Document";
const SCHEDULE = "aws:scheduler/schedule:Schedule";
const compose = `
services:
  db: { image: "postgres:17", volumes: [data:/d] }
  migrate:
    image: example/migrate
    command: [up]
    restart: always
    container_name: one
    ports: ["9000:9000"]
    deploy: { restart_policy: { condition: any } }
    environment: { PASSWORD: "\${TOKEN}" }
    depends_on: [db]
    x-spectrum: { job: { on: deploy, timeout: 5m, retries: 1 } }
  seed:
    image: example/seed
    deploy: { replicas: 2 }
    depends_on: { migrate: { condition: service_completed_successfully } }
    x-spectrum: { job: deploy }
  report:
    image: example/report
    mem_limit: 1g
    logging: { driver: none }
    x-spectrum: { job: { at: "cron(0 3 * * ? *)", timezone: Europe/Berlin, windowMinutes: 15, concurrency: allow } }
  ping: { image: example/ping, x-spectrum: { job: { at: "rate(5 minutes)", timeout: 1m } } }
  reindex: { image: example/reindex, x-spectrum: { job: once } }
  web:
    image: nginx
    ports: ["80:80"]
    depends_on: { seed: { condition: service_completed_successfully }, db: { condition: service_started } }
    links: [seed]
volumes: { data: {} }
`;
const input: Input = { compose, secrets: ["TOKEN"] };

interface Content {
  readonly parameters: Readonly<Record<string, { readonly default: string; readonly allowedPattern: string }>>;
  readonly mainSteps: readonly [
    { readonly inputs: { readonly timeoutSeconds: string; readonly runCommand: string[] } },
  ];
}
const content = (made: Recorded, name: string) => made.json<Content>(made.one(DOCUMENT, name), "content");

describe("jobs on a Lightsail instance", () => {
  let made: Recorded;
  let tag: string;
  before(async () => {
    made = await record(input);
    tag = made.one("aws:lightsail/instance:Instance").inputs.name as string;
  });

  it("are containers of the machine's Compose file, which start with nothing", () => {
    const { compose: file, jobs, deployJobs, images } = machineData(made);
    assert.equal(file.match(/profiles:\n\s+- "jobs"/gu)?.length, 5);
    assert.deepEqual(deployJobs, ["migrate", "seed"], "in the order of what they depend on");
    assert.deepEqual(jobs, {
      migrate: {
        timeout: 300,
        retries: 1,
        exclusive: true,
        image: "example/migrate",
        log: "/spectrum/dev/shop/migrate",
      },
      seed: { timeout: 600, retries: 0, exclusive: true, image: "example/seed", log: "/spectrum/dev/shop/seed" },
      report: {
        timeout: 900,
        retries: 0,
        exclusive: false,
        image: "example/report",
        log: "as its log driver none has it",
      },
      ping: { timeout: 60, retries: 0, exclusive: true, image: "example/ping", log: "/spectrum/dev/shop/ping" },
      reindex: {
        timeout: 900,
        retries: 0,
        exclusive: true,
        image: "example/reindex",
        log: "/spectrum/dev/shop/reindex",
      },
    });
    assert.ok(images.includes("example/reindex"));
  });

  it("run before a version by its own association, which waits for them too", async () => {
    const association = made.one("aws:ssm/association:Association");
    assert.equal((association.inputs.parameters as { Jobs: string }).Jobs, "migrate seed");
    // 2 runs of 300 s, one of 600 s, 20 s to end each and 60 s around each job, on top of 600 s to start and 120 s to be told
    assert.equal(association.inputs.waitForSuccessTimeoutSeconds, 600 + 120 + (2 * 320 + 60) + (620 + 60));
    const { mainSteps, parameters } = content(made, "shop");
    assert.equal(mainSteps[0].inputs.timeoutSeconds, String(600 + 120 + 700 + 680));
    assert.equal(mainSteps[0].inputs.runCommand.at(-1), "exec /usr/bin/python3 /var/lib/spectrum/shop/next.py deploy");
    assert.ok("Jobs" in parameters);
    const other = await record({ ...input, compose: compose.replace("timeout: 5m", "timeout: 6m") });
    const revision = (recorded: Recorded) =>
      (recorded.one("aws:ssm/association:Association").inputs.parameters as { Content: string }).Content;
    assert.notEqual(revision(other), revision(made), "another definition of a job is another version");
  });

  it("leave room in the machine's document for all the files that it may carry", () => {
    const { app, placement } = read(input);
    const whole = Buffer.byteLength(made.one(DOCUMENT, "shop").inputs.content as string);
    assert.ok(whole - carriedBytes(app, placement) + MAX_FILE_BYTES < MAX_DOCUMENT_BYTES);
  });

  it("have a document each, whose parameters cannot be more than base64", () => {
    const { parameters, mainSteps } = content(made, "shop-migrate");
    assert.deepEqual(mainSteps[0].inputs, {
      timeoutSeconds: "700",
      runCommand: [
        "exec /usr/bin/python3 /var/lib/spectrum/shop/machine.py run 'migrate' '{{ Command }}' '{{ Environment }}'",
      ],
    });
    const read = (name: string) =>
      JSON.parse(Buffer.from(parameters[name]?.default ?? "", "base64").toString()) as unknown;
    assert.deepEqual([read("Command"), read("Environment")], [[], {}]);
    for (const { allowedPattern, default: value } of Object.values(parameters)) {
      assert.match(value, new RegExp(allowedPattern, "u"));
      for (const bad of ["", "'; id; '", "$(id)", "a b", "{{ x }}"])
        assert.doesNotMatch(bad, new RegExp(allowedPattern, "u"));
    }
    assert.equal(made.all(DOCUMENT).length, 6);
    for (const document of made.all(DOCUMENT)) assert.equal(made.parentOf(document).name, "shop");
  });

  it("are run by hand as the stack's outputs say", () => {
    const { apps } = made.outputs as { apps: { shop: { outputs: Record<string, unknown> } } };
    const { outputs } = apps.shop;
    assert.deepEqual(Object.keys(outputs).sort(), ["run-migrate", "run-ping", "run-reindex", "run-report", "run-seed"]);
  });

  it("have schedules of EventBridge Scheduler with a dead-letter queue for calls and runs that failed", () => {
    const schedules = made.one("spectrum:compose:JobSchedules", "shop-schedules");
    assert.equal(made.parentOf(schedules).name, "shop");
    assert.deepEqual(
      made
        .childrenOf(schedules)
        .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)
        .sort(),
      [
        "EventRule shop-schedules-failures",
        "EventTarget shop-schedules-failures",
        "Queue shop-schedules-dead-letters",
        "QueuePolicy shop-schedules-dead-letters",
        "Role shop-schedules",
        "RolePolicy shop-schedules",
        "Schedule shop-schedules-ping",
        "Schedule shop-schedules-report",
      ],
    );
    const queue = made.one("aws:sqs/queue:Queue", "shop-schedules-dead-letters");
    const { tags: _, ...settings } = queue.inputs;
    assert.deepEqual(settings, { messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true });
    const role = made.one("aws:iam/role:Role", "shop-schedules");
    const { target, ...report } = made.one(SCHEDULE, "shop-schedules-report").inputs as unknown as {
      target: { input: string } & Record<string, unknown>;
    };
    assert.deepEqual(report, {
      description: "runs the job report",
      scheduleExpression: "cron(0 3 * * ? *)",
      scheduleExpressionTimezone: "Europe/Berlin",
      flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 15 },
    });
    const { input: sent, ...call } = target;
    assert.deepEqual(call, {
      arn: "arn:aws:scheduler:::aws-sdk:ssm:sendCommand",
      roleArn: made.output(role, "arn"),
      deadLetterConfig: { arn: made.output(queue, "arn") },
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 185 },
    });
    const name = made.output(made.one(DOCUMENT, "shop-report"), "name");
    assert.deepEqual(JSON.parse(sent), {
      DocumentName: name,
      Targets: [{ Key: "tag:SpectrumMachine", Values: [tag] }],
    });
    assert.deepEqual(made.one(SCHEDULE, "shop-schedules-ping").inputs.flexibleTimeWindow, { mode: "OFF" });

    const rule = made.one("aws:cloudwatch/eventRule:EventRule");
    const ping = made.output(made.one(DOCUMENT, "shop-ping"), "name");
    assert.deepEqual(made.json(rule, "eventPattern"), {
      source: ["aws.ssm"],
      "detail-type": ["EC2 Command Status-change Notification"],
      detail: { "document-name": [name, ping], status: ["Cancelled", "Failed", "TimedOut"] },
    });
    const [events] = made.json<{ Statement: Record<string, unknown>[] }>(
      made.one("aws:sqs/queuePolicy:QueuePolicy", "shop-schedules-dead-letters"),
      "policy",
    ).Statement;
    assert.deepEqual(events, {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: made.output(queue, "arn"),
      Condition: { ArnEquals: { "aws:SourceArn": made.output(rule, "arn") } },
    });
  });

  it("are started by Scheduler on the one machine, and by nothing else than their documents", () => {
    const { Statement } = made.json<{ Statement: Record<string, unknown>[] }>(
      made.one("aws:iam/rolePolicy:RolePolicy", "shop-schedules"),
      "policy",
    );
    assert.deepEqual(
      Statement.map(({ Action }) => Action),
      [["ssm:SendCommand"], ["ssm:SendCommand"], ["sqs:SendMessage"]],
    );
    assert.deepEqual(Statement[1]?.Condition, { StringEquals: { "ssm:resourceTag/SpectrumMachine": tag } });
    const trust = made.json<{ Statement: Record<string, unknown>[] }>(
      made.one("aws:iam/role:Role", "shop-schedules"),
      "assumeRolePolicy",
    );
    assert.deepEqual(trust.Statement[0]?.Principal, { Service: "scheduler.amazonaws.com" });
    assert.ok(JSON.stringify(trust.Statement[0]?.Condition).startsWith('{"StringEquals":{"aws:SourceAccount"'));
  });

  it("are told of, with what no job has", () => {
    const word = (key: string, service = "migrate") => said(input, service, key).join();
    assert.match(word("job"), /^kept: run on the machine by each deployment before the new version is started/u);
    assert.match(word("job", "report"), /^kept: .*EventBridge Scheduler calls by cron\(0 3 \* \* \? \*\)$/u);
    assert.match(word("job", "reindex"), /^kept: .*when you or a workflow asks for it$/u);
    assert.match(word("ports[0]"), /^changed: left out: a job takes no traffic$/u);
    for (const key of ["restart", "container_name", "deploy.restart_policy.condition"])
      assert.match(word(key), /^changed: left out: .*job/u, key);
    assert.match(word("deploy.replicas", "seed"), /^changed: left out: a run of a job is one container$/u);
    assert.match(word("links", "web"), /^changed: left out: seed is a job/u);
    assert.match(word("depends_on.seed.condition", "web"), /^kept: it starts once seed has ended well/u);
    assert.match(word("depends_on.db.condition", "web"), /^kept: as written/u);
    assert.match(word("deploy.resources"), /^changed: says nothing of its size/u);
    assert.deepEqual(
      findings(input).filter(({ outcome }) => outcome === "refused"),
      [],
    );
    // a machine holds the services and the largest of the jobs: 3 x 512 MiB for db, web and a job without a word, 1 GiB for report
    assert.equal(made.one("aws:lightsail/instance:Instance").inputs.bundleId, "medium_3_0");
  });

  it("are refused where they cannot be: before a version of several machines, for days, with what others have of them", () => {
    const refused = (text: string, settings: Input["config"] = {}) =>
      findings({ compose: text, config: settings })
        .filter(({ outcome }) => outcome === "refused")
        .map(({ service, key, reason, remedy }) => `${service ?? ""} ${key}: ${reason}; ${remedy}`);
    const two = { "lightsail-vm": { machines: 2 } };
    const web = 'web: { image: nginx, ports: ["80:80"] }';
    const job = (kind: string) => `services: { ${web}, m: { image: a, x-spectrum: { job: ${kind} } } }`;
    const [several, ...more] = refused(job("deploy"), two);
    assert.match(
      several ?? "",
      /^m job: 2 machines are deployed to at once, and each of them would run it; set lightsail-vm: \{ machines: 1 \}/u,
    );
    assert.deepEqual(more, []);
    assert.deepEqual(refused(job("once"), two), []);
    assert.match(
      refused(job("{ timeout: 48h }")).join(),
      /^m job\.timeout: with its retries it may last 172880 s.*ends after 172800/u,
    );
    assert.match(
      refused(job("{ on: deploy, timeout: 47h, retries: 1 }")).join("\n"),
      /^ timeToFail: a deployment with its jobs may last/mu,
    );
    const shared = `services: { w: { image: a, network_mode: "service:m", volumes_from: [m] }, m: { image: b, x-spectrum: { job: once } } }`;
    assert.match(refused(shared).join("\n"), /^w volumes_from(?:\[0\])?: m is a job.*\nw network_mode: /u);
    const hosts = { hosts: [{ host: "a.example.com", service: "m", port: 80 }] };
    assert.match(refused(job("once"), hosts).join("\n"), /hosts\[0\]: m is a job, which takes no traffic/u);
    const swarm = "services: { m: { image: a, deploy: { mode: replicated-job } } }";
    assert.match(refused(swarm).join(), /^m deploy\.mode: .*; say job under x-spectrum/u);
    const policies = { services: { m: { policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } } };
    assert.match(refused(job("once"), policies).join(), /^m policies/u);
  });

  it("run on the first of several machines", async () => {
    const text = `services: { web: { image: nginx, ports: ["80:80"] }, m: { image: a, x-spectrum: { job: { at: "rate(1 day)" } } } }`;
    const several = await record({ compose: text, config: { "lightsail-vm": { machines: 2 } } });
    const [first] = several.all("aws:lightsail/instance:Instance");
    const { input: sent } = several.one(SCHEDULE).inputs.target as unknown as { input: string };
    assert.deepEqual((JSON.parse(sent) as { Targets: { Values: unknown }[] }).Targets[0]?.Values, [first?.inputs.name]);
    assert.equal("Jobs" in (several.one("aws:ssm/association:Association").inputs.parameters as object), false);
  });
});
