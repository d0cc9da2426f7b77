/** The boundary that an account asks for on every role, whoever makes it. */
import type * as pulumi from "@pulumi/pulumi";

/**
 * Bounds every IAM role: `pulumi.runtime.registerStackTransform(bounding(arn))`. A transform, not a transformation: `eks.Cluster`
 * makes its role in its provider, where the engine alone sees it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 *
 * @param policyArn of an IAM policy
 */
export function bounding(policyArn: string): pulumi.ResourceTransform {
  return ({ type, props, opts }) =>
    type === "aws:iam/role:Role" ? { props: { ...props, permissionsBoundary: policyArn }, opts } : undefined;
}
