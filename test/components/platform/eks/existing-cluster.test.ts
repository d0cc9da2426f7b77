/** Apps on an EKS cluster that is there already: what is made in it, and what is left to its owner. */
import assert from "node:assert/strict";
import type { Finding } from "../../../../app/finding";
import { type FolderPlan, planFolder } from "../../../support/plan-folder";
import { root } from "../../../support/project";

const VPC = "vpc-0123456789abcdef0";
const shop = (more: object = {}) => ({
  compose: ["compose.yaml", "compose.jobs.yaml"].map((file) => `${root}/examples/shop/${file}`),
  profiles: ["jobs"],
  tier: "eks",
  data: "delete",
  hosts: [
    { host: "shop.example.com", service: "web", port: 8080 },
    { host: "api.shop.example.com", service: "api", port: 3000 },
  ],
  ...more,
});
const plan = (apps: object, platform: object = {}, more: object = {}) =>
  planFolder({
    config: {
      "spectrum:platform": { eksClusterName: "there", vpcId: VPC, hostedZoneId: "Z1", ...platform },
      "spectrum:secrets": { shop: { DB_PASSWORD: { secure: "v1:x" } } },
      "spectrum:apps": apps,
      ...more,
    },
    files: {},
  });

const errors = ({ errors: all }: FolderPlan) => all.map(({ key, message }) => `${key ?? ""}: ${message}`).join("\n");
const found = ({ apps }: FolderPlan, key: string): Finding | undefined =>
  apps[0]?.findings.find((finding) => finding.service === null && finding.key === key);

