/** How many pods of a Deployment there are, and how many go at a time. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "../tier";
import { podLabels } from "./network-policy";
import { isScaled, type Pod, podReplicas, resourceName } from "./pods";

export interface Counted {
  readonly host: HostArgs;
  readonly pod: Pod;
  readonly metadata: kubernetes.types.input.meta.v1.ObjectMeta;
  readonly deployment: kubernetes.apps.v1.Deployment;
  readonly opts: Omit<pulumi.CustomResourceOptions, "dependsOn"> & { readonly dependsOn: pulumi.Resource[] };
}

/** Percent, where only a schedule was asked for. */
const DEFAULT_CPU = 60;

/** By the pods' cpu and memory, where `scale` says so. */
export function scaleDeployment(name: string, { host, pod, metadata, deployment, opts }: Counted): void {
  const scale = host.placement.services[pod.name]?.scale;
  if (!scale || !isScaled(host.app, host.placement, pod)) return;
  const target = (resource: string, averageUtilization: number | null) =>
    averageUtilization === null
      ? []
      : [{ type: "Resource", resource: { name: resource, target: { type: "Utilization", averageUtilization } } }];
  const metrics = [...target("cpu", scale.cpu), ...target("memory", scale.memory)];
  new kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
    name,
    {
      metadata: { ...metadata, name: resourceName(pod.name) },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: resourceName(pod.name) },
        minReplicas: Math.max(1, scale.min),
        maxReplicas: scale.max,
        metrics: metrics.length > 0 ? metrics : target("cpu", DEFAULT_CPU),
      },
    },
    { ...opts, dependsOn: [...opts.dependsOn, deployment] },
  );
}

/** From two pods on, one goes at a time when machines are replaced. */
export function guardPods(name: string, { host, pod, metadata, opts }: Counted): void {
  if (podReplicas(host.app, host.placement, pod) < 2) return;
  new kubernetes.policy.v1.PodDisruptionBudget(
    name,
    {
      metadata: { ...metadata, name: resourceName(pod.name) },
      spec: { maxUnavailable: 1, selector: { matchLabels: podLabels(pod) } },
    },
    opts,
  );
}
