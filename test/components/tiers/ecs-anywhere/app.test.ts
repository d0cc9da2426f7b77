import assert from "node:assert/strict";
import { fargate } from "../../../../components/tiers/fargate";
import { onTier } from "../../../support/on-tier";
import type { Recorded } from "../../../support/record";
import { container, definition, findings, read, record, said, service } from "./support";

const twoTier = `
services:
  web:
    image: nginx:1.29
    ports: ["8080:80"]
    environment: { API_URL: "http://api:9000", URL: "postgres://app:\${DB_PASSWORD}@db/app", KEY: "\${KEY}" }
    depends_on: [api]
  api:
    image: httpd:2.4
    expose: ["9000"]
    restart: "no"
  db:
    image: postgres:17
    ports: ["5432:5432"]
    secrets: [pass]
    volumes: [data:/var/lib/postgresql/data]
volumes: { data: }
secrets: { pass: { environment: DB_PASSWORD } }
`;
const secrets = ["DB_PASSWORD", "KEY"];
const activation = { count: 1, expires: "2027-01-15T00:00:00Z" };
const ACTIVATION = "aws:ssm/activation:Activation";
const ROLE = "aws:iam/role:Role";

const statements = (made: Recorded, name: string) =>
  made.json<{ Statement: Record<string, unknown>[] }>(made.one("aws:iam/rolePolicy:RolePolicy", name), "policy")
    .Statement;

const one = (lines = "", rest = "") => `
services:
  web:
    image: nginx:1.29
    ports: ["8080:80"]
${lines}${rest}`;

