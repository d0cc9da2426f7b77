import assert from "node:assert/strict";
import type { Recorded } from "../../../support/record";
import { container, findings, read, record, said, service } from "./support";

const POOL = "aws:autoscaling/group:Group";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const PROVIDER = "aws:ecs/capacityProvider:CapacityProvider";
const INVOCATION = "aws:lambda/invocation:Invocation";
const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const TARGETS = "aws:lb/targetGroup:TargetGroup";

const twoTier = `
services:
  web:
    image: nginx:1.29
    ports: ["8080:80"]
    environment: { API_URL: "http://api:9000", KEY: "\${KEY}" }
  api:
    image: httpd:2.4
    expose: ["9000"]
    volumes: [data:/data]
volumes: { data: }
`;
const secrets = ["KEY"];
const one = (lines = "") => `
services:
  web:
    image: nginx:1.29
    ports: ["8080:80"]
${lines}`;
const settings = (own: object) => ({ config: { "ecs-ec2": own } });
const userData = (made: Recorded, name?: string) =>
  Buffer.from(made.one(TEMPLATE, name).inputs.userData as string, "base64").toString("utf8");

describe("an app on ECS with EC2", () => {
  let made: Recorded;
  before(async () => {
    made = await record({ compose: twoTier, secrets });
  });

  it("has a service and a task definition for each Compose service, under a component of its own", () => {
    const web = service(made, "web");
    assert.equal(made.parentOf(web).type, "spectrum:tier:EcsEc2Service");
    assert.equal(made.parentOf(made.parentOf(web)).type, "spectrum:tier:EcsEc2");
    const { inputs } = made.one("aws:ecs/taskDefinition:TaskDefinition", "shop-web");
    assert.deepEqual(
      [inputs.requiresCompatibilities, inputs.networkMode, inputs.cpu, inputs.memory, inputs.family],
      [["EC2"], "awsvpc", "256", "512", "spectrum-dev-shop-web"],
    );
  });

  it("runs on the pool's provider, in private subnets without an address, spread over zones and packed by memory", () => {
    const web = service(made, "web");
    const provider = made.one(PROVIDER, "platform-x86-64");
    assert.deepEqual(web.inputs.capacityProviderStrategies, [
      { capacityProvider: made.output(provider, "name"), weight: 1 },
    ]);
    assert.equal("launchType" in web.inputs, false);
    const network = web.inputs.networkConfiguration as Record<string, unknown>;
    assert.equal(network.assignPublicIp, false);
    assert.match(JSON.stringify(network.subnets), /private/u);
    assert.deepEqual(web.inputs.orderedPlacementStrategies, [
      { type: "spread", field: "attribute:ecs.availability-zone" },
      { type: "binpack", field: "memory" },
    ]);
    assert.ok(made.dependencyNames(web).includes("platform-x86-64"), "it waits until the provider is attached");
  });

  it("names its services in a namespace of its own, as Fargate's may still be there", () => {
    const namespace = made.one("aws:servicediscovery/httpNamespace:HttpNamespace");
    assert.equal(namespace.inputs.name, "spectrum.dev.shop.ec2");
  });

  it("takes the app's log groups, which every tier takes", () => {
    const group = made.one("aws:cloudwatch/logGroup:LogGroup", "shop-web");
    assert.equal(group.inputs.name, "/spectrum/dev/shop/web");
    assert.equal(made.parentOf(group).type, "spectrum:platform:Logs");
  });

  it("leaves the cluster's own list of providers to Fargate, and attaches the pool by itself", () => {
    const list = made.one("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders");
    assert.deepEqual(list.inputs.capacityProviders, ["FARGATE", "FARGATE_SPOT"]);
    const attached = made.one(INVOCATION, "platform-x86-64");
    assert.equal(attached.inputs.lifecycleScope, "CRUD");
    const [logs, ecs] = made
      .json<{ Statement: { Action: string[]; Resource: unknown }[] }>(
        made.one("aws:iam/rolePolicy:RolePolicy", "platform-pools"),
        "policy",
      )
      .Statement.reverse();
    assert.deepEqual(ecs?.Action, ["ecs:DescribeClusters", "ecs:PutClusterCapacityProviders"]);
    assert.equal(JSON.stringify([ecs?.Resource, logs?.Resource]).includes('"*"'), false);
  });

  it("starts from no instance, protects those with tasks, and ends with all of them", () => {
    const { inputs, options } = made.one(POOL, "platform-x86-64");
    assert.deepEqual(
      [inputs.minSize, inputs.protectFromScaleIn, inputs.forceDelete, inputs.waitForCapacityTimeout],
      [0, true, true, "0"],
    );
    assert.ok(Number(inputs.maxSize) >= 2);
    assert.deepEqual(options?.ignoreChanges, ["desiredCapacity"]);
    assert.ok((inputs.tags as { key: string }[]).some(({ key }) => key === "AmazonECSManaged"));
    assert.deepEqual((inputs.instanceRefresh as { preferences: object }).preferences, {
      minHealthyPercentage: 100,
      maxHealthyPercentage: 110,
      scaleInProtectedInstances: "Refresh",
      skipMatching: true,
    });
    const provider = made.one(PROVIDER).inputs.autoScalingGroupProvider as Record<string, unknown>;
    assert.deepEqual([provider.managedTerminationProtection, provider.managedDraining], ["ENABLED", "ENABLED"]);
  });

  it("makes instances of AWS's newest image, encrypted, that give no container their role", () => {
    const { inputs } = made.one(TEMPLATE);
    assert.match(JSON.stringify(inputs.imageId), /lookup/u);
    assert.deepEqual(inputs.metadataOptions, {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    });
    assert.match(JSON.stringify(inputs.blockDeviceMappings), /"encrypted":"true".*"volumeType":"gp3"/u);
    assert.match(userData(made), /^ECS_CLUSTER=spectrum-dev$/mu);
    assert.match(userData(made), /^ECS_AWSVPC_BLOCK_IMDS=true$/mu);
    assert.equal("keyName" in inputs, false);
    const open = made.all(RULE).filter((rule) => JSON.stringify(rule.inputs.securityGroupId).includes("InstancePool"));
    assert.deepEqual(open, [], "nothing calls an instance");
  });

  it("says what it takes without a word: the NAT gateway and the instances", () => {
    const input = { compose: twoTier, secrets };
    assert.match(said(input, null, "egress")[0] ?? "", /^changed: by a NAT gateway.*36\.50 USD/u);
    assert.match(said(input, null, "ecs-ec2.instanceType")[0] ?? "", /^changed: .*1 t3\.small, 15\.18 USD/u);
    assert.equal(made.one(TEMPLATE).inputs.instanceType, "t3.small");
    assert.deepEqual(said({ ...input, ...settings({ instanceType: "m7i.large" }) }, null, "ecs-ec2.instanceType"), []);
  });

  it("plans the same bytes again", async () => {
    const again = await record({ compose: twoTier, secrets });
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

describe("EC2's choices", () => {
  it("refuse public subnets under awsvpc, with both remedies", () => {
    const input = { compose: one(), platform: { egress: "public" as const } };
    const [refusal] = findings(input).filter(({ key }) => key === "egress");
    assert.equal(refusal?.outcome, "refused");
    assert.match(refusal?.remedy ?? "", /nat.*bridge/u);
    assert.deepEqual(said({ ...input, ...settings({ networkMode: "bridge" }) }, null, "egress"), []);
    assert.deepEqual(said({ compose: one(), platform: { egress: "nat" } }, null, "egress"), []);
  });

  it("under bridge need no NAT gateway, and open the ports that Docker chooses to the entry and each other alone", async () => {
    const made = await record({ compose: twoTier, secrets, ...settings({ networkMode: "bridge" }) });
    assert.deepEqual(made.all("aws:ec2/natGateway:NatGateway"), []);
    const web = service(made, "web");
    assert.equal("networkConfiguration" in web.inputs, false);
    assert.equal(made.one(TARGETS).inputs.targetType, "instance");
    assert.deepEqual(
      (container(made, "web", "web").portMappings as { hostPort: number }[]).map(({ hostPort }) => hostPort),
      [0],
    );
    const rules = made.all(RULE).filter(({ name }) => name.startsWith("platform-x86-64-bridge"));
    assert.deepEqual(
      rules.map(({ name, inputs }) => [name, inputs.fromPort, inputs.toPort]),
      [
        ["platform-x86-64-bridge-from-each-other", 32_768, 65_535],
        ["platform-x86-64-bridge-from-http-tcp", 32_768, 65_535],
      ],
    );
    for (const rule of made.all(RULE).filter(({ name }) => !name.startsWith("platform-entry")))
      assert.equal("cidrIpv4" in rule.inputs, false, rule.name);
    assert.equal(made.one(RULE, "shop-x86-64-bridge-volumes").inputs.fromPort, 2049);
    const [card] = made.one(TEMPLATE).inputs.networkInterfaces as Record<string, unknown>[];
    assert.equal(card?.associatePublicIpAddress, "true");
  });

  it("take Spot instances of several types, and none for one writer", async () => {
    const made = await record({ compose: twoTier, secrets, ...settings({ spot: 70, base: 1 }) });
    const { inputs } = made.one(POOL, "platform-x86-64-spot");
    const mixed = inputs.mixedInstancesPolicy as {
      instancesDistribution: Record<string, unknown>;
      launchTemplate: { overrides: unknown[] };
    };
    assert.deepEqual(mixed.instancesDistribution, {
      onDemandBaseCapacity: 1,
      onDemandPercentageAboveBaseCapacity: 30,
      spotAllocationStrategy: "price-capacity-optimized",
    });
    assert.equal(mixed.launchTemplate.overrides.length, 4);
    assert.equal(inputs.capacityRebalance, true);
    const providerOf = (task: string) => JSON.stringify(service(made, task).inputs.capacityProviderStrategies);
    assert.match(providerOf("web"), /::platform-x86-64-spot\.name/u);
    assert.match(providerOf("api"), /::platform-x86-64\.name/u);
    // one after the other: each call names all that are attached
    const attached = made.all(INVOCATION).map((invocation) => made.dependencyNames(invocation));
    assert.ok(attached.some((names) => names.some((name) => name.startsWith("platform-x86-64"))));
  });

  it("follow the processor and the GPU with the image and the type", async () => {
    const arm = await record({ compose: one("    platform: linux/arm64") });
    assert.equal(arm.one(TEMPLATE).inputs.instanceType, "t4g.micro");
    const gpus = "    deploy: { resources: { reservations: { devices: [{ capabilities: [gpu], count: 1 }] } } }";
    const gpu = await record({ compose: one(gpus) });
    assert.equal(gpu.one(TEMPLATE).inputs.instanceType, "g4dn.xlarge");
    assert.match(userData(gpu), /^ECS_ENABLE_GPU_SUPPORT=true$/mu);
    assert.deepEqual(container(gpu, "web", "web").resourceRequirements, [{ type: "GPU", value: "1" }]);
  });

  it("turn trunks on for the account before an instance starts", async () => {
    const made = await record({ compose: one(), ...settings({ awsvpcTrunking: true }) });
    const setting = made.one("aws:ecs/accountSettingDefault:AccountSettingDefault");
    assert.deepEqual(setting.inputs, { name: "awsvpcTrunking", value: "enabled" });
    assert.ok(made.dependencyNames(made.one(POOL)).includes(setting.name));
  });

  it("refuse fewer instances than the tasks need, and a task that no instance holds", () => {
    const many = one("    scale: 9");
    assert.match(
      said(
        { compose: many, ...settings({ maxInstances: 1, instanceType: "t3.small" }) },
        null,
        "ecs-ec2.maxInstances",
      )[0] ?? "",
      /^refused: the app's tasks need 5 instances of t3\.small, and 1 may run/u,
    );
    const large = one("    mem_limit: 900g");
    assert.match(said({ compose: large }, "web", "mem_limit")[0] ?? "", /^refused: the task asks for/u);
  });

  it("scale, shift traffic and roll one writer as on Fargate", async () => {
    const scaled = await record({ compose: one(), config: { scale: { min: 2, max: 4 } } });
    assert.equal(scaled.all("aws:appautoscaling/target:Target").length, 1);
    assert.deepEqual(service(scaled, "web").options?.ignoreChanges, ["desiredCount"]);
    const shifted = await record({ compose: one(), config: { deployment: { strategy: "canary" } } });
    assert.match(JSON.stringify(service(shifted, "web").inputs.loadBalancers), /alternateTargetGroupArn/u);
    const made = await record({ compose: twoTier, secrets });
    const { inputs } = service(made, "api");
    assert.deepEqual([inputs.deploymentMinimumHealthyPercent, inputs.deploymentMaximumPercent], [0, 100]);
  });
});
