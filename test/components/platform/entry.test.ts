import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { defaultUsage } from "../../../app/config/schema";
import type { Deployment, Placement, PlatformConfig } from "../../../app/config/types";
import { parkingPriority, productionPriority, sparePort } from "../../../app/priority";
import type { EntryPoint } from "../../../app/publish";
import { LoadBalancedEntry } from "../../../components/platform/app-entry";
import { registeredDomain } from "../../../components/platform/dns-names";
import { Platform } from "../../../components/platform/platform";
import type { Endpoint, HostedApp, HostedService } from "../../../components/tiers/tier";
import { useMocks, valueOf } from "../../support/mocks";
import { type Recorded, recordResources } from "../../support/record";
import { environment, host, point } from "./fixtures";
import { plainService } from "../../support/app";

const RULE = "aws:lb/listenerRule:ListenerRule";
const LISTENER = "aws:lb/listener:Listener";
const GROUP = "aws:lb/targetGroup:TargetGroup";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const RECORD = "aws:route53/record:Record";

const ROLLING: Deployment = { strategy: "rolling" };
const BLUE_GREEN: Deployment = { strategy: "blue-green", bakeMinutes: 5 };

/** A tier of the tests: one bucket stands for each service. */
class Hosted extends pulumi.ComponentResource implements HostedApp {
  readonly services: Record<string, HostedService> = {};
  constructor(name: string, points: readonly EntryPoint[], endpoint: (point: EntryPoint) => Endpoint) {
    super("test:tier:Hosted", name);
    for (const { service } of points) {
      if (this.services[service]) continue;
      const ready = new aws.s3.Bucket(`${name}-${service}`, {}, { parent: this });
      const endpoints = Object.fromEntries(
        points.filter((p) => p.service === service).map((p) => [p.port, endpoint(p)]),
      );
      const target = { tier: "lightsail", containerService: ready.id, container: service } as const;
      this.services[service] = { endpoints, identity: null, revision: ready.id, target, ready };
    }
    this.registerOutputs({});
  }
}

interface AppOf {
  readonly name?: string;
  readonly points: readonly EntryPoint[];
  readonly deployment?: Deployment;
  readonly lightsail?: boolean;
}

function build(platform: Platform, { name = "shop", points, deployment = ROLLING, lightsail = false }: AppOf) {
  const service = { ...plainService, deployment };
  const placement: Placement = {
    app: name,
    tier: lightsail ? "lightsail" : "fargate",
    environment: platform.environment,
    hosts: points.flatMap(({ hosts }) => hosts),
    redirects: [],
    cdn: null,
    budget: null,
    usage: defaultUsage,
    signals: null,
    data: "keep",
    timeToFail: 600,
    hours: null,
    services: Object.fromEntries(points.map((p) => [p.service, service])),
    settings: {},
    accept: [],
    overrides: [],
  };
  const kind = lightsail ? "record" : "target-groups";
  const entry = new LoadBalancedEntry(name, { placement, points, kind, platform });
  const hosted = new Hosted(name, points, ({ service: s, port }): Endpoint => {
    const group = entry.group(s, port);
    if (group) return { kind: "target-group", targetGroupArn: group.targetGroupArn };
    const aliasName = pulumi.output("shop.cs.amazonlightsail.com");
    return {
      kind: "alias",
      aliasName,
      aliasZoneId: pulumi.output("Z06246771KYU0IRHI74W4"),
      url: pulumi.output("https://x"),
    };
  });
  return { entry, hosted, urls: entry.connect(hosted) };
}

function record(apps: AppOf | readonly AppOf[], config: Partial<PlatformConfig> = {}, isProtected = false) {
  return recordResources(() => {
    const platform = new Platform("platform", environment(config, { protected: isProtected }));
    const built = [apps].flat().map((app) => build(platform, app));
    platform.finish();
    return { urls: built.map(({ urls }) => urls) };
  });
}

const named = (name: string, more: Partial<EntryPoint> = {}): EntryPoint =>
  point({ listenerPort: 443, hosts: [host(name)], ...more });
const tcp = (listenerPort: number, more: Partial<EntryPoint> = {}): EntryPoint =>
  point({ protocol: "tcp", backend: "tcp", listenerPort, port: listenerPort, ...more });

