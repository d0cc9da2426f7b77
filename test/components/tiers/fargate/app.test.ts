import assert from "node:assert/strict";
import type { Recorded } from "../../../support/record";
import { container, findings, read, record, said, service } from "./support";

const twoTier = `
services:
  web:
    image: nginx:1.29
    ports: ["8080:80"]
    networks: [front]
    environment: { API_URL: "http://api:9000", URL: "postgres://app:\${DB_PASSWORD}@db/app", KEY: "\${KEY}" }
    depends_on: [api]
  api:
    image: httpd:2.4
    expose: ["9000"]
    networks: [front, back]
  db:
    image: postgres:17
    networks: [back]
    secrets: [pass]
    volumes: [data:/var/lib/postgresql/data]
networks: { front: , back: }
volumes: { data: }
secrets: { pass: { environment: DB_PASSWORD } }
`;
const secrets = ["DB_PASSWORD", "KEY"];
const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

/** The statements of a role's inline policy. */
const statements = (made: Recorded, name: string) =>
  made.json<{ Statement: Record<string, unknown>[] }>(made.one("aws:iam/rolePolicy:RolePolicy", name), "policy")
    .Statement;

describe("an app on Fargate", () => {
  let made: Recorded;
  before(async () => {
    made = await record({ compose: twoTier, secrets });
  });

  it("has a service and a task definition for each Compose service, under a component of its own", () => {
    assert.deepEqual(
      made
        .all("aws:ecs/service:Service")
        .map(({ name }) => name)
        .sort(),
      ["shop-api", "shop-db", "shop-web"],
    );
    const web = service(made, "web");
    assert.equal(made.parentOf(web).type, "spectrum:tier:FargateService");
    assert.equal(made.parentOf(made.parentOf(web)).name, "shop");
    const definition = made.one("aws:ecs/taskDefinition:TaskDefinition", "shop-web");
    assert.deepEqual(web.inputs.taskDefinition, made.output(definition, "arn"));
    assert.deepEqual(
      [definition.inputs.cpu, definition.inputs.memory, definition.inputs.networkMode, definition.inputs.family],
      ["256", "512", "awsvpc", "spectrum-dev-shop-web"],
    );
  });

  it("never names a launch type, and waits for a steady state within the time to fail", () => {
    const web = service(made, "web");
    assert.equal("launchType" in web.inputs, false);
    assert.deepEqual(web.inputs.capacityProviderStrategies, [{ capacityProvider: "FARGATE", weight: 1 }]);
    assert.equal(web.inputs.waitForSteadyState, true);
    assert.deepEqual(web.options?.customTimeouts, { create: "600s", update: "600s", delete: "1200s" });
    assert.deepEqual(web.inputs.deploymentCircuitBreaker, { enable: true, rollback: true });
  });

  it("starts web after api, which it calls, and after what attaches its target group", () => {
    const names = made.dependencyNames(service(made, "web"));
    assert.ok(names.includes("shop-api"));
    assert.ok(names.includes("shop-web-8080-parking") || names.some((name) => name.includes("parking")));
  });

  it("lets in the entry on what is published, and who shares a network", () => {
    const rules = made.all(RULE).filter(({ name }) => /^shop-(web|api|db)-from/u.test(name));
    assert.deepEqual(rules.map(({ name }) => name).sort(), [
      "shop-api-from-db-tcp9000",
      "shop-api-from-web-tcp9000",
      "shop-db-from-api-tcp5432",
      "shop-web-from-api-tcp80",
      "shop-web-from-entry-tcp-80-http",
    ]);
    for (const rule of rules) assert.equal("cidrIpv4" in rule.inputs, false, `${rule.name} is open to a range`);
  });

  it("gives secrets by reference, and a value that holds one wholly", () => {
    const { environment, secrets: given } = container(made, "web", "web") as Record<string, { name: string }[]>;
    assert.deepEqual(environment, [{ name: "API_URL", value: "http://api:9000" }]);
    assert.deepEqual(
      given?.map(({ name }) => name),
      ["KEY", "URL"],
    );
    assert.equal(JSON.stringify(container(made, "web", "web")).includes("$secret"), false);
  });

  it("reads with the execution role its own log group and secrets alone", () => {
    const [logs, ssm, ...others] = statements(made, "shop-web-execution");
    assert.deepEqual(others, []);
    assert.deepEqual(logs?.Action, ["logs:CreateLogStream", "logs:PutLogEvents"]);
    assert.match(JSON.stringify(logs?.Resource), /shop-web\.arn/u);
    assert.deepEqual(ssm?.Action, ["ssm:GetParameters"]);
    assert.equal((ssm?.Resource as unknown[]).length, 2);
    assert.equal(JSON.stringify(ssm?.Resource).includes("*"), false);
  });

  it("lets roles be assumed for tasks of this account alone", () => {
    const trust = made.json<{ Statement: Record<string, unknown>[] }>(
      made.one("aws:iam/role:Role", "shop-web-task"),
      "assumeRolePolicy",
    );
    assert.deepEqual(Object.keys(trust.Statement[0]?.Condition as object), ["ArnLike", "StringEquals"]);
    assert.equal(
      made.all("aws:iam/rolePolicy:RolePolicy").some(({ name }) => name === "shop-web-task"),
      false,
    );
  });

  it("mounts the volume by its access point, with rights on it alone", () => {
    const definition = made.one("aws:ecs/taskDefinition:TaskDefinition", "shop-db");
    const point = made.one("aws:efs/accessPoint:AccessPoint");
    const volumes = definition.inputs.volumes as { efsVolumeConfiguration?: Record<string, unknown> }[];
    assert.deepEqual(volumes[0]?.efsVolumeConfiguration?.authorizationConfig, {
      accessPointId: made.output(point, "id"),
      iam: "ENABLED",
    });
    assert.equal(volumes[0]?.efsVolumeConfiguration?.transitEncryption, "ENABLED");
    const [efs] = statements(made, "shop-db-task");
    assert.deepEqual(efs?.Action, [
      "elasticfilesystem:ClientMount",
      "elasticfilesystem:ClientRootAccess",
      "elasticfilesystem:ClientWrite",
    ]);
    assert.deepEqual(efs?.Condition, {
      StringEquals: { "elasticfilesystem:AccessPointArn": made.output(point, "arn") },
    });
    assert.ok(made.dependencyNames(service(made, "db")).some((name) => name === "shop-1"));
  });

  it("stops the one writer before it starts the next", () => {
    const { inputs } = service(made, "db");
    assert.deepEqual(
      [inputs.deploymentMinimumHealthyPercent, inputs.deploymentMaximumPercent, inputs.availabilityZoneRebalancing],
      [0, 100, "DISABLED"],
    );
  });

  it("writes secrets into files by a container that ends before the others start", () => {
    const writer = container(made, "db", "spectrum-files");
    assert.equal(writer.essential, false);
    assert.match(String((writer.command as string[])[0]), /db|pass/u);
    assert.deepEqual(container(made, "db", "db").dependsOn, [
      { containerName: "spectrum-files", condition: "SUCCESS" },
    ]);
  });

  it("plans the same bytes again", async () => {
    const again = await record({ compose: twoTier, secrets });
    assert.equal(JSON.stringify(again.resources), JSON.stringify(made.resources));
  });
});

