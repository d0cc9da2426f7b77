/** Roles that pods' own calls run under: by Pod Identity on nodes, by the cluster's OpenID Connect provider on Fargate. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { inlinePolicy, isUsed, type Statement } from "../../iam";
import { childName } from "../../names";
import type { Compute } from "./demand";

/** The one service account that may take the role. */
export interface PodIdentity {
  readonly clusterName: pulumi.Output<string>;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly compute: Compute;
  /** Asked for on Fargate alone. */
  readonly oidc: () => { readonly arn: pulumi.Output<string>; readonly issuer: pulumi.Output<string> };
}

export interface PodRoleArgs {
  readonly identity: PodIdentity;
  readonly statements: readonly Statement[];
  /** ARNs of managed policies. */
  readonly managed?: readonly string[];
}

/** A role and what must be there before a pod can use it. */
export interface PodRole {
  readonly role: aws.iam.Role;
  readonly ready: readonly pulumi.Resource[];
  /** What the service account carries: the role's ARN on Fargate. */
  readonly annotations: Readonly<Record<string, pulumi.Output<string>>>;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html: not on Fargate, which has the other way. */
export function podRole(name: string, args: PodRoleArgs, opts: pulumi.CustomResourceOptions): PodRole {
  const { identity, managed = [] } = args;
  const assumeRolePolicy = identity.compute === "nodes" ? podIdentityTrust() : webIdentityTrust(identity);
  const role = new aws.iam.Role(name, { assumeRolePolicy }, opts);
  const statements = args.statements.filter(isUsed);
  const policies = [
    ...managed.map(
      (policyArn) =>
        new aws.iam.RolePolicyAttachment(
          childName(name, policyArn.slice(policyArn.lastIndexOf("/") + 1)),
          { role: role.name, policyArn },
          opts,
        ),
    ),
    ...(statements.length > 0 ? [inlinePolicy(name, { role, statements }, opts)] : []),
  ];
  if (identity.compute === "fargate")
    return { role, ready: policies, annotations: { "eks.amazonaws.com/role-arn": role.arn } };
  const association = new aws.eks.PodIdentityAssociation(
    name,
    {
      clusterName: identity.clusterName,
      namespace: identity.namespace,
      serviceAccount: identity.serviceAccount,
      roleArn: role.arn,
    },
    opts,
  );
  return { role, ready: [...policies, association], annotations: {} };
}

/** The role that an add-on of EKS's is given for a service account of its own; the add-on itself makes the association. */
export function addonRole(name: string, account: string, opts: pulumi.CustomResourceOptions): aws.iam.Role {
  return new aws.iam.Role(name, { description: `calls of ${account}`, assumeRolePolicy: podIdentityTrust() }, opts);
}

function podIdentityTrust(): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
      },
    ],
  });
}

function webIdentityTrust({ oidc, namespace, serviceAccount }: PodIdentity): pulumi.Output<string> {
  const { arn, issuer } = oidc();
  return pulumi.all([arn, issuer]).apply(([provider, url]) => {
    const host = url.replace("https://", "");
    return JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: provider },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              [`${host}:aud`]: "sts.amazonaws.com",
              [`${host}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
            },
          },
        },
      ],
    });
  });
}
