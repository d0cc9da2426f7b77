/** Who may call the cluster's API besides who made it: access entries, for there is no `aws-auth` map. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EksConfig } from "../../../app/config/types";
import { childName, partitionOf, shortHash } from "../../names";

/** https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html */
const POLICIES = { admins: "AmazonEKSClusterAdminPolicy", viewers: "AmazonEKSAdminViewPolicy" } as const;

export interface AccessArgs extends Pick<EksConfig, "admins" | "viewers"> {
  readonly clusterName: pulumi.Output<string>;
  readonly region: string;
}

/** An entry for each principal and the policy that it has in the whole cluster; an admin that is a viewer too is an admin. */
export function accessEntries(name: string, args: AccessArgs, opts: pulumi.CustomResourceOptions): void {
  const { admins, viewers, clusterName, region } = args;
  const policyOf = new Map([
    ...viewers.map((principal) => [principal, POLICIES.viewers] as const),
    ...admins.map((principal) => [principal, POLICIES.admins] as const),
  ]);
  for (const [principalArn, policy] of [...policyOf].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const last = principalArn.slice(principalArn.lastIndexOf("/") + 1);
    const entryName = childName(name, "access", last, shortHash(principalArn, 6));
    const entry = new aws.eks.AccessEntry(entryName, { clusterName, principalArn, type: "STANDARD" }, opts);
    new aws.eks.AccessPolicyAssociation(
      entryName,
      {
        clusterName,
        principalArn: entry.principalArn,
        policyArn: `arn:${partitionOf(region)}:eks::aws:cluster-access-policy/${policy}`,
        accessScope: { type: "cluster" },
      },
      opts,
    );
  }
}
