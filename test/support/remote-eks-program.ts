/**
 * Uses of eks's remote components in all the ways that Spectrum knows. The real provider's children for it are in
 * test/plan/remote-eks-recorded.json; remote-record.ts beside that file writes it.
 */
import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";

const common = {
  version: "1.36",
  authenticationMode: eks.AuthenticationMode.Api,
  skipDefaultNodeGroup: true,
  skipDefaultSecurityGroups: true,
  bootstrapSelfManagedAddons: false,
  useDefaultVpcCni: true,
  kubeProxyAddonOptions: { enabled: false },
  corednsAddonOptions: { enabled: false },
  createOidcProvider: false,
};

export function remoteEksProgram(): Record<string, unknown> {
  const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16" });
  const subnets = ["a", "b"].map(
    (zone, i) =>
      new aws.ec2.Subnet(zone, { vpcId: vpc.id, cidrBlock: `10.0.${i}.0/24`, availabilityZone: `us-east-1${zone}` }),
  );
  const logs = new aws.cloudwatch.LogGroup("logs", { name: "/aws/eks/all/cluster" });
  const network = { vpcId: vpc.id, privateSubnetIds: subnets.map(({ id }) => id) };
  const all = new eks.Cluster("all", {
    ...common,
    ...network,
    name: "all",
    upgradePolicy: { supportType: "STANDARD" },
    endpointPrivateAccess: true,
    enabledClusterLogTypes: ["api", "audit"],
    deletionProtection: true,
    clusterTags: { Logs: logs.name },
    tags: { team: "a" },
  });
  new eks.Cluster("few", { ...common, ...network });
  const { eksCluster } = all;
  new aws.eks.Addon("addon", { clusterName: eksCluster.name, addonName: "coredns" });
  new aws.iam.OpenIdConnectProvider("oidc", {
    url: eksCluster.identities.apply((identities) => identities[0]?.oidcs?.[0]?.issuer ?? ""),
    clientIdLists: ["sts.amazonaws.com"],
  });
  new aws.vpc.SecurityGroupIngressRule("rule", {
    securityGroupId: eksCluster.vpcConfig.apply(({ clusterSecurityGroupId }) => clusterSecurityGroupId),
    ipProtocol: "tcp",
    cidrIpv4: "10.0.0.0/16",
    fromPort: 80,
    toPort: 80,
  });
  return { kubeconfig: pulumi.output(all.kubeconfigJson) };
}
