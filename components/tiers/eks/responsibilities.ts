/** Who does what on EKS with nodes, as AWS documents it. */
import type { Responsibilities } from "../tier";

const GUIDE = "https://docs.aws.amazon.com/eks/latest/userguide";

export const responsibilities: Responsibilities = [
  {
    what: "machine patching",
    who: "spectrum",
    how: "each up asks for the newest image of the cluster's version, and nodes are replaced one after the other",
    source: `${GUIDE}/update-managed-node-group.html`,
  },
  {
    what: "container runtime",
    who: "spectrum",
    how: "containerd, part of the node's image",
    source: `${GUIDE}/eks-ami-build-scripts.html`,
  },
  {
    what: "orchestrator agent",
    who: "spectrum",
    how: "the kubelet, part of the node's image",
    source: `${GUIDE}/managed-node-groups.html`,
  },
  {
    what: "control plane",
    who: "aws",
    how: "runs and patches it, and raises its version when the standard support of it ends",
    source: `${GUIDE}/kubernetes-versions.html`,
  },
  {
    what: "certificate renewal",
    who: "aws",
    how: "ACM renews what is validated by DNS; the record stays in the zone",
    source: "https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html",
  },
  {
    what: "scaling",
    who: "spectrum",
    how: "scale: { min, max } makes a HorizontalPodAutoscaler, and the Cluster Autoscaler counts the nodes; without it both are fixed",
    source: `${GUIDE}/autoscaling.html`,
  },
  {
    what: "backup",
    who: "spectrum",
    how: "AWS Backup copies the volumes on EFS each day where the environment is protected; elsewhere, and of disks, nobody does",
    source: "https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html",
  },
  {
    what: "secret rotation",
    who: "you",
    how: "set the new value and deploy: pods are started anew with it",
    source: "https://kubernetes.io/docs/concepts/configuration/secret/",
  },
];
