/** The template that pods are made from: the same for a Deployment's and a job's. */
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { podAnnotations } from "./annotations";
import { podContainers, podVolumes } from "./containers";
import { podLabels } from "./network-policy";
import { objectLabels, type PodArgs, type PodNeeds } from "./pod-needs";
import { architectureOf, isLabel, type Pod, resourceName } from "./pods";
import { podSecurity } from "./security";

/** Seconds between SIGTERM and SIGKILL where the file says none, as Compose has it. */
const STOP_GRACE = 10;

/** The Cluster Autoscaler takes no node away under a job. */
const STAYS = { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" };

/** @param more further annotations: another value is another version of the pod */
export function podTemplate(
  args: PodArgs,
  { parts, names, logins }: PodNeeds,
  more: Readonly<Record<string, pulumi.Input<string>>> = {},
): kubernetes.types.input.core.v1.PodTemplateSpec {
  const { pod, compute } = args;
  const volumes = podVolumes(parts, names);
  const annotations = { ...podAnnotations(pod), ...(pod.main.job && compute === "nodes" && STAYS), ...more };
  return {
    metadata: { labels: objectLabels(args), ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      serviceAccountName: resourceName(pod.name),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...placementOnNodes(args),
      ...hostNamesOf(pod),
      ...(pod.sidecars.some(({ pid }) => pid?.startsWith("service:")) && { shareProcessNamespace: true }),
      terminationGracePeriodSeconds: stopGrace(pod),
      securityContext: podSecurity(pod.services),
      ...(logins.length > 0 && { imagePullSecrets: [...logins] }),
      ...(pod.main.job && { restartPolicy: "Never" }),
      ...podContainers(parts, names),
      ...(volumes.length > 0 && { volumes }),
      ...(compute === "nodes" &&
        !pod.main.job && {
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "topology.kubernetes.io/zone",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: podLabels(pod) },
            },
          ],
        }),
    },
  };
}

/** Seconds that the pod's containers have to end: the longest of them counts. */
export function stopGrace({ services }: Pod): number {
  return Math.ceil(Math.max(...services.map(({ stopGracePeriod }) => stopGracePeriod ?? STOP_GRACE)));
}

function placementOnNodes({ host, pod, compute, capacity }: PodArgs) {
  if (compute === "fargate") return {};
  // nodes of somebody else's need not be managed ones, which alone have the label
  const anyNode = capacity === "on-demand" && host.placement.environment.platform.eksClusterName !== null;
  return {
    nodeSelector: {
      "kubernetes.io/arch": architectureOf(pod.main),
      ...(!anyNode && { "eks.amazonaws.com/capacityType": capacity === "spot" ? "SPOT" : "ON_DEMAND" }),
    },
  };
}

/** The main container's host name and further names, where Kubernetes takes them. */
function hostNamesOf({ main }: Pod) {
  const hosts = new Map<string, string[]>();
  for (const [name, addresses] of Object.entries(main.extraHosts))
    for (const ip of addresses) if (/^[\d.]+$|:/u.test(ip)) hosts.set(ip, [...(hosts.get(ip) ?? []), name]);
  const options = textsOf(main.canonical.dns_opt).map((option) => {
    const [name = "", value] = option.split(":");
    return { name, ...(value !== undefined && { value }) };
  });
  const searches = textsOf(main.canonical.dns_search);
  return {
    ...(main.hostname !== null && isLabel(main.hostname) && { hostname: main.hostname }),
    ...(hosts.size > 0 && { hostAliases: [...hosts].map(([ip, hostnames]) => ({ ip, hostnames })) }),
    ...((options.length > 0 || searches.length > 0) && {
      dnsConfig: { ...(options.length > 0 && { options }), ...(searches.length > 0 && { searches: [...searches] }) },
    }),
  };
}

const textsOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map(String);
