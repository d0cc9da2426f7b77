/** Distributions, redirects, health checks and Lightsail's zones under the real engine: on, off, a change of tier, the end. */
import assert from "node:assert/strict";

import type { TierName } from "../../app/tiers";
import { exampleCase } from "./cases";
import type { StackOptions, Tools } from "./engine";
import { EngineStack, findTools } from "./engine";
import { Cloud, UNLUCKY } from "./stand-in/cloud";
import { isAsPlanned, nothingLeft, place, succeeded } from "./steps";

const CERTIFICATE = "aws:lightsail/certificate:Certificate";
const CONTAINERS = "aws:lightsail/containerService:ContainerService";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const ENTRY = "aws:lightsail/domainEntry:DomainEntry";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const LIGHTSAIL = "aws:lightsail/distribution:Distribution";
const PARAMETER = "aws:ssm/parameter:Parameter";
const RECORD = "aws:route53/record:Record";
const RULE = "aws:lb/listenerRule:ListenerRule";

describe("engine before an app", function () {
  this.timeout(900_000);
  let tools: Tools;
  let cloud: Cloud;
  let stack: EngineStack | undefined;

  before(function () {
    const found = findTools();
    if (found) tools = found;
    else this.skip();
  });
  afterEach(() => {
    stack?.close();
    stack = undefined;
  });

  const open = async (region: string, options: StackOptions) => {
    cloud = new Cloud({ slow: UNLUCKY, region });
    return (stack = await EngineStack.open(tools, cloud, options));
  };
  const since = (from: number) => cloud.log.slice(from);
  const aRecords = () => cloud.all(RECORD).filter(({ inputs }) => inputs.type === "A");

  it("a distribution comes before the load balancer, stays when the tier changes, and goes again", async () => {
    const hello = (tier: TierName, more: object = {}) =>
      exampleCase("hello", tier, {
        app: { hosts: [{ host: "example.com", redirectFrom: ["www.example.com"] }], ...more },
        config: {
          "aws:region": "eu-west-1",
          "spectrum:platform": {
            hostedZoneName: "example.com",
            createHostedZone: true,
            healthChecks: { alarmActions: ["arn:aws:sns:us-east-1:123456789012:down"] },
          },
        },
      });
    const cdn = { cache: [{ path: "/assets/*", ttl: "1h" }], logs: true };
    const opened = await open("eu-west-1", hello("fargate"));
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const names = aRecords().map(({ urn }) => urn);
    assert.equal(names.length, 2);

    const turnedOn = cloud.log.length;
    opened.configure(hello("fargate", { cdn }).config);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const on = since(turnedOn);
    const made = place(on, "create", DISTRIBUTION);
    assert.ok(made < place(on, "update", RULE), "the rule asks for the header when it is sent");
    assert.ok(place(on, "update", RULE) < place(on, "update", RECORD));
    assert.ok(
      place(on, "update", RECORD) < place(on, "delete", INGRESS),
      "the world is let in until the names have moved",
    );
    assert.deepEqual(
      aRecords().map(({ urn }) => urn),
      names,
    );
    const [distribution] = cloud.all(DISTRIBUTION);
    const secret = cloud.all(PARAMETER).find(({ urn }) => urn.includes("cdn"))?.inputs.value;
    assert.match(String(secret), /^[0-9a-f]{64}$/u);
    assert.ok(
      JSON.stringify(distribution?.inputs.origins).includes(String(secret)),
      "the distribution sends the secret",
    );
    assert.ok(!JSON.stringify(await opened.state()).includes(String(secret)), "which no state shows");
    const { changeSummary } = await opened.preview();
    assert.deepEqual(Object.keys(changeSummary ?? {}), ["same"], "another random text is another run's, and not taken");

    const moved = cloud.log.length;
    opened.configure(hello("ecs-ec2", { cdn }).config);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const front = /cloudfront|route53|acm|platform:(?:Names|CloudFront)|ListenerRule/u;
    assert.deepEqual(
      since(moved).filter(({ type, urn }) => front.test(type + urn)),
      [],
      "a change of tier touches nothing before it",
    );

    const turnedOff = cloud.log.length;
    opened.configure(hello("ecs-ec2").config);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const off = since(turnedOff);
    assert.ok(place(off, "update", RECORD) < place(off, "delete", DISTRIBUTION));
    assert.deepEqual(
      aRecords().map(({ urn }) => urn),
      names,
    );
    assert.deepEqual(cloud.all(DISTRIBUTION), []);

    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("Lightsail's distribution and zone come and go, and take the app from containers to a machine", async () => {
    const hello = (tier: TierName, more: object = {}) =>
      exampleCase("hello", tier, {
        app: { hosts: [{ host: "shop.example.com" }], ...more },
        config: {
          "aws:region": "eu-west-1",
          "spectrum:platform": { lightsailZoneName: "example.com", createLightsailZone: true },
        },
      });
    const opened = await open("eu-west-1", hello("lightsail"));
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const addresses = () => cloud.all(ENTRY).filter(({ inputs }) => inputs.type === "A");
    const names = addresses().map(({ urn }) => urn);
    assert.equal(names.length, 1);

    opened.configure(hello("lightsail", { cdn: true }).config);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    assert.match(String(addresses()[0]?.inputs.target), /cloudfront\.net$/u);
    assert.deepEqual(
      cloud
        .all(CERTIFICATE)
        .map(({ outputs }) => outputs.region)
        .sort(),
      ["eu-west-1", "us-east-1"],
    );

    const moved = cloud.log.length;
    opened.configure(hello("lightsail-vm", { cdn: true }).config);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    const there = since(moved);
    assert.ok(place(there, "update", LIGHTSAIL) < place(there, "delete", CONTAINERS), "it asks the machine before");
    assert.deepEqual(
      there.filter(({ type, inputs }) => type === ENTRY && inputs.type === "A"),
      [],
    );

    opened.configure(hello("lightsail-vm").config);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    assert.deepEqual(cloud.all(LIGHTSAIL), []);
    assert.match(String(addresses()[0]?.inputs.target), /^192\.0\.2\./u);
    assert.deepEqual(
      addresses().map(({ urn }) => urn),
      names,
    );

    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });

  it("one certificate serves container service and distribution where both are in us-east-1", async () => {
    const hello = (more: object = {}) =>
      exampleCase("hello", "lightsail", {
        app: { hosts: [{ host: "example.com" }], ...more },
        config: { "spectrum:platform": { hostedZoneName: "example.com", createHostedZone: true } },
      });
    const opened = await open("us-east-1", hello());
    succeeded(await opened.up());
    opened.configure(hello({ cdn: true }).config);
    succeeded(await opened.up());
    await isAsPlanned(opened);
    assert.equal(cloud.all(CERTIFICATE).length, 1);
    opened.configure(hello().config);
    succeeded(await opened.up());
    succeeded(await opened.destroy());
    nothingLeft(cloud);
  });
});
