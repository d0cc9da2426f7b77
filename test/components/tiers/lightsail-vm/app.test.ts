import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { machineScript, unitFile } from "../../../../components/tiers/lightsail-vm/script";
import { generationOf, userData } from "../../../../components/tiers/lightsail-vm/bootstrap";
import type { Recorded } from "../../../support/record";
import { type Input, machineData, record, said, findings } from "./support";

const INSTANCE = "aws:lightsail/instance:Instance";
const PORTS = "aws:lightsail/instancePublicPorts:InstancePublicPorts";
const hello: Input = { compose: 'services: { web: { image: nginx, ports: ["8080:80"] } }' };
const kept: Input = { compose: "services: { db: { image: postgres, volumes: [data:/d] } }\nvolumes: { data: {} }" };
const DOMAIN = [{ host: "shop.example.com", service: "web", port: 80 }];
const withVm = (input: Input, settings: object, more: object = {}): Input => ({
  ...input,
  config: { "lightsail-vm": settings, ...more },
});

const types = (made: Recorded) => made.resources.map(({ type }) => type).sort();
const open = (made: Recorded) =>
  made
    .all(PORTS)
    .map(({ inputs }) =>
      (inputs.portInfos as { fromPort: number; toPort: number; protocol: string; cidrs: string[] }[]).map(
        ({ fromPort, toPort, protocol, cidrs }) => `${protocol} ${fromPort}-${toPort} ${cidrs.join()}`,
      ),
    );