const zone = { hostedZoneId: "Z1" };
const urnsOf = (made: Recorded, ...types: string[]) =>
  made.resources.filter(({ type }) => types.includes(type)).map(({ urn }) => urn);

/** A tier with target groups of its own, on the entry's listeners. */
function recordListeners(points: readonly EntryPoint[], served: readonly EntryPoint[] = points, direct = false) {
  return recordResources(() => {
    const platform = new Platform("platform", environment(zone));
    const service = { ...plainService, deployment: ROLLING };
    const placement: Placement = {
      app: "shop",
      tier: "beanstalk",
      environment: platform.environment,
      hosts: points.flatMap(({ hosts }) => hosts),
      redirects: [],
      cdn: null,
      budget: null,
      usage: defaultUsage,
      signals: null,
      data: "keep",
      timeToFail: 600,
      hours: null,
      services: Object.fromEntries(points.map((p) => [p.service, service])),
      settings: {},
      accept: [],
      overrides: [],
    };
    const kind = direct ? "record" : "listeners";
    const entry = new LoadBalancedEntry("shop", { placement, points, kind, platform });
    const listeners = points.map(({ service: name, port }) => entry.listener(name, port));
    const hosted = new Hosted("shop", served, (): Endpoint => {
      if (!direct) return { kind: "target-group", targetGroupArn: pulumi.output("arn:theirs") };
      const name = pulumi.output("shop.elasticbeanstalk.com");
      return { kind: "alias", aliasName: name, aliasZoneId: pulumi.output("Z2"), url: name, direct: true };
    });
    const urls = entry.connect(hosted);
    platform.finish();
    return {
      urls,
      groups: points.map(({ service: name, port }) => entry.group(name, port)).filter((group) => group !== null).length,
      listeners: listeners.map((found) => found && { port: found.port, waits: found.ready.length }),
    };
  });
}