describe("an app on ECS Anywhere", () => {
  let made: Recorded;
  before(async () => {
    made = await record({ compose: twoTier, secrets, config: { "ecs-anywhere": { activation } } });
  });

  it("is one service of the launch type EXTERNAL with all containers in one task", () => {
    const { inputs, options } = service(made);
    assert.equal(made.parentOf(service(made)).type, "spectrum:tier:EcsAnywhereService");
    assert.equal(made.parentOf(made.parentOf(service(made))).type, "spectrum:tier:EcsAnywhere");
    assert.deepEqual(inputs.taskDefinition, made.output(definition(made), "arn"));
    assert.equal(inputs.launchType, "EXTERNAL");
    assert.equal(inputs.desiredCount, 1);
    assert.deepEqual([inputs.deploymentMinimumHealthyPercent, inputs.deploymentMaximumPercent], [0, 100]);
    assert.deepEqual(inputs.deploymentCircuitBreaker, { enable: true, rollback: true });
    assert.deepEqual(inputs.placementConstraints, [
      { type: "memberOf", expression: "attribute:spectrum.machines == shop" },
    ]);
    for (const key of [
      "loadBalancers",
      "networkConfiguration",
      "serviceConnectConfiguration",
      "capacityProviderStrategies",
    ])
      assert.equal(key in inputs, false, key);
    assert.deepEqual(options?.customTimeouts, { create: "600s", update: "600s", delete: "1200s" });
    const { requiresCompatibilities, networkMode, family } = definition(made).inputs;
    assert.deepEqual([requiresCompatibilities, networkMode, family], [["EXTERNAL"], "bridge", "spectrum-dev-shop"]);
  });

  it("makes nothing of the network, of load balancers or of file systems", () => {
    const types = made.resources.map(({ type }) => type);
    assert.deepEqual(
      types.filter((type) => /^aws:(?:ec2|vpc|lb|efs|servicediscovery|appautoscaling)\/|^awsx:ec2/u.test(type)),
      [],
    );
  });

  it("calls by name, and is called by its own name", () => {
    assert.deepEqual(container(made, "web").links, ["api:api", "db:db"]);
    assert.deepEqual(container(made, "web").hostname, "web");
    const { environment } = container(made, "web") as Record<string, { name: string; value: string }[]>;
    assert.deepEqual(environment, [{ name: "API_URL", value: "http://api:9000" }]);
    assert.deepEqual(container(made, "web").dependsOn, [{ containerName: "api", condition: "START" }]);
  });

  it("publishes what is published and no database", () => {
    assert.deepEqual(container(made, "web").portMappings, [
      { containerPort: 80, hostPort: 8080, name: "web-8080", protocol: "tcp" },
    ]);
    assert.equal("portMappings" in container(made, "api"), false);
    assert.equal("portMappings" in container(made, "db"), false);
    assert.match(said({ compose: twoTier, secrets }, "db", "ports[0]")[0] ?? "", /^changed: not opened to the world/u);
  });

  it("stands and falls with every container but those that may end", () => {
    assert.deepEqual(
      ["web", "api", "db"].map((name) => container(made, name).essential),
      [true, false, true],
    );
  });

  it("reserves memory for each container, those that prepare files too", () => {
    assert.deepEqual(
      ["web", "spectrum-files"].map((name) => [container(made, name).memory, container(made, name).memoryReservation]),
      [
        [undefined, 512],
        [undefined, 32],
      ],
    );
    assert.equal(container(made, "web").cpu, 256);
  });

  it("keeps named volumes on the machine, under a name of the app's own", () => {
    const volumes = definition(made).inputs.volumes as readonly Record<string, unknown>[];
    assert.deepEqual(
      volumes.find(({ name }) => name === "spectrum-dev-shop-data"),
      {
        name: "spectrum-dev-shop-data",
        dockerVolumeConfiguration: { scope: "shared", autoprovision: true, driver: "local" },
      },
    );
    const [mount] = container(made, "db").mountPoints as { sourceVolume: string }[];
    assert.ok(["spectrum-dev-shop-data", "db-run-secrets-files"].includes(mount?.sourceVolume ?? ""));
  });

  it("gives secrets by reference alone", () => {
    assert.deepEqual(
      (container(made, "web").secrets as { name: string }[]).map(({ name }) => name),
      ["KEY", "URL"],
    );
    assert.equal(JSON.stringify(definition(made).inputs).includes("$secret"), false);
    const read = statements(made, "shop-execution").find(({ Action }) => String(Action).includes("ssm:"));
    assert.equal((read?.Resource as unknown[]).length, 3);
  });

  it("lets machines of this account take a role, and no more of AWS", () => {
    const role = made.one(ROLE, "shop-machine");
    const trust = made.json<{ Statement: Record<string, unknown>[] }>(role, "assumeRolePolicy").Statement;
    assert.deepEqual(trust[0]?.Principal, { Service: "ssm.amazonaws.com" });
    assert.deepEqual(Object.keys(trust[0]?.Condition as object), ["ArnEquals", "StringEquals"]);
    const attached = made.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    assert.deepEqual(attached.map(({ inputs }) => inputs.policyArn).sort(), [
      "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
      "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
    ]);
  });

  it("makes an activation whose code is a secret, and a command that holds it", () => {
    const { inputs } = made.one(ACTIVATION, "shop-activation");
    assert.deepEqual(
      [inputs.registrationLimit, inputs.expirationDate, inputs.iamRole],
      [1, "2027-01-15T00:00:00Z", made.output(made.one(ROLE, "shop-machine"), "name")],
    );
    assert.equal(
      made.dependencyNames(made.one(ACTIVATION)).filter((name) => name.startsWith("shop-machine")).length,
      3,
    );
    assert.equal(service(made).inputs.waitForSteadyState, false);
  });

  it("without an activation keeps the role, and waits for the app", async () => {
    const later = await record({ compose: one() });
    assert.deepEqual(later.all(ACTIVATION), []);
    later.one(ROLE, "shop-machine");
    assert.equal(service(later).inputs.waitForSteadyState, true);
    assert.match(
      said({ compose: one() }, null, "ecs-anywhere.activation")[0] ?? "",
      /^changed: no machine can register/u,
    );
  });

  it("plans the same bytes again", async () => {
    const again = await record({ compose: twoTier, secrets, config: { "ecs-anywhere": { activation } } });
    assert.equal(JSON.stringify(again.resources), JSON.stringify(made.resources));
  });

  it("names every key that a file uses", () => {
    const { app } = read({ compose: twoTier, secrets });
    const all = findings({ compose: twoTier, secrets });
    for (const use of app.uses) {
      const list = use.key.slice(0, use.key.indexOf("]") + 1);
      const about = all.filter(
        (f) => f.service === use.service && (f.key === use.key || (list !== "" && f.key.startsWith(list))),
      );
      assert.notEqual(about.length, 0, `${use.service ?? ""}.${use.key}`);
    }
  });
});

