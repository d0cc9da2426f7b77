/** Jobs on the three ECS tiers. */
import assert from "node:assert/strict";
import { appTask } from "../../../../components/tiers/ecs-anywhere/app-task";
import { ecsAnywhere } from "../../../../components/tiers/ecs-anywhere";
import { ecsEc2 } from "../../../../components/tiers/ecs-ec2";
import { runTaskCommand } from "../../../../components/tiers/ecs/jobs/run-command";
import { ecsTasks, isConnected, jobTasks, startOrder, taskPorts } from "../../../../components/tiers/ecs/tasks";
import { fargate } from "../../../../components/tiers/fargate";
import { appOf, service } from "../../../support/app";
import { type Input, onTier, type OnTier } from "../../../support/on-tier";
import type { Recorded } from "../../../support/record";
import { container } from "./support";

const TASK = "aws:ecs/taskDefinition:TaskDefinition";
const SERVICE = "aws:ecs/service:Service";
const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const NAME = "aws:servicediscovery/service:Service";

const on = { fargate: onTier(fargate), ec2: onTier(ecsEc2), anywhere: onTier(ecsAnywhere) };
const outputsOf = (made: Recorded) =>
  (made.outputs.apps as Record<string, { outputs?: Record<string, unknown> }>).shop?.outputs ?? {};

const byHand = `
services:
  db: { image: "postgres:17", networks: [back], deploy: { resources: { limits: { cpus: "0.25", memory: 512M } } } }
  api:
    image: httpd:2.4
    expose: ["9000"]
    networks: [back]
  report:
    image: example/report:1
    command: [report, "--api", "http://api:9000"]
    environment: { DATABASE_URL: "postgres://app:\${DB_PASSWORD}@db:5432/app", MODE: daily }
    networks: [back]
    volumes: [out:/out]
    restart: "no"
    stop_grace_period: 30s
    depends_on: [db]
    x-spectrum: { job: once, policies: [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/*"] }] }
networks: { back: }
volumes: { out: }
`;
const secrets = ["DB_PASSWORD"];

/** `outcome: reason` of every finding of the job, by key. */
const said = (tier: OnTier, input: Input, job = "report") =>
  Object.fromEntries(
    tier
      .findings(input)
      .filter(({ service: of }) => of === job)
      .map(({ key, outcome, reason }) => [key, `${outcome}: ${reason}`]),
  );