describe("an app on Lightsail instances", () => {
  it("is one machine that registers itself, an association, an address", async () => {
    const made = await record(hello);
    const own = types(made).filter((type) => type.startsWith("aws:") || type.startsWith("pulumi-nodejs"));
    assert.deepEqual(own, [
      "aws:cloudwatch/logGroup:LogGroup",
      "aws:iam/role:Role",
      "aws:iam/rolePolicy:RolePolicy",
      INSTANCE,
      PORTS,
      "aws:lightsail/staticIp:StaticIp",
      "aws:lightsail/staticIpAttachment:StaticIpAttachment",
      "aws:ssm/activation:Activation",
      "aws:ssm/association:Association",
      "aws:ssm/document:Document",
      "pulumi-nodejs:dynamic/spectrum:Wait",
    ]);
    const [instance] = made.all(INSTANCE);
    assert.equal(instance?.inputs.bundleId, "micro_3_0");
    assert.equal(instance?.inputs.blueprintId, "ubuntu_24_04");
    const [association] = made.all("aws:ssm/association:Association");
    assert.deepEqual(association?.inputs.targets, [{ key: "tag:SpectrumMachine", values: [instance?.inputs.name] }]);
    assert.equal(association?.inputs.waitForSuccessTimeoutSeconds, 720);
  });

  it("opens the published ports and nothing else", async () => {
    assert.deepEqual(open(await record(hello)), [["tcp 8080-8080 0.0.0.0/0"]]);
    const udp = { compose: 'services: { dns: { image: coredns/coredns, ports: ["53:53/udp", "127.0.0.1:81:81"] } }' };
    assert.deepEqual(open(await record(udp)), [["udp 53-53 0.0.0.0/0"]]);
    assert.deepEqual(open(await record(kept)), [["tcp 22-22 127.0.0.1/32"]], "nobody can call it");
    const named = withVm(hello, {}, { hosts: DOMAIN });
    assert.deepEqual(open(await record(named)), [["tcp 80-80 0.0.0.0/0", "tcp 443-443 0.0.0.0/0"]]);
  });

  it("has the code of its registration in the user data alone, as a secret, and keeps a machine whose user data is older", async () => {
    const made = await record(hello);
    const [instance] = made.all(INSTANCE);
    assert.ok(instance);
    const text = JSON.stringify(made.resources.filter(({ type }) => type !== INSTANCE).map(({ inputs }) => inputs));
    assert.ok(!text.includes("activationCode"));
    assert.match(JSON.stringify(instance.inputs.userData), /1b47061264138c4ac30d75fd1eb44270|\$secret/u);
  });

  it("replaces no machine for its user data, closes ports and frees the disk before it goes on, and protects data", async () => {
    const made = await record(kept);
    const options = (type: string) => made.all(type)[0]?.options ?? {};
    assert.deepEqual(options(INSTANCE).ignoreChanges, ["userData"]);
    for (const type of [
      PORTS,
      "aws:lightsail/disk_attachment:Disk_attachment",
      "aws:lightsail/staticIpAttachment:StaticIpAttachment",
      "aws:ssm/association:Association",
    ])
      assert.equal(options(type).deleteBeforeReplace, true, type);
    assert.equal(options("aws:lightsail/disk:Disk").protect, true);
    const open = await record({ ...kept, config: { data: "delete" } });
    assert.equal(open.all("aws:lightsail/disk:Disk")[0]?.options?.protect, undefined);
  });

  it("waits for machine, disk and groups before it runs the app, and for the app before its address moves", async () => {
    const made = await record(kept);
    const after = (type: string) =>
      made.all(type).flatMap((one) => one.dependencies.map((urn) => made.byUrn(urn).type));
    const runs = after("aws:ssm/association:Association");
    for (const type of [
      "pulumi-nodejs:dynamic/spectrum:Wait",
      "aws:lightsail/disk_attachment:Disk_attachment",
      "aws:cloudwatch/logGroup:LogGroup",
      "aws:iam/rolePolicy:RolePolicy",
      "aws:ssm/document:Document",
    ])
      assert.ok(runs.includes(type), type);
    assert.ok(after("aws:lightsail/staticIpAttachment:StaticIpAttachment").includes("aws:ssm/association:Association"));
  });

  it("puts volumes on a disk that the tier's name is not in", async () => {
    const made = await record(kept);
    const [disk] = made.all("aws:lightsail/disk:Disk");
    assert.ok(disk);
    assert.ok(!disk.urn.includes("lightsail-vm"), disk.urn);
    assert.equal(disk.inputs.sizeInGb, 20);
    const data = machineData(made);
    assert.equal(data.disk, true);
    assert.deepEqual(data.folders, ["/mnt/spectrum/volumes/data"]);
    assert.equal(machineData(await record(hello)).disk, false);
  });

  it("brings no secret's value, but where it is kept", async () => {
    const compose =
      "services: { web: { image: a, environment: { P: '${TOKEN}' }, secrets: [key] } }\nsecrets: { key: { environment: KEY } }";
    const data = machineData(await record({ compose, secrets: ["TOKEN", "KEY"] }));
    assert.deepEqual(Object.keys(data.variables), ["SECRET_TOKEN"]);
    assert.deepEqual(
      data.secretFiles.map(({ path }) => path),
      ["/var/lib/spectrum/shop/secrets/key"],
    );
    assert.match(data.compose, /P: "\$\{SECRET_TOKEN\}"/u);
  });

  it("lets the machine read its own secrets, pull its own images, write its own logs", async () => {
    const compose = "services: { web: { build: web, environment: { P: '${TOKEN}' } } }";
    const made = await record({ compose, secrets: ["TOKEN"] });
    const policy = made.json<{ Statement: { Action: string[]; Resource: string[] }[] }>(
      made.one("aws:iam/rolePolicy:RolePolicy", "shop"),
      "policy",
    );
    const wide = policy.Statement.filter(({ Resource }) => Resource.includes("*")).flatMap(({ Action }) => Action);
    assert.ok(wide.every((action) => /^(?:ssm|ssmmessages|ec2messages):|^ecr:GetAuthorizationToken$/u.test(action)));
    assert.ok(!wide.some((action) => /GetParameter|PutParameter|SendCommand/u.test(action)));
    const actions = policy.Statement.flatMap(({ Action }) => Action);
    for (const action of ["ssm:GetParameters", "ecr:BatchGetImage", "logs:PutLogEvents"])
      assert.ok(actions.includes(action));
    assert.ok(!actions.includes("secretsmanager:GetSecretValue"));
  });

  it("stands a proxy with certificates before an app with a name", async () => {
    const data = machineData(await record(withVm(hello, {}, { hosts: [...DOMAIN, { ...DOMAIN[0], path: "/api" }] })));
    const caddyfile = data.files.find(({ path }) => path === "proxy/Caddyfile")?.content ?? "";
    assert.match(caddyfile, /^shop\.example\.com \{$/mu);
    assert.ok(caddyfile.indexOf("path /api /api/*") < caddyfile.indexOf("\thandle {"));
    assert.match(data.compose, /spectrum-proxy:/u);
    assert.doesNotMatch(machineData(await record(hello)).compose, /spectrum-proxy:/u);
  });

  it("puts several machines behind a load balancer with a certificate", async () => {
    const made = await record(withVm(hello, { machines: 2, healthCheckPath: "/up" }, { hosts: DOMAIN }));
    assert.deepEqual(
      made.all(INSTANCE).map(({ inputs }) => inputs.availabilityZone),
      ["us-east-1a", "us-east-1b"],
    );
    const [balancer] = made.all("aws:lightsail/lb:Lb");
    assert.deepEqual([balancer?.inputs.instancePort, balancer?.inputs.healthCheckPath], [80, "/up"]);
    assert.equal(made.all("aws:lightsail/lbAttachment:LbAttachment").length, 2);
    assert.equal(made.all("aws:lightsail/lbHttpsRedirectionPolicy:LbHttpsRedirectionPolicy").length, 1);
    assert.equal(made.all("aws:lightsail/staticIp:StaticIp").length, 0);
    const [name] = made.all("aws:route53/record:Record").filter(({ inputs }) => inputs.type === "A");
    assert.ok(Array.isArray(name?.inputs.aliases), "an alias, not a CNAME");
  });

  it("takes snapshots where it is asked to", async () => {
    const addOn = async (input: Input) => (await record(input)).all(INSTANCE)[0]?.inputs.addOn;
    assert.equal(await addOn(hello), undefined);
    assert.deepEqual(await addOn(withVm(hello, { snapshots: "06:00" })), {
      type: "AutoSnapshot",
      snapshotTime: "06:00",
      status: "Enabled",
    });
  });
});

describe("what the tier says of an app", () => {
  it("refuses several machines with one volume", () => {
    const [reason] = said(withVm(kept, { machines: 2 }), "db", "volumes");
    assert.match(reason ?? "", /^refused: .*a disk is on one machine/u);
    assert.deepEqual(said(kept, "db", "volumes"), []);
  });

  it("takes as many machines as the published copies, and none more for the others", async () => {
    const replicas = (n: number) => ({
      compose: `services: { web: { image: nginx, ports: ["80:80"], deploy: { replicas: ${n} } } }`,
    });
    assert.equal((await record(replicas(3))).all(INSTANCE).length, 3);
    assert.match(said(replicas(3), "web", "deploy.replicas")[0] ?? "", /^kept: shared out among 3 machines/u);
    const worker = { compose: "services: { web: { image: nginx, deploy: { replicas: 3 } } }" };
    const made = await record(worker);
    assert.equal(made.all(INSTANCE).length, 1);
    assert.match(machineData(made).compose, /replicas: 3/u);
  });

  it("refuses what the load balancer does not take", () => {
    const tcp = {
      compose:
        'services: { web: { image: nginx, ports: ["80:80"] }, mq: { image: rabbitmq, ports: [{ target: 5672, published: "5672", app_protocol: tcp }] } }',
    };
    assert.match(
      said(withVm(tcp, { machines: 2 }), "mq", "ports[0]").join(),
      /refused: the load balancer of 2 machines takes HTTP alone/u,
    );
    assert.doesNotMatch(said(tcp, "mq", "ports[0]").join(), /refused/u);
  });

  it("refuses a bundle that is too small, and what no bundle holds", () => {
    const big = (memory: string) => ({ compose: `services: { web: { image: a, mem_limit: ${memory} } }` });
    assert.match(
      said(withVm(big("1g"), { bundle: "nano" }), null, "lightsail-vm.bundle").join(),
      /refused: .* a nano has/u,
    );
    assert.match(said(big("64g"), null, "lightsail-vm.bundle").join(), /refused/u);
    assert.deepEqual(said(big("1g"), null, "lightsail-vm.bundle"), []);
  });

  it("refuses files that no document carries, policies and other regions", () => {
    const files = { "a.txt": "x".repeat(50_000) };
    const compose = "services: { web: { image: a, volumes: ['./a.txt:/a.txt:ro'] } }";
    assert.match(said({ compose, files }, "web", "volumes[0].target").join(), /refused/u);
    const policies = { services: { web: { policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } } };
    assert.match(said({ ...hello, config: policies }, "web", "policies").join(), /refused/u);
  });

  it("has a remedy for whatever is not kept", () => {
    for (const input of [hello, kept, withVm(kept, { machines: 2 })])
      for (const f of findings(input)) if (f.outcome !== "kept") assert.notEqual(f.remedy, "", f.key);
  });
});

describe("a machine's programs", () => {
  const registration = { id: "11111111-2222-3333-4444-555555555555", code: "abcdefgh", region: "us-east-1" };

  it("the first is one for sh, within Lightsail's 16 KB", function () {
    const text = userData(registration);
    assert.ok(Buffer.byteLength(text) < 16_384);
    const { status, stderr } = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    assert.equal(text.split("\n").filter((line) => line.includes(registration.code)).length, 1);
  });

  it("the second is one for Python", function () {
    const { error, status, stderr } = spawnSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], {
      input: machineScript,
      encoding: "utf8",
    });
    if (error) this.skip();
    assert.equal(status, 0, stderr);
    assert.ok(!machineScript.includes("{{"), "Systems Manager would take it for a parameter");
    assert.match(unitFile("shop", "/x"), /ExecStart=\/usr\/bin\/python3 \/x\/machine\.py boot/u);
  });

  it("another bundle, zone or generation is another machine, another registration is not", () => {
    const made = { bundle: "b", blueprint: "u", zone: "z", region: "r", generation: "" };
    const all = [
      made,
      { ...made, bundle: "c" },
      { ...made, zone: "y" },
      { ...made, generation: "2" },
      { ...made, blueprint: "v" },
    ];
    assert.equal(new Set(all.map(generationOf)).size, all.length);
    assert.equal(generationOf({ ...made }), generationOf(made));
  });

  it("no text of the app's is a parameter of the document's", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("{", "{{", "}}", "a", "\\", '"', "$"), { maxLength: 8 }),
        async (parts) => {
          const word = parts.join("");
          const made = await record({
            compose: JSON.stringify({
              services: { web: { image: "a", command: ["x", word.replaceAll("$", "$$$$")] } },
            }),
          });
          const content = made.one("aws:ssm/document:Document", "shop").inputs.content as string;
          assert.ok(!content.includes("{{"));
          assert.ok(JSON.stringify(machineData(made).compose).length > 0);
        },
      ),
      { numRuns: 15 },
    );
  });
});
