/** What stands before an app on each tier: exact inputs, the same record with and without, and what is refused. */
import assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";

import type { TierName } from "../../../app/tiers";
import { Front } from "../../../components/platform/cdn";
import { Platform } from "../../../components/platform/platform";
import { tiers } from "../../../components/tiers";
import { isSecret, useMocks } from "../../support/mocks";
import { type Input, onTier } from "../../support/on-tier";
import type { Recorded } from "../../support/record";
import { point } from "./fixtures";

const CACHE_POLICY = "aws:cloudfront/cachePolicy:CachePolicy";
const CERTIFICATE = "aws:acm/certificate:Certificate";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const LIGHTSAIL = "aws:lightsail/distribution:Distribution";
const LIGHTSAIL_CERTIFICATE = "aws:lightsail/certificate:Certificate";
const RECORD = "aws:route53/record:Record";
const RULE = "aws:lb/listenerRule:ListenerRule";

const compose = `
services:
  web: { image: "nginx:1.29", ports: ["8080:80"], expose: ["80"], deploy: { resources: { limits: { cpus: "0.25", memory: 512M } } } }
`;
const HOSTS = [{ host: "example.com" }];
const platform = { hostedZoneId: "Z1" };

function input(config: Readonly<Record<string, unknown>>, more: Partial<Input> = {}): Input {
  const own = { beanstalk: { type: "load-balanced" }, hosts: HOSTS, ...config };
  return { compose, region: "eu-west-1", platform, config: own, ...more };
}

const aRecord = (made: Recorded, host = "example.com") => made.one(RECORD, `platform-names-${host}`);

