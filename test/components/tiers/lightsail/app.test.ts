import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { waitProvider } from "../../../../components/tiers/lightsail/wait";
import { recordResources } from "../../../support/record";
import { isSecret, useMocks, valueOf } from "../../../support/mocks";
import { connected, host, type Input, plan, read, types } from "./support";

const simple: Input = { compose: `services: { web: { image: "nginx:1.29", ports: ["8080:80"] } }` };
const two: Input = {
  compose: `
services:
  web:
    build: web
    ports: ["8080:8080"]
    environment: { API: "http://my_api:3000", MODE: fast }
  my_api:
    build: { context: backend, target: api }
    expose: ["3000"]
    command: [node, "server.js"]
  db: { image: "postgres:17", environment: { POSTGRES_DB: shop } }
`,
};
const named: Input = { ...simple, config: { hosts: [{ host: "shop.example.com" }, { host: "www.example.com" }] } };

const healthCheck = {
  path: "/",
  intervalSeconds: 5,
  timeoutSeconds: 2,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  successCodes: "200-499",
};

describe("lightsail: what it makes", () => {
  it("makes a service and a deployment of a public image, and nothing else", async () => {
    const made = await plan(simple);
    const app = made.one("spectrum:lightsail:App", "shop");
    const service = made.one(types.service, "shop");
    const deployment = made.one(types.deployment, "shop");
    assert.deepEqual(
      made.childrenOf(app).map((r) => r.name),
      ["shop", "shop"],
    );
    assert.deepEqual(service.inputs, { name: "spectrum-dev-shop", power: "nano", scale: 1 });
    assert.deepEqual(deployment.inputs, {
      serviceName: "spectrum-dev-shop",
      containers: [{ containerName: "web", image: "nginx:1.29", ports: { "80": "HTTP" } }],
      publicEndpoint: { containerName: "web", containerPort: 80, healthCheck },
    });
    assert.deepEqual(made.dependencyNames(deployment), ["shop"]);
    assert.deepEqual(
      made.resources.filter((r) => r.custom && !r.type.startsWith("aws:lightsail/")).map((r) => r.type),
      [],
    );
  });

  it("lets the service's role pull before it deploys, in the order that AWS needs", async () => {
    const made = await plan(two);
    const service = made.one(types.service);
    const [wait, web, api] = [
      made.one(types.wait),
      made.one(types.policy, "shop-images-web"),
      made.one(types.policy, "shop-images-my_api"),
    ];
    const role = made.output(service, "privateRegistryAccess.ecrImagePullerRole.principalArn");
    assert.deepEqual(service.inputs.privateRegistryAccess, { ecrImagePullerRole: { isActive: true } });
    assert.deepEqual(wait.inputs, {
      seconds: 30,
      reason: "a new role that pulls from ECR cannot be named in a policy at once",
      after: role,
      __provider: waitProvider,
    });
    assert.deepEqual(made.dependencyNames(wait), ["shop"]);
    for (const policy of [web, api]) {
      assert.ok(made.dependencyNames(policy).includes("shop-puller-role"));
      assert.deepEqual(made.json(policy, "policy"), {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "LightsailPull",
            Effect: "Allow",
            Principal: { AWS: role },
            Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
          },
        ],
      });
    }
    assert.match(JSON.stringify(api.inputs.repository), /^"spectrum-dev\/shop\/my-api-[0-9a-f]{6}"$/);
    const before = made.dependencyNames(made.one(types.deployment));
    assert.ok(
      ["shop", "shop-images-web", "shop-images-my_api"].every((name) => before.includes(name)),
      before.join(),
    );
  });

  it("puts all containers on one localhost, sorted, with only the public port open", async () => {
    const { containers, publicEndpoint } = (await plan(two)).one(types.deployment).inputs as {
      containers: { containerName: string; image: unknown }[];
      publicEndpoint: { containerName: string; containerPort: number };
    };
    assert.deepEqual(
      containers.map(({ image: _, ...rest }) => rest),
      [
        { containerName: "db", environment: { POSTGRES_DB: "shop" } },
        { containerName: containers[1]?.containerName, commands: ["node", "server.js"] },
        {
          containerName: "web",
          environment: { API: "http://localhost:3000", MODE: "fast" },
          ports: { "8080": "HTTP" },
        },
      ],
    );
    assert.match(containers[1]?.containerName ?? "", /^my-api-[0-9a-f]{6}$/);
    assert.match(JSON.stringify(containers[2]?.image), /shop-images-web\.repositoryUrl\}@\$\{.*\.digest\}/);
    assert.deepEqual([publicEndpoint.containerName, publicEndpoint.containerPort], ["web", 8080]);
  });

  it("proves a certificate for each name before the service has it", async () => {
    const made = await plan(named);
    const service = made.one(types.service);
    for (const name of ["shop.example.com", "www.example.com"]) {
      const certificate = made.one(types.certificate, `shop-${name}`);
      assert.equal(certificate.inputs.domainName, name);
      assert.match(JSON.stringify(certificate.inputs.name), /^"spectrum-dev-shop-[a-z-]+-[0-9a-f]{6}"$/);
      const record = made.one(types.record, `shop-${name}-validation`);
      assert.deepEqual(record.inputs.records, [
        made.output(certificate, "domainValidationOptions[0].resourceRecordValue"),
      ]);
      assert.equal(record.inputs.allowOverwrite, true);
      const wait = made.one(types.wait, `shop-${name}-validation`);
      assert.equal(wait.inputs.seconds, 300);
      assert.deepEqual(wait.inputs.after, made.output(certificate, "arn"));
      assert.ok(made.dependencyNames(wait).includes(record.name));
      assert.ok(service.dependencies.includes(wait.urn));
    }
    assert.deepEqual(service.inputs.publicDomainNames, {
      certificates: ["shop.example.com", "www.example.com"].map((name) => ({
        certificateName: made.one(types.certificate, `shop-${name}`).inputs.name,
        domainNames: [name],
      })),
    });
  });

  it("takes power, nodes and waits from its own settings", async () => {
    const settings = { lightsail: { power: "large", scale: 3, certificateWait: "9m", pullerRoleWait: "1m" } };
    const made = await plan({ ...two, config: { ...named.config, ...settings } });
    assert.deepEqual([made.one(types.service).inputs.power, made.one(types.service).inputs.scale], ["large", 3]);
    assert.equal(made.one(types.wait, "shop-puller-role").inputs.seconds, 60);
    assert.equal(made.one(types.wait, "shop-www.example.com-validation").inputs.seconds, 540);
  });

  it("passes a secret on as a secret, and the value in the place of a secret's file", async () => {
    const input: Input = {
      compose: `
services:
  web:
    image: a
    environment: { URL: "postgres://u:\${PW}@db/x", PLAIN: x, PW_FILE: /run/secrets/pw }
    secrets: [pw]
    command: [run, "--key=\${PW}"]
  db: { image: postgres }
secrets: { pw: { environment: PW } }
`,
      secrets: ["PW", "pw"],
    };
    const { containers } = (await plan(input)).one(types.deployment).inputs as {
      containers: Record<string, unknown>[];
    };
    assert.deepEqual(containers[1], {
      containerName: "web",
      image: "a",
      commands: ["run", { $secret: "shop.PW" }],
      environment: { PLAIN: "x", PW: { $secret: "shop.pw" }, URL: { $secret: "shop.PW" } },
    });
  });

  it("passes the words of an accepted entrypoint on before those of command", async () => {
    const made = await plan({ compose: `services: { web: { image: a, entrypoint: [node], command: [x.js] } }` });
    assert.deepEqual((made.one(types.deployment).inputs.containers as { commands: unknown }[])[0]?.commands, [
      "node",
      "x.js",
    ]);
  });

  it("gives the deployment as long as timeToFail says", async () => {
    const timeouts: unknown[] = [];
    await recordResources(() => {
      pulumi.runtime.registerStackTransformation(({ type, opts }) => {
        if (type === types.deployment) timeouts.push((opts as pulumi.CustomResourceOptions).customTimeouts);
        return undefined;
      });
      host({ ...simple, config: { timeToFail: "7m" } });
    });
    assert.deepEqual(timeouts, [{ create: "420s" }]);
  });

  it("has no login for a private image, so makes no credentials that nobody could use", async () => {
    const registries = { "ghcr.io": { username: "me", password: "hub", cache: false } };
    const made = await plan({ compose: `services: { web: { image: "ghcr.io/me/app:1" } }`, platform: { registries } });
    assert.deepEqual(made.all("aws:secretsmanager/secret:Secret"), []);
    assert.equal((made.one(types.deployment).inputs.containers as { image: string }[])[0]?.image, "ghcr.io/me/app:1");
  });

  it("turns the service off where nothing runs", async () => {
    const made = await plan({ compose: `services: { web: { image: a, deploy: { replicas: 0 } } }` });
    assert.equal(made.one(types.service).inputs.isDisabled, true);
    assert.deepEqual(made.all(types.deployment), []);
  });

  it("leaves jobs and the eleventh container out", async () => {
    const many = Array.from({ length: 11 }, (_, i) => `  s${i}: { image: "a:${i}" }`).join("\n");
    const made = await plan({ compose: `services:\n${many}` });
    assert.equal((made.one(types.deployment).inputs.containers as unknown[]).length, 10);
    const job = `services: { web: { image: a, depends_on: { m: { condition: service_completed_successfully } } }, m: { image: b } }`;
    const containers = (await plan({ compose: job })).one(types.deployment).inputs.containers as { image: string }[];
    assert.deepEqual(
      containers.map(({ image }) => image),
      ["a"],
    );
  });

  it("keeps two apps apart", async () => {
    const made = await recordResources(() => {
      host({ ...simple, compose: `name: one\n${simple.compose}`, ownName: true });
    });
    assert.equal(made.one(types.service).inputs.name, "spectrum-dev-one");
  });
});

