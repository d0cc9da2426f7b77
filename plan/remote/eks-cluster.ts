/**
 * What `eks.Cluster` 4.3 makes (`nodejs/eks/cluster/cluster.ts`, `servicerole.ts` of pulumi/pulumi-eks) without security
 * groups, nodes and add-ons of its own: a role, the cluster, and a Kubernetes provider. What Spectrum does not use of it is
 * refused here, so that no plan is silently wrong.
 */
import { createHash } from "node:crypto";

import { RESOURCE, SIGNATURE } from "../convert";
import type { RemoteComponent, RemoteContext } from "./component";

const PARTITION = "aws:index/getPartition:getPartition";

interface ClusterInputs {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly vpcId?: unknown;
  readonly privateSubnetIds?: readonly unknown[];
  readonly endpointPrivateAccess?: boolean;
  readonly publicAccessCidrs?: readonly string[];
  readonly enabledClusterLogTypes?: readonly string[];
  readonly authenticationMode?: string;
  readonly upgradePolicy?: unknown;
  readonly deletionProtection?: boolean;
  readonly clusterTags?: Readonly<Record<string, unknown>>;
  readonly tags?: Readonly<Record<string, unknown>>;
}

/** Arguments that must have one value: with another one the component makes more than is known here. */
const FIXED: Readonly<Record<string, unknown>> = {
  authenticationMode: "API",
  bootstrapSelfManagedAddons: false,
  createOidcProvider: false,
  skipDefaultNodeGroup: true,
  skipDefaultSecurityGroups: true,
  useDefaultVpcCni: true,
};
const KNOWN = new Set([
  ...Object.keys(FIXED),
  "clusterTags",
  "corednsAddonOptions",
  "deletionProtection",
  "enabledClusterLogTypes",
  "endpointPrivateAccess",
  "kubeProxyAddonOptions",
  "name",
  "privateSubnetIds",
  "publicAccessCidrs",
  "tags",
  "upgradePolicy",
  "version",
  "vpcId",
]);

export const cluster: RemoteComponent = async (context) => {
  const inputs = context.inputs as ClusterInputs;
  refuseUnknown(context);
  const { name } = context;
  const tags = inputs.tags ?? {};
  const partition = context.lookup(PARTITION, "partition");
  const policy = "iam::aws:policy/AmazonEKSClusterPolicy";
  const actions = ["sts:AssumeRole", "sts:TagSession"];
  const description = "Allows EKS to manage clusters on your behalf.";
  const service = await context.child({
    type: "eks:index:ServiceRole",
    name: `${name}-eksRole`,
    custom: false,
    inputs: {
      service: "eks.amazonaws.com",
      description,
      managedPolicyArns: [{ id: `arn:aws:${policy}`, arn: `arn:${partition}:${policy}` }],
      ...(inputs.tags && { tags }),
      assumeRoleActions: actions,
    },
  });
  const role = await context.child({
    type: "aws:iam/role:Role",
    name: `${name}-eksRole-role`,
    parent: service,
    inputs: {
      description,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Action: actions,
            Effect: "Allow",
            Principal: { Service: ["eks.amazonaws.com"] },
          },
        ],
      }),
      ...(inputs.tags && { tags }),
    },
  });
  const attachment = await context.child({
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    name: `${name}-eksRole-${sha1(`arn:aws:${policy}`)}`,
    parent: service,
    inputs: {
      policyArn: `arn:${partition}:${policy}`,
      role: { [SIGNATURE]: RESOURCE, urn: role, id: context.output(role, "id") },
    },
    dependencies: [role],
    propertyDependencies: { role: [role] },
  });
  const subnets = context.dependencies("privateSubnetIds");
  const logs = context.dependencies("clusterTags");
  const made = await context.child({
    type: "aws:eks/cluster:Cluster",
    name: `${name}-eksCluster`,
    inputs: {
      ...(inputs.name !== undefined && { name: inputs.name }),
      roleArn: context.output(role, "arn"),
      bootstrapSelfManagedAddons: false,
      vpcConfig: {
        subnetIds: inputs.privateSubnetIds ?? [],
        ...(inputs.endpointPrivateAccess !== undefined && { endpointPrivateAccess: inputs.endpointPrivateAccess }),
        ...(inputs.publicAccessCidrs && { publicAccessCidrs: inputs.publicAccessCidrs }),
      },
      ...(inputs.version !== undefined && { version: inputs.version }),
      ...(inputs.enabledClusterLogTypes && { enabledClusterLogTypes: inputs.enabledClusterLogTypes }),
      tags: { Name: `${name}-eksCluster`, ...inputs.clusterTags, ...tags },
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
      ...(inputs.upgradePolicy !== undefined && { upgradePolicy: inputs.upgradePolicy }),
      ...(inputs.deletionProtection !== undefined && { deletionProtection: inputs.deletionProtection }),
    },
    dependencies: [...new Set([role, attachment, ...subnets, ...logs])],
    propertyDependencies: { roleArn: [role], vpcConfig: subnets, tags: logs },
    options: { ignoreChanges: ["accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"] },
  });
  const kubeconfig = kubeconfigOf(context, made);
  await context.child({
    type: "pulumi:providers:kubernetes",
    name: `${name}-eks-k8s`,
    inputs: { kubeconfig: JSON.stringify(kubeconfig) },
    dependencies: [made],
    propertyDependencies: { kubeconfig: [made] },
  });
  return {
    eksCluster: {
      value: { [SIGNATURE]: RESOURCE, urn: made, id: context.output(made, "id") },
      dependencies: [made],
    },
    kubeconfig: { value: kubeconfig, dependencies: [made] },
    kubeconfigJson: { value: JSON.stringify(kubeconfig), dependencies: [made] },
  };
};