describe("CloudFront before an app", () => {
  for (const tier of ["fargate", "eks", "beanstalk"] as const satisfies TierName[]) {
    for (const region of ["us-east-1", "eu-west-1"]) {
      it(`on ${tier} in ${region} has the names, their certificate, and the load balancer behind it`, async () => {
        const { record } = onTier(tiers[tier]);
        const made = await record(input({ cdn: true }, { region }));
        const distribution = made.one(DISTRIBUTION);
        const { origins, tags, viewerCertificate, ...rest } = distribution.inputs;
        assert.deepEqual(rest, {
          aliases: ["example.com"],
          comment: "shop of dev",
          defaultCacheBehavior: {
            allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
            cachedMethods: ["GET", "HEAD"],
            cachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            originRequestPolicyId: "216adef6-5c7f-47e4-b989-5492eafa07d3",
            targetOriginId: "entry",
            viewerProtocolPolicy: "redirect-to-https",
          },
          enabled: true,
          httpVersion: "http2and3",
          isIpv6Enabled: true,
          priceClass: "PriceClass_100",
          restrictions: { geoRestriction: { restrictionType: "none" } },
        });
        assert.deepEqual(tags, { Project: "spectrum", Environment: "dev", App: "shop" });

        const certificate = made.one(CERTIFICATE, "platform-names-example.com-edge");
        assert.deepEqual(viewerCertificate, {
          acmCertificateArn: made.output(certificate, "arn"),
          minimumProtocolVersion: "TLSv1.2_2021",
          sslSupportMethod: "sni-only",
        });
        assert.equal(certificate.inputs.region, "us-east-1");
        assert.equal(made.one(CERTIFICATE, "platform-names-example.com").inputs.region, undefined);
        assert.equal(
          made.all(RECORD).filter(({ name }) => name.endsWith("-validation")).length,
          1,
          "one proof for both",
        );

        const [origin] = origins as { customHeaders: { name: string; value: object }[] }[];
        const { customHeaders, ...from } = origin!;
        assert.deepEqual(from, {
          originId: "entry",
          domainName: made.output(made.one("aws:lb/loadBalancer:LoadBalancer"), "dnsName"),
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originReadTimeout: 60,
            originSslProtocols: ["TLSv1.2"],
          },
        });
        assert.deepEqual(
          customHeaders.map(({ name }) => name),
          ["X-Spectrum-Origin"],
        );
        assert.deepEqual(Object.keys(customHeaders[0]!.value), ["$secret"], "the header is a secret");

        const rule = made.one(RULE, "shop-example.com");
        assert.match(
          JSON.stringify(rule.inputs.conditions),
          /"httpHeaderName":"X-Spectrum-Origin","values":\[\{"\$secret"/u,
        );
        assert.ok(rule.dependencies.includes(distribution.urn), "the rule asks for the header once it is sent");
        const [alias] = aRecord(made).inputs.aliases as object[];
        assert.deepEqual(alias, {
          name: made.output(distribution, "domainName"),
          zoneId: made.output(distribution, "hostedZoneId"),
          evaluateTargetHealth: false,
        });
        assert.ok(aRecord(made).dependencies.includes(rule.urn));
      });
    }

    it(`on ${tier} leaves every URN as it was without, and lets in CloudFront alone`, async () => {
      const { record } = onTier(tiers[tier]);
      const [off, on] = [await record(input({})), await record(input({ cdn: true }))];
      assert.equal(aRecord(on).urn, aRecord(off).urn);
      const urns = new Set(on.resources.map(({ urn }) => urn));
      const lost = off.resources.filter(({ urn }) => !urns.has(urn)).map(({ name }) => name);
      assert.deepEqual(lost.sort(), ["platform-entry-alb-443-tcp", "platform-entry-alb-80-tcp"]);
      const rule = on.one(INGRESS, "platform-entry-alb-cloudfront").inputs;
      assert.deepEqual([rule.fromPort, rule.toPort, rule.cidrIpv4], [443, 443, undefined]);
      assert.deepEqual(rule.prefixListId, { $lookup: "aws:ec2/getManagedPrefixList:getManagedPrefixList" });
    });
  }

  const { record, findings, said } = onTier(tiers.fargate);

  it("caches what it is told to, apart by host and query, for as long as it is told", async () => {
    const cache = [{ path: "/assets/*", ttl: "1h" }, { path: "/css/*", ttl: "1h" }, { path: "/img/*" }];
    const made = await record(input({ cdn: { cache, compress: false } }));
    assert.deepEqual(
      made.all(CACHE_POLICY).map(({ name, inputs }) => [name, inputs.defaultTtl]),
      [
        ["shop-cdn-3600", 3600],
        ["shop-cdn-86400", 86_400],
      ],
    );
    const policy = made.one(CACHE_POLICY, "shop-cdn-3600");
    assert.deepEqual(policy.inputs, {
      minTtl: 0,
      defaultTtl: 3600,
      maxTtl: 31_536_000,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: "none" },
        enableAcceptEncodingBrotli: false,
        enableAcceptEncodingGzip: false,
        headersConfig: { headerBehavior: "whitelist", headers: { items: ["Host"] } },
        queryStringsConfig: { queryStringBehavior: "all" },
      },
    });
    const behaviors = made.one(DISTRIBUTION).inputs.orderedCacheBehaviors as {
      pathPattern: string;
      compress: boolean;
    }[];
    assert.deepEqual(
      behaviors.map(({ pathPattern }) => pathPattern),
      ["/assets/*", "/css/*", "/img/*"],
    );
    assert.deepEqual(behaviors[0], {
      allowedMethods: ["GET", "HEAD", "OPTIONS"],
      cachedMethods: ["GET", "HEAD"],
      cachePolicyId: made.output(policy, "id"),
      compress: false,
      pathPattern: "/assets/*",
      targetOriginId: "entry",
      viewerProtocolPolicy: "redirect-to-https",
    });
  });

  it("has all names of all services, and those that redirect, on one distribution", async () => {
    const hosts = [
      { host: "example.com", service: "web", redirectFrom: ["www.example.com"] },
      { host: "example.com", path: "/api", service: "api" },
      { host: "api.example.com", service: "api" },
    ];
    const two = compose + '  api: { image: "httpd:2.4", ports: ["8081:80"] }\n';
    const made = await record(input({ cdn: true, hosts }, { compose: two }));
    const names = ["example.com", "api.example.com", "www.example.com"];
    assert.deepEqual(made.one(DISTRIBUTION).inputs.aliases, names);
    const certificate = made.one(CERTIFICATE, "platform-names-example.com-edge");
    assert.deepEqual(certificate.inputs.subjectAlternativeNames, names.slice(1));
    for (const name of ["shop-example.com", "shop-example.com/api", "shop-api.example.com"])
      assert.match(JSON.stringify(made.one(RULE, name).inputs.conditions), /X-Spectrum-Origin/u);
    for (const name of names) assert.ok(JSON.stringify(aRecord(made, name).inputs).includes("CloudFront"));
  });

  it("takes a price class and a web ACL, and logs in us-east-1", async () => {
    const webAcl = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/1";
    const made = await record(input({ cdn: { priceClass: "PriceClass_All", webAcl, logs: true } }));
    const distribution = made.one(DISTRIBUTION);
    assert.deepEqual([distribution.inputs.priceClass, distribution.inputs.webAclId], ["PriceClass_All", webAcl]);
    const group = made.one("aws:cloudwatch/logGroup:LogGroup", "shop-cdn");
    const source = made.one("aws:cloudwatch/logDeliverySource:LogDeliverySource");
    const destination = made.one("aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination");
    const delivery = made.one("aws:cloudwatch/logDelivery:LogDelivery");
    assert.deepEqual([group.inputs.name, group.inputs.retentionInDays], ["/spectrum/dev/shop/cdn/access", 14]);
    assert.deepEqual(
      [source.inputs.logType, source.inputs.resourceArn],
      ["ACCESS_LOGS", made.output(distribution, "arn")],
    );
    assert.deepEqual(destination.inputs.deliveryDestinationConfiguration, {
      destinationResourceArn: made.output(group, "arn"),
    });
    assert.deepEqual(delivery.inputs.deliveryDestinationArn, made.output(destination, "arn"));
    for (const { inputs } of [group, source, destination, delivery]) assert.equal(inputs.region, "us-east-1");
  });

  it("may leave the load balancer open to all", async () => {
    const made = await record(input({ cdn: { direct: true } }));
    assert.deepEqual(
      made
        .all(INGRESS)
        .filter(({ name }) => name.startsWith("platform"))
        .map(({ name }) => name)
        .sort(),
      ["platform-entry-alb-443-tcp", "platform-entry-alb-80-tcp"],
    );
    assert.doesNotMatch(JSON.stringify(made.resources.map(({ inputs }) => inputs)), /X-Spectrum-Origin/u);
    assert.match(
      said(input({ cdn: { direct: true } }), null, "cdn.direct")[0] ?? "",
      /^changed: .*past the distribution/u,
    );
  });

  it("without a name has its own, and calls the published port over HTTP", async () => {
    const bare = input({ cdn: true, hosts: [] });
    const made = await record(bare);
    const distribution = made.one(DISTRIBUTION);
    assert.deepEqual(distribution.inputs.viewerCertificate, { cloudfrontDefaultCertificate: true });
    assert.match(JSON.stringify(distribution.inputs.origins), /"httpPort":8080,.*"originProtocolPolicy":"http-only"/u);
    assert.equal(distribution.inputs.aliases, undefined);
    const rule = made.one(INGRESS, "platform-entry-alb-cloudfront").inputs;
    assert.deepEqual([rule.fromPort, rule.toPort], [8080, 8080]);
    assert.match(JSON.stringify(made.one(RULE, "shop-8080").inputs.conditions), /X-Spectrum-Origin/u);
    const { apps } = made.outputs as { apps: { shop: { urls: Record<string, unknown> } } };
    assert.deepEqual(apps.shop.urls["web:80"], { $output: `https://\${${distribution.urn}.domainName}` });
    assert.match(said(bare, null, "cdn.origin")[0] ?? "", /^changed: .*plain HTTP/u);
  });

  it("without a name stands before one port, and says so of the others", async () => {
    const two = input(
      { cdn: true, hosts: [] },
      {
        compose: "services: { web: { image: nginx, ports: ['80:80', '8081:8081'] } }",
      },
    );
    const made = await record(two);
    assert.doesNotMatch(JSON.stringify(made.one(RULE, "shop-8081").inputs.conditions), /X-Spectrum-Origin/u);
    assert.deepEqual(
      made
        .all(INGRESS)
        .filter(({ name }) => name.startsWith("platform"))
        .map(({ name }) => name)
        .sort(),
      ["platform-entry-alb-8081-tcp", "platform-entry-alb-cloudfront"],
    );
    assert.match(said(two, null, "cdn.ports")[0] ?? "", /^changed: .*web:8081 is reached at the load balancer itself/u);
  });

  it("passes gRPC on", async () => {
    const grpc = compose.replace(
      'ports: ["8080:80"]',
      "ports: [{ target: 80, published: '8080', app_protocol: grpc }]",
    );
    const made = await record(input({ cdn: true }, { compose: grpc }));
    assert.match(
      JSON.stringify(made.one(DISTRIBUTION).inputs.defaultCacheBehavior),
      /"grpcConfig":\{"enabled":true\}/u,
    );
  });

  it("is made before the rule that ECS moves itself", async () => {
    const made = await record(input({ cdn: true, deployment: { strategy: "canary" } }));
    const rule = made.one(RULE, "shop-example.com");
    assert.ok(rule.dependencies.includes(made.one(DISTRIBUTION).urn));
    assert.match(JSON.stringify(rule.inputs.conditions), /X-Spectrum-Origin/u);
  });

  it("needs a proof of its own where the load balancer's certificate is given", async () => {
    const given = { ...platform, certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1" };
    const made = await record(input({ cdn: true }, { platform: given }));
    const certificate = made.one(CERTIFICATE);
    assert.equal(certificate.name, "platform-names-example.com-edge");
    const proof = made.one(RECORD, "platform-names-example.com-validation");
    assert.ok(JSON.stringify(proof.inputs.name).includes(certificate.urn));
  });

  it("says what caching changes", () => {
    const keys = findings(input({ cdn: { cache: [{ path: "/a/*" }] } })).filter(({ key }) => key.startsWith("cdn"));
    assert.deepEqual(
      keys.map(({ key, outcome }) => `${key} ${outcome}`),
      ["cdn kept", "cdn.cache[0] changed"],
    );
  });

  const refusals: [string, TierName, Input, RegExp][] = [
    [
      "single instances of beanstalk",
      "beanstalk",
      input({ cdn: true, beanstalk: {} }),
      /load balancer.*there is none/u,
    ],
    [
      "machines of one's own",
      "ecs-anywhere",
      input({ cdn: true, "ecs-anywhere": { addresses: ["203.0.113.7"] } }),
      /load balancer.*there is none/u,
    ],
    [
      "nothing over HTTP",
      "fargate",
      input({ cdn: true, hosts: [] }, { compose: "services: { a: { image: redis } }" }),
      /nothing is published/u,
    ],
    [
      "a web ACL on Lightsail",
      "lightsail",
      input({ cdn: { webAcl: "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1" } }),
      /no such setting/u,
    ],
    ["logs on Lightsail", "lightsail", input({ cdn: { logs: true } }), /no such setting/u],
    ["a machine without port 80", "lightsail-vm", input({ cdn: true, hosts: [] }), /calls port 80/u],
  ];
  for (const [what, tier, given, reason] of refusals) {
    it(`refuses ${what}`, () => {
      const got = onTier(tiers[tier])
        .findings(given)
        .filter(({ key, outcome }) => key.startsWith("cdn") && outcome === "refused");
      assert.equal(got.length, 1);
      assert.match(got[0]?.reason ?? "", reason);
      assert.notEqual(got[0]?.remedy, "");
    });
  }
});

