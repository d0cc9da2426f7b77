import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PlatformConfig } from "../../../app/config/types";
import type { EntryPoint } from "../../../app/publish";
import { ApiEntry } from "../../../components/platform/api-entry";
import { Platform } from "../../../components/platform/platform";
import type { HostedApp, HostedService, TargetType } from "../../../components/tiers/tier";
import { placementOf, appOf, service } from "../../support/app";
import { useMocks, valueOf } from "../../support/mocks";
import { recordResources } from "../../support/record";
import { environment, host, point } from "./fixtures";

const API = "aws:apigatewayv2/api:Api";
const DOMAIN = "aws:apigatewayv2/domainName:DomainName";
const INTEGRATION = "aws:apigatewayv2/integration:Integration";
const LINK = "aws:apigatewayv2/vpcLink:VpcLink";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const MAPPING = "aws:apigatewayv2/apiMapping:ApiMapping";
const NAMESPACE = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace";
const RECORD = "aws:route53/record:Record";
const REGISTRY = "aws:servicediscovery/service:Service";
const ROUTE = "aws:apigatewayv2/route:Route";
const STAGE = "aws:apigatewayv2/stage:Stage";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";

/** A tier of the tests that joins a registry for each point that it is told of: a bucket stands for each service. */
class Hosted extends pulumi.ComponentResource implements HostedApp {
  readonly services: Record<string, HostedService> = {};
  constructor(name: string, entry: ApiEntry, joined: readonly EntryPoint[]) {
    super("test:tier:Hosted", name);
    for (const { service: of, port } of joined) {
      const ready = new aws.s3.Bucket(`${name}-${of}`, {}, { parent: this });
      const registry = entry.registry(of, port);
      assert.ok(registry);
      assert.equal(entry.registry(of, port), registry, "made once");
      const target = { tier: "lightsail", containerService: ready.id, container: of } as const;
      const { registryArn } = registry;
      this.services[of] = {
        endpoints: { [port]: { kind: "registry", registryArn } },
        identity: null,
        revision: ready.id,
        target,
        ready,
      };
    }
    this.registerOutputs({});
  }
}

interface AppOf {
  readonly name?: string;
  readonly points: readonly EntryPoint[];
  /** Those that the tier joins. Default: all. */
  readonly joined?: readonly EntryPoint[];
  readonly targets?: TargetType;
}

function build(platform: Platform, { name = "shop", points, joined = points, targets = "ip" }: AppOf) {
  const app = appOf(
    points.map((one) => service(one.service)),
    { name },
  );
  const placement = placementOf(app, { environment: platform.environment });
  const entry = new ApiEntry(name, { placement, points, targets, platform });
  return entry.connect(new Hosted(name, entry, joined));
}

const byApi: Partial<PlatformConfig> = { entry: "apigateway", hostedZoneId: "Z1" };

const record = (apps: readonly AppOf[], config: Partial<PlatformConfig> = {}, isProtected = false) =>
  recordResources(() => {
    const platform = new Platform("platform", environment({ ...byApi, ...config }, { protected: isProtected }));
    const urls = apps.map((app) => build(platform, app));
    platform.finish();
    return { urls };
  });

const named = (name: string, more: Partial<EntryPoint> = {}): EntryPoint =>
  point({ listenerPort: 443, hosts: [host(name)], ...more });

