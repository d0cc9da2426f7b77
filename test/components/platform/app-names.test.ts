/** Names that redirect, health checks and Lightsail's zone: what a name is besides a record. */
import assert from "node:assert/strict";

import { redirectPriority } from "../../../app/priority";
import type { TierName } from "../../../app/tiers";
import { tiers } from "../../../components/tiers";
import { type Input, onTier } from "../../support/on-tier";
import type { Recorded } from "../../support/record";

const ENTRY = "aws:lightsail/domainEntry:DomainEntry";
const RECORD = "aws:route53/record:Record";
const RULE = "aws:lb/listenerRule:ListenerRule";
const CHECK = "aws:route53/healthCheck:HealthCheck";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

const compose = `
services:
  web:
    image: "nginx:1.29"
    ports: ["8080:80"]
    healthcheck: { test: [CMD-SHELL, "curl -f http://localhost:80/healthz"] }
  api: { image: "httpd:2.4", ports: ["8081:80"] }
`;
const HOSTS = [
  { host: "example.com", service: "web", redirectFrom: ["www.example.com"] },
  { host: "example.com", path: "/api", service: "api" },
];

function input(config: Readonly<Record<string, unknown>> = {}, more: Partial<Input> = {}): Input {
  const own = { beanstalk: { type: "load-balanced" }, hosts: HOSTS, ...config };
  return { compose, platform: { hostedZoneId: "Z1" }, config: own, ...more };
}

const caddyfile = (made: Recorded): string => JSON.stringify(made.one("aws:ssm/document:Document").inputs.content);

