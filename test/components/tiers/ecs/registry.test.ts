/** Apps whose entry is API Gateway: what each tier says of them, and how ECS's tasks join. */
import assert from "node:assert/strict";

import { tierNames, type TierName } from "../../../../app/tiers";
import { tiers } from "../../../../components/tiers";
import { type Input, onTier } from "../../../support/on-tier";
import { service } from "./support";

const REGISTRY = "aws:servicediscovery/service:Service";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const RECORD = "aws:route53/record:Record";

const web = (more = "", ports = '["8080:80"]') => `
services:
  web:
    image: nginx:1.29
    ports: ${ports}
    healthcheck: { test: [CMD, check] }
${more}`;
const byApi = (compose: string, config: object = {}, more: Partial<Input> = {}): Input => ({
  compose,
  config: { data: "delete", ...config },
  platform: { entry: "apigateway", hostedZoneId: "Z1" },
  ...more,
});
const hosts = [{ host: "shop.example.com", service: "web", port: 80 }];

const refusals = (tier: TierName, input: Input) =>
  onTier(tiers[tier])
    .findings(input)
    .filter(({ outcome }) => outcome === "refused");

describe("behind API Gateway", () => {
  for (const tier of ["fargate", "ecs-ec2"] as const) {
    const { record, said } = onTier(tiers[tier]);

    it(`${tier} registers its tasks with their port, and lets the link in alone`, async () => {
      const made = await record(byApi(web(), { hosts }));
      const registry = made.one(REGISTRY, "shop-web-80");
      const { inputs } = service(made, "web");
      assert.deepEqual(inputs.serviceRegistries, {
        containerName: "web",
        containerPort: 80,
        registryArn: made.output(registry, "arn"),
      });
      for (const key of ["loadBalancers", "healthCheckGracePeriodSeconds"]) assert.equal(key in inputs, false, key);
      const rule = made.one(INGRESS, "shop-web-from-entry-tcp-80-api");
      assert.deepEqual(
        rule.inputs.referencedSecurityGroupId,
        made.output(made.one("aws:ec2/securityGroup:SecurityGroup", "platform-api"), "id"),
      );
      const open = made.all(INGRESS).filter(({ inputs: { cidrIpv4 } }) => cidrIpv4 !== undefined);
      assert.deepEqual(open, [], "nothing is open to the world");
      assert.deepEqual(
        made.resources.filter(({ type }) => type.startsWith("aws:lb/")),
        [],
        "there is no load balancer",
      );
    });

    it(`${tier} says what the entry costs and cannot do, once, where it stands before the app`, () => {
      const [found, ...others] = said(byApi(web()), null, "entry");
      assert.match(found ?? "", /^changed: API Gateway, 1 USD for a million requests: .*30 s.*10 MB.*WebSockets/u);
      assert.deepEqual(others, []);
      assert.deepEqual(said(byApi(web("", "[]")), null, "entry"), []);
      assert.deepEqual(said({ compose: web() }, null, "entry"), []);
    });

    it(`${tier} asks for a check of health where there is none`, () => {
      const bare = "services:\n  web:\n    image: nginx:1.29\n    ports: ['8080:80']\n";
      const [found] = said(byApi(bare), "web", "healthcheck");
      assert.match(found ?? "", /^changed: it has no check that ECS could run/u);
      assert.deepEqual(said(byApi(web()), "web", "healthcheck"), []);
      assert.deepEqual(said({ compose: bare }, "web", "healthcheck"), []);
    });
  }

  const { record, said, findings } = onTier(tiers.fargate);

  it("registers instances and the ports that Docker gives out under bridge", async () => {
    const input = byApi(web(), { "ecs-ec2": { networkMode: "bridge" } });
    const made = await onTier(tiers["ecs-ec2"]).record(input);
    assert.deepEqual(service(made, "web").inputs.serviceRegistries, {
      containerName: "web",
      containerPort: 80,
      registryArn: made.output(made.one(REGISTRY), "arn"),
    });
    const rule = made.one(INGRESS, "platform-x86-64-bridge-from-api-tcp");
    assert.deepEqual([rule.inputs.fromPort, rule.inputs.toPort], [32_768, 65_535]);
  });

  it("does not look at the published number of a port without a name", () => {
    const of = (input: Input) => said(input, "web", "ports[0]");
    assert.match(of(byApi(web()))[0] ?? "", /^changed: reached by https on 443, at an endpoint of API Gateway's own/u);
    assert.match(of(byApi(web(), { hosts }))[0] ?? "", /^kept: reached on 443 by the names under hosts/u);
  });

  const second = web("  dns:\n    image: example/dns:1\n    ports: ['53:53', '53:53/udp']\n");
  const admin = web("", '["8080:80", "9090:9000"]').replace("image", "expose: ['80']\n    image");
  const spoken = (protocol: string) => web("", `[{ target: 80, published: "8080", app_protocol: ${protocol} }]`);
  const shifted = (strategy: string) => ({ services: { web: { deployment: { strategy } } } });
  const scaled = { services: { web: { scale: { min: 1, max: 4, requests: 100 } } } };
  const refused: [string, Input, string[], RegExp][] = [
    ["TCP and UDP", byApi(second), ["dns.ports[0]", "dns.ports[1]"], /speaks HTTP alone, no (?:TCP|UDP)/u],
    ["gRPC", byApi(spoken("grpc"), { hosts }), ["web.ports[0]"], /HTTP\/1\.1 with the containers, not grpc/u],
    ["HTTP/2", byApi(spoken("http2"), { hosts }), ["web.ports[0]"], /not http2/u],
    ["TLS of a container's own", byApi(spoken("https")), ["web.ports[0]"], /certificate of a public authority/u],
    ["a second port of a task", byApi(admin), ["web.ports[1]"], /registered with one port, and web:80 has it/u],
    ["blue/green", byApi(web(), shifted("blue-green")), ["web.deployment"], /there is no blue-green deployment/u],
    ["linear", byApi(web(), shifted("linear")), ["web.deployment"], /there is no linear deployment/u],
    ["canary", byApi(web(), shifted("canary")), ["web.deployment"], /there is no canary deployment/u],
    ["scaling by requests", byApi(web(), scaled), ["web.scale.requests"], /no load balancer counts/u],
  ];
  for (const [what, input, keys, reason] of refused) {
    it(`refuses ${what}, with a remedy, and not with a load balancer`, () => {
      const found = refusals("fargate", input);
      assert.deepEqual(
        found.map(({ service: of, key }) => `${of}.${key}`),
        keys,
      );
      for (const one of found) {
        assert.match(one.reason, reason);
        assert.notEqual(one.remedy, "");
      }
      assert.deepEqual(refusals("fargate", { ...input, platform: { hostedZoneId: "Z1" } }), []);
    });
  }

  it("leads names to the first port of a task, and refuses those of the second at the name", () => {
    const both = [...hosts, { host: "admin.example.com", service: "web", port: 9000 }];
    const exposed = web().replace("image", "expose: ['9000']\n    image");
    assert.deepEqual(
      refusals("fargate", byApi(exposed, { hosts: both })).map(({ service: of, key }) => [of, key]),
      [[null, "hosts[1]"]],
    );
  });

  it("publishes nothing of what is refused and accepted, and rolls what it cannot shift", async () => {
    const made = await record(byApi(second, shifted("blue-green")));
    assert.deepEqual(
      made.all(REGISTRY).map(({ name }) => name),
      ["shop-web-80"],
    );
    assert.equal("serviceRegistries" in service(made, "dns").inputs, false);
    assert.deepEqual(service(made, "web").inputs.deploymentConfiguration, { strategy: "ROLLING" });
    assert.deepEqual(
      made.resources.filter(({ type }) => type.startsWith("aws:lb/")),
      [],
    );
    assert.deepEqual(Object.keys((made.outputs.apps as { shop: { urls: object } }).shop.urls), ["web:80"]);
  });

  it("leaves the order of names out, which an API has of its own", () => {
    const [found] = findings(byApi(web(), { hosts: [{ ...hosts[0], priority: 7 }] })).filter(
      ({ key }) => key === "hosts[0].priority",
    );
    assert.equal(found?.outcome, "changed");
  });

  const elsewhere: [TierName, object, RegExp][] = [
    ["eks", {}, /not to pods/u],
    ["eks-fargate", {}, /not to pods/u],
    ["beanstalk", { beanstalk: { type: "load-balanced" } }, /not to instances of Beanstalk/u],
  ];
  for (const [tier, config, reason] of elsewhere) {
    it(`refuses what ${tier} publishes, and makes no way to it where that is accepted`, async () => {
      const input = byApi(web(), config);
      for (const [one, key] of [
        [input, "ports[0]"],
        [byApi(web(), { ...config, hosts: [{ ...hosts[0], port: 81 }] }), "hosts[0]"],
      ] as const) {
        const found = refusals(tier, one);
        const [wanted] = found.filter((f) => f.key === key);
        assert.match(wanted?.reason ?? "", reason, `${key} of ${found.map((f) => f.key).join()}`);
        assert.equal(wanted?.remedy, "platform: { entry: alb }");
      }
      const made = await onTier(tiers[tier]).record(byApi(web(), { ...config, hosts }));
      const ways = made.resources.filter(({ type }) => /^aws:(?:lb|apigatewayv2|servicediscovery)\//u.test(type));
      assert.deepEqual(
        ways.map(({ urn }) => urn),
        [],
      );
      assert.deepEqual(
        made.all(RECORD).map(({ name }) => name),
        [],
      );
    });
  }

  it("stays out of Beanstalk's own load balancer, which is nobody's way in", async () => {
    const of = async (input: Input) => {
      const made = await onTier(tiers.beanstalk).record(input);
      const { settings } = made.one("aws:elasticbeanstalk/environment:Environment").inputs;
      const scheme = (settings as { name: string; value: unknown }[]).find(({ name }) => name === "ELBScheme");
      return scheme?.value;
    };
    const config = { beanstalk: { type: "load-balanced" } };
    assert.equal(await of(byApi(web(), config)), "internal");
    assert.equal(await of({ compose: web(), config }), "public");
  });

  for (const tier of tierNames.filter(
    (name) => name.startsWith("lightsail") || name === "ecs-anywhere" || name === "beanstalk",
  )) {
    it(`changes nothing on ${tier}, which nothing stands before`, async () => {
      const activation = { count: 1, expires: "2027-01-15T00:00:00Z" };
      const config = { data: "delete", ...(tier === "ecs-anywhere" && { "ecs-anywhere": { activation } }) };
      const of = async (entry: "alb" | "apigateway") => {
        const input: Input = { compose: web(), config, platform: { entry } };
        const made = await onTier(tiers[tier]).record(input);
        return [
          made.resources.map(({ urn, inputs }) => [urn, inputs]),
          onTier(tiers[tier])
            .findings(input)
            .map(({ key, outcome, reason }) => [key, outcome, reason]),
        ];
      };
      assert.deepEqual(await of("apigateway"), await of("alb"));
    });
  }
});