describe("a change between Fargate and ECS Anywhere", () => {
  const config = {
    "ecs-anywhere": { addresses: ["203.0.113.7"] },
    hosts: [{ host: "a.example.com", service: "web", port: 80 }],
  };
  const LOGS = "aws:cloudwatch/logGroup:LogGroup";
  let there: Recorded, here: Recorded;
  before(async () => {
    there = await onTier(fargate).record({ compose: twoTier, secrets, config });
    here = await record({ compose: twoTier, secrets, config });
  });

  it("leaves cluster, name and secrets under their URNs", () => {
    const shared = (made: Recorded) =>
      made.resources
        .filter(({ type }) => /^aws:(?:ecs\/cluster|ssm\/parameter|route53\/record)/u.test(type))
        .map(({ urn }) => urn)
        .filter((urn) => !urn.includes("validation"));
    assert.deepEqual(shared(here).sort(), shared(there).sort());
    assert.ok(shared(here).length > 4);
  });

  it("takes the log groups along, whose names no second group could have", () => {
    const groups = (made: Recorded) => made.all(LOGS).map(({ urn, inputs }) => [urn, inputs.name]);
    assert.deepEqual(groups(here), groups(there));
    assert.ok(groups(here).length > 1);
  });

  it("makes no second thing of a name that the first still has", () => {
    const named = (made: Recorded) =>
      made.resources.flatMap(({ type, urn, inputs }) =>
        type.startsWith("aws:") && type !== LOGS && typeof inputs.name === "string"
          ? [[`${type} ${inputs.name}`, urn]]
          : [],
      );
    const old = new Map(named(there) as [string, string][]);
    for (const [name, urn] of named(here) as [string, string][])
      assert.ok(!old.has(name) || old.get(name) === urn, `${name} under two URNs`);
  });
});

