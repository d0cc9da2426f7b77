import assert from "node:assert/strict";
import type { Finding } from "../../app/finding";
import { planJson } from "../../plan/json";
import { renderPlan } from "../../plan/render";
import type { Plan, PlannedResource } from "../../plan/types";
import { rules } from "../../policy/rules";

const STACK = "urn:pulumi:dev::spectrum::pulumi:pulumi:Stack::spectrum-dev";

function resource(
  type: string,
  name: string,
  parent: string | null,
  inputs: PlannedResource["inputs"] = {},
): PlannedResource {
  const urn = parent === null ? STACK : `urn:pulumi:dev::spectrum::${type}::${name}`;
  return { urn, type, name, parent, remote: false, inputs, dependencies: [] };
}

function finding(key: string, outcome: Finding["outcome"], more: Partial<Finding> = {}): Finding {
  const remedy = outcome === "kept" ? "" : `change ${key}`;
  return {
    app: "shop",
    service: "web",
    key,
    outcome,
    accepted: false,
    reason: `why ${key}`,
    remedy,
    location: null,
    ...more,
  };
}

const plan: Plan = {
  version: 1,
  environment: "dev",
  apps: [
    {
      name: "shop",
      tier: "lightsail",
      findings: [
        finding("image", "kept"),
        finding("ports[0]", "changed"),
        finding("volumes[0]", "refused", { location: { file: "compose.yaml", line: 3, column: 5 } }),
        finding("devices[0]", "refused", { accepted: true, service: null }),
        finding("command", "kept"),
        finding("environment.TOKEN", "kept", { remedy: "hide it" }),
      ],
    },
  ],
  resources: [
    resource("pulumi:pulumi:Stack", "spectrum-dev", null),
    resource("spectrum:tiers:Lightsail", "shop", STACK),
    resource(
      "aws:lightsail/containerService:ContainerService",
      "box",
      "urn:pulumi:dev::spectrum::spectrum:tiers:Lightsail::shop",
      {
        power: "nano",
        scale: 1,
        tags: { a: "b" },
      },
    ),
    resource("aws:sns/topic:Topic", "v1.topic", STACK, {
      name: { $output: "urn:pulumi:dev::spectrum::spectrum:tiers:Lightsail::shop.id" },
    }),
  ],
  outputs: {
    url: { $output: "https://${urn:pulumi:dev::spectrum::aws:sns/topic:Topic::v1.topic.arn}/x" },
    password: { $secret: "shop.DB_PASSWORD" },
    zone: { $lookup: "aws:x" },
  },
  errors: [],
  warnings: [],
};

describe("renderPlan", () => {
  it("shows findings first, then the tree, then the outputs", () => {
    assert.equal(
      renderPlan(plan, { color: false }),
      [
        "shop on lightsail",
        "  refused  web.volumes[0]  compose.yaml:3:5",
        "           why volumes[0]",
        "           remedy: change volumes[0]",
        "  accepted devices[0]",
        "           why devices[0]",
        "  changed  web.ports[0]",
        "           why ports[0]",
        "           change ports[0]",
        "  kept     web.environment.TOKEN",
        "           why environment.TOKEN",
        "           hide it",
        "  kept     3 keys",
        "",
        "3 resources",
        "spectrum-dev pulumi:pulumi:Stack",
        "├─ shop spectrum:tiers:Lightsail",
        "│  └─ box aws:lightsail/containerService:ContainerService  power=nano scale=1",
        "└─ v1.topic aws:sns/topic:Topic  name=<shop.id>",
        "",
        "outputs",
        "  password: (secret)",
        "  url: https://<v1.topic.arn>/x",
        "  zone: (looked up)",
        "",
      ].join("\n"),
    );
  });

  it("shows the rules that are broken, or says that all hold", () => {
    const broken = (rule: string, resource: string, more: object = {}) => ({
      rule,
      severity: "mandatory" as const,
      urn: `urn:${resource}`,
      resource,
      message: `why ${rule}`,
      remedy: `mend ${rule}`,
      source: "https://docs.aws.amazon.com/x.html",
      ...more,
    });
    const exemption = { reason: "a trial", until: "2027-01-31" };
    const policy = [
      broken("two-zones", "a"),
      broken("two-zones", "b"),
      broken("two-zones", "c", { exemption }),
      broken("no-plain-secrets", "d", { severity: "advisory" }),
    ];
    const only = { ...plan, apps: [], resources: [], outputs: {} };
    assert.equal(
      renderPlan({ ...only, policy }, { color: false }),
      [
        "policy: 2 mandatory, 1 advisory, 1 exempt",
        "  mandatory  two-zones  a, b",
        "             why two-zones",
        "             remedy: mend two-zones",
        "  exempt     two-zones  c",
        "             why two-zones",
        "             until 2027-01-31: a trial",
        "  advisory   no-plain-secrets  d",
        "             why no-plain-secrets",
        "             remedy: mend no-plain-secrets",
        "",
      ].join("\n"),
    );
    assert.equal(renderPlan({ ...only, policy: [] }, { color: false }), `policy: all ${rules.length} rules hold\n`);
  });

  it("says once what is said of several keys alike", () => {
    const same = { reason: "no such thing", remedy: "leave it out" };
    const keys = ["a", "b", "c"].map((key) => finding(`${key.repeat(40)}`, "changed", same));
    const apps = [{ name: "shop", tier: "fargate", findings: [...keys, finding("other", "changed")] }];
    const text = renderPlan({ ...plan, apps, resources: [], outputs: {} }, { color: false });
    assert.equal(
      text,
      [
        "shop on fargate",
        `  changed  web.${"a".repeat(40)}, web.${"b".repeat(40)},`,
        `           web.${"c".repeat(40)}`,
        "           no such thing",
        "           leave it out",
        "  changed  web.other",
        "           why other",
        "           change other",
        "  kept     0 keys",
        "",
      ].join("\n"),
    );
  });

  it("colours where it is told to, and nothing else changes", () => {
    const colored = renderPlan(plan, { color: true });
    // eslint-disable-next-line no-control-regex
    assert.equal(colored.replace(/\u001b\[\d+m/g, ""), renderPlan(plan, { color: false }));
    assert.ok(colored.includes("\u001b[31mrefused\u001b[39m"));
  });
});

describe("planJson", () => {
  it("sorts keys whatever order they were made in, and keeps lists and documents", () => {
    const [first, ...others] = plan.resources;
    const turned = { ...plan, resources: [Object.fromEntries(Object.entries(first!).reverse()), ...others] } as Plan;
    const shuffled = Object.fromEntries(Object.entries(turned).reverse()) as unknown as Plan;
    assert.equal(planJson(shuffled), planJson(plan));
    assert.deepEqual(JSON.parse(planJson(plan)), plan);
    assert.ok(planJson(plan).endsWith("}\n"));
  });
});
