/** The stand-in cloud refuses what AWS refuses about distributions, their certificates and logs, and Lightsail's zones. */
import assert from "node:assert/strict";

import { ProviderClient } from "./provider-client";
import { Cloud } from "./stand-in/cloud";
import { validationRecords } from "./stand-in/outputs";
import type { Values } from "./stand-in/values";

const ACM = "aws:acm/certificate:Certificate";
const CACHE_POLICY = "aws:cloudfront/cachePolicy:CachePolicy";
const CERTIFICATE = "aws:lightsail/certificate:Certificate";
const DELIVERY = "aws:cloudwatch/logDelivery:LogDelivery";
const DESTINATION = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const DOMAIN = "aws:lightsail/domain:Domain";
const ENTRY = "aws:lightsail/domainEntry:DomainEntry";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const INSTANCE = "aws:lightsail/instance:Instance";
const LIGHTSAIL = "aws:lightsail/distribution:Distribution";
const RECORD = "aws:route53/record:Record";
const SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource";
const WAIT = "pulumi-nodejs:dynamic/spectrum:Wait";
const edge = { region: "us-east-1" };

describe("stand-in: edge", () => {
  let cloud: Cloud;
  let client: ProviderClient;
  beforeEach(async () => {
    cloud = new Cloud({ latency: 0, patience: 50, region: "eu-west-1" });
    client = await ProviderClient.open(cloud);
  });
  afterEach(() => client.close());

  const make = (type: string, inputs: Values = {}) =>
    client.create(type, `${type.split(":").at(-1)}${cloud.everything.length}`, inputs);
  const refuses = (action: Promise<unknown>, message: RegExp) => assert.rejects(action, message);

  async function validated(type: string, domainName: string, more: Values = edge) {
    const certificate = await make(type, { domainName, ...more });
    for (const name of validationRecords(certificate.outputs))
      await make(RECORD, { zoneId: "Z1", name, type: "CNAME", allowOverwrite: true });
    await make(WAIT, { seconds: 1 });
    return certificate;
  }
  const serving = (certificate: { readonly arn: string } | null, ...aliases: readonly string[]): Values => ({
    aliases,
    viewerCertificate: certificate ? { acmCertificateArn: certificate.arn } : {},
  });

  it("a name on a distribution without a valid certificate of us-east-1 that covers it", async () => {
    const elsewhere = await validated(ACM, "example.com", {});
    const pending = await make(ACM, { domainName: "pending.example.com", ...edge });
    const certificate = await validated(ACM, "example.com");
    await refuses(make(DISTRIBUTION, serving(elsewhere, "example.com")), /isn't in us-east-1/u);
    await refuses(make(DISTRIBUTION, serving(pending, "pending.example.com")), /isn't valid/u);
    await refuses(make(DISTRIBUTION, serving(certificate, "b.example.com")), /doesn't cover .* b\.example\.com/u);
    const made = await make(DISTRIBUTION, serving(certificate, "example.com"));
    await refuses(client.delete(certificate), /Certificate is in use/u);
    await client.delete(made);
    await client.delete(certificate);
    await make(DISTRIBUTION, serving(null));
  });

  it("a name on two distributions, Lightsail's among them", async () => {
    const certificate = await validated(ACM, "example.com");
    const first = await make(DISTRIBUTION, serving(certificate, "example.com"));
    await refuses(make(DISTRIBUTION, serving(certificate, "example.com")), /CNAMEAlreadyExists/u);
    await make(INSTANCE, { name: "shop" });
    await validated(CERTIFICATE, "example.com", { name: "c", ...edge });
    const lightsail = { name: "cdn", origin: { name: "shop" }, certificateName: "c", ...edge };
    await refuses(make(LIGHTSAIL, lightsail), /CNAMEAlreadyExists/u);
    await client.delete(first);
    await make(LIGHTSAIL, lightsail);
  });

  it("a Lightsail distribution without an origin, elsewhere, or with a certificate that is not valid there", async () => {
    const cdn = { name: "cdn", origin: { name: "shop" }, ...edge };
    await refuses(make(LIGHTSAIL, cdn), /the origin shop does not exist/u);
    await make(INSTANCE, { name: "shop" });
    await refuses(make(LIGHTSAIL, { ...cdn, region: "eu-west-1" }), /in us-east-1 alone/u);
    await validated(CERTIFICATE, "example.com", { name: "here" });
    await refuses(make(LIGHTSAIL, { ...cdn, certificateName: "here" }), /here is not in us-east-1/u);
    const pending = await make(CERTIFICATE, { name: "c", domainName: "example.com", ...edge });
    await refuses(make(LIGHTSAIL, { ...cdn, certificateName: "c" }), /c is not valid/u);
    await client.delete(pending);
    const certificate = await validated(CERTIFICATE, "example.com", { name: "c", ...edge });
    const made = await make(LIGHTSAIL, { ...cdn, certificateName: "c" });
    await refuses(make(LIGHTSAIL, cdn), /cdn is there already/u);
    await refuses(client.delete(certificate), /attached to a distribution/u);
    await client.delete(made);
    await client.delete(certificate);
  });

  it("a cache policy's name twice, and its end while a distribution has it", async () => {
    const policy = await make(CACHE_POLICY, { name: "day" });
    await refuses(make(CACHE_POLICY, { name: "day" }), /CachePolicyAlreadyExists/u);
    const made = await make(DISTRIBUTION, { orderedCacheBehaviors: [{ cachePolicyId: policy.id }] });
    await refuses(client.delete(policy), /CachePolicyInUse/u);
    await client.delete(made);
    await client.delete(policy);
  });

  it("a delivery's ends twice, and their end while it has them", async () => {
    const source = await make(SOURCE, { name: "cdn", ...edge });
    const destination = await make(DESTINATION, { name: "cdn", ...edge });
    await refuses(make(SOURCE, { name: "cdn", ...edge }), /ConflictException/u);
    await refuses(make(DESTINATION, { name: "cdn", ...edge }), /ConflictException/u);
    const delivery = await make(DELIVERY, { deliverySourceName: "cdn", deliveryDestinationArn: destination.arn });
    await refuses(client.delete(source), /the source has a delivery/u);
    await refuses(client.delete(destination), /the destination has a delivery/u);
    await client.delete(delivery);
    await client.delete(source);
    await client.delete(destination);
  });

  it("CloudFront's addresses twice in one security group: they count for 55 of its 60 rules", async () => {
    const rule = { securityGroupId: "sg-1", ipProtocol: "tcp", prefixListId: "pl-1" };
    await make(INGRESS, { ...rule, fromPort: 443, toPort: 443 });
    await refuses(make(INGRESS, { ...rule, fromPort: 80, toPort: 80 }), /RulesPerSecurityGroupLimitExceeded/u);
    await make(INGRESS, { ...rule, securityGroupId: "sg-2", fromPort: 80, toPort: 80 });
  });

  it("a Lightsail zone elsewhere, twice, or one that still has an entry at its end", async () => {
    await refuses(make(DOMAIN, { domainName: "example.com" }), /in us-east-1 alone/u);
    const domain = await make(DOMAIN, { domainName: "example.com", ...edge });
    await refuses(make(DOMAIN, { domainName: "example.com", ...edge }), /example\.com is there already/u);
    const a = { domainName: "example.com", name: "", type: "A", target: "192.0.2.1", ...edge };
    await refuses(make(ENTRY, { ...a, region: "eu-west-1" }), /in us-east-1 alone/u);
    const entry = await make(ENTRY, a);
    await refuses(make(ENTRY, { ...a, isAlias: true, target: "d1.cloudfront.net" }), /conflicts with another entry/u);
    await refuses(client.delete(domain), /still has the entry/u);
    await client.delete(entry);
    await client.delete(domain);
  });

  it("asks for the same proof of a name in every region, and takes it from a Lightsail zone", async () => {
    const [here, there] = [
      await make(ACM, { domainName: "example.com" }),
      await make(ACM, { domainName: "example.com", ...edge }),
    ];
    assert.deepEqual(validationRecords(here.outputs), validationRecords(there.outputs));
    const certificate = await make(CERTIFICATE, { name: "c", domainName: "example.com", ...edge });
    const [proof = ""] = validationRecords(certificate.outputs);
    const name = proof.replace(".example.com.", "");
    await make(ENTRY, { domainName: "example.com", name, type: "CNAME", target: "x", ...edge });
    await make(WAIT, { seconds: 1 });
    await make(INSTANCE, { name: "shop" });
    await make(LIGHTSAIL, { name: "cdn", origin: { name: "shop" }, certificateName: "c", ...edge });
  });
});
