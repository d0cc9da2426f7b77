/** Who may call a pod: who shares a Compose network with it, and the entry on what it publishes. Pure. */
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { AttachedGroup } from "../../platform/entry";
import { type Pod, type PodPort, resourceName, shareNetwork } from "./pods";

type Rule = kubernetes.types.input.networking.v1.NetworkPolicyIngressRule;

/** What tells a pod's own pods from others in the namespace. */
export const podLabels = (pod: Pod) => ({ "app.kubernetes.io/name": resourceName(pod.name) });

/**
 * What may come in; nothing else does. HTTP comes from a load balancer in the network; TCP and UDP with the caller's own
 * address, as the Network Load Balancer leaves it, and the security group admits that load balancer alone.
 */
export function ingressRules(
  pod: Pod,
  pods: readonly Pod[],
  ports: readonly PodPort[],
  groups: readonly AttachedGroup[],
  cidrBlock: pulumi.Input<string>,
): Rule[] {
  const peers = pods.filter((other) => shareNetwork(other, pod));
  const own = ports.map(({ port, protocol }) => ({ port, protocol: protocol.toUpperCase() }));
  const fromPeers: Rule[] =
    peers.length > 0 && own.length > 0
      ? [{ from: peers.map((peer) => ({ podSelector: { matchLabels: podLabels(peer) } })), ports: own }]
      : [];
  const fromEntry = groups.map(({ point, protocols }): Rule => ({
    from: [{ ipBlock: { cidr: point.protocol === "http" ? cidrBlock : "0.0.0.0/0" } }],
    ports: protocols.map((protocol) => ({ port: point.port, protocol: protocol.toUpperCase() })),
  }));
  return [...fromPeers, ...fromEntry];
}