describe("entry", () => {
  describe("of a tier with target groups of its own", () => {
    it("hands out listeners and makes no group and no parking rule", async () => {
      const made = await recordListeners(
        [named("shop.example.com"), tcp(53, { service: "dns" })],
        [named("shop.example.com")],
      );
      assert.deepEqual(made.outputs.listeners, [{ port: 443, waits: 1 }, null]);
      assert.equal(made.outputs.groups, 0);
      assert.deepEqual(
        [
          made.all(GROUP),
          made
            .all(LISTENER)
            .map(({ name }) => name)
            .sort(),
        ],
        [[], ["platform-entry-443", "platform-entry-80"]],
      );
      const rule = made.one(RULE);
      assert.deepEqual(rule.inputs.actions, [{ targetGroupArn: "arn:theirs", type: "forward" }]);
      assert.deepEqual(made.dependencyNames(rule), ["platform-entry-443", "shop-web"]);
      assert.deepEqual(made.outputs.urls, { "web:8080": "https://shop.example.com" });
    });
  });

  describe("of a machine itself", () => {
    it("says where each published port is, TCP and UDP too, without TLS", async () => {
      const points = [point(), tcp(53, { service: "dns", protocol: "udp", backend: "udp" })];
      const made = await recordListeners(points, points, true);
      assert.deepEqual(made.outputs.urls, {
        "web:8080": "http://shop.elasticbeanstalk.com:8080",
        "dns:53": "udp://shop.elasticbeanstalk.com:53",
      });
      const host = await recordListeners([named("shop.example.com")], [named("shop.example.com")], true);
      assert.deepEqual(host.outputs.urls, { "web:8080": "http://shop.example.com" });
      assert.deepEqual(host.all(BALANCER), []);
    });
  });

  describe("without a domain", () => {
    it("listens on the published port, holds the group by a rule that nobody calls, and publishes after the service", async () => {
      const made = await record({ points: [point({ healthPath: "/health" })] });
      const balancer = made.one(BALANCER, "platform-entry-alb");
      assert.equal(made.parentOf(balancer).type, "spectrum:platform:LoadBalancers");
      const { subnets, ...inputs } = balancer.inputs;
      assert.equal((subnets as unknown[]).length, 2);
      assert.deepEqual(inputs, {
        dropInvalidHeaderFields: true,
        enableDeletionProtection: false,
        idleTimeout: 60,
        internal: false,
        loadBalancerType: "application",
        securityGroups: [made.output(made.one("aws:ec2/securityGroup:SecurityGroup"), "id")],
      });

      const listener = made.one(LISTENER, "platform-entry-8080");
      assert.deepEqual(listener.inputs, {
        defaultActions: [
          {
            fixedResponse: { contentType: "text/plain", messageBody: "nothing is published here", statusCode: "404" },
            type: "fixed-response",
          },
        ],
        loadBalancerArn: made.output(balancer, "arn"),
        port: 8080,
        protocol: "HTTP",
      });

      const group = made.one(GROUP, "shop-web-8080");
      assert.equal(made.parentOf(group).type, "spectrum:platform:Entry");
      const { vpcId, ...groupInputs } = group.inputs;
      assert.ok(vpcId);
      assert.deepEqual(groupInputs, {
        deregistrationDelay: 30,
        healthCheck: {
          healthyThreshold: 2,
          interval: 15,
          matcher: "200-399",
          path: "/health",
          protocol: "HTTP",
          timeout: 5,
          unhealthyThreshold: 3,
        },
        namePrefix: "web-",
        port: 8080,
        protocol: "HTTP",
        protocolVersion: "HTTP1",
        targetType: "ip",
      });

      const parking = made.one(RULE, "shop-web-8080-parking");
      assert.deepEqual(parking.inputs, {
        actions: [{ targetGroupArn: made.output(group, "arn"), type: "forward" }],
        conditions: [{ hostHeader: { values: ["web.8080.shop.invalid"] } }],
        listenerArn: made.output(listener, "arn"),
        priority: parkingPriority("shop", point()),
      });
      assert.ok(!made.dependencyNames(parking).includes("shop-web"), "the service waits for the parking rule");

      const rule = made.one(RULE, "shop-8080");
      assert.deepEqual(rule.inputs, {
        actions: [{ targetGroupArn: made.output(group, "arn"), type: "forward" }],
        conditions: [{ pathPattern: { values: ["/*"] } }],
        listenerArn: made.output(listener, "arn"),
        priority: productionPriority({ host: "", path: "/", priority: null }),
      });
      assert.ok(made.dependencyNames(rule).includes("shop-web"), "the rule waits for the service");
      assert.equal(rule.options?.ignoreChanges, undefined);
      assert.deepEqual(made.outputs.urls, [{ "web:8080": { $output: `http://\${${balancer.urn}.dnsName}:8080` } }]);
    });

    it("opens the listener's port to the world and the container port to the load balancer, and nothing else", async () => {
      const made = await record({ points: [point({ listenerPort: 80 })] });
      const open = (type: string) =>
        made.all(type).map(({ inputs: i }) => [i.ipProtocol, i.fromPort, i.toPort, i.cidrIpv4]);
      assert.deepEqual(open(INGRESS), [["tcp", 80, 80, "0.0.0.0/0"]]);
      assert.deepEqual(open(EGRESS), [["tcp", 8080, 8080, "10.0.0.0/16"]]);
      const [group] = made.all("aws:ec2/securityGroup:SecurityGroup");
      assert.deepEqual([group?.inputs.ingress, group?.inputs.egress], [undefined, undefined]);
    });

    it("opens a container port once where two apps use one container port", async () => {
      const made = await record([
        { name: "one", points: [point({ listenerPort: 8080 })] },
        { name: "two", points: [point({ listenerPort: 8081 })] },
      ]);
      assert.equal(made.all(EGRESS).length, 1);
      assert.equal(made.all(BALANCER).length, 1);
    });

    it("publishes one container port on two listeners by one group", async () => {
      const made = await record({ points: [point({ listenerPort: 8080 }), point({ listenerPort: 9090 })] });
      made.one(GROUP);
      assert.deepEqual(
        made.all(RULE).map(({ name }) => name),
        ["shop-8080", "shop-9090", "shop-web-8080-parking"],
      );
    });
  });

  describe("with a domain", () => {
    it("serves HTTPS with a validated certificate, leads 80 there, and points the name to the load balancer", async () => {
      const made = await record({ points: [named("shop.example.com")] }, zone);
      const certificate = made.one("aws:acm/certificate:Certificate", "platform-names-shop.example.com");
      assert.deepEqual(certificate.inputs, { domainName: "shop.example.com", validationMethod: "DNS" });
      const validationRecord = made.one(RECORD, "platform-names-shop.example.com-validation");
      assert.equal(validationRecord.inputs.allowOverwrite, true);
      assert.equal(validationRecord.inputs.zoneId, "Z1");
      const validation = made.one("aws:acm/certificateValidation:CertificateValidation");
      assert.deepEqual(validation.inputs, {
        certificateArn: made.output(certificate, "arn"),
        validationRecordFqdns: [made.output(validationRecord, "fqdn")],
      });

      const https = made.one(LISTENER, "platform-entry-443");
      assert.equal(https.inputs.protocol, "HTTPS");
      assert.equal(https.inputs.sslPolicy, "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09");
      assert.deepEqual(https.inputs.certificateArn, made.output(certificate, "arn"));
      assert.ok(https.dependencies.includes(validation.urn), "AWS refuses a certificate that is not validated");
      assert.deepEqual(made.one(LISTENER, "platform-entry-80").inputs.defaultActions, [
        { redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" }, type: "redirect" },
      ]);

      const rule = made.one(RULE, "shop-shop.example.com");
      assert.deepEqual(rule.inputs.conditions, [{ hostHeader: { values: ["shop.example.com"] } }]);
      assert.equal(rule.inputs.priority, productionPriority(host("shop.example.com")));

      const balancer = made.one(BALANCER);
      const record_ = made.one(RECORD, "platform-names-shop.example.com");
      assert.deepEqual(record_.inputs, {
        aliases: [
          {
            evaluateTargetHealth: false,
            name: made.output(balancer, "dnsName"),
            zoneId: made.output(balancer, "zoneId"),
          },
        ],
        name: "shop.example.com",
        type: "A",
        zoneId: "Z1",
      });
      const before = made.dependencyNames(record_);
      assert.ok(before.includes("shop-shop.example.com"), "the name leads there after its rule");
      assert.ok(before.includes("shop-web"), "and after the service");
      assert.deepEqual(made.outputs.urls, [{ "web:8080": "https://shop.example.com" }]);
    });

    it("asks for a path itself and for what is under it", async () => {
      const points = [named("shop.example.com", { hosts: [host("shop.example.com", { path: "/api/" })] })];
      const made = await record({ points }, zone);
      assert.deepEqual(made.one(RULE, "shop-shop.example.com/api/").inputs.conditions, [
        { hostHeader: { values: ["shop.example.com"] } },
        { pathPattern: { values: ["/api", "/api/*"] } },
      ]);
    });

    it("shares listener, certificate and record between two apps of one name, and adds each name's certificate once", async () => {
      const at = (path: string) => [named("a.example.com", { hosts: [host("a.example.com", { path })] })];
      const made = await record(
        [
          { name: "one", points: at("/") },
          { name: "two", points: at("/two") },
          { name: "three", points: [named("b.example.com")] },
        ],
        zone,
      );
      assert.deepEqual(
        made.all("aws:lb/listenerCertificate:ListenerCertificate").map(({ name }) => name),
        ["platform-entry-a.example.com", "platform-entry-b.example.com"],
      );
      assert.equal(made.all(LISTENER).length, 2);
      assert.equal(made.all("aws:acm/certificate:Certificate").length, 2);
      assert.equal(made.all(RECORD).filter(({ inputs }) => inputs.type === "A").length, 2);
    });

    it("takes the config's certificate for all", async () => {
      const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/x";
      const made = await record({ points: [named("a.example.com")] }, { ...zone, certificateArn });
      assert.equal(made.one(LISTENER, "platform-entry-443").inputs.certificateArn, certificateArn);
      assert.deepEqual(
        urnsOf(made, "aws:acm/certificate:Certificate", "aws:lb/listenerCertificate:ListenerCertificate"),
        [],
      );
    });

    it("speaks gRPC and HTTPS to the container where the port does", async () => {
      const points = [
        named("a.example.com", { backend: "grpc" }),
        named("b.example.com", { backend: "https", port: 8443 }),
        named("c.example.com", { backend: "http2", port: 8081 }),
      ];
      const made = await record({ points }, zone);
      assert.deepEqual(
        made.all(GROUP).map(({ inputs }) => {
          const check = inputs.healthCheck as Record<string, unknown>;
          return [inputs.protocol, inputs.protocolVersion, check.protocol, check.path, check.matcher];
        }),
        [
          ["HTTP", "GRPC", "HTTP", "/AWS.ALB/healthcheck", "0-99"],
          ["HTTP", "HTTP2", "HTTP", "/", "200-499"],
          ["HTTPS", "HTTP1", "HTTPS", "/", "200-499"],
        ],
      );
    });

    it("is protected against deletion where the environment is", async () => {
      const made = await record({ points: [named("a.example.com")] }, { ...zone, availabilityZones: 3 }, true);
      assert.equal(made.one(BALANCER).inputs.enableDeletionProtection, true);
      assert.equal((made.one(BALANCER).inputs.subnets as unknown[]).length, 3);
    });

    it("takes an existing load balancer and its listener, and leaves its security group alone", async () => {
      const loadBalancerArn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/x/1";
      const made = await record({ points: [named("a.example.com")] }, { ...zone, loadBalancerArn });
      assert.deepEqual(urnsOf(made, BALANCER, LISTENER, INGRESS, EGRESS), []);
      assert.deepEqual(made.one(RULE, "shop-a.example.com").inputs.listenerArn, {
        $lookup: "aws:lb/getListener:getListener",
      });
    });
  });

  describe("hosted zone", () => {
    const zoneOf = async (config: Partial<PlatformConfig>, isProtected = false) => {
      const made = await record({ points: [named("dev.shop.example.co.uk")] }, config, isProtected);
      return { made, zoneId: made.one(RECORD, "platform-names-dev.shop.example.co.uk").inputs.zoneId };
    };

    it("is the config's id", async () => {
      assert.equal((await zoneOf({ hostedZoneId: "Z9" })).zoneId, "Z9");
    });

    it("is looked up where the config names it, or by the registered domain", async () => {
      const lookup = { $lookup: "aws:route53/getZone:getZone" };
      assert.deepEqual((await zoneOf({ hostedZoneName: "shop.example.co.uk" })).zoneId, lookup);
      assert.deepEqual((await zoneOf({})).zoneId, lookup);
      assert.equal(registeredDomain("dev.shop.example.co.uk"), "example.co.uk");
      assert.equal(registeredDomain("shop.internal"), "shop.internal");
    });

    it("is the one that the config names for the hosts in it alone", async () => {
      const made = await record(
        { points: [named("a.example.com"), named("b.example.org", { service: "b" })] },
        { hostedZoneName: "example.com", createHostedZone: true },
      );
      assert.equal(made.one("aws:route53/zone:Zone").inputs.name, "example.com");
      const [a, b] = ["a.example.com", "b.example.org"].map((name) => made.one(RECORD, `platform-names-${name}`));
      assert.deepEqual(a?.inputs.zoneId, made.output(made.one("aws:route53/zone:Zone"), "zoneId"));
      assert.deepEqual(b?.inputs.zoneId, { $lookup: "aws:route53/getZone:getZone" });
    });

    it("is made by request, and protected with its environment", async () => {
      const config = { hostedZoneName: "example.co.uk", createHostedZone: true };
      const { made, zoneId } = await zoneOf(config, true);
      const zone_ = made.one("aws:route53/zone:Zone");
      assert.deepEqual(zoneId, made.output(zone_, "zoneId"));
      assert.equal(zone_.options?.protect, true);
      assert.equal((await zoneOf(config)).made.one("aws:route53/zone:Zone").options?.protect, undefined);
    });
  });

  describe("TCP and UDP", () => {
    it("hold the group by a spare listener that no security group opens, and publish after the service", async () => {
      const made = await record({ points: [tcp(5432)] });
      const balancer = made.one(BALANCER, "platform-entry-nlb");
      assert.equal(balancer.inputs.loadBalancerType, "network");
      assert.equal((balancer.inputs.securityGroups as unknown[]).length, 1);
      const group = made.one(GROUP);
      assert.equal(group.inputs.protocol, "TCP");
      const spare = made.one(LISTENER, "shop-5432-spare");
      const production = made.one(LISTENER, "shop-5432");
      for (const listener of [spare, production]) {
        assert.deepEqual(listener.inputs.defaultActions, [
          { targetGroupArn: made.output(group, "arn"), type: "forward" },
        ]);
      }
      assert.deepEqual([spare.inputs.port, production.inputs.port], [sparePort(5432, "first"), 5432]);
      assert.ok(!made.dependencyNames(spare).includes("shop-web"));
      assert.ok(made.dependencyNames(production).includes("shop-web"));
      assert.deepEqual(
        made.all(INGRESS).map(({ inputs }) => inputs.fromPort),
        [5432],
      );
      assert.deepEqual(made.outputs.urls, [{ "web:5432": { $output: `tcp://\${${balancer.urn}.dnsName}:5432` } }]);
    });

    it("are one listener and one group where they lead to one container port", async () => {
      const made = await record({ points: [tcp(53), tcp(53, { protocol: "udp", backend: "udp" })] });
      assert.equal(made.one(GROUP).inputs.protocol, "TCP_UDP");
      assert.equal(made.one(LISTENER, "shop-53").inputs.protocol, "TCP_UDP");
      assert.deepEqual(
        made.all(INGRESS).map(({ inputs }) => [inputs.ipProtocol, inputs.fromPort]),
        [
          ["tcp", 53],
          ["udp", 53],
        ],
      );
    });

    it("say what the load balancer calls the container with: over UDP, TCP too for its health check", async () => {
      let protocols: unknown[] = [];
      await recordResources(() => {
        const platform = new Platform("platform", environment());
        const of = (name: string, published: EntryPoint) =>
          build(platform, { name, points: [published] }).entry.group("web", published.port)?.protocols;
        protocols = [of("http", point()), of("tcp", tcp(22)), of("udp", tcp(53, { protocol: "udp", backend: "udp" }))];
      });
      assert.deepEqual(protocols, [["tcp"], ["tcp"], ["tcp", "udp"]]);
    });

    it("make no load balancer for HTTP, nor HTTP one for them", async () => {
      assert.deepEqual(
        (await record({ points: [tcp(22)] })).all(BALANCER).map(({ name }) => name),
        ["platform-entry-nlb"],
      );
    });
  });

  describe("blue/green, linear and canary", () => {
    it("have the rule before the service, under the same URN, with two groups that the parking rule holds", async () => {
      const points = [named("a.example.com")];
      const rolling = await record({ points }, zone);
      const shifted = await record({ points, deployment: BLUE_GREEN }, zone);
      const rule = shifted.one(RULE, "shop-a.example.com");
      assert.equal(rule.urn, rolling.one(RULE, "shop-a.example.com").urn);
      assert.deepEqual(rule.options?.ignoreChanges, ["actions"]);
      assert.ok(!shifted.dependencyNames(rule).includes("shop-web"), "the service waits for the rule");
      const [first, second] = ["shop-web-8080", "shop-web-8080-alternate"].map((name) => shifted.one(GROUP, name));
      assert.ok(first && second);
      assert.deepEqual(rule.inputs.actions, [{ targetGroupArn: shifted.output(first, "arn"), type: "forward" }]);
      assert.deepEqual(shifted.one(RULE, "shop-web-8080-parking").inputs.actions, [
        {
          forward: {
            targetGroups: [
              { arn: shifted.output(first, "arn"), weight: 1 },
              { arn: shifted.output(second, "arn"), weight: 0 },
            ],
          },
          type: "forward",
        },
      ]);
      const name = shifted.one(RECORD, "platform-names-a.example.com");
      assert.ok(shifted.dependencyNames(name).includes("shop-web"), "the name waits for the service all the same");
    });

    it("hand the tier what ECS edits, and nothing under rolling", async () => {
      let given: readonly (readonly [boolean, number])[] = [];
      await recordResources(() => {
        const platform = new Platform("platform", environment());
        given = [ROLLING, BLUE_GREEN].map((deployment, i) => {
          const { entry } = build(platform, { name: `app${i}`, points: [point({ listenerPort: 80 + i })], deployment });
          const group = entry.group("web", 8080);
          return [group?.alternate !== null, group?.attachments.length ?? 0] as const;
        });
      });
      assert.deepEqual(given, [
        [false, 1],
        [true, 2],
      ]);
    });

    it("have two spare listeners and the production one first on a Network Load Balancer", async () => {
      const made = await record({ points: [tcp(22)], deployment: BLUE_GREEN });
      assert.deepEqual(
        made.all(LISTENER).map(({ name, inputs }) => [name, inputs.port]),
        [
          ["shop-22", 22],
          ["shop-22-spare", sparePort(22, "first")],
          ["shop-22-spare-alternate", sparePort(22, "second")],
        ],
      );
      assert.deepEqual(made.one(LISTENER, "shop-22").options?.ignoreChanges, ["defaultActions"]);
    });
  });

  describe("a tier that is reached by a record", () => {
    it("gets no group and no load balancer; the record keeps its URN through a change of tier", async () => {
      const points = [named("a.example.com")];
      const lightsail = await record({ points, lightsail: true }, zone);
      const fargate = await record({ points }, zone);
      assert.deepEqual(urnsOf(lightsail, BALANCER, GROUP, RULE, LISTENER, "awsx:ec2:Vpc"), []);
      const name = lightsail.one(RECORD);
      assert.equal(name.urn, fargate.one(RECORD, "platform-names-a.example.com").urn);
      assert.deepEqual(name.inputs.aliases, [
        { evaluateTargetHealth: false, name: "shop.cs.amazonlightsail.com", zoneId: "Z06246771KYU0IRHI74W4" },
      ]);
      assert.ok(lightsail.dependencyNames(name).includes("shop-web"));
    });

    it("is at its own address without a domain", async () => {
      const made = await record({ points: [point()], lightsail: true });
      assert.deepEqual(made.outputs.urls, [{ "web:8080": "https://x" }]);
      assert.deepEqual(made.all(RECORD), []);
    });
  });

  it("moves nothing of an app when another one comes or goes", async () => {
    const one: AppOf = { name: "one", points: [named("a.example.com"), tcp(22)] };
    const two: AppOf = { name: "two", points: [named("b.example.com"), tcp(23)] };
    const ofOne = (made: Recorded) =>
      made.resources
        .filter(({ name, type }) => name.startsWith("one") || type === BALANCER)
        .map(({ urn, inputs }) => [urn, inputs]);
    assert.deepEqual(ofOne(await record([one, two], zone)), ofOne(await record([one], zone)));
  });

  it("describes its security groups in the characters that AWS takes", async () => {
    const made = await record([{ points: [named("a.example.com"), tcp(22)] }], { ...zone, egress: "endpoints" });
    const groups = made.all("aws:ec2/securityGroup:SecurityGroup");
    assert.equal(groups.length, 3);
    for (const { inputs } of groups)
      assert.match(inputs.description as string, /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/);
  });

  for (const preview of [false, true]) {
    it(`says where the app is ${preview ? "in a preview, as far as it is known" : "after an up"}`, async () => {
      const mocks = await useMocks({
        preview,
        outputs: {
          "awsx:ec2:Vpc": () =>
            preview ? {} : { vpcId: "vpc-1", publicSubnetIds: ["p1", "p2"], privateSubnetIds: ["q1", "q2"] },
          [BALANCER]: ({ name }) =>
            preview ? { arn: undefined } : { dnsName: `${name}.elb.amazonaws.com`, zoneId: "Z35" },
          "aws:acm/certificate:Certificate": () =>
            preview
              ? {}
              : {
                  domainValidationOptions: [
                    { resourceRecordName: "_x", resourceRecordType: "CNAME", resourceRecordValue: "_y" },
                  ],
                },
        },
      });
      const platform = new Platform("platform", environment(zone));
      const { urls } = build(platform, { points: [named("a.example.com"), tcp(22)] });
      platform.finish();
      await mocks.settled();
      assert.equal(await valueOf(urls["web:8080"] ?? ""), "https://a.example.com");
      const stream = preview ? undefined : "tcp://platform-entry-nlb.elb.amazonaws.com:22";
      assert.equal(await valueOf(urls["web:22"] ?? ""), stream);
      const name = mocks.one(RECORD, "platform-names-a.example.com");
      const alias = { name: "platform-entry-alb.elb.amazonaws.com", zoneId: "Z35", evaluateTargetHealth: false };
      if (!preview) assert.deepEqual(name.inputs.aliases, [alias]);
      assert.equal(mocks.all(RULE).length, 2);
      assert.equal(mocks.all(LISTENER).length, 4);
    });
  }

  it("refuses a tier that has no endpoint for what is published", async () => {
    await assert.rejects(
      recordResources(() => {
        const platform = new Platform("platform", environment());
        const points = [point()];
        const { hosted } = build(platform, { name: "other", points: [point({ service: "api" })] });
        const placement = { app: "shop", services: {}, hosts: [], redirects: [], cdn: null } as unknown as Placement;
        new LoadBalancedEntry("shop", { placement, points, kind: "target-groups", platform }).connect(hosted);
      }),
      /the tier has no endpoint for web:8080 that its entry could use/,
    );
  });
});