describe("entry by API Gateway", () => {
  it("finds tasks by a registry with their ports and their health, and calls them by a link into the VPC", async () => {
    const made = await record([{ points: [named("shop.example.com")] }]);
    const group = made.one(GROUP);
    const link = made.one(LINK);
    assert.equal(made.parentOf(link).type, "spectrum:platform:ApiGateway");
    const { subnetIds, ...linkInputs } = link.inputs;
    assert.deepEqual(linkInputs, { securityGroupIds: [made.output(group, "id")] });
    assert.match(JSON.stringify(subnetIds), /private-1.*private-2/u);
    assert.deepEqual([group.inputs.ingress, group.inputs.egress], [undefined, undefined]);
    const egress = made.one(EGRESS);
    assert.deepEqual(egress.inputs, {
      cidrIpv4: "10.0.0.0/16",
      fromPort: 8080,
      ipProtocol: "tcp",
      securityGroupId: made.output(group, "id"),
      toPort: 8080,
    });

    const namespace = made.one(NAMESPACE);
    assert.equal(namespace.inputs.name, "spectrum-dev.internal");
    const registry = made.one(REGISTRY, "shop-web-8080");
    assert.equal(made.parentOf(registry).type, "spectrum:platform:Entry");
    assert.deepEqual(registry.inputs, {
      dnsConfig: {
        dnsRecords: [{ ttl: 10, type: "SRV" }],
        namespaceId: made.output(namespace, "id"),
        routingPolicy: "MULTIVALUE",
      },
      forceDestroy: true,
      healthCheckCustomConfig: { failureThreshold: 1 },
      name: "shop-web-8080",
    });

    const integration = made.one(INTEGRATION);
    assert.deepEqual(integration.inputs, {
      apiId: made.output(made.one(API), "id"),
      connectionId: made.output(link, "id"),
      connectionType: "VPC_LINK",
      integrationMethod: "ANY",
      integrationType: "HTTP_PROXY",
      integrationUri: made.output(registry, "arn"),
      payloadFormatVersion: "1.0",
      timeoutMilliseconds: 30_000,
    });
    assert.ok(made.dependencyNames(integration).includes("shop-web"), "requests come when the service runs");
  });

  it("serves a host by an API of its own, with TLS 1.2, and leads its one record there", async () => {
    const made = await record([{ points: [named("shop.example.com")] }]);
    const name = "platform-api-shop.example.com";
    const api = made.one(API, name);
    assert.deepEqual(api.inputs, {
      disableExecuteApiEndpoint: true,
      name: "spectrum-dev shop.example.com",
      protocolType: "HTTP",
    });
    const stage = made.one(STAGE, name);
    const { accessLogSettings, ...stageInputs } = stage.inputs;
    assert.deepEqual(stageInputs, { apiId: made.output(api, "id"), autoDeploy: true, name: "$default" });
    const { destinationArn, format } = accessLogSettings as Record<string, string>;
    const logs = made.one(LOGS);
    assert.deepEqual(destinationArn, made.output(logs, "arn"));
    assert.deepEqual(logs.inputs, { name: "/aws/vendedlogs/spectrum/dev/entry", retentionInDays: 14 });
    const line = JSON.parse(format ?? "") as Record<string, string>;
    assert.ok(Object.values(line).every((value) => value.startsWith("$context.")));
    assert.deepEqual(Object.keys(line), Object.keys(line).sort());

    const domain = made.one(DOMAIN, name);
    assert.deepEqual(domain.inputs, {
      domainName: "shop.example.com",
      domainNameConfiguration: {
        certificateArn: made.output(made.one("aws:acm/certificate:Certificate"), "arn"),
        endpointType: "REGIONAL",
        securityPolicy: "TLS_1_2",
      },
    });
    const validation = made.one("aws:acm/certificateValidation:CertificateValidation");
    assert.ok(domain.dependencies.includes(validation.urn), "AWS refuses a certificate that is not validated");
    const mapping = made.one(MAPPING, name);
    assert.deepEqual(mapping.inputs, {
      apiId: made.output(api, "id"),
      domainName: made.output(domain, "id"),
      stage: made.output(stage, "id"),
    });
    const route = made.one(ROUTE, "shop-shop.example.com");
    assert.equal(route.inputs.routeKey, "$default");
    assert.deepEqual(route.inputs.target, {
      $output: `integrations/\${${made.one(INTEGRATION).urn}.id}`,
    });

    const found = made.one(RECORD, "platform-names-shop.example.com");
    assert.equal(made.parentOf(found).type, "spectrum:platform:Names");
    assert.deepEqual(found.inputs, {
      aliases: [
        {
          evaluateTargetHealth: false,
          name: made.output(domain, "domainNameConfiguration.targetDomainName"),
          zoneId: made.output(domain, "domainNameConfiguration.hostedZoneId"),
        },
      ],
      name: "shop.example.com",
      type: "A",
      zoneId: "Z1",
    });
    const before = made.dependencyNames(found);
    for (const needed of [name, "shop-shop.example.com", "shop-web"]) assert.ok(before.includes(needed), needed);
    assert.deepEqual(made.outputs.urls, [{ "web:8080": "https://shop.example.com" }]);
  });

  it("leads paths of one host to several ports, and its record there after all of them", async () => {
    const [web, api] = [
      named("shop.example.com"),
      named("shop.example.com", {
        service: "api",
        port: 3000,
        hosts: [host("shop.example.com", { path: "/api", service: "api", port: 3000 }), host("api.example.com")],
      }),
    ];
    const made = await record([{ points: [web, api] }]);
    assert.deepEqual(
      made.all(ROUTE).map(({ name, inputs }) => [name, inputs.routeKey]),
      [
        ["shop-api.example.com", "$default"],
        ["shop-shop.example.com", "$default"],
        ["shop-shop.example.com/api", "ANY /api"],
        ["shop-shop.example.com/api/", "ANY /api/{proxy+}"],
      ],
    );
    assert.deepEqual(
      made.all(INTEGRATION).map(({ name }) => name),
      ["shop-api-3000-api.example.com", "shop-api-3000-shop.example.com", "shop-web-8080-shop.example.com"],
    );
    assert.deepEqual(
      made.all(API).map(({ name }) => name),
      ["platform-api-api.example.com", "platform-api-shop.example.com"],
    );
    made.one(LINK);
    const before = made.dependencyNames(made.one(RECORD, "platform-names-shop.example.com"));
    for (const needed of ["shop-shop.example.com", "shop-shop.example.com/api", "shop-web", "shop-api"])
      assert.ok(before.includes(needed), needed);
    assert.deepEqual(made.outputs.urls, [
      { "web:8080": "https://shop.example.com", "api:3000": "https://shop.example.com/api" },
    ]);
  });

  it("is shared by two apps of one host, each with its own paths", async () => {
    const at = (path: string) => named("example.com", { hosts: [host("example.com", { path })] });
    const made = await record([
      { name: "one", points: [at("/one")] },
      { name: "two", points: [at("/two")] },
    ]);
    made.one(API);
    made.one(DOMAIN);
    made.one(MAPPING);
    made.one(RECORD, "platform-names-example.com");
    assert.equal(made.all(REGISTRY).length, 2);
    assert.equal(made.all(ROUTE).length, 4);
    assert.equal(made.all(EGRESS).length, 1, "a container port is opened once");
  });

  it("gives a port without a name an API at AWS's own endpoint", async () => {
    const made = await record([{ points: [point()] }]);
    const api = made.one(API, "shop-web-8080");
    assert.equal(made.parentOf(api).type, "spectrum:platform:Entry");
    assert.equal(api.inputs.disableExecuteApiEndpoint, false);
    assert.equal(made.one(ROUTE, "shop-web-8080").inputs.routeKey, "$default");
    for (const type of [DOMAIN, MAPPING, RECORD]) assert.deepEqual(made.all(type), []);
    assert.deepEqual(made.outputs.urls, [{ "web:8080": made.output(api, "apiEndpoint") }]);
  });

  it("publishes what the tier joins and nothing else, and makes nothing where it joins nothing", async () => {
    const points = [named("shop.example.com"), named("api.example.com", { service: "api" })];
    const made = await record([{ points, joined: points.slice(0, 1) }]);
    assert.deepEqual(
      made.all(RECORD).map(({ name }) => name),
      ["platform-names-shop.example.com", "platform-names-shop.example.com-validation"],
    );
    const nothing = await record([{ points, joined: [] }]);
    assert.deepEqual(
      nothing.resources.filter(({ type }) => type.startsWith("aws:")).map(({ name }) => name),
      [],
    );
    assert.deepEqual(nothing.outputs.urls, [{}]);
  });

  it("opens the ports that Docker chooses where instances are registered", async () => {
    const made = await record([{ points: [point()], targets: "instance" }]);
    const { fromPort, toPort } = made.one(EGRESS).inputs;
    assert.deepEqual([fromPort, toPort], [32_768, 65_535]);
  });

  it("serves an existing certificate, and keeps its log longer where the environment is protected", async () => {
    const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/1";
    const made = await record([{ points: [named("shop.example.com")] }], { certificateArn }, true);
    assert.deepEqual(made.all("aws:acm/certificate:Certificate"), []);
    const { domainNameConfiguration } = made.one(DOMAIN).inputs;
    assert.equal((domainNameConfiguration as Record<string, unknown>).certificateArn, certificateArn);
    assert.equal(made.one(LOGS).inputs.retentionInDays, 90);
  });

  it("fits a name of any length into what AWS takes", async () => {
    const long = `${"a".repeat(60)}.${"b".repeat(60)}.example.com`;
    const made = await record([{ name: "a".repeat(40), points: [named(long, { service: "s".repeat(60) })] }]);
    assert.ok((made.one(API).inputs.name as string).length <= 128);
    assert.ok((made.one(REGISTRY).inputs.name as string).length <= 63);
  });

  for (const preview of [false, true]) {
    it(`says where it is reached ${preview ? "in a preview, unknown" : "when it is up"}`, async () => {
      const mocks = await useMocks({
        preview,
        outputs: {
          "awsx:ec2:Vpc": () => ({ vpcId: "vpc-1", publicSubnetIds: ["a"], privateSubnetIds: ["b"], routeTables: [] }),
          [API]: ({ name }) => (preview ? {} : { apiEndpoint: `https://${name}.execute-api.us-east-1.amazonaws.com` }),
        },
      });
      const platform = new Platform("platform", environment(byApi));
      const urls = build(platform, { points: [point()] });
      platform.finish();
      await mocks.settled();
      assert.equal(
        await valueOf(urls["web:8080"] ?? ""),
        preview ? undefined : "https://shop-web-8080.execute-api.us-east-1.amazonaws.com",
      );
      assert.deepEqual(mocks.one(LINK).inputs.subnetIds, ["b"]);
      if (!preview) assert.equal(mocks.one(ROUTE).inputs.target, "integrations/shop-web-8080-id");
    });
  }
});