describe("lightsail: with the platform's entry", () => {
  it("leads a name to the service's own domain, after the deployment, and makes no load balancer", async () => {
    const made = await recordResources(() => connected(named));
    const record = made.one(types.record, "platform-names-shop.example.com");
    const service = made.one(types.service);
    assert.deepEqual(record.inputs.aliases, [
      { name: made.output(service, "url"), zoneId: "Z06246771KYU0IRHI74W4", evaluateTargetHealth: false },
    ]);
    assert.ok(record.dependencies.includes(made.one(types.deployment).urn));
    assert.deepEqual(
      made.resources.filter(({ type }) => /^aws:(lb|ec2)\//u.test(type)),
      [],
    );
  });

  it("leads nowhere from a port that the tier does not publish", async () => {
    const compose = `services: { web: { image: "nginx:1.29", ports: ["80:80", "9000:9000", "53:53/udp"] } }`;
    const made = await recordResources(() => connected({ compose }));
    assert.deepEqual(made.outputs, { "web:80": made.output(made.one(types.service), "url") });
  });
});

describe("lightsail: what it promises the entry and operations", () => {
  const outputs = {
    [types.service]: () => ({
      url: "https://spectrum-dev-shop.abc123.us-east-1.cs.amazonlightsail.com/",
    }),
    [types.certificate]: () => ({
      domainValidationOptions: [{ resourceRecordName: "_a", resourceRecordType: "CNAME", resourceRecordValue: "_b" }],
    }),
    "awsx:ecr:Image": () => ({ imageUri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/x@sha256:0" }),
  };
  const calls = { "aws:route53/getZone:getZone": { zoneId: "Z1" } };

  it("names the container service's own domain, and the zone of its region's aliases", async () => {
    const mocks = await useMocks({ outputs, calls });
    const hosted = host(named);
    await mocks.settled();
    const web = hosted.services.web;
    const endpoint = web?.endpoints[80];
    assert.ok(endpoint?.kind === "alias" && web);
    assert.equal(await valueOf(endpoint.aliasName), "spectrum-dev-shop.abc123.us-east-1.cs.amazonlightsail.com");
    assert.equal(await valueOf(endpoint.aliasZoneId), "Z06246771KYU0IRHI74W4");
    assert.equal(await valueOf(endpoint.url), "https://spectrum-dev-shop.abc123.us-east-1.cs.amazonlightsail.com/");
    assert.equal(await valueOf(web.revision), "shop-id");
    assert.equal(web.identity, null);
    assert.equal(web.target.tier, "lightsail");
    assert.ok(web.target.tier === "lightsail");
    assert.equal(await valueOf(web.target.containerService), "spectrum-dev-shop");
    assert.equal(web.target.container, "web");
    assert.equal(mocks.one(types.record, "shop-www.example.com-validation").inputs.zoneId, "Z1");
  });

  it("gives only the public service an endpoint, and each a target", async () => {
    const mocks = await useMocks({ outputs, calls });
    const { services } = host(two);
    await mocks.settled();
    assert.deepEqual(Object.keys(services), ["web", "my_api", "db"]);
    assert.deepEqual(Object.keys(services.db?.endpoints ?? { x: 1 }), []);
  });

  it("keeps a secret one when everything is known", async () => {
    const mocks = await useMocks({ outputs, calls });
    host({ compose: `services: { web: { image: a, environment: { PW: "\${PW}" } } }`, secrets: ["PW"] });
    await mocks.settled();
    // a list that holds a secret is one as a whole
    assert.ok(isSecret(mocks.one(types.deployment).inputs.containers));
    assert.ok(!isSecret(mocks.one(types.deployment).inputs.serviceName));
  });

  it("makes the same resources when nothing is known yet", async () => {
    const names = async (preview: boolean) => {
      const mocks = await useMocks({ preview, outputs, calls });
      host({ ...two, ...{ config: named.config } });
      await mocks.settled();
      return mocks.resources.map(({ type, name }) => `${type} ${name}`).sort();
    };
    assert.deepEqual(await names(true), await names(false));
  });

  it("takes every default of its settings from its schema", () => {
    assert.deepEqual(read(simple).placement.settings, {
      power: null,
      scale: null,
      certificateWait: 300,
      pullerRoleWait: 30,
    });
    const wrong = { lightsail: { power: "2xlarge", scale: 21, certificateWait: "soon", disk: 1 } };
    assert.throws(
      () => read({ ...simple, config: wrong }),
      /lightsail\.power.*nano, micro[^]*lightsail\.scale.*at most 20[^]*certificateWait.*5m[^]*disk: unknown key/u,
    );
  });
});
