/** What a state machine needs on an EKS cluster: IAM only says who it is, Kubernetes what it may do. */
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { JobConfig } from "../../../app/config/types";
import type { Json } from "../../../app/workflows";
import { kubernetesRunner } from "../../../app/workflows/deploy/runner/kubernetes";
import { partitionOf, slug } from "../../names";
import type { EksCluster } from "../../platform/eks";
import type { Platform } from "../../platform/platform";
import type { JobTarget } from "../../tiers/tier";
import type { Caller } from "../../iam";

export type KubernetesTarget = Extract<JobTarget, { readonly tier: "eks" | "eks-fargate" }>;

export function kubernetesDefinition(
  {
    platform,
    caller,
    config,
  }: { readonly platform: Platform; readonly caller: Caller; readonly config: Pick<JobConfig, "timeout"> },
  { namespace, cronJob, container }: KubernetesTarget,
): pulumi.Output<Json> {
  const { name, endpoint, certificateAuthority } = platform.eksCluster;
  return pulumi.all([name, endpoint, certificateAuthority]).apply(([clusterName, url, certificate]) =>
    kubernetesRunner({
      partition: partitionOf(caller.region),
      cluster: { name: clusterName, endpoint: url, certificateAuthority: certificate },
      namespace,
      cronJob,
      container,
      timeout: config.timeout,
    }),
  );
}

export interface AdmissionArgs {
  readonly cluster: EksCluster;
  readonly target: KubernetesTarget;
  readonly roleArn: pulumi.Output<string>;
}

/** A name in Kubernetes. */
const NAME_LENGTH = 63;

/**
 * Reads its one CronJob, and starts, watches and stops Jobs in its namespace.
 * https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
 */
export function admitToCluster(
  name: string,
  { cluster, target, roleArn }: AdmissionArgs,
  parent: pulumi.Resource,
): readonly pulumi.Resource[] {
  const { namespace, cronJob } = target;
  const group = slug(`spectrum-workflows-${namespace}-${cronJob}`, NAME_LENGTH);
  const entry = new aws.eks.AccessEntry(
    name,
    { clusterName: cluster.name, principalArn: roleArn, kubernetesGroups: [group] },
    { parent },
  );
  const opts = { parent, provider: cluster.provider, dependsOn: [...cluster.ready] };
  const metadata = { name: slug(`workflows-${cronJob}`, NAME_LENGTH), namespace };
  const role = new kubernetes.rbac.v1.Role(
    name,
    {
      metadata,
      rules: [
        { apiGroups: ["batch"], resources: ["cronjobs"], resourceNames: [cronJob], verbs: ["get"] },
        { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "delete", "get", "list", "watch"] },
        { apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["get", "list"] },
      ],
    },
    opts,
  );
  const binding = new kubernetes.rbac.v1.RoleBinding(
    name,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group }],
    },
    { ...opts, dependsOn: [role] },
  );
  return [entry, binding];
}