describe("ECS Anywhere's choices", () => {
  const addresses = ["203.0.113.7", "203.0.113.8"];
  const hosts = [{ host: "shop.example.com", service: "web", port: 80 }];

  it("lead a name to the addresses that the config gives, and to no others", async () => {
    assert.match(
      said({ compose: one(), config: { hosts } }, null, "hosts[0]")[0] ?? "",
      /^refused: nobody here knows/u,
    );
    const config = { hosts, "ecs-anywhere": { addresses } };
    assert.match(said({ compose: one(), config }, null, "hosts[0].host")[0] ?? "", /^changed: .* on port 8080/u);
    const made = await record({ compose: one(), config });
    const named = made.one("aws:route53/record:Record");
    assert.deepEqual([named.inputs.records, named.inputs.type, named.inputs.ttl], [addresses, "A", 60]);
    assert.ok(made.dependencyNames(named).includes("shop"), "the name waits for the service");
  });

  it("refuse a name for a port that no machine has", () => {
    const compose = one('  api:\n    image: httpd:2.4\n    expose: ["9000"]\n');
    const config = { hosts: [{ host: "api.example.com", service: "api", port: 9000 }], "ecs-anywhere": { addresses } };
    assert.match(said({ compose, config }, null, "hosts[0]")[0] ?? "", /^refused: port 9000 of api is no port/u);
  });

  it("keep TLS that the service ends itself", () => {
    const compose = one().replace("8080:80", "443:80");
    const config = { hosts, "ecs-anywhere": { addresses } };
    assert.match(said({ compose, config }, null, "hosts[0].host")[0] ?? "", /^kept: /u);
  });

  it("refuse volumes where several machines may run the task", () => {
    const compose = one("    volumes: [data:/data]\n", "volumes: { data: }\n");
    const several = { "ecs-anywhere": { activation: { ...activation, count: 3 } } };
    const key = "ecs-anywhere.activation.count";
    assert.match(said({ compose, config: several }, null, key)[0] ?? "", /^refused: each machine has a volume data/u);
    assert.deepEqual(said({ compose, config: { "ecs-anywhere": { activation } } }, null, key), []);
    assert.deepEqual(said({ compose: one(), config: several }, null, key), []);
  });

  it("refuse two services on one port, and the machine's own", () => {
    const compose = one('  other:\n    image: httpd:2.4\n    ports: ["8080", "22:22"]\n');
    assert.match(said({ compose }, "other", "ports[0]")[0] ?? "", /^refused: port 8080 .* by web already/u);
    assert.match(said({ compose }, "other", "ports[1]")[0] ?? "", /^refused: 22 is the machine's own/u);
  });

  it("refuse services that call each other, with a remedy", () => {
    const compose = `
services:
  a: { image: nginx:1, expose: ["80"], environment: { URL: "http://b:80" } }
  b: { image: nginx:1, expose: ["80"], environment: { URL: "http://a:80" } }
`;
    const [circle] = findings({ compose }).filter(({ outcome }) => outcome === "refused");
    assert.equal(circle?.key, "depends_on");
    assert.match(circle?.remedy ?? "", /network_mode: host/u);
  });

  it("leave out what needs a load balancer or copies, and say so", () => {
    const config = {
      services: {
        web: { scale: { max: 4 }, deployment: { strategy: "blue-green" }, concurrent: true, size: { cpu: 1 } },
      },
    };
    for (const key of ["scale", "deployment", "concurrent"])
      assert.match(said({ compose: one(), config }, "web", key)[0] ?? "", /^changed: left out/u, key);
    assert.match(said({ compose: one(), config }, "web", "size")[0] ?? "", /^kept/u);
  });

  it("say that one task has one role", async () => {
    const policies = [{ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::a/*"] }];
    const config = { services: { web: { policies } } };
    const compose = one("  api:\n    image: httpd:2.4\n");
    assert.match(said({ compose, config }, "web", "policies")[0] ?? "", /^changed: one task has one role/u);
    assert.deepEqual(said({ compose: one(), config }, "web", "policies"), []);
    assert.deepEqual(statements(await record({ compose, config }), "shop-task")[0]?.Action, ["s3:GetObject"]);
  });

  it("open exec with its rights, and run only on the group of machines that is named", async () => {
    const made = await record({ compose: one(), config: { "ecs-anywhere": { exec: true, machines: "office" } } });
    assert.equal(service(made).inputs.enableExecuteCommand, true);
    assert.match(JSON.stringify(statements(made, "shop-task")), /ssmmessages:OpenDataChannel/u);
    assert.match(JSON.stringify(service(made).inputs.placementConstraints), /spectrum\.machines == office/u);
  });

  it("count a service without a copy out, and refuse an app with none", async () => {
    const compose = one('  api:\n    image: httpd:2.4\n    scale: 0\n    user: "7"\n');
    assert.match(said({ compose }, "api", "user")[0] ?? "", /^changed: left out: no copy/u);
    const made = await record({ compose });
    assert.throws(() => container(made, "api"), /no container api/u);
    const none = one("    scale: 0\n");
    assert.match(said({ compose: none }, null, "services")[0] ?? "", /^refused: no service has a container/u);
    assert.deepEqual((await record({ compose: none })).all("aws:ecs/service:Service"), []);
  });

  it("refuse more containers than a task holds", () => {
    const compose = `services:\n${Array.from({ length: 11 }, (_, i) => `  s${i}: { image: nginx:1 }`).join("\n")}\n`;
    assert.match(said({ compose }, "s10", "container")[0] ?? "", /^refused: the app's one task has 10 containers/u);
  });

  it("place a service on the network of the machine where all ask for it", async () => {
    const compose = one("    network_mode: host\n").replace("8080:80", "80:80");
    const made = await record({ compose });
    assert.equal(definition(made).inputs.networkMode, "host");
    assert.equal("hostname" in container(made, "web"), false);
    assert.deepEqual(container(made, "web").portMappings, [
      { containerPort: 80, hostPort: 80, name: "web-80", protocol: "tcp" },
    ]);
  });
});
