/** The stand-in cloud refuses what API Gateway and Cloud Map refuse. */
import assert from "node:assert/strict";

import type { Thing } from "./provider-client";
import { ProviderClient } from "./provider-client";
import { Cloud } from "./stand-in/cloud";
import type { Values } from "./stand-in/values";
import { UNKNOWN } from "./stand-in/values";

const API = "aws:apigatewayv2/api:Api";
const CERTIFICATE = "aws:acm/certificate:Certificate";
const DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const DOMAIN = "aws:apigatewayv2/domainName:DomainName";
const INTEGRATION = "aws:apigatewayv2/integration:Integration";
const LINK = "aws:apigatewayv2/vpcLink:VpcLink";
const MAPPING = "aws:apigatewayv2/apiMapping:ApiMapping";
const RECORD = "aws:route53/record:Record";
const REGISTRY = "aws:servicediscovery/service:Service";
const ROUTE = "aws:apigatewayv2/route:Route";
const SERVICE = "aws:ecs/service:Service";
const STAGE = "aws:apigatewayv2/stage:Stage";

describe("stand-in: APIs", () => {
  let cloud: Cloud;
  let client: ProviderClient;
  beforeEach(async () => {
    cloud = new Cloud({ latency: 0, patience: 50 });
    client = await ProviderClient.open(cloud);
  });
  afterEach(() => client.close());

  const make = (type: string, inputs: Values = {}) =>
    client.create(type, `${type.split(":").at(-1)}${cloud.everything.length}`, inputs);
  const refuses = (action: Promise<unknown>, message: RegExp) => assert.rejects(action, message);
  const makeRegistry = (more: Values = {}) =>
    make(REGISTRY, { name: "web", dnsConfig: { namespaceId: "ns", dnsRecords: [{ type: "SRV", ttl: 10 }] }, ...more });
  const configured = (certificate: Thing) => ({
    domainName: "example.com",
    domainNameConfiguration: { certificateArn: certificate.arn, endpointType: "REGIONAL" },
  });

  /** A certificate with its validation record. */
  async function makeCertificate() {
    const certificate = await make(CERTIFICATE, { domainName: "example.com" });
    const [option] = certificate.outputs.domainValidationOptions as { resourceRecordName: string }[];
    return { certificate, record: { zoneId: "Z1", name: option?.resourceRecordName, type: "CNAME" } };
  }

  it("a name whose certificate is not validated, and deleting the certificate of one", async () => {
    const { certificate, record } = await makeCertificate();
    await refuses(make(DOMAIN, configured(certificate)), /must be issued/u);
    await make(RECORD, record);
    const domain = await make(DOMAIN, configured(certificate));
    assert.equal(domain.id, "example.com");
    await refuses(client.delete(certificate), /in use/u);
    await client.delete(domain);
    await client.delete(certificate);
  });

  it("a private integration with anything but a registry or a listener, or without a link", async () => {
    const registry = await makeRegistry();
    const link = await make(LINK, { securityGroupIds: [], subnetIds: [] });
    const integration = { apiId: "api", connectionType: "VPC_LINK", connectionId: link.id };
    await refuses(make(INTEGRATION, { ...integration, integrationUri: "http://web.local" }), /Cloud Map service ARN/u);
    const wrong = { ...integration, connectionId: "other", integrationUri: registry.arn };
    await refuses(make(INTEGRATION, wrong), /Invalid VpcLink/u);
    await make(INTEGRATION, { ...integration, integrationUri: registry.arn });
  });

  it("a route to another API's integration, and one whose key ends with a slash", async () => {
    const { id } = await make(INTEGRATION, { apiId: "one" });
    const route = { apiId: "one", target: `integrations/${id}` };
    await refuses(make(ROUTE, { ...route, apiId: "two", routeKey: "$default" }), /Invalid Integration/u);
    await refuses(make(ROUTE, { ...route, routeKey: "ANY /a/" }), /route key is not valid/u);
    await make(ROUTE, { ...route, routeKey: "ANY /a/{proxy+}" });
  });

  it("a mapping of a stage that is not there, and deleting an API that is mapped", async () => {
    const api = await make(API, { protocolType: "HTTP" });
    const mapping = { apiId: api.id, domainName: "example.com", stage: "$default" };
    await refuses(make(MAPPING, mapping), /Invalid stage/u);
    await make(STAGE, { apiId: api.id, name: "$default" });
    const mapped = await make(MAPPING, mapping);
    await refuses(client.delete(api), /remove all API mappings/u);
    await client.delete(mapped);
    await client.delete(api);
  });

  it("a service whose registry knows no port of it, and deleting a registry with tasks, unless it is forced", async () => {
    const [registry, forced] = [await makeRegistry(), await makeRegistry({ name: "other", forceDestroy: true })];
    const of = ({ arn }: Thing, more: Values = {}) => ({
      name: "web",
      serviceRegistries: { registryArn: arn, ...more },
    });
    const port = { containerName: "web", containerPort: 80 };
    await refuses(make(SERVICE, of(registry)), /either port or containerName/u);
    await refuses(make(SERVICE, { serviceRegistries: { registryArn: "arn:none" } }), /Unable to find/u);
    const service = await make(SERVICE, of(registry, port));
    await refuses(client.delete(registry), /registered instances/u);
    await client.delete(service);
    await client.delete(registry);
    await make(SERVICE, of(forced, port));
    await client.delete(forced);
  });

  it("a port instead of a container's name under bridge", async () => {
    const registry = await makeRegistry();
    const { arn } = await make(DEFINITION, { family: "web", networkMode: "bridge" });
    const service = (more: Values) => ({
      taskDefinition: arn,
      serviceRegistries: { registryArn: registry.arn, ...more },
    });
    await refuses(make(SERVICE, service({ port: 80 })), /bridge needs an SRV record/u);
    await make(SERVICE, service({ containerName: "web", containerPort: 80 }));
  });

  it("deleting the security group and the subnets of a link", async () => {
    const group = await make("aws:ec2/securityGroup:SecurityGroup", { name: "link" });
    const subnet = await make("aws:ec2/subnet:Subnet", { cidrBlock: "10.0.0.0/24" });
    const link = await make(LINK, { securityGroupIds: [group.id], subnetIds: [subnet.id] });
    for (const held of [group, subnet]) await refuses(client.delete(held), /DependencyViolation/u);
    await client.delete(link);
    for (const held of [group, subnet]) await client.delete(held);
  });

  it("leaves where a name leads to unknown in a preview", async () => {
    const { domainNameConfiguration } = await client.preview(DOMAIN, "a", {
      domainName: "example.com",
      domainNameConfiguration: { endpointType: "REGIONAL" },
    });
    assert.deepEqual(domainNameConfiguration, {
      endpointType: "REGIONAL",
      targetDomainName: UNKNOWN,
      hostedZoneId: UNKNOWN,
    });
  });
});