const one = (lines = "") => `
services:
  web:
    image: nginx:1.29
    ports: ["8080:80"]
${lines}`;

describe("Fargate's choices", () => {
  it("scale by cpu, requests and the clock, and leave the count to the autoscaler", async () => {
    const scale = {
      min: 2,
      max: 9,
      cpu: 50,
      requests: 100,
      schedule: [{ at: "cron(0 7 ? * MON-FRI *)", min: 4, max: 9 }],
    };
    const made = await record({ compose: one(), config: { services: { web: { scale } } } });
    const target = made.one("aws:appautoscaling/target:Target");
    assert.deepEqual([target.inputs.minCapacity, target.inputs.maxCapacity], [2, 9]);
    assert.match(JSON.stringify(target.inputs.resourceId), /service\/spectrum-dev\/.*shop-web\.name/u);
    assert.deepEqual(
      made
        .all("aws:appautoscaling/policy:Policy")
        .map(({ name }) => name)
        .sort(),
      ["shop-web-cpu", "shop-web-requests"],
    );
    assert.equal(made.all("aws:appautoscaling/scheduledAction:ScheduledAction").length, 1);
    assert.deepEqual(service(made, "web").options?.ignoreChanges, ["desiredCount"]);
    assert.equal(service(made, "web").inputs.desiredCount, 2);
  });

  it("run on Spot by weight, and open exec with its rights", async () => {
    const made = await record({ compose: one(), config: { fargate: { spot: 60, base: 1, exec: true } } });
    const { inputs } = service(made, "web");
    assert.deepEqual(inputs.capacityProviderStrategies, [
      { capacityProvider: "FARGATE", weight: 40, base: 1 },
      { capacityProvider: "FARGATE_SPOT", weight: 60 },
    ]);
    assert.equal(inputs.enableExecuteCommand, true);
    assert.match(JSON.stringify(statements(made, "shop-web-task")), /ssmmessages:OpenDataChannel/u);
  });

  for (const strategy of ["blue-green", "linear", "canary"]) {
    it(`deploy ${strategy} with both groups, the production rule and a role for it`, async () => {
      const made = await record({ compose: one(), config: { deployment: { strategy } } });
      const { inputs, options } = service(made, "web");
      const configuration = inputs.deploymentConfiguration as Record<string, unknown>;
      assert.equal(configuration.strategy, strategy.replace("-", "_").toUpperCase());
      assert.equal("deploymentCircuitBreaker" in inputs, false);
      const [balancer] = inputs.loadBalancers as { advancedConfiguration: Record<string, unknown> }[];
      const role = made.one("aws:iam/role:Role", "shop-infrastructure");
      assert.deepEqual(balancer?.advancedConfiguration.roleArn, made.output(role, "arn"));
      assert.match(JSON.stringify(balancer?.advancedConfiguration.productionListenerRule), /listenerRule/u);
      assert.ok(Number.parseInt(String(options?.customTimeouts?.create)) > 600);
    });
  }

  it("roll by a strategy that is said, and change their capacity in place", async () => {
    const { inputs } = service(await record({ compose: one() }), "web");
    assert.deepEqual(inputs.deploymentConfiguration, { strategy: "ROLLING" });
    assert.deepEqual(inputs.deploymentCircuitBreaker, { enable: true, rollback: true });
    assert.equal(inputs.forceNewDeployment, true);
  });

  it("run one writer although the scale starts at none", async () => {
    const compose = `${one("    volumes: [data:/data]")}\nvolumes: { data: }`;
    const made = await record({ compose, config: { scale: { min: 0, max: 4 } } });
    assert.equal(service(made, "web").inputs.desiredCount, 1);
  });

  it("take a policy that two services name once, and two of one name", async () => {
    const own = "arn:aws:iam::123456789012:policy/ReadOnlyAccess";
    const aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const compose = `${one()}\n  side:\n    image: httpd:2.4\n    network_mode: service:web\n`;
    const services = { web: { policies: [aws, own] }, side: { policies: [aws] } };
    const made = await record({ compose, config: { services } });
    const attached = made.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    assert.deepEqual(attached.map(({ inputs }) => inputs.policyArn).sort(), [own, aws].sort());
  });

  it("refuse a sixth port behind the load balancers, and an image that endpoints alone do not reach", () => {
    const ports = `    ports: [${[80, 81, 82, 83, 84, 85].map((n) => `"${n}:${n}"`).join(", ")}]`;
    const compose = `services:\n  web:\n    image: nginx:1.29\n${ports}\n`;
    assert.deepEqual(
      findings({ compose })
        .filter(({ reason }) => reason.includes("one port too many"))
        .map(({ key, outcome }) => [key, outcome]),
      [["ports[5]", "refused"]],
    );
    const image = (platform: object) =>
      findings({ compose: one(), platform: { egress: "endpoints", ...platform } as never })
        .filter(({ key, reason }) => key === "image" && /cannot fetch|not in ECR/u.test(reason))
        .map(({ outcome }) => outcome);
    assert.deepEqual(image({}), ["refused"]);
    assert.deepEqual(image({ registries: { "docker.io": { username: "u", password: "P", cache: true } } }), [
      "changed",
    ]);
    assert.deepEqual(image({ egress: "nat" }), []);
  });

  it("roll one writer whatever is said, and say so", () => {
    const compose = `${one("    volumes: [data:/data]\n    scale: 3")}\nvolumes: { data: }`;
    const config = { deployment: { strategy: "blue-green" }, fargate: { spot: 50 }, scale: { max: 4 } };
    const keys = findings({ compose, config })
      .filter(({ outcome, reason }) => outcome === "changed" && reason.includes("one task runs at a time"))
      .map(({ key }) => key);
    assert.deepEqual(keys, ["volumes", "deploy.replicas", "scale", "deployment", "spot"]);
  });

  it("put a sidecar into its service's task", async () => {
    const compose = `${one()}
  proxy:
    image: envoyproxy/envoy:v1.30
    network_mode: service:web
    expose: ["10000"]
    environment: { UPSTREAM: "http://web:80" }
    depends_on: { web: { condition: service_started } }
`;
    const made = await record({ compose });
    assert.equal(made.all("aws:ecs/service:Service").length, 1);
    const proxy = container(made, "web", "proxy");
    assert.equal(proxy.essential, false);
    assert.equal(container(made, "web", "web").essential, true);
    assert.deepEqual(proxy.dependsOn, [{ containerName: "web", condition: "START" }]);
    assert.deepEqual(proxy.environment, [{ name: "UPSTREAM", value: "http://localhost:80" }]);
    assert.deepEqual(said({ compose }, "proxy", "environment.UPSTREAM"), [
      "changed: hosts are rewritten: web to localhost",
    ]);
    // alone, it has no proxy of Service Connect
    assert.equal("serviceConnectConfiguration" in service(made, "web").inputs, false);
  });

  it("refuse what would stand in plain text, with a remedy", () => {
    const compose = one('    command: [run, --key, "${KEY}"]\n    environment: { KEY: "${KEY}" }');
    const refused = findings({ compose, secrets: ["KEY"] }).filter(({ outcome }) => outcome === "refused");
    assert.deepEqual(
      refused.map(({ key }) => key),
      ["command"],
    );
  });

  it("refuse a public image for files where no public registry is reached", async () => {
    const compose = `${one("    secrets: [key]")}\nsecrets: { key: { environment: KEY } }`;
    const platform = { egress: "endpoints" } as const;
    assert.match(
      said({ compose, platform }, "web", "secrets")[0] ?? "",
      /^refused: its files are written by public\.ecr/u,
    );
    const filesImage = "123456789012.dkr.ecr.us-east-1.amazonaws.com/tools/busybox:1";
    const config = { fargate: { filesImage } };
    assert.deepEqual(said({ compose, platform, config }, "web", "secrets"), []);
    const made = await record({ compose, platform, config, secrets: ["KEY"] });
    assert.match(JSON.stringify(statements(made, "shop-web-execution")), /repository\/tools\/busybox/u);
    assert.equal(container(made, "web", "spectrum-files").image, filesImage);
  });

  it("refuse a tag where the environment is protected", () => {
    assert.match(said({ compose: one(), protected: true }, "web", "image")[0] ?? "", /^refused: a tag/u);
    const digest = one().replace("nginx:1.29", `nginx@sha256:${"a".repeat(64)}`);
    assert.deepEqual(said({ compose: digest, protected: true }, "web", "image"), ["kept: pulled by its digest"]);
  });

  it("name every key that a file uses", () => {
    const { app } = read({ compose: twoTier, secrets });
    const said = findings({ compose: twoTier, secrets });
    for (const use of app.uses) {
      const list = use.key.slice(0, use.key.indexOf("]") + 1);
      const about = said.filter(
        (f) => f.service === use.service && (f.key === use.key || (list !== "" && f.key.startsWith(list))),
      );
      assert.notEqual(about.length, 0, `${use.service ?? ""}.${use.key}`);
    }
  });
});
