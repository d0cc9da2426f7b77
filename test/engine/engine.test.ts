/**
 * The program under Pulumi's real engine, against the stand-in cloud: plan and preview resource by resource, a deployment, a
 * change of tier and back, the end of it, and what goes wrong on the way. Skipped where the CLI is not on PATH.
 */
import assert from "node:assert/strict";

import type { Case } from "./cases";
import { CASES, domainCase, exampleCase, manyCase, planIn } from "./cases";
import { compare, isImageChild } from "./compare";
import type { Ran, StackOptions, Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { previewResources } from "./engine-resources";
import { Cloud, UNLUCKY } from "./stand-in/cloud";
import { isAsPlanned, nothingLeft, place, succeeded } from "./steps";

const ENVIRONMENT = "aws:elasticbeanstalk/environment:Environment";
const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const RULE = "aws:lb/listenerRule:ListenerRule";
const VERSION = "aws:elasticbeanstalk/applicationVersion:ApplicationVersion";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const RECORD = "aws:route53/record:Record";
const SERVICE = "aws:ecs/service:Service";
const DEPLOYMENTS = "kubernetes:apps/v1:Deployment";
const KUBERNETES = "aws:eks/cluster:Cluster";
const NODES = "aws:eks/nodeGroup:NodeGroup";
const CONTAINERS = "aws:lightsail/containerService:ContainerService";
const DEPLOYMENT = "aws:lightsail/containerServiceDeploymentVersion:ContainerServiceDeploymentVersion";

describe("engine", function () {
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

  // those that go up below are compared there
  const deployed = [
    domainCase("lightsail"),
    domainCase("fargate"),
    domainCase("beanstalk"),
    exampleCase("shop", "beanstalk"),
    manyCase(),
  ].map(({ name }) => name);
  for (const { name, config, secrets } of CASES.filter((given) => !deployed.includes(given.name))) {
    it(`the preview of ${name} is the plan`, async () => {
      const opened = await open({ config, secrets });
      const plan = await planIn(opened.folder);
      assert.deepEqual(plan.errors, []);
      const real = previewResources(await opened.preview(), opened.constructs());
      const { resources, inputs, differences } = compare(plan, real, { mayLack: isImageChild });
      assert.deepEqual(differences, []);
      console.log(`      ${name}: ${resources} resources and ${inputs} inputs are as planned`);
      assert.ok(resources > 5);
      assert.deepEqual(cloud.log, [], "a preview makes nothing");
    });
  }

  it("goes up on lightsail, moves to fargate and back, and goes down", async () => {
    const [lightsail, fargate] = [domainCase("lightsail"), domainCase("fargate")];
    const opened = await open(lightsail);
    succeeded(await opened.up());
    await isAsPlanned(opened);

    // a failure half-way leaves a state from which `up` completes
    opened.configure(fargate.config);
    cloud.faults.add(`create ${SERVICE} shop-api`);
    const failed = await opened.up();
    assert.notEqual(failed.code, 0);
    assert.match(failed.stdout + failed.stderr, /fails to create aws:ecs\/service:Service shop-api on demand/u);
    assert.equal(cloud.all(CONTAINERS).length, 1, "the old tier serves until the new one does");
    const moved = () => cloud.log.filter(({ type, inputs }) => type === RECORD && inputs.type === "A");
    cloud.faults.clear();
    const before = cloud.log.length;
    succeeded(await opened.up());
    const toFargate = cloud.log.slice(before);
    const move = place(toFargate, "update", RECORD);
    assert.ok(place(toFargate, "create", SERVICE) < move, "the name moves when the new endpoint is there");
    assert.ok(move < place(toFargate, "delete", CONTAINERS), "and the old one goes after it");
    assert.equal(cloud.all(CONTAINERS).length, 0);
    await isAsPlanned(opened);

    const { changeSummary } = await opened.preview();
    assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"], "a second run changes nothing");

    opened.configure(lightsail.config);
    const returning = cloud.log.length;
    succeeded(await opened.up());
    const back = cloud.log.slice(returning);
    const moveBack = place(back, "update", RECORD);
    assert.ok(place(back, "create", DEPLOYMENT) < moveBack);
    assert.ok(moveBack < place(back, "delete", SERVICE));
    await isAsPlanned(opened);
    assert.ok(moved().length > 0);
    assert.equal(new Set(moved().map(({ urn }) => urn)).size, 1, "one URN, whatever the tier");

    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("goes up on fargate, moves to beanstalk behind the same load balancer and back, and goes down", async () => {
    const [fargate, beanstalk] = [domainCase("fargate"), domainCase("beanstalk")];
    const opened = await open(fargate);
    succeeded(await opened.up());

    opened.configure(beanstalk.config);
    const before = cloud.log.length;
    succeeded(await opened.up());
    const there = cloud.log.slice(before);
    const rule = place(there, "update", RULE);
    assert.ok(place(there, "create", ENVIRONMENT) < rule, "the rule moves when the environment is ready");
    assert.ok(rule < place(there, "delete", SERVICE), "and the old tier goes after it");
    const entry = there.filter(({ urn }) => /platform:(?:LoadBalancers|Names)/u.test(urn));
    assert.deepEqual(entry, [], "load balancer, listeners, certificate and name stay as they are");
    await isAsPlanned(opened);
    const { changeSummary } = await opened.preview();
    assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"], "a second run changes nothing");

    opened.configure(fargate.config);
    const returning = cloud.log.length;
    succeeded(await opened.up());
    const back = cloud.log.slice(returning);
    assert.ok(place(back, "create", SERVICE) < place(back, "update", RULE));
    assert.ok(place(back, "update", RULE) < place(back, "delete", ENVIRONMENT));
    await isAsPlanned(opened);

    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("puts a single instance of beanstalk behind the load balancer, and takes a new version, without a gap", async () => {
    const single = exampleCase("shop", "beanstalk");
    const shared = exampleCase("shop", "beanstalk", { app: { beanstalk: { type: "load-balanced" } } });
    const opened = await open(single);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    assert.deepEqual(cloud.all(LOAD_BALANCER), []);

    // a new version: made before the environment takes it, and the old one goes last
    opened.write("examples/shop/web/html/more.html", "more");
    const before = cloud.log.length;
    succeeded(await opened.up());
    const version = cloud.log.slice(before);
    assert.ok(place(version, "create", VERSION) < place(version, "update", ENVIRONMENT));
    assert.ok(place(version, "update", ENVIRONMENT) < place(version, "delete", VERSION));
    assert.ok(!version.some(({ operation, type }) => operation === "create" && type === ENVIRONMENT));

    opened.configure(shared.config);
    const moving = cloud.log.length;
    succeeded(await opened.up());
    const moved = cloud.log.slice(moving);
    const made = place(moved, "create", ENVIRONMENT);
    const gone = place(moved, "delete", ENVIRONMENT);
    assert.ok(made < place(moved, "create", RULE) && place(moved, "create", RULE) < gone);
    await isAsPlanned(opened);

    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("goes up on fargate, moves to machines of one's own and back, and goes down", async function () {
    this.timeout(900_000);
    const [fargate, anywhere] = [domainCase("fargate"), domainCase("ecs-anywhere")];
    const opened = await open(fargate);
    succeeded(await opened.up());
    const logs = () => cloud.all(LOGS).map(({ id }) => id);
    const kept = logs();
    assert.ok(kept.length > 0);

    // the first deployment waits for no machine: its output is what registers one
    const expires = new Date(Date.now() + 7 * 24 * 3600 * 1000).toISOString().replace(/\.\d+Z$/u, "Z");
    const settings = { addresses: ["203.0.113.7"], activation: { count: 1, expires } };
    const on = (own: object) => withApp(anywhere.config, { "ecs-anywhere": own });
    opened.configure(on(settings));
    const before = cloud.log.length;
    succeeded(await opened.up());
    const there = cloud.log.slice(before);
    const move = place(there, "update", RECORD);
    assert.ok(place(there, "create", SERVICE) < move, "the name moves when the new service is there");
    assert.ok(move < place(there, "delete", SERVICE), "and the old ones go after it");
    assert.deepEqual(
      cloud.all(SERVICE).map(({ inputs }) => inputs.launchType),
      ["EXTERNAL"],
    );
    assert.deepEqual(logs(), kept, "the logs stay where they are");
    await isAsPlanned(opened);
    const { stdout: shown } = await opened.run("stack", "output", "--json");
    assert.match(shown, /registrationCommand/u);
    const [activation] = cloud.all("aws:ssm/activation:Activation");
    assert.ok(activation);
    const code = String(activation.outputs.activationCode);
    assert.equal(shown.includes(code), false, "the code is a secret of the state's");
    assert.equal(JSON.stringify(await opened.state()).includes(code), false);
    const { stdout: uncovered } = await opened.run("stack", "output", "--json", "--show-secrets");
    assert.ok(uncovered.includes(`--activation-code ${code}`));

    // without a machine a deployment that waits fails; with one it comes up, and the activation goes
    opened.configure(on({ addresses: ["203.0.113.7"], exec: true }));
    const failed = await opened.up();
    assert.notEqual(failed.code, 0);
    assert.match(failed.stdout + failed.stderr, /no container instance met all of its requirements/u);
    const attributes = { "spectrum.machines": "shop", "ecs.cpu-architecture": "x86_64" };
    cloud.register({ cluster: "spectrum-dev", attributes });
    succeeded(await opened.up());
    assert.deepEqual(cloud.all("aws:ssm/activation:Activation"), []);
    await isAsPlanned(opened);
    const { changeSummary } = await opened.preview();
    assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"], "a second run changes nothing");

    opened.configure(fargate.config);
    const returning = cloud.log.length;
    succeeded(await opened.up());
    const back = cloud.log.slice(returning);
    assert.ok(place(back, "create", SERVICE) < place(back, "update", RECORD));
    assert.ok(place(back, "update", RECORD) < place(back, "delete", SERVICE));
    assert.deepEqual(logs(), kept);
    await isAsPlanned(opened);

    // the machine is the user's, and so is taking it out of the cluster
    const refused = await opened.destroy();
    assert.notEqual(refused.code, 0);
    assert.match(refused.stdout + refused.stderr, /ClusterContainsContainerInstances/u);
    cloud.deregister();
    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("hosts several apps, and takes one away without touching the others", async () => {
    const many = manyCase();
    const opened = await open(many);
    succeeded(await opened.up());
    await isAsPlanned(opened);

    const { many: gone, ...others } = many.config["spectrum:apps"] as Record<string, unknown>;
    assert.ok(gone);
    opened.configure({ "spectrum:apps": others });
    succeeded(await opened.run("config", "rm", "--path", "spectrum:secrets.many"));
    const before = cloud.log.length;
    succeeded(await opened.up());
    const done = cloud.log.slice(before);
    assert.ok(done.some(({ operation, type }) => operation === "delete" && type === SERVICE));
    const touched = done.filter(({ operation }) => operation !== "delete").map(({ urn }) => urn.split("::").at(-1));
    // its default certificate was the first host's
    assert.deepEqual(touched, ["platform-entry-443"]);
    const kept = /::(?:hello|other)(?:-|$)/u;
    const lost = done.flatMap(({ operation, urn }) => (operation === "delete" && kept.test(urn) ? [urn] : []));
    assert.deepEqual(lost, []);

    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("does not lose a volume unasked: Pulumi refuses the switch and the end of it, until data is delete", async () => {
    const compose = [
      "name: kept",
      "services:",
      "  web:",
      "    image: nginxinc/nginx-unprivileged:1.29.4-alpine3.23",
      '    ports: ["8080:8080"]',
      '    volumes: ["files:/files"]',
      "volumes:",
      "  files:",
    ].join("\n");
    const config = (app: object): Case["config"] => ({
      "aws:region": "us-east-1",
      "spectrum:apps": { kept: { compose: "examples/kept/compose.yaml", ...app } },
    });
    const lightsail = { tier: "lightsail", lightsail: { accept: ["web.volumes"] } };
    const opened = await open({
      config: config({ tier: "fargate" }),
      files: { "examples/kept/compose.yaml": `${compose}\n` },
    });
    succeeded(await opened.up());
    const files = urnsOf(cloud, /aws:efs\/fileSystem:FileSystem/u);
    assert.equal(files.length, 1);
    assert.doesNotMatch(files[0] ?? "", /fargate|lightsail/iu);

    refusedByProtect(await opened.destroy());
    assert.deepEqual(urnsOf(cloud, /aws:efs\/fileSystem:FileSystem/u), files);
    opened.configure(config(lightsail));
    refusedByProtect(await opened.up());
    assert.deepEqual(urnsOf(cloud, /aws:efs\/fileSystem:FileSystem/u), files);

    opened.configure(config({ tier: "fargate", data: "delete" }));
    succeeded(await opened.up());
    assert.deepEqual(urnsOf(cloud, /aws:efs\/fileSystem:FileSystem/u), files, "the same volume all along");
    opened.configure(config({ ...lightsail, data: "delete" }));
    succeeded(await opened.up());
    assert.deepEqual(urnsOf(cloud, /aws:efs\/fileSystem:FileSystem/u), []);
    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("moves from fargate to eks, on to eks-fargate and back, and goes down", async function () {
    this.timeout(900_000);
    const opened = await open(exampleCase("hello", "fargate"));
    succeeded(await opened.up());
    const shared = () => urnsOf(cloud, /aws:efs\/|aws:ec2\/vpc:Vpc|aws:lb\/loadBalancer:/u);
    const before = [...shared()].sort();
    const tiersInTurn = [
      { tier: "eks", made: DEPLOYMENTS, gone: SERVICE },
      { tier: "eks-fargate", made: DEPLOYMENTS, gone: NODES },
      { tier: "fargate", made: SERVICE, gone: KUBERNETES },
    ] as const;
    for (const { tier, made, gone } of tiersInTurn) {
      opened.configure(exampleCase("hello", tier).config);
      const from = cloud.log.length;
      succeeded(await opened.up());
      const log = cloud.log.slice(from);
      // both are in the entry's one target group, so no rule moves
      assert.equal(log.filter(({ type }) => type === RULE).length, 0);
      assert.ok(
        place(log, "create", made) < place(log, "delete", gone),
        "the old ones go after the new ones are there",
      );
      await isAsPlanned(opened);
      const there = shared(); // eks-fargate has a NAT gateway besides
      assert.deepEqual(
        before.filter((urn) => !there.includes(urn)),
        [],
        "what both tiers share stays",
      );
      const { changeSummary } = await opened.preview();
      assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"], "a second run changes nothing");
    }
    assert.equal(cloud.all(KUBERNETES).length, 0);
    assert.deepEqual([...shared()].sort(), before, "and nothing of another tier's stays");
    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("has one cluster for apps on both EKS tiers, each in a namespace of its own", async () => {
    const app = (tier: string) => ({ compose: "examples/hello/compose.yaml", tier });
    const hosts = (path: string) => [{ host: "example.com", path }];
    const apps = {
      one: { ...app("eks"), hosts: hosts("/one"), scale: { min: 2, max: 4 } },
      two: { ...app("eks-fargate"), hosts: hosts("/two") },
      three: { ...app("eks-fargate"), hosts: hosts("/three") },
    };
    const platform = { hostedZoneName: "example.com", createHostedZone: true };
    const opened = await open({
      config: { "aws:region": "us-east-1", "spectrum:apps": apps, "spectrum:platform": platform },
    });
    succeeded(await opened.up());
    await isAsPlanned(opened);
    assert.equal(cloud.all(KUBERNETES).length, 1);
    assert.equal(cloud.all("aws:ec2/vpc:Vpc").length, 1);
    const namespaces = cloud.all("kubernetes:core/v1:Namespace").map(({ id }) => id);
    for (const name of ["one-eks", "two-fargate", "three-fargate"]) assert.ok(namespaces.includes(name), name);
    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("waits by Pulumi's own dynamic provider, again when what it waits for is another", async () => {
    const { config } = exampleCase("hello", "lightsail");
    const program = (after: string) =>
      `import { Wait } from "./components/tiers/lightsail/wait";\n` +
      `export const waited = new Wait("wait", { seconds: 0, reason: "a test", after: "${after}" }).after;\n`;
    const opened = await open({ config, files: { "index.ts": program("first") }, realDynamic: true });
    const outputs = async () => {
      const { deployment } = await opened.state();
      return deployment.resources?.find(({ type }) => type.endsWith(":Wait"))?.outputs?.after;
    };
    succeeded(await opened.up());
    assert.equal(await outputs(), "first");
    opened.write("index.ts", program("second"));
    const again = await opened.up();
    succeeded(again);
    assert.match(again.stdout, /1 replaced/u);
    assert.equal(await outputs(), "second");
  });
});

/** The config with more said of its only app. */
function withApp(config: Case["config"], more: object): Case["config"] {
  const [[name, app] = ["", {}]] = Object.entries(config["spectrum:apps"] as Record<string, object>);
  return { ...config, "spectrum:apps": { [name]: { ...app, ...more } } };
}

function refusedByProtect({ code, stdout, stderr }: Ran): void {
  assert.notEqual(code, 0, stdout);
  assert.match(stdout + stderr, /FileSystem[^]*protect|protect[^]*FileSystem/u);
}

function urnsOf(cloud: Cloud, pattern: RegExp): readonly string[] {
  return cloud.everything.flatMap(({ urn }) => (pattern.test(urn) ? [urn] : []));
}