describe("a job that is run by hand", () => {
  it("on Fargate is a task definition with all that a service has, and no service", async () => {
    const made = await on.fargate.record({ compose: byHand, secrets });
    assert.deepEqual(
      made.all(SERVICE).map(({ name }) => name),
      ["shop-api", "shop-db"],
    );
    const definition = made.one(TASK, "shop-report");
    assert.equal(made.parentOf(definition).type, "spectrum:tier:EcsJob");
    assert.equal(made.parentOf(made.parentOf(definition)).name, "shop");
    const { family, cpu, memory, networkMode, requiresCompatibilities } = definition.inputs;
    assert.deepEqual(
      [family, cpu, memory, networkMode, requiresCompatibilities],
      ["spectrum-dev-shop-report", "256", "512", "awsvpc", ["FARGATE"]],
    );
    const { essential, stopTimeout, mountPoints, secrets: given, portMappings } = container(made, "report", "report");
    assert.deepEqual(
      [essential, stopTimeout, (mountPoints as unknown[]).length, (given as unknown[]).length, portMappings],
      [true, 30, 1, 1, undefined],
    );
    for (const role of ["shop-report-task", "shop-report-execution"])
      assert.equal(made.parentOf(made.one("aws:iam/role:Role", role)).name, "shop-report");
    const { Statement } = made.json<{ Statement: { Action: string[] }[] }>(
      made.one("aws:iam/rolePolicy:RolePolicy", "shop-report-task"),
      "policy",
    );
    assert.deepEqual(
      Statement.map(({ Action }) => Action[0]),
      ["s3:GetObject", "elasticfilesystem:ClientMount"],
    );
  });

  it("on Fargate calls services by names of a private zone, which they register their addresses with", async () => {
    const made = await on.fargate.record({ compose: byHand, secrets });
    assert.deepEqual(container(made, "report", "report").command, [
      "report",
      "--api",
      "http://api.shop.services.spectrum-dev.internal:9000",
    ]);
    const zone = made.one("aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace");
    assert.equal(zone.inputs.name, "services.spectrum-dev.internal");
    const names = made.all(NAME);
    assert.deepEqual(
      names.map(({ name, inputs }) => [name, inputs.name]),
      [
        ["platform-services-shop-api", "api.shop"],
        ["platform-services-shop-db", "db.shop"],
      ],
    );
    const [api] = names;
    assert.ok(api);
    assert.deepEqual(api.inputs.dnsConfig, {
      namespaceId: made.output(zone, "id"),
      routingPolicy: "MULTIVALUE",
      dnsRecords: [{ type: "A", ttl: 10 }],
    });
    const { serviceRegistries, serviceConnectConfiguration } = made.one(SERVICE, "shop-api").inputs;
    assert.deepEqual(serviceRegistries, { registryArn: made.output(api, "arn") });
    assert.ok(serviceConnectConfiguration, "the others call it by Service Connect");
    const open = made.all(RULE).map(({ name }) => name);
    assert.ok(open.includes("shop-api-from-report-tcp9000") && open.includes("shop-db-from-report-tcp5432"));
    assert.deepEqual(
      open.filter((name) => name.startsWith("shop-report-from")),
      [],
      "nobody may call the job",
    );
  });

  it("on Fargate has its command among the stack's outputs", async () => {
    const made = await on.fargate.record({ compose: byHand, secrets });
    const { $output: command } = outputsOf(made)["run-report"] as { $output: string };
    const definition = made.one(TASK, "shop-report");
    assert.ok(command.startsWith("aws ecs run-task --region us-east-1 --cluster ${"), command);
    assert.ok(command.includes(`--task-definition \${${definition.urn}.arn}`), command);
    assert.match(command, /capacityProvider=FARGATE,weight=1/u);
    assert.match(command, /SecurityGroup::shop-report\.id\}\],assignPublicIp=ENABLED/u);
  });

  it("says on Fargate what becomes of its keys", () => {
    const lines = `
    ports: ["8080:80"]
    expose: ["81"]
    hostname: once
    scale: 2
    healthcheck: { test: [CMD, "true"] }
    network_mode: bridge
    command: [sh, -c, "until nc -z db 5432; do sleep 1; done; rake db:migrate"]
    deploy: { mode: replicated-job, restart_policy: { condition: on-failure, window: 5m }, update_config: { order: start-first } }
    depends_on: [db]`;
    const compose = byHand.replace(/report:1\n(?:.*\n)*?[ ]{4}x-spectrum/u, `report:1${lines}\n    x-spectrum`);
    const config = { scale: { min: 1, max: 3 }, fargate: { spot: 50 } };
    const found = said(on.fargate, { compose, config });
    const wanted = {
      job: /^kept: run by hand, .* run-report is the command/u,
      "ports[0]": /^changed: not published: a job takes no traffic/u,
      expose: /^changed: left out: a job takes no traffic/u,
      hostname: /^changed: left out: nobody calls a job/u,
      scale: /^changed: left out: a job has one task/u,
      command: /^changed: db stands in its words as it is/u,
      "deploy.mode": /^changed: one task for each run/u,
      "deploy.restart_policy.condition": /^changed: a run that ends has ended, whatever/u,
      "deploy.restart_policy.window": /^changed: left out: nothing is started again/u,
      "deploy.update_config.order": /^changed: left out: a job is not rolled/u,
      "depends_on.db.condition": /^changed: left out: a run starts by hand/u,
      spot: /^changed: each run is one task, and on Spot/u,
    };
    for (const [key, said] of Object.entries(wanted)) assert.match(found[key] ?? `nothing of ${key}`, said);
    assert.equal(said(on.fargate, { compose: byHand, secrets }).restart, "kept: a run that ends has ended");
    const sidecar = byHand
      .replace('restart: "no"', "network_mode: service:api")
      .replace("    networks: [back]\n    volumes", "    volumes");
    assert.match(
      said(on.fargate, { compose: sidecar, secrets }).network_mode ?? "",
      /^refused: each run of a job is a task/u,
    );
  });

  it("is not restarted in its task, and runs on Spot where its services may", async () => {
    const compose = byHand.replace('restart: "no"', "restart: always");
    const made = await on.fargate.record({ compose, secrets, config: { fargate: { spot: 100 } } });
    assert.equal(container(made, "report", "report").restartPolicy, undefined);
    const { $output: command } = outputsOf(made)["run-report"] as { $output: string };
    assert.match(command, /capacityProvider=FARGATE_SPOT,weight=1/u);
  });

  it("has no name for a service that is registered with API Gateway", () => {
    const compose = byHand.replace('expose: ["9000"]', 'ports: ["9000:9000"]');
    const found = said(on.fargate, { compose, secrets, platform: { entry: "apigateway" } });
    assert.match(found.command ?? "", /^refused: api is registered with API Gateway/u);
    assert.match(found["environment.DATABASE_URL"] ?? "", /^changed: hosts are rewritten: db to its private name/u);
  });

  it("runs on the instances of ECS on EC2, which have room for it, and calls nobody there under bridge", async () => {
    const compose = byHand.replace("memory: 512M", "memory: 512M".replace("512", "500"));
    const made = await on.ec2.record({ compose, secrets });
    const definition = made.one(TASK, "shop-report");
    assert.deepEqual([definition.inputs.networkMode, definition.inputs.requiresCompatibilities], ["awsvpc", ["EC2"]]);
    const { $output: command } = outputsOf(made)["run-report"] as { $output: string };
    assert.match(command, /capacityProvider=\$\{[^}]+CapacityProvider[^}]+\},weight=1 .*assignPublicIp=DISABLED/u);
    const alone = byHand
      .replace(/^ {2}(?:db|api):(?:.*\n)+?(?= {2}report)/mu, "")
      .replace("    depends_on: [db]\n", "");
    const { app, placement } = on.ec2.read({ compose: alone, secrets });
    assert.deepEqual(
      ecsEc2.pools?.(app, placement).map(({ tasks, peak }) => [tasks.length, peak[0]?.count]),
      [[1, 1]],
    );

    const bridge = { compose: byHand, secrets, config: { "ecs-ec2": { networkMode: "bridge" } } };
    assert.match(said(on.ec2, bridge).command ?? "", /^refused: under bridge/u);
    const bridged = await on.ec2.record(bridge);
    assert.deepEqual(bridged.all(NAME), []);
    assert.deepEqual((container(bridged, "report", "report").command as string[])[2], "http://api:9000");
    const { $output: run } = outputsOf(bridged)["run-report"] as { $output: string };
    assert.equal(run.includes("--network-configuration"), false);
  });

  it("on ECS Anywhere is a task of its own beside the app's, on the same machines", async () => {
    const compose = byHand.replace("volumes: { out: }", "volumes: { out: { external: true } }");
    const made = await on.anywhere.record({ compose, secrets, config: { "ecs-anywhere": { machines: "floor-2" } } });
    const definition = made.one(TASK, "shop-report");
    assert.deepEqual(
      [definition.inputs.networkMode, definition.inputs.requiresCompatibilities, definition.inputs.family],
      ["bridge", ["EXTERNAL"], "spectrum-dev-shop-report"],
    );
    assert.equal(made.one(SERVICE).inputs.taskDefinition !== made.output(definition, "arn"), true);
    assert.deepEqual(
      made.json<{ name: string }[]>(made.one(TASK, "shop"), "containerDefinitions").map(({ name }) => name),
      ["db", "api"],
    );
    const { $output: command } = outputsOf(made)["run-report"] as { $output: string };
    assert.match(
      command,
      /--launch-type EXTERNAL --placement-constraints '\[\{"type":"memberOf","expression":"attribute:spectrum.machines == floor-2"\}\]'/u,
    );
    const found = said(on.anywhere, { compose, secrets });
    assert.match(
      found["environment.DATABASE_URL"] ?? "",
      /^refused: a job is a task of its own, on any of the machines/u,
    );
    assert.match(found.job ?? "", /^kept: run by hand/u);
    const host = byHand.replace("networks: [back]\n    volumes", "network_mode: host\n    volumes");
    assert.equal(
      (await on.anywhere.record({ compose: host, secrets })).one(TASK, "shop-report").inputs.networkMode,
      "host",
    );
  });
});