describe("CloudFront under mocks", () => {
  async function build(preview: boolean) {
    const mocks = await useMocks({
      preview,
      config: { "aws:region": "eu-west-1" },
      calls: {
        "aws:ec2/getManagedPrefixList:getManagedPrefixList": { id: "pl-1" },
        "aws:secretsmanager/getRandomPassword:getRandomPassword": { randomPassword: "drawn" },
      },
      outputs: {
        [DISTRIBUTION]: () => ({ domainName: "d1.cloudfront.net", hostedZoneId: "Z2FDTNDATAQYW2" }),
        [CERTIFICATE]: ({ inputs: { domainName } }) => ({
          domainValidationOptions: [
            { domainName, resourceRecordName: "_a", resourceRecordType: "CNAME", resourceRecordValue: "_b" },
          ],
        }),
      },
    });
    const { placement } = onTier(tiers.fargate).read(
      input({ cdn: true }, { platform: { ...platform, vpcId: "vpc-1" } }),
    );
    const points = [point({ listenerPort: 443, hosts: placement.hosts })];
    await pulumi.runtime.runInPulumiStack(() => {
      const made = new Platform("platform", placement.environment, { closed: [443] });
      new Front("shop", { placement, points, kind: "target-groups", platform: withoutNetwork(made) }, made);
      return Promise.resolve({});
    });
    await mocks.settled();
    return mocks;
  }
  const balancer = { dnsName: pulumi.output("lb.eu-west-1.elb.amazonaws.com") };
  /** A load balancer alone: the network is a remote component's. */
  const withoutNetwork = ({ names, environment }: Platform) =>
    ({ names, environment, loadBalancers: { application: balancer } }) as unknown as Platform;

  it("keeps what was drawn in a parameter, and sends it as a secret", async () => {
    const mocks = await build(false);
    const parameter = mocks.one("aws:ssm/parameter:Parameter");
    assert.equal(isSecret(parameter.inputs.value), true);
    const { origins } = mocks.one(DISTRIBUTION).inputs;
    assert.equal(isSecret(origins), true);
    const [origin] = (origins as { value: { domainName: string; customHeaders: object[] }[] }).value;
    assert.equal(origin?.domainName, "lb.eu-west-1.elb.amazonaws.com");
    assert.deepEqual(origin.customHeaders, [{ name: "X-Spectrum-Origin", value: "drawn" }]);
  });

  it("registers the same in a first preview", async () => {
    const names = (mocks: Awaited<ReturnType<typeof build>>) =>
      mocks.resources.map(({ type, name }) => `${type} ${name}`);
    assert.deepEqual(names(await build(true)).sort(), names(await build(false)).sort());
  });
});

