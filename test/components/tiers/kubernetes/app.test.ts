import assert from "node:assert/strict";
import { tiers } from "../../../../components/tiers";
import { type Input, onTier } from "../../../support/on-tier";

const on = { eks: onTier(tiers.eks), "eks-fargate": onTier(tiers["eks-fargate"]) };

const compose = `services:
  web:
    image: ghcr.io/a/web:1
    ports: ["8080:80"]
    environment: { TOKEN: "\${KEY}", PLAIN: http://my_api:9000 }
    depends_on: [my_api]
  my_api:
    image: httpd:2.4
    expose: ["9000"]
    volumes: ["data:/data"]
volumes:
  data:
`;
const input = (more: Partial<Input> = {}): Input => ({ compose, secrets: ["KEY"], ...more });
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const BINDING = "kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding";

interface PodSpec {
  readonly containers: readonly { readonly env?: unknown; readonly name: string }[];
  readonly nodeSelector?: unknown;
}

describe("an app on EKS", () => {
  for (const tier of ["eks", "eks-fargate"] as const) {
    it(`on ${tier} is called through the entry's own target group, and no load balancer is Kubernetes' own`, async () => {
      const made = await on[tier].record(input());
      const [binding] = made.resources.filter(({ type }) => type === BINDING);
      assert.ok(binding);
      const spec = binding.inputs.spec as { targetType: string; targetGroupARN: unknown; serviceRef: unknown };
      assert.equal(spec.targetType, "ip");
      assert.match(JSON.stringify(spec.targetGroupARN), /TargetGroup::shop-web-80\.arn/u);
      assert.deepEqual(spec.serviceRef, { name: "web", port: 80 });
      assert.ok(binding.dependencies.some((urn) => urn.endsWith("Release::platform-eks-load-balancer-controller")));
      assert.ok(binding.dependencies.some((urn) => urn.endsWith("ListenerRule::shop-web-80-parking")));
      const kinds = made.resources.map(({ type, inputs }) => [
        type,
        (inputs.spec as { type?: string } | undefined)?.type,
      ]);
      assert.ok(!kinds.some(([type, kind]) => String(type).endsWith(":Ingress") || kind === "LoadBalancer"));
      const rule = made.resources.find(({ name }) => name === "shop-8080");
      assert.ok(
        rule?.dependencies.some((urn) => urn.endsWith(`${DEPLOYMENT}::shop-web`)),
        "the rule waits for the pods",
      );
    });

    it(`on ${tier} is on a cluster of the version, for the people and with the logs that the platform names`, async () => {
      const [admin, viewer] = ["role/admins", "user/eve"].map((name) => `arn:aws:iam::123456789012:${name}`);
      assert.ok(admin && viewer);
      const cluster = {
        version: "1.35",
        admins: [admin],
        viewers: [viewer, admin],
        publicAccessCidrs: ["203.0.113.0/24"],
        logTypes: ["audit"],
      } as const;
      const made = await on[tier].record(input({ platform: { eks: cluster } }));
      const { inputs } = made.one("aws:eks/cluster:Cluster");
      assert.equal(inputs.version, "1.35");
      assert.deepEqual(inputs.enabledClusterLogTypes, ["audit"]);
      assert.deepEqual((inputs.vpcConfig as Record<string, unknown>).publicAccessCidrs, ["203.0.113.0/24"]);
      const given = made
        .all("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
        .map(({ inputs: { principalArn, policyArn, accessScope } }) => [principalArn, policyArn, accessScope]);
      const policy = (name: string) => `arn:aws:eks::aws:cluster-access-policy/${name}`;
      assert.deepEqual(given, [
        [admin, policy("AmazonEKSClusterAdminPolicy"), { type: "cluster" }],
        [viewer, policy("AmazonEKSAdminViewPolicy"), { type: "cluster" }],
      ]);
      assert.equal(made.all("aws:eks/accessEntry:AccessEntry").length, 2);
      const versions = made.all("aws:eks/nodeGroup:NodeGroup").map((group) => group.inputs.version);
      assert.deepEqual(versions, tier === "eks" ? ["1.35"] : []);
    });

    it(`on ${tier} has every Kubernetes resource on the environment's own cluster`, async () => {
      const made = await on[tier].record(input());
      const objects = made.resources.filter(({ type }) => type.startsWith("kubernetes:"));
      assert.ok(objects.length > 10);
      for (const { urn, options } of objects) assert.match(options?.provider ?? "", /kubernetes::platform-eks$/u, urn);
      assert.equal(made.resources.filter(({ type }) => type === "aws:eks/cluster:Cluster").length, 1);
    });

    it(`on ${tier} gives secrets by reference, and rewrites names that are no DNS labels`, async () => {
      const made = await on[tier].record(input());
      const deployment = made.one(DEPLOYMENT, "shop-web");
      const { template } = deployment.inputs.spec as unknown as { template: { spec: PodSpec } };
      const text = JSON.stringify(template.spec.containers[0]?.env);
      assert.match(text, /"secretKeyRef":\{[^}]*"key":"env\.web\.TOKEN"/u);
      assert.doesNotMatch(text, /my_api/u);
      assert.match(text, /http:\/\/my-api-[0-9a-f]{6}:9000/u);
      const secret = made.one("kubernetes:core/v1:Secret", "shop-web");
      assert.match(JSON.stringify(secret.inputs.stringData), /\$secret/u);
      assert.deepEqual(on[tier].said(input(), "web", "environment.PLAIN").length, 1);
    });

    it(`on ${tier} stops the one writer of a volume before the next one starts`, async () => {
      const made = await on[tier].record(input());
      const deployment = made.one(DEPLOYMENT, "shop-my_api");
      assert.deepEqual((deployment.inputs.spec as { strategy: unknown }).strategy, { type: "Recreate" });
      const web = made.one(DEPLOYMENT, "shop-web").inputs.spec as { strategy: unknown };
      assert.deepEqual(web.strategy, { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    });

    it(`on ${tier} refuses what Kubernetes has not, with a remedy`, () => {
      const more = input({
        config: {
          services: { web: { deployment: { strategy: "canary" }, scale: { min: 1, max: 3, requests: 100 } } },
        },
        platform: { egress: "endpoints" },
      });
      assert.match(on[tier].said(more, "web", "deployment").join(), /^refused: .*canary/u);
      assert.match(on[tier].said(more, "web", "scale.requests").join(), /^refused: /u);
      assert.match(on[tier].said(more, null, "egress").join(), /^refused: /u);
    });
  }

  it("gives every object a name that Kubernetes takes, whatever the file's names are", async () => {
    const files = { compose: compose.replaceAll("data", "my_data"), secrets: ["KEY"] };
    const made = await on.eks.record(input(files));
    const objects = made.resources.filter(({ type, inputs }) => type.startsWith("kubernetes:") && inputs.metadata);
    const named = objects.map(({ name, inputs }) => (inputs.metadata as { name?: string }).name ?? name);
    assert.ok(named.some((name) => name.startsWith("shop-my-api-my-data-")));
    for (const name of named) assert.match(name, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/u);
  });

  it("runs its nodes on what its pods ask for", async () => {
    const made = await on.eks.record(input({ config: { eks: { spot: true, nodes: { instanceType: "m7i.large" } } } }));
    const groups = made.resources.filter(({ type }) => type === "aws:eks/nodeGroup:NodeGroup");
    // the one writer is on no Spot machine
    assert.deepEqual(
      groups.map(({ inputs }) => [inputs.capacityType, inputs.instanceTypes]),
      [
        ["ON_DEMAND", ["m7i.large"]],
        ["SPOT", ["m7i.large"]],
      ],
    );
    const { template } = made.one(DEPLOYMENT, "shop-web").inputs.spec as unknown as { template: { spec: PodSpec } };
    assert.deepEqual(template.spec.nodeSelector, {
      "kubernetes.io/arch": "amd64",
      "eks.amazonaws.com/capacityType": "SPOT",
    });
    const [launch] = made.resources.filter(({ type }) => type === "aws:ec2/launchTemplate:LaunchTemplate");
    assert.deepEqual(launch?.inputs.metadataOptions, {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    });
  });

  it("has a Fargate profile after another, a group for each pod, and says what the network costs", async () => {
    const made = await on["eks-fargate"].record(input());
    const profiles = made.resources.filter(({ type }) => type === "aws:eks/fargateProfile:FargateProfile");
    assert.deepEqual(
      profiles.map(({ inputs }) => inputs.selectors),
      [[{ namespace: "kube-system" }], [{ namespace: "shop-fargate" }]],
    );
    assert.ok(profiles[1]?.dependencies.includes(profiles[0]?.urn ?? ""));
    assert.equal(made.resources.filter(({ type }) => type.endsWith(":SecurityGroupPolicy")).length, 2);
    assert.equal(made.resources.filter(({ type }) => type === "aws:ec2/natGateway:NatGateway").length, 1);
    assert.match(on["eks-fargate"].said(input(), null, "egress").join(), /^changed: nat: .*36\.50 USD/u);
  });
});