const INVOCATION = "aws:lambda/invocation:Invocation";

const byDeploy = `
services:
  db: { image: "postgres:17" }
  seed: { image: example/seed, x-spectrum: { job: { on: deploy, timeout: 2m } }, depends_on: [db] }
  migrate:
    image: example/migrate:2
    environment: { DB_HOST: db }
    depends_on: { db: { condition: service_started }, seed: { condition: service_completed_successfully } }
    x-spectrum: { job: { on: deploy, retries: 1, timeout: 5m } }
  api:
    image: httpd:2.4
    expose: ["9000"]
    depends_on: { migrate: { condition: service_completed_successfully } }
  web: { image: "nginx:1.29", expose: ["80"], depends_on: [api] }
  lone: { image: "nginx:1.29", expose: ["81"] }
`;

describe("a job of each deployment", () => {
  it("on Fargate runs after what it needs and before what waits for it, again for each of their revisions", async () => {
    const made = await on.fargate.record({ compose: byDeploy });
    const migrate = made.one(INVOCATION, "shop-migrate");
    assert.equal(made.parentOf(migrate).type, "spectrum:tier:EcsJob");
    const revision = (task: string) => made.output(made.one(TASK, `shop-${task}`), "arn");
    assert.deepEqual(migrate.inputs.triggers, {
      migrate: revision("migrate"),
      api: revision("api"),
      web: revision("web"),
    });
    assert.equal(migrate.inputs.lifecycleScope, "CREATE_ONLY");
    const urnsBefore = (type: string, name: string) => made.one(type, name).dependencies;
    const { urn } = migrate;
    const seed = made.one(INVOCATION, "shop-seed");
    assert.ok(
      migrate.dependencies.includes(seed.urn) && migrate.dependencies.includes(made.one(SERVICE, "shop-db").urn),
    );
    assert.ok(urnsBefore(SERVICE, "shop-api").includes(urn) && urnsBefore(SERVICE, "shop-web").includes(urn));
    for (const other of ["shop-db", "shop-lone"]) assert.equal(urnsBefore(SERVICE, other).includes(urn), false, other);
    const input = made.json<Record<string, Record<string, unknown>>>(migrate, "input");
    const { run, ...said } = input;
    assert.deepEqual(said, {
      job: "migrate",
      container: "migrate",
      timeout: 300,
      retries: 1,
      logGroup: "/spectrum/dev/shop/migrate",
      logPrefix: "migrate",
    });
    assert.deepEqual(run?.taskDefinition, revision("migrate"));
    assert.deepEqual(run?.capacityProviderStrategy, [{ capacityProvider: "FARGATE", weight: 1 }]);
    assert.deepEqual(
      [run?.count, run?.propagateTags, run?.enableECSManagedTags, Object.keys(run?.networkConfiguration as object)],
      [1, "TASK_DEFINITION", true, ["awsvpcConfiguration"]],
    );
  });

  it("on Fargate is run by one function, which may run these jobs alone", async () => {
    const made = await on.fargate.record({ compose: byDeploy });
    const runner = made.one("aws:lambda/function:Function");
    assert.equal(made.parentOf(runner).type, "spectrum:platform:JobRunner");
    const { name, inputs } = runner;
    assert.deepEqual(
      [name, inputs.runtime, inputs.handler, inputs.timeout, inputs.memorySize, inputs.architectures],
      ["platform-jobs", "nodejs22.x", "index.handler", 900, 256, ["arm64"]],
    );
    const policy = (of: string) =>
      made.json<{ Statement: { Action: string[]; Resource: unknown; Condition?: unknown }[] }>(
        made.one("aws:iam/rolePolicy:RolePolicy", of),
        "policy",
      ).Statement;
    const cluster = made.output(made.one("aws:ecs/cluster:Cluster"), "arn");
    const [runs, passes, ...none] = policy("shop-migrate-deploy");
    assert.deepEqual(none, []);
    const definition = made.one(TASK, "shop-migrate");
    assert.deepEqual(runs, {
      Effect: "Allow",
      Action: ["ecs:RunTask"],
      Resource: [{ $output: `\${${definition.urn}.arnWithoutRevision}:*` }],
      Condition: { ArnEquals: { "ecs:cluster": cluster } },
    });
    assert.deepEqual(passes, {
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: ["shop-migrate-execution", "shop-migrate-task"].map((role) =>
        made.output(made.one("aws:iam/role:Role", role), "arn"),
      ),
      Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    });
    assert.deepEqual(
      policy("platform-jobs").map(({ Action }) => Action),
      [
        ["ecs:DescribeTasks", "ecs:StopTask"],
        ["ecs:ListTasks"],
        ["ecs:TagResource"],
        ["logs:CreateLogStream", "logs:PutLogEvents"],
      ],
    );
  });

  it("is named in the plan with its mechanism, and never runs on Spot", () => {
    const config = { fargate: { spot: 100 } };
    const found = said(on.fargate, { compose: byDeploy, config }, "migrate");
    assert.match(
      found.job ?? "",
      /^kept: run by each deployment before api, web, by a Lambda function .* so does the deployment/u,
    );
    assert.match(found.spot ?? "", /^changed: no run is on Spot/u);
    assert.match(found["depends_on.db.condition"] ?? "", /^changed: run after db runs steadily/u);
    assert.match(
      said(on.fargate, { compose: byDeploy }, "api")["depends_on.migrate.condition"] ?? "",
      /^kept: deployed after migrate has run to its end/u,
    );
    const { app, placement } = on.ec2.read({ compose: byDeploy, config: { "ecs-ec2": { spot: 50 } } });
    assert.deepEqual(
      ecsEc2.pools?.(app, placement).map(({ kind, tasks }) => [kind.spot, tasks.length]),
      [
        [true, 4],
        [false, 2],
      ],
    );
  });

  for (const [job, wanted] of [
    ["deploy", undefined],
    [
      "{ on: deploy, timeout: 900s }",
      "changed: 870 s in all: the function that waits has 900, some of them for stopping it",
    ],
    ["{ on: deploy, timeout: 870s }", undefined],
    [
      "{ on: deploy, timeout: 450s, retries: 1 }",
      "changed: 870 s in all: the function that waits has 900, some of them for stopping it",
    ],
    [
      "{ on: deploy, timeout: 451s, retries: 1 }",
      "refused: 2 runs of 451 s may take 902, and the function that waits has 900",
    ],
    ["{ on: deploy, timeout: 1h }", "refused: 1 run of 3600 s may take 3600, and the function that waits has 900"],
    ["{ on: once, timeout: 1h }", "changed: left out: nobody stops a run that was started by hand"],
  ] as const)
    it(`says of the time of ${job}: ${wanted ?? "nothing"}`, () => {
      const compose = `services: { web: { image: nginx }, job: { image: a, x-spectrum: { job: ${job} } } }`;
      assert.equal(said(on.fargate, { compose }, "job")["job.timeout"], wanted);
    });

  it("runs on ECS on EC2 by the pool's capacity provider", async () => {
    const made = await on.ec2.record({ compose: byDeploy });
    const { run } = made.json<Record<string, Record<string, unknown>>>(made.one(INVOCATION, "shop-migrate"), "input");
    const [{ capacityProvider } = { capacityProvider: null }] = run?.capacityProviderStrategy as {
      capacityProvider: unknown;
    }[];
    assert.deepEqual(capacityProvider, made.output(made.one("aws:ecs/capacityProvider:CapacityProvider"), "name"));
    assert.ok(made.one(SERVICE, "shop-api").dependencies.includes(made.one(INVOCATION, "shop-migrate").urn));
  });

  it("runs on ECS Anywhere before the app's one task, and needs nothing of it", async () => {
    const compose = `
services:
  web: { image: nginx, ports: ["80:80"], depends_on: { migrate: { condition: service_completed_successfully } } }
  db: { image: "postgres:17" }
  migrate: { image: a, x-spectrum: { job: deploy } }
`;
    const made = await on.anywhere.record({ compose });
    const migrate = made.one(INVOCATION, "shop-migrate");
    assert.deepEqual(migrate.inputs.triggers, {
      migrate: made.output(made.one(TASK, "shop-migrate"), "arn"),
      web: made.output(made.one(TASK, "shop"), "arn"),
    });
    assert.ok(made.one(SERVICE).dependencies.includes(migrate.urn));
    const { run } = made.json<Record<string, Record<string, unknown>>>(migrate, "input");
    assert.equal(run?.launchType, "EXTERNAL");
    assert.deepEqual(run?.placementConstraints, [
      { type: "memberOf", expression: "attribute:spectrum.machines == shop" },
    ]);
    assert.equal("networkConfiguration" in (run ?? {}), false);
    const needy = compose.replace("migrate: { image: a,", "migrate: { image: a, depends_on: [db],");
    assert.match(
      said(on.anywhere, { compose: needy }, "migrate")["depends_on.db.condition"] ?? "",
      /^refused: db runs in the app's one task, which starts when the job has ended/u,
    );
    const config = { "ecs-anywhere": { activation: { expires: "2027-01-15T00:00:00Z" } } };
    assert.match(
      said(on.anywhere, { compose, config }, "migrate")["job.on"] ?? "",
      /^changed: it runs on a machine of the group/u,
    );
    assert.equal(said(on.anywhere, { compose }, "migrate")["job.on"], undefined);
  });

  it("is no part of an app without one: nothing of it is made", async () => {
    const made = await on.fargate.record({ compose: byHand, secrets });
    assert.deepEqual([made.all(INVOCATION), made.all("aws:lambda/function:Function")], [[], []]);
  });
});