describe("Lightsail's distribution before an app", () => {
  it("on lightsail has the service behind it, and a certificate in us-east-1", async () => {
    const { record } = onTier(tiers.lightsail);
    const cache = [
      { path: "/assets/*", ttl: "1h" },
      { path: "/img/*", ttl: "2h" },
    ];
    const [off, made] = [await record(input({})), await record(input({ cdn: { cache } }))];
    const { tags, certificateName, ...rest } = made.one(LIGHTSAIL).inputs;
    assert.ok(tags);
    assert.deepEqual(rest, {
      bundleId: "small_1_0",
      cacheBehaviorSettings: {
        allowedHttpMethods: "GET,HEAD,OPTIONS,PUT,PATCH,POST,DELETE",
        cachedHttpMethods: "GET,HEAD",
        defaultTtl: 3600,
        forwardedCookies: { option: "all" },
        forwardedHeaders: {
          headersAllowLists: ["Host", "Authorization", "Origin", "CloudFront-Forwarded-Proto"],
          option: "allow-list",
        },
        forwardedQueryStrings: { option: true },
        maximumTtl: 31_536_000,
        minimumTtl: 0,
      },
      cacheBehaviors: [
        { behavior: "cache", path: "assets/*" },
        { behavior: "cache", path: "img/*" },
      ],
      defaultCacheBehavior: { behavior: "dont-cache" },
      name: "spectrum-dev-shop-cdn",
      origin: { name: "spectrum-dev-shop", protocolPolicy: "https-only", regionName: "eu-west-1" },
      region: "us-east-1",
    });
    const certificates = made.all(LIGHTSAIL_CERTIFICATE);
    assert.deepEqual(certificates.map(({ inputs }) => inputs.region).sort(), ["us-east-1", undefined]);
    assert.equal(certificateName, certificates.find(({ inputs }) => inputs.region === "us-east-1")?.inputs.name);
    assert.equal(aRecord(made).urn, aRecord(off).urn);
    assert.deepEqual(aRecord(made).inputs.aliases, [
      { name: made.output(made.one(LIGHTSAIL), "domainName"), zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: false },
    ]);
    assert.ok(aRecord(made).dependencies.includes(made.one(LIGHTSAIL).urn));
  });

  it("on lightsail in us-east-1 has the service's own certificate, and so one name", async () => {
    const { record, said } = onTier(tiers.lightsail);
    const two = input({ cdn: true, hosts: [...HOSTS, { host: "b.example.com" }] }, { region: "us-east-1" });
    const made = await record(two);
    assert.equal(made.one(LIGHTSAIL).inputs.certificateName, made.one(LIGHTSAIL_CERTIFICATE).inputs.name);
    assert.match(said(two, null, "hosts[1]")[0] ?? "", /^refused: .*one name behind a distribution/u);
    assert.deepEqual(said({ ...two, region: "eu-west-1" }, null, "hosts[1]"), []);
  });

  it("on lightsail-vm ends TLS before the machine, whose proxy serves 80 alone", async () => {
    const { record } = onTier(tiers["lightsail-vm"]);
    const named = input({ cdn: true, hosts: [{ host: "example.com", redirectFrom: ["www.example.com"] }] });
    const made = await record(named);
    const distribution = made.one(LIGHTSAIL);
    const { origin } = distribution.inputs as { origin: Record<string, unknown> };
    assert.deepEqual(
      [origin.name, origin.protocolPolicy],
      [made.one("aws:lightsail/instance:Instance").inputs.name, "http-only"],
    );
    const ports = made.one("aws:lightsail/instancePublicPorts:InstancePublicPorts").inputs.portInfos as {
      fromPort: number;
    }[];
    assert.deepEqual(
      ports.map(({ fromPort }) => fromPort),
      [80],
    );
    const document = JSON.stringify(made.one("aws:ssm/document:Document").inputs.content).replaceAll("\\", "");
    assert.match(document, /auto_https off/u);
    assert.match(document, /http:\/\/example\.com \{/u);
    assert.match(document, /http:\/\/www\.example\.com \{n+t+redir https:\/\/example\.com\{uri\} permanent/u);
    assert.match(document, /header_up X-Forwarded-Proto https/u);
    const [certificate] = made.all(LIGHTSAIL_CERTIFICATE);
    assert.deepEqual(certificate?.inputs.subjectAlternativeNames, ["www.example.com"]);
    for (const host of ["example.com", "www.example.com"])
      assert.ok(JSON.stringify(aRecord(made, host).inputs.aliases).includes(distribution.urn));
  });

  it("on several machines has the load balancer behind it, by its own certificate", async () => {
    const { record } = onTier(tiers["lightsail-vm"]);
    const made = await record(input({ cdn: true, "lightsail-vm": { machines: 2 } }));
    const { origin } = made.one(LIGHTSAIL).inputs as { origin: Record<string, unknown> };
    assert.deepEqual([origin.name, origin.protocolPolicy], [made.one("aws:lightsail/lb:Lb").inputs.name, "https-only"]);
  });
});