describe("an existing EKS cluster", function () {
  this.timeout(60_000);

  describe("with an app of services, volumes, jobs and a workflow", () => {
    let made: FolderPlan["made"];
    let whole: FolderPlan;
    before(async () => {
      whole = await plan(
        { shop: shop() },
        {},
        {
          "spectrum:workflows": { order: { definition: `${root}/examples/shop/workflows/order.asl.yaml` } },
        },
      );
      ({ made } = whole);
    });

    it("can be planned", () => assert.deepEqual(whole.errors, []));

    it("is not made, nor are its nodes, add-ons and controllers", () => {
      const types = new Set(whole.resources.map(({ type }) => type));
      for (const type of [
        "aws:ec2/vpc:Vpc",
        "aws:eks/addon:Addon",
        "aws:eks/cluster:Cluster",
        "aws:eks/nodeGroup:NodeGroup",
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "eks:index:Cluster",
        "kubernetes:helm.sh/v3:Release",
      ])
        assert.ok(!types.has(type), type);
    });

    it("is called by its own address, with a token for its name", () => {
      const provider = made.one("pulumi:providers:kubernetes");
      const { clusters, users } = made.json<{
        clusters: readonly [{ cluster: Record<string, unknown> }];
        users: readonly [{ user: { exec: { args: readonly string[] } } }];
      }>(provider, "kubeconfig");
      assert.deepEqual(clusters[0].cluster, {
        server: { $lookup: "aws:eks/getCluster:getCluster" },
        "certificate-authority-data": { $lookup: "aws:eks/getCluster:getCluster" },
      });
      assert.equal(
        users[0].user.exec.args.join(" "),
        "--region us-east-1 eks get-token --cluster-name there --output json",
      );
      const kubernetes = whole.resources.filter(({ type }) => type.startsWith("kubernetes:"));
      assert.ok(kubernetes.length > 30);
      for (const { name, options } of kubernetes) assert.equal(options?.provider, provider.urn, name);
    });

    it("has namespaces that bear the environment's name, and nothing outside of them", () => {
      const namespaces = made.all("kubernetes:core/v1:Namespace").map(({ inputs }) => nameOf(inputs));
      assert.deepEqual(namespaces.sort(), ["dev-shop-eks", "spectrum-dev-logging"]);
      const outside = whole.resources.filter(
        ({ type, inputs }) =>
          type.startsWith("kubernetes:") &&
          !["Namespace", "PersistentVolume"].some((kind) => type.endsWith(`:${kind}`)) &&
          !namespaces.includes((inputs.metadata as { namespace?: string }).namespace),
      );
      assert.deepEqual(
        outside.map(({ name, type }) => `${type} ${name}`),
        [],
      );
    });

    it("gives each pod its role by Pod Identity, in its namespace", () => {
      const associations = made.all("aws:eks/podIdentityAssociation:PodIdentityAssociation");
      assert.ok(associations.length > 3);
      for (const { inputs } of associations) {
        assert.equal(inputs.clusterName, "there");
        assert.match(inputs.namespace as string, /^(?:dev-shop-eks|spectrum-dev-logging)$/u);
      }
    });

    it("runs pods on any node of their processor, whoever manages it", () => {
      const deployments = made.all("kubernetes:apps/v1:Deployment");
      assert.ok(deployments.length > 3);
      for (const { inputs } of deployments) {
        const { template } = inputs.spec as unknown as { template: { spec: { nodeSelector: unknown } } };
        assert.deepEqual(template.spec.nodeSelector, { "kubernetes.io/arch": "amd64" });
      }
    });

    it("lets the entry in by its own security group", () => {
      const rules = made
        .all("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(({ name }) => name.startsWith("platform-eks-from-http-"));
      assert.deepEqual(rules.map(({ name }) => name).sort(), [
        "platform-eks-from-http-3000-tcp",
        "platform-eks-from-http-8080-tcp",
      ]);
      for (const { inputs } of rules)
        assert.deepEqual(inputs.securityGroupId, { $lookup: "aws:eks/getCluster:getCluster" });
    });

    it("reads the logs of the apps' containers alone, and keeps its place in a folder of the environment's", () => {
      const config = made.one("kubernetes:core/v1:ConfigMap", "platform-eks-logging").inputs.data as Record<
        string,
        string
      >;
      const conf = config["fluent-bit.conf"] ?? "";
      assert.match(conf, /^ {2}Path \/var\/log\/containers\/\*_dev-shop-eks_\*\.log$/mu);
      assert.doesNotMatch(conf, /Exclude_Path/u);
      assert.match(conf, /log_group_name \/spectrum\/dev\/shop\/web$/mu);
      const daemon = JSON.stringify(made.one("kubernetes:apps/v1:DaemonSet").inputs);
      assert.match(daemon, /"path":"\/var\/fluent-bit\/spectrum-dev-logging"/u);
    });

    it("is named to the workflow's state machine and in the outputs", () => {
      assert.equal(made.all("aws:eks/accessEntry:AccessEntry")[0]?.inputs.clusterName, "there");
      assert.match(JSON.stringify(whole.outputs.deployed), /"there"/u);
    });

    it("is told of with what the app needs there", () => {
      const finding = found(whole, "eksClusterName");
      assert.equal(finding?.outcome, "changed");
      assert.match(finding.reason, /^no cluster is made: the pods run in there/u);
      for (const need of [
        /nodes of amd64/u,
        /eks-pod-identity-agent/u,
        /AWS Load Balancer Controller/u,
        /EFS CSI driver/u,
      ])
        assert.match(finding.remedy, need);
      assert.doesNotMatch(finding.remedy, /metrics-server|Spot/u);
    });
  });

  it("needs more for an app that is scaled, and on Spot", async () => {
    const services = { api: { scale: { min: 1, max: 3, cpu: 60 } } };
    const whole = await plan({ shop: shop({ services, eks: { services: { api: { spot: true } } } }) });
    assert.deepEqual(whole.errors, []);
    const remedy = found(whole, "eksClusterName")?.remedy ?? "";
    assert.match(remedy, /a managed node group on Spot; metrics-server, and what adds nodes/u);
    const api = JSON.stringify(whole.made.one("kubernetes:apps/v1:Deployment", "shop-api").inputs);
    assert.match(api, /"eks\.amazonaws\.com\/capacityType":"SPOT"/u);
  });

  it("refuses nodes and disks, which an accepted loss leaves out", async () => {
    const eks = { nodes: { min: 2 }, disks: { "db-data": 10 } };
    const refused = await plan({ shop: shop({ eks }) });
    assert.match(errors(refused), /nodes is refused on eks: the cluster there is there already.+; leave nodes out/u);
    assert.match(errors(refused), /disks\.db-data is refused on eks: .+the volume is on EFS then/u);
    const accepted = await plan({ shop: shop({ eks: { ...eks, accept: ["nodes", "disks.db-data"] } }) });
    assert.deepEqual(accepted.errors, []);
    assert.doesNotMatch(JSON.stringify(accepted.resources), /spectrum-gp3/u);
  });

  it("takes no app on Fargate", async () => {
    const whole = await plan({ shop: shop({ tier: "eks-fargate" }) });
    assert.equal(
      errors(whole),
      "spectrum:platform.eksClusterName: there is there already, and takes apps on eks alone, whose identities and logs are their own; " +
        "on eks-fargate is shop: place them on eks or fargate, or leave the key out",
    );
  });

  for (const [what, platform, message] of [
    ["without its network", { vpcId: null }, /platform\.eksClusterName: .+give that too: vpcId$/u],
    ["that is set up here", { eks: { version: "1.35" } }, /platform\.eks: .+leave eks out$/u],
    [
      "by its ARN",
      { eksClusterName: "arn:aws:eks:us-east-1:1:cluster/x" },
      /platform\.eksClusterName: got .+; give the name/u,
    ],
  ] as const)
    it(`is refused ${what}`, async () => {
      assert.match(errors(await plan({ shop: shop() }, platform)), message);
    });
});

const nameOf = (inputs: Readonly<Record<string, unknown>>) => (inputs.metadata as { name?: string }).name;