const SCHEDULE = "aws:scheduler/schedule:Schedule";
const MACHINE = "aws:sfn/stateMachine:StateMachine";

const byClock = (job: string) => `
services:
  web: { image: "nginx:1.29", expose: ["80"] }
  report:
    image: example/report
    environment: { WEB: "http://web:80" }
    x-spectrum: { job: ${job} }
`;

describe("a job that runs by the clock", () => {
  const nightly = byClock(
    '{ at: "cron(0 3 * * ? *)", timezone: Europe/Berlin, windowMinutes: 15, retries: 2, timeout: 1h }',
  );

  it("on Fargate is started by a schedule, through a machine that keeps to its time and retries", async () => {
    const made = await on.fargate.record({ compose: nightly });
    const schedule = made.one(SCHEDULE, "shop-report");
    assert.equal(made.parentOf(schedule).type, "spectrum:tier:EcsJob");
    const machine = made.one(MACHINE, "shop-report");
    const queue = made.one("aws:sqs/queue:Queue", "shop-report-failed");
    const group = made.one("aws:scheduler/scheduleGroup:ScheduleGroup");
    const { groupName, scheduleExpression, scheduleExpressionTimezone, flexibleTimeWindow, target } = schedule.inputs;
    assert.deepEqual(
      [groupName, scheduleExpression, scheduleExpressionTimezone, flexibleTimeWindow],
      ["spectrum-dev", "cron(0 3 * * ? *)", "Europe/Berlin", { mode: "FLEXIBLE", maximumWindowInMinutes: 15 }],
    );
    assert.deepEqual(target, {
      arn: made.output(machine, "arn"),
      roleArn: made.output(made.one("aws:iam/role:Role", "shop-report-schedule"), "arn"),
      input: "{}",
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      deadLetterConfig: { arn: made.output(queue, "arn") },
    });
    assert.deepEqual([queue.inputs.messageRetentionSeconds, queue.inputs.sqsManagedSseEnabled], [1_209_600, true]);
    assert.match(
      JSON.stringify(made.json(made.one("aws:sqs/queuePolicy:QueuePolicy"), "policy")),
      /aws:SecureTransport/u,
    );
    const { States } = made.json<{ States: Record<string, Record<string, unknown>> }>(machine, "definition");
    assert.equal(machine.inputs.type, "STANDARD");
    assert.equal(States.Run?.TimeoutSeconds, 3600);
    assert.match(JSON.stringify(States.Again), /failures <= 2/u);
    assert.ok("Look for another run" in States, "forbid is the default");
    assert.deepEqual((States.Report?.Arguments as Record<string, unknown>).QueueUrl, made.output(queue, "url"));
    assert.deepEqual(outputsOf(made)["failed-report"], made.output(queue, "url"));
    assert.ok("run-report" in outputsOf(made));
    assert.ok(
      made.dependencyNames(schedule).includes("shop-report-execution"),
      "the first run finds all that it needs",
    );
    assert.equal(group.name, "platform-schedules");
  });

  it("may start the machine, and the machine its task, and nothing else", async () => {
    const made = await on.fargate.record({ compose: nightly });
    const statements = (of: string) =>
      made.json<{ Statement: { Action: string[]; Resource: unknown; Condition?: unknown }[] }>(
        made.one("aws:iam/rolePolicy:RolePolicy", of),
        "policy",
      ).Statement;
    const arn = (type: string, name: string) => made.output(made.one(type, name), "arn");
    assert.deepEqual(
      statements("shop-report-schedule").map(({ Action, Resource }) => [Action[0], Resource]),
      [
        ["states:StartExecution", [arn(MACHINE, "shop-report")]],
        ["sqs:SendMessage", [arn("aws:sqs/queue:Queue", "shop-report-failed")]],
      ],
    );
    assert.deepEqual(
      statements("shop-report-run").map(({ Action }) => Action.join()),
      [
        "ecs:RunTask",
        "iam:PassRole",
        "ecs:DescribeTasks,ecs:StopTask",
        "ecs:ListTasks",
        "ecs:TagResource",
        "events:DescribeRule,events:PutRule,events:PutTargets",
        "sqs:SendMessage",
      ],
    );
    const trust = (role: string) => JSON.stringify(made.json(made.one("aws:iam/role:Role", role), "assumeRolePolicy"));
    assert.match(
      trust("shop-report-schedule"),
      /scheduler\.amazonaws\.com.*aws:SourceArn.*ScheduleGroup::platform-schedules/u,
    );
    assert.match(trust("shop-report-run"), /states\.amazonaws\.com.*aws:SourceAccount/u);
  });

  it("says what runs it, and follows its other settings", async () => {
    assert.match(
      said(on.fargate, { compose: nightly }).job ?? "",
      /^kept: run cron\(0 3 \* \* \? \*\) \(Europe\/Berlin\) by EventBridge Scheduler and a state machine of its own/u,
    );
    const hourly = byClock('{ at: "rate(1 hour)", concurrency: allow }');
    const made = await on.ec2.record({ compose: hourly });
    assert.deepEqual(made.one(SCHEDULE).inputs.flexibleTimeWindow, { mode: "OFF" });
    assert.equal(made.one(SCHEDULE).inputs.scheduleExpressionTimezone, "UTC");
    const { States } = made.json<{ States: Record<string, { Arguments?: Record<string, unknown> }> }>(
      made.one(MACHINE),
      "definition",
    );
    assert.equal("Look for another run" in States, false);
    const [{ CapacityProvider } = { CapacityProvider: null }] = States.Run?.Arguments?.CapacityProviderStrategy as {
      CapacityProvider: unknown;
    }[];
    assert.deepEqual(CapacityProvider, made.output(made.one("aws:ecs/capacityProvider:CapacityProvider"), "name"));
  });

  it("runs on ECS Anywhere on the app's machines", async () => {
    const compose = nightly.replace('    environment: { WEB: "http://web:80" }\n', "");
    const made = await on.anywhere.record({ compose });
    const { States } = made.json<{ States: Record<string, { Arguments?: Record<string, unknown> }> }>(
      made.one(MACHINE),
      "definition",
    );
    assert.deepEqual(
      [States.Run?.Arguments?.LaunchType, States.Run?.Arguments?.PlacementConstraints],
      ["EXTERNAL", [{ Type: "memberOf", Expression: "attribute:spectrum.machines == shop" }]],
    );
    assert.equal(made.one(SCHEDULE).inputs.scheduleExpression, "cron(0 3 * * ? *)");
  });
});

