/** Who does what on EKS with Fargate, as AWS documents it. */
import type { Responsibilities } from "../tier";

const GUIDE = "https://docs.aws.amazon.com/eks/latest/userguide";

export const responsibilities: Responsibilities = [
  {
    what: "machine patching",
    who: "aws",
    how: "AWS evicts pods from old machines, within what PodDisruptionBudgets allow, and they start on patched ones",
    source: `${GUIDE}/fargate-pod-patching.html`,
  },
  {
    what: "container runtime",
    who: "aws",
    how: "part of the machine, which AWS runs",
    source: `${GUIDE}/fargate.html`,
  },
  {
    what: "orchestrator agent",
    who: "aws",
    how: "the kubelet of each pod's own machine, in the version that the cluster had when the pod started",
    source: `${GUIDE}/fargate-pod-patching.html`,
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
    how: "scale: { min, max } makes a HorizontalPodAutoscaler; each pod brings its own machine",
    source: `${GUIDE}/horizontal-pod-autoscaler.html`,
  },
  {
    what: "backup",
    who: "spectrum",
    how: "AWS Backup copies the volumes each day where the environment is protected; elsewhere nobody does",
    source: "https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html",
  },
  {
    what: "secret rotation",
    who: "you",
    how: "set the new value and deploy: pods are started anew with it",
    source: "https://kubernetes.io/docs/concepts/configuration/secret/",
  },
];
