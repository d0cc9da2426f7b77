/** What no whole plan of the other tests has: floating prices, what nobody can count, other regions. */
import assert from "node:assert/strict";
import { defaultUsage } from "../../../app/config/schema";
import { monthlyPrice } from "../../../plan/prices/monthly";
import type { PlannedResource, PlanValue } from "../../../plan/types";

const STACK = "urn:pulumi:dev::spectrum::pulumi:pulumi:Stack::spectrum-dev";

/** A resource of the app `shop`, or of the platform. */
function resource(type: string, inputs: Record<string, PlanValue>, name = "shop"): PlannedResource {
  const urn = `urn:pulumi:dev::spectrum::${type}::${name}`;
  return { urn, type, name, parent: STACK, remote: false, inputs, dependencies: [] };
}
const output = ({ urn }: PlannedResource, property: string): PlanValue => ({ $output: `${urn}.${property}` });
const price = (resources: readonly PlannedResource[], region = "us-east-1", usage = {}) =>
  monthlyPrice(resources, { region, usages: { shop: { ...defaultUsage, ...usage } } });

const cluster = resource("aws:eks/cluster:Cluster", { enabledClusterLogTypes: ["audit"] });

describe("price lines", () => {
  it("has what nobody can count, or has no price of, as unpriced, with the reason, and in no sum", () => {
    const strange = resource("aws:mq/broker:Broker", {}, "broker");
    const { fixed, unpriced } = price([cluster, strange]);
    assert.equal(fixed, 73);
    assert.deepEqual(unpriced, [
      {
        what: "logs of the control plane",
        resource: cluster.urn,
        reason: "0.50 USD a GB in us-east-1; how much it logs is not known",
      },
      { what: "aws:mq/broker:Broker", resource: strange.urn, reason: "Spectrum knows no price of this type" },
    ]);
  });

  it("has in another region what is the same everywhere, and names the regions whose price it knows of all else", () => {
    const zone = resource("aws:route53/zone:Zone", {});
    const nat = resource("aws:ec2/natGateway:NatGateway", {});
    const { fixed, unpriced } = price([zone, nat], "ap-southeast-2");
    assert.equal(fixed, 0.5);
    assert.deepEqual(
      unpriced.map(({ what, reason }) => [what, reason]),
      [
        [
          "a NAT gateway",
          "no price of nat.hour in ap-southeast-2: known are those of us-east-1 and eu-west-1; `spectrum prices refresh --region ap-southeast-2` asks AWS's price list",
        ],
        [
          "what goes through it",
          "no price of nat.gb in ap-southeast-2: known are those of us-east-1 and eu-west-1; `spectrum prices refresh --region ap-southeast-2` asks AWS's price list",
        ],
      ],
    );
  });

  it("has a workflow's transitions, one into each state and one to the end, and an EXPRESS one's time", () => {
    const inner = { StartAt: "B", States: { B: { Type: "Pass", End: true } } };
    const definition = JSON.stringify({
      StartAt: "A",
      States: {
        A: { Type: "Parallel", Branches: [inner, inner], Next: "M" },
        M: { Type: "Map", ItemProcessor: inner, End: true },
      },
    });
    const machine = (type: string) => resource("aws:sfn/stateMachine:StateMachine", { type, definition }, "order");
    const linesOf = (type: string) =>
      price([machine(type)], "us-east-1", { executions: 1000 }).lines.map(({ what, kind, quantity }) => [
        what,
        kind,
        quantity,
      ]);
    assert.deepEqual(linesOf("STANDARD"), [["state transitions", "usage", 6000]]);
    assert.deepEqual(linesOf("EXPRESS"), [
      ["executions", "usage", 1000],
      // 1,000 times a second of 64 MB
      ["their time", "usage", 0.01736111],
    ]);
  });

  it("takes prices that were asked for before its own", () => {
    const asked = {
      unit: "hour",
      prices: { "us-east-1": { usd: 0.2, source: "AWS", asOf: "2026-11-27", certain: true } },
    };
    const { lines } = monthlyPrice([cluster], { region: "us-east-1", usages: {}, refreshed: { "eks.cluster": asked } });
    assert.deepEqual(
      lines.map(({ price: usd, usd: sum, source }) => [usd, sum, source]),
      [[0.2, 146, "AWS"]],
    );
  });

  it("counts Spot instances at their price on demand, and calls it the most that they can cost", () => {
    const template = resource("aws:ec2/launchTemplate:LaunchTemplate", { instanceType: "m7i.large" });
    const pool = resource("aws:autoscaling/group:Group", {
      minSize: 3,
      mixedInstancesPolicy: {
        instancesDistribution: { onDemandBaseCapacity: 1, onDemandPercentageAboveBaseCapacity: 50 },
        launchTemplate: { launchTemplateSpecification: { launchTemplateId: output(template, "id") } },
      },
    });
    const { lines } = price([template, pool]);
    assert.deepEqual(
      lines.map(({ what, quantity, certain }) => [what, quantity, certain]),
      [
        ["2 × m7i.large", 1460, true],
        ["1 × m7i.large of Spot, at its price on demand", 730, false],
        ["alarms of managed scaling", 2, true],
      ],
    );
    assert.match(lines[1]?.source ?? "", /Spot prices float below the price on demand$/u);
  });

  it("counts nodes by the assumed replicas, up to what the group allows", () => {
    const template = resource("aws:ec2/launchTemplate:LaunchTemplate", {});
    const group = resource("aws:eks/nodeGroup:NodeGroup", {
      instanceTypes: ["t3.medium"],
      launchTemplate: { id: output(template, "id") },
      scalingConfig: { minSize: 1, desiredSize: 1, maxSize: 4 },
    });
    const deployment = resource("kubernetes:apps/v1:Deployment", {
      metadata: { name: "web", namespace: "shop" },
      spec: { template: { spec: { containers: [{ resources: { requests: { cpu: "500m", memory: "1Gi" } } }] } } },
    });
    const scaler = resource("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", {
      metadata: { name: "web", namespace: "shop" },
      spec: { minReplicas: 1, maxReplicas: 20, scaleTargetRef: { name: "web" } },
    });
    const nodes = (replicas: number | null) =>
      price([template, group, deployment, scaler], "us-east-1", { replicas }).lines.map(({ what }) => what);
    assert.deepEqual(nodes(null), ["1 × t3.medium"]);
    // two of the pods on each, and the cluster's own beside them
    assert.deepEqual(nodes(4), ["2 × t3.medium"]);
    assert.deepEqual(nodes(20), ["4 × t3.medium"]);
  });

  it("counts a disk of a claim, a secret, an advanced parameter, a health check with its alarm of two metrics", () => {
    const storage = resource("kubernetes:storage.k8s.io/v1:StorageClass", {
      metadata: { name: "gp3" },
      provisioner: "ebs.csi.aws.com",
    });
    const claim = (storageClassName: string, name: string) =>
      resource(
        "kubernetes:core/v1:PersistentVolumeClaim",
        { spec: { storageClassName, resources: { requests: { storage: "10Gi" } } } },
        name,
      );
    const { lines } = price([
      storage,
      claim("gp3", "disk"),
      claim("", "files"),
      resource("aws:secretsmanager/secret:Secret", {}),
      resource("aws:ssm/parameter:Parameter", { tier: "Advanced" }, "long"),
      resource("aws:ssm/parameter:Parameter", { tier: "Intelligent-Tiering" }, "short"),
      resource("aws:route53/healthCheck:HealthCheck", { type: "HTTPS" }),
      resource("aws:cloudwatch/metricAlarm:MetricAlarm", {
        metricQueries: [{ metric: { a: 1 } }, { metric: { a: 1 } }, {}],
      }),
    ]);
    assert.deepEqual(
      lines.map(({ what, usd }) => [what, usd]),
      [
        ["a disk of 10 GiB", 0.8],
        ["a secret", 0.4],
        ["an advanced parameter", 0.05],
        ["a health check", 0.5],
        ["HTTPS of the check", 1],
        ["an alarm", 0.2],
      ],
    );
  });

  it("knows the most common wrong guess of a price: of MySQL 8.0, whose support ended, both the class and the surcharge", () => {
    const mysql = resource("aws:rds/instance:Instance", {
      instanceClass: "db.t4g.micro",
      engine: "mysql",
      engineVersion: "8.0",
      allocatedStorage: 20,
    });
    // 0.016 an hour; 20 GB at 0.115; two vCPU at 0.10
    assert.equal(price([mysql]).fixed, 11.68 + 2.3 + 146);
    const [unknown] = price([resource("aws:rds/instance:Instance", { instanceClass: "db.x2g.large" })]).unpriced;
    assert.match(
      unknown?.reason ?? "",
      /^no price of rds\.db\.x2g\.large in us-east-1: it is in no list of Spectrum's/u,
    );
  });
});