/** What logs in by `aws eks get-token`; without a profile, as the component gives it out. */
function kubeconfigOf(context: RemoteContext, urn: string): Record<string, unknown> {
  const [name, endpoint] = [context.output(urn, "name"), context.output(urn, "endpoint")];
  return {
    apiVersion: "v1",
    clusters: [
      {
        cluster: {
          server: endpoint,
          "certificate-authority-data": context.output(urn, "certificateAuthority.data"),
        },
        name: "kubernetes",
      },
    ],
    contexts: [{ context: { cluster: "kubernetes", user: "aws" }, name: "aws" }],
    "current-context": "aws",
    kind: "Config",
    users: [
      {
        name: "aws",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: [
              "--region",
              context.output(urn, "region"),
              "eks",
              "get-token",
              "--cluster-name",
              name,
              "--output",
              "json",
            ],
            env: [{ name: "KUBERNETES_EXEC_INFO", value: `{"apiVersion": "client.authentication.k8s.io/v1beta1"}` }],
          },
        },
      },
    ],
  };
}

const sha1 = (text: string) => createHash("sha1").update(text).digest("hex").slice(0, 8);

function refuseUnknown(context: RemoteContext): void {
  for (const [key, value] of Object.entries(context.inputs)) {
    if (!KNOWN.has(key)) context.problem(`the plan does not know the argument "${key}" of eks.Cluster`);
    else if (key in FIXED && value !== FIXED[key])
      context.problem(
        `the plan knows eks.Cluster with ${key} ${JSON.stringify(FIXED[key])}, got ${JSON.stringify(value)}`,
      );
  }
  for (const key of Object.keys(FIXED))
    if (!(key in context.inputs))
      context.problem(`the plan knows eks.Cluster with ${key} ${JSON.stringify(FIXED[key])} alone`);
  for (const key of ["corednsAddonOptions", "kubeProxyAddonOptions"]) {
    const options = context.inputs[key] as { enabled?: unknown } | undefined;
    if (options?.enabled !== false) context.problem(`the plan knows eks.Cluster with ${key} { enabled: false } alone`);
  }
}