describe("the command that runs a job", () => {
  it("is one line for a shell", () => {
    const arns = { region: "eu-west-1", clusterArn: "arn:c", taskDefinitionArn: "arn:t:3" };
    const network = { subnetIds: ["s-1", "s-2"], securityGroupIds: ["g-1"], assignPublicIp: true };
    const end = "--propagate-tags TASK_DEFINITION --enable-ecs-managed-tags";
    assert.equal(
      runTaskCommand({ ...arns, network, capacityProvider: "FARGATE", placement: [] }),
      `aws ecs run-task --region eu-west-1 --cluster arn:c --task-definition arn:t:3 --capacity-provider-strategy capacityProvider=FARGATE,weight=1 --network-configuration 'awsvpcConfiguration={subnets=[s-1,s-2],securityGroups=[g-1],assignPublicIp=ENABLED}' ${end}`,
    );
    assert.equal(
      runTaskCommand({ ...arns, network: null, capacityProvider: null, placement: ["a == b"] }),
      `aws ecs run-task --region eu-west-1 --cluster arn:c --task-definition arn:t:3 --launch-type EXTERNAL --placement-constraints '[{"type":"memberOf","expression":"a == b"}]' ${end}`,
    );
  });
});

describe("the order of jobs and services", () => {
  const needs = (condition: "service_started" | "service_completed_successfully") => ({
    condition,
    required: true,
    restart: false,
  });

  it("has a job before those that await it, and after what it needs", () => {
    const app = appOf([
      service("web", { dependsOn: { api: needs("service_started") } }),
      service("api", { dependsOn: { migrate: needs("service_completed_successfully") } }),
      service("migrate", { job: true, dependsOn: { db: needs("service_started") } }),
      service("db"),
    ]);
    const { tasks, after, open } = startOrder(app, [...ecsTasks(app), ...jobTasks(app)]);
    assert.deepEqual(
      tasks.map(({ name }) => name),
      ["db", "migrate", "api", "web"],
    );
    assert.deepEqual(after, { web: ["api", "migrate"], api: ["migrate"], migrate: ["db"], db: [] });
    assert.deepEqual(open, []);
  });

  it("has a job that nobody awaits before all that it does not need or call", () => {
    const app = appOf([
      service("api"),
      service("db"),
      service("migrate", {
        job: true,
        environment: { API: "http://api:80" },
        dependsOn: { db: needs("service_started") },
      }),
      service("web"),
    ]);
    const { after, open } = startOrder(app, [...ecsTasks(app), ...jobTasks(app)]);
    assert.deepEqual(after, { api: [], db: [], migrate: ["api", "db"], web: ["migrate"] });
    assert.deepEqual(open, []);
  });

  it("gives a job no port and no proxy, though it shares a network", () => {
    const app = appOf([service("web"), service("job", { job: true, expose: [{ port: 80, protocol: "tcp" }] })]);
    const [tasks, [job]] = [ecsTasks(app), jobTasks(app)];
    assert.ok(job);
    assert.deepEqual([taskPorts(app, job), isConnected(tasks, job)], [[], false]);
  });

  it("leaves jobs out of an app's one task", () => {
    const app = appOf([service("job", { job: true }), service("web")]);
    assert.deepEqual([appTask(app).task?.services.map(({ name }) => name), appTask(app).absent], [["web"], {}]);
  });
});