describe("a name that redirects", () => {
  for (const tier of ["fargate", "eks", "beanstalk"] as const satisfies TierName[]) {
    it(`on ${tier} has a rule of 301 on the load balancer, a certificate, and the record of the other`, async () => {
      const { record, findings } = onTier(tiers[tier]);
      const made = await record(input());
      const rule = made.one(RULE, "shop-www.example.com");
      assert.deepEqual(rule.inputs.actions, [
        { type: "redirect", redirect: { host: "example.com", protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
      ]);
      assert.deepEqual(rule.inputs.conditions, [{ hostHeader: { values: ["www.example.com"] } }]);
      assert.equal(rule.inputs.priority, redirectPriority("www.example.com"));
      made.one("aws:lb/listenerCertificate:ListenerCertificate", "platform-entry-www.example.com");
      const [www, apex] = ["www.example.com", "example.com"].map((name) => made.one(RECORD, `platform-names-${name}`));
      assert.deepEqual(www?.inputs.aliases, apex?.inputs.aliases);
      assert.ok(www?.dependencies.includes(rule.urn), "it leads there when there is something that redirects");
      const said = findings(input()).find(({ key }) => key === "hosts[0].redirectFrom");
      assert.equal(said?.outcome, "kept");
    });
  }

  it("on lightsail-vm is the proxy's, with one machine and with several", async () => {
    const { record } = onTier(tiers["lightsail-vm"]);
    const one = await record(input());
    assert.match(caddyfile(one), /www\.example\.com \{\\+n\\+tredir https:\/\/example\.com\{uri\} permanent/u);
    const [www, apex] = ["www.example.com", "example.com"].map((name) => one.one(RECORD, `platform-names-${name}`));
    assert.deepEqual(www?.inputs.records, apex?.inputs.records);
    const two = await record(input({ "lightsail-vm": { machines: 2 } }));
    assert.match(caddyfile(two), /http:\/\/www\.example\.com \{/u);
    const certificate = two.one("aws:lightsail/lbCertificate:LbCertificate");
    assert.deepEqual(certificate.inputs.subjectAlternativeNames, ["example.com", "www.example.com"]);
  });

  for (const tier of ["lightsail", "ecs-anywhere"] as const satisfies TierName[]) {
    it(`on ${tier} is refused, and leads nowhere where that is accepted`, async () => {
      const { record, said } = onTier(tiers[tier]);
      const given = input({ "ecs-anywhere": { addresses: ["203.0.113.7"] }, hosts: HOSTS.slice(0, 1) });
      assert.match(
        said(given, null, "hosts[0].redirectFrom")[0] ?? "",
        /^refused: .*www\.example\.com would lead nowhere/u,
      );
      const made = await record(given);
      assert.deepEqual(
        made.all(RECORD).filter(({ name }) => name.includes("www")),
        [],
      );
    });
  }
});

describe("a health check", () => {
  const checked = (healthChecks: { alarmActions: string[] }, more: Partial<Input> = {}): Input => ({
    ...input({}, more),
    platform: { hostedZoneId: "Z1", healthChecks },
  });

  it("asks each host over HTTPS, at the path of its service's own check, once the name is there", async () => {
    const made = await onTier(tiers.fargate).record(checked({ alarmActions: [] }));
    const check = made.one(CHECK);
    assert.deepEqual(check.inputs, {
      type: "HTTPS",
      fqdn: "example.com",
      port: 443,
      resourcePath: "/healthz",
      failureThreshold: 3,
      requestInterval: 30,
      tags: { Project: "spectrum", Environment: "dev", App: "shop", Name: "example.com" },
    });
    assert.ok(check.dependencies.includes(made.one(RECORD, "platform-names-example.com").urn));
    assert.deepEqual(made.all(ALARM), []);
    assert.deepEqual((await onTier(tiers.fargate).record(input())).all(CHECK), []);
  });

  it("tells a topic by an alarm in us-east-1", async () => {
    const topic = "arn:aws:sns:us-east-1:123456789012:down";
    const made = await onTier(tiers.fargate).record(checked({ alarmActions: [topic] }, { region: "eu-west-1" }));
    const { inputs } = made.one(ALARM);
    assert.deepEqual([inputs.region, inputs.alarmActions, inputs.okActions], ["us-east-1", [topic], [topic]]);
    assert.deepEqual(inputs.dimensions, { HealthCheckId: made.output(made.one(CHECK), "id") });
  });

  it("asks under the path that the host has where that is not the whole", async () => {
    const only = {
      ...checked({ alarmActions: [] }),
      config: { hosts: [{ host: "example.com", path: "/app", service: "web" }] },
    };
    assert.equal((await onTier(tiers.fargate).record(only)).one(CHECK).inputs.resourcePath, "/app");
  });

  it("asks over HTTP where nothing ends TLS, and a distribution over HTTPS", async () => {
    const hosts = HOSTS.slice(0, 1).map(({ redirectFrom: _, ...host }) => host);
    const single = { ...checked({ alarmActions: [] }), config: { hosts } };
    const made = await onTier(tiers.beanstalk).record(single);
    assert.deepEqual([made.one(CHECK).inputs.type, made.one(CHECK).inputs.port], ["HTTP", 80]);
    const machine = await onTier(tiers["lightsail-vm"]).record({ ...single, config: { hosts, cdn: true } });
    assert.deepEqual([machine.one(CHECK).inputs.type, machine.one(CHECK).inputs.port], ["HTTPS", 443]);
  });
});

describe("a zone of Lightsail's", () => {
  const zone = { lightsailZoneName: "example.com", createLightsailZone: true };
  const one = { hosts: [{ host: "shop.example.com" }] };

  it("holds the record of a container service and the proof of its certificate", async () => {
    const made = await onTier(tiers.lightsail).record(input(one, { platform: zone, region: "eu-west-1" }));
    const domain = made.one("aws:lightsail/domain:Domain");
    assert.deepEqual(domain.inputs, { domainName: "example.com", region: "us-east-1" });
    const name = made.one(ENTRY, "platform-names-shop.example.com");
    assert.deepEqual(
      { ...name.inputs, target: undefined },
      {
        domainName: "example.com",
        name: "shop",
        type: "A",
        isAlias: true,
        region: "us-east-1",
        target: undefined,
      },
    );
    assert.ok(name.dependencies.includes(domain.urn));
    assert.equal(name.options?.deleteBeforeReplace, true);
    assert.equal(made.one(ENTRY, "shop-shop.example.com-validation").inputs.region, "us-east-1");
    assert.deepEqual(made.all(RECORD), []);
  });

  it("holds the address of a machine, at the domain itself too, and may be there already", async () => {
    const apex = input({ hosts: [{ host: "example.com" }] }, { platform: { lightsailZoneName: "example.com" } });
    const made = await onTier(tiers["lightsail-vm"]).record(apex);
    assert.deepEqual(made.all("aws:lightsail/domain:Domain"), []);
    const { inputs } = made.one(ENTRY, "platform-names-example.com");
    assert.deepEqual([inputs.domainName, inputs.name, inputs.isAlias], ["example.com", "", false]);
  });

  it("is not lost where the environment is protected", async () => {
    const made = await onTier(tiers.lightsail).record(input(one, { platform: zone, protected: true }));
    assert.equal(made.one("aws:lightsail/domain:Domain").options?.protect, true);
  });
});
