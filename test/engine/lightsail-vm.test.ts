/** The tier lightsail-vm under Pulumi's real engine: machines that register, data that stays, ports that open and close. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Case } from "./cases";
import { domainCase, exampleCase, planIn, SECRET_VALUE } from "./cases";
import { compare } from "./compare";
import type { StackOptions, Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { stateResources } from "./engine-resources";
import { Cloud, UNLUCKY } from "./stand-in/cloud";
import { succeeded } from "./steps";

const ACTIVATION = "aws:ssm/activation:Activation";
const ADDRESS = "aws:lightsail/staticIpAttachment:StaticIpAttachment";
const ASSOCIATION = "aws:ssm/association:Association";
const DISK = "aws:lightsail/disk:Disk";
const INSTANCE = "aws:lightsail/instance:Instance";
const PORTS = "aws:lightsail/instancePublicPorts:InstancePublicPorts";
const RECORD = "aws:route53/record:Record";
const SERVICE = "aws:ecs/service:Service";

describe("engine on lightsail-vm", function () {
  this.timeout(300_000);
  let tools: Tools;
  let cloud: Cloud;
  let stack: EngineStack | undefined;

  before(function () {
    const found = findTools();
    if (found) tools = found;
    else this.skip();
  });
  beforeEach(() => (cloud = new Cloud({ slow: UNLUCKY })));
  afterEach(() => {
    stack?.close();
    stack = undefined;
  });

  const open = async (options: StackOptions) => (stack = await EngineStack.open(tools, cloud, options));
  const since = (from: number) => cloud.log.slice(from).map(({ operation, type }) => `${operation} ${type}`);

  it("goes up, moves to fargate and back, and goes down", async () => {
    const [machine, fargate] = [domainCase("lightsail-vm"), domainCase("fargate")];
    const opened = await open(machine);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const { changeSummary } = await opened.preview();
    assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"], "a second run changes nothing");

    opened.configure(fargate.config);
    const toFargate = cloud.log.length;
    succeeded(await opened.up());
    const moved = place(cloud, toFargate, "update", RECORD);
    assert.ok(place(cloud, toFargate, "create", SERVICE) < moved, "the name moves when the new endpoint is there");
    assert.ok(moved < place(cloud, toFargate, "delete", INSTANCE), "and the machine goes after it");
    await isAsPlanned(opened);

    opened.configure(machine.config);
    const back = cloud.log.length;
    succeeded(await opened.up());
    const returned = place(cloud, back, "update", RECORD);
    assert.ok(place(cloud, back, "create", ASSOCIATION) < returned);
    assert.ok(returned < place(cloud, back, "delete", SERVICE));
    const records = cloud.log.filter(({ type, inputs }) => type === RECORD && inputs.name === "shop.example.com");
    assert.equal(new Set(records.map(({ urn }) => urn)).size, 1, "one URN, whatever the tier");
    await isAsPlanned(opened);

    succeeded(await opened.destroy());
    assert.deepEqual(
      cloud.everything.map(({ urn }) => urn),
      [],
    );
  });

  it("changes what runs without touching the machine, and moves data to another one", async () => {
    const shop = exampleCase("shop", "lightsail-vm");
    const opened = await open(shop);
    succeeded(await opened.up());
    const [disk] = cloud.all(DISK);

    // another value of a secret reaches the machine
    let from = cloud.log.length;
    opened.configure(shop.config);
    succeeded(await opened.run("config", "set", "--secret", "--path", "spectrum:secrets.shop.DB_PASSWORD", "another"));
    succeeded(await opened.up());
    assert.deepEqual(since(from), [
      "update aws:ssm/parameter:Parameter",
      `delete ${ASSOCIATION}`,
      `create ${ASSOCIATION}`,
    ]);

    // so does another Compose file
    from = cloud.log.length;
    const compose = "examples/shop/compose.yaml";
    write(opened, compose, (text) => text.replace("64mb", "32mb"));
    succeeded(await opened.up());
    const done = since(from);
    assert.deepEqual([...new Set(done.filter((one) => !one.includes("aws:ssm/")))], []);
    assert.deepEqual(done.sort(), [
      `create ${ASSOCIATION}`,
      `delete ${ASSOCIATION}`,
      "update aws:ssm/document:Document",
    ]);

    // another bundle is another machine, with a registration of its own and the same disk and address
    from = cloud.log.length;
    opened.configure(withSettings(shop, { bundle: "medium" }));
    succeeded(await opened.up());
    assert.ok(place(cloud, from, "create", INSTANCE) < place(cloud, from, "create", ASSOCIATION));
    assert.ok(
      place(cloud, from, "create", ASSOCIATION) < place(cloud, from, "create", ADDRESS),
      "the address moves last",
    );
    assert.ok(place(cloud, from, "create", ADDRESS) < place(cloud, from, "delete", INSTANCE));
    assert.deepEqual(
      cloud.all(DISK).map(({ serial }) => serial),
      [disk?.serial],
      "the same disk",
    );
    assert.equal(cloud.all(INSTANCE).length, 1);
    assert.equal(cloud.all(ACTIVATION).length, 1);

    // a port more: the old set is closed before the new one opens
    from = cloud.log.length;
    write(opened, compose, (text) => text.replace('- "8080:8080"', '- "80:8080"'));
    succeeded(await opened.up());
    assert.ok(place(cloud, from, "delete", PORTS) < place(cloud, from, "create", PORTS));
    assert.equal(cloud.all(INSTANCE).length, 1);
    assert.ok(!since(from).includes(`create ${INSTANCE}`));

    succeeded(await opened.destroy());
    assert.deepEqual(
      cloud.everything.map(({ urn }) => urn),
      [],
    );
  });

  it("keeps the disk until data is delete", async () => {
    const { config, ...shop } = exampleCase("shop", "lightsail-vm", { app: { data: "keep" } });
    const opened = await open({ ...shop, config });
    succeeded(await opened.up());
    const refused = await opened.destroy();
    assert.notEqual(refused.code, 0);
    assert.match(refused.stdout + refused.stderr, /Disk[^]*protect|protect[^]*Disk/u);
    assert.equal(cloud.all(DISK).length, 1);
    opened.configure(exampleCase("shop", "lightsail-vm").config);
    succeeded(await opened.up());
    succeeded(await opened.destroy());
    assert.deepEqual(
      cloud.everything.map(({ urn }) => urn),
      [],
    );
  });

  it("puts two machines behind a load balancer, and a third beside them", async () => {
    const hosts = [{ host: "hello.example.com", service: "web", port: 8080 }];
    const hello = exampleCase("hello", "lightsail-vm", {
      app: { hosts, "lightsail-vm": { machines: 2 } },
      config: { "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true } },
    });
    const opened = await open(hello);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const before = cloud.all(INSTANCE).map(({ serial }) => serial);
    assert.equal(before.length, 2);
    assert.deepEqual(
      cloud
        .all(INSTANCE)
        .map(({ inputs }) => inputs.availabilityZone)
        .sort(),
      ["us-east-1a", "us-east-1b"],
    );

    opened.configure(withSettings(hello, { machines: 3 }));
    succeeded(await opened.up());
    const after = cloud.all(INSTANCE).map(({ serial }) => serial);
    assert.equal(after.length, 3);
    assert.ok(
      before.every((serial) => after.includes(serial)),
      "the two are the same machines",
    );

    // to one machine: the name moves from the load balancer to an address
    opened.configure(withSettings(hello, { machines: 1 }));
    succeeded(await opened.up());
    assert.equal(cloud.all(INSTANCE).length, 1);
    await isAsPlanned(opened);
    succeeded(await opened.destroy());
    assert.deepEqual(
      cloud.everything.map(({ urn }) => urn),
      [],
    );
  });
});

function withSettings(given: Case, settings: object): Case["config"] {
  const apps = given.config["spectrum:apps"] as Record<string, object>;
  const [[name, app] = ["", {}]] = Object.entries(apps);
  return { ...given.config, "spectrum:apps": { [name]: { ...app, "lightsail-vm": settings } } };
}

/** Changes a file of the stack's own copy of the project. */
function write(opened: EngineStack, name: string, change: (text: string) => string): void {
  opened.write(name, change(readFileSync(join(opened.folder, name), "utf8")));
}

async function isAsPlanned(stack: EngineStack): Promise<void> {
  const plan = await planIn(stack.folder);
  const state = await stack.state();
  const { resources, differences } = compare(plan, stateResources(state, stack.constructs()), { made: true });
  assert.deepEqual(differences, []);
  assert.ok(resources > 5);
  assert.equal(JSON.stringify(state).includes(SECRET_VALUE), false, "the state shows a secret");
  const codes = (state.deployment.resources ?? []).filter(({ type }) => type === ACTIVATION);
  assert.ok(codes.length > 0 || plan.resources.every(({ type }) => type !== ACTIVATION));
  for (const { outputs } of codes) assert.equal(typeof outputs?.activationCode, "object", "the code is in the open");
}

/** Where after `from` the last operation on a type stands. */
function place(cloud: Cloud, from: number, operation: string, type: string): number {
  const found = cloud.log.findLastIndex((done, i) => i >= from && done.operation === operation && done.type === type);
  assert.notEqual(found, -1, `no ${operation} of ${type}`);
  return found;
}
