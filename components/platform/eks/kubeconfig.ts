/** How Pulumi logs in to a cluster that `@pulumi/eks` has not made: by `aws eks get-token`, as with one that it has. */
import * as pulumi from "@pulumi/pulumi";

export interface KubeconfigArgs {
  readonly name: pulumi.Input<string>;
  readonly endpoint: pulumi.Input<string>;
  /** In Base64. */
  readonly certificateAuthority: pulumi.Input<string>;
  readonly region: string;
}

/** In JSON. https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html */
export function kubeconfig({ name, endpoint, certificateAuthority, region }: KubeconfigArgs): pulumi.Output<string> {
  const args = ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"];
  const exec = { apiVersion: "client.authentication.k8s.io/v1beta1", command: "aws", args };
  return pulumi.jsonStringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: "kubernetes", cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } },
    ],
    contexts: [{ name: "aws", context: { cluster: "kubernetes", user: "aws" } }],
    "current-context": "aws",
    users: [{ name: "aws", user: { exec } }],
  });
}
