/** What a cluster that is there already must have for an app, and what Spectrum does not do in it. Pure. */
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, refused } from "../../../app/fit";
import type { App } from "../../../app/model";
import { publish } from "../../../app/publish";
import { eksDemand } from "./demand";
import { eksSettings, settingsOf } from "./settings";

export function fitExisting(app: App, placement: Placement): readonly Finding[] {
  const context = { app, placement };
  const cluster = placement.environment.platform.eksClusterName ?? "";
  const settings = settingsOf(placement);
  const { nodes } = eksSettings.parse({});
  const owners = `the cluster ${cluster} is there already, and what is in it for all is its owner's`;
  return [
    finding(
      context,
      null,
      "eksClusterName",
      changed(
        `no cluster is made: the pods run in ${cluster}, on nodes that are there`,
        `see that it has ${needsOf(app, placement).join("; ")} (docs/eks.md, An existing cluster)`,
      ),
    ),
    ...(JSON.stringify(settings.nodes) === JSON.stringify(nodes)
      ? []
      : [finding(context, null, "nodes", refused(owners, "leave nodes out, and have them made there"))]),
    ...Object.keys(settings.disks).map((volume) =>
      finding(
        context,
        null,
        `disks.${volume}`,
        refused(`${owners}, the classes of its disks too`, "leave it out: the volume is on EFS then"),
      ),
    ),
  ];
}

/** What the app needs there, in the order of docs/eks.md. */
function needsOf(app: App, placement: Placement): readonly string[] {
  const { pods, storage } = eksDemand(app, placement);
  const architectures = [...new Set(pods.map(({ architecture }) => architecture))].sort();
  return [
    `nodes of ${architectures.join(" and ")} with its security group`,
    "the access of an administrator for who deploys",
    "vpc-cni with network policies",
    "eks-pod-identity-agent",
    ...(publish(app, placement).points.length > 0 ? ["the AWS Load Balancer Controller"] : []),
    ...(pods.some(({ capacity: of }) => of === "spot") ? ["a managed node group on Spot"] : []),
    ...(pods.some(({ min, max }) => max > min) ? ["metrics-server, and what adds nodes"] : []),
    ...(storage.includes("efs")
      ? ["the EFS CSI driver, with a role that may mount the environment's file systems"]
      : []),
  ];
}
