/** What both EKS tiers make of an app besides its pods: the namespace, and the groups that the entry has made. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { jobOf } from "../../../app/jobs";
import { wire } from "../../../app/wiring";
import { childName } from "../../names";
import type { Capacity, Compute } from "../../platform/eks";
import type { AttachedGroup } from "../../platform/entry";
import type { AppVolume } from "../../platform/volumes";
import type { HostArgs, HostedApp } from "../tier";
import { JobWorkload } from "./jobs/job-workload";
import type { PodArgs } from "./pod-needs";
import { jobOrder } from "./jobs/waiters";
import { namespaceOf, type Pod, podsOf } from "./pods";
import { Workload } from "./workload";

export interface Hosting {
  readonly tier: "eks" | "eks-fargate";
  readonly compute: Compute;
  readonly disks: Readonly<Record<string, number>>;
  capacity(pod: Pod): Capacity;
  /** What must be there before the namespace: it goes after it, when no pod is left to end. */
  readonly before: readonly pulumi.Resource[];
  /** What must be there before pods, within the namespace. */
  prepare(namespace: kubernetes.core.v1.Namespace): Readonly<Record<string, Admission>>;
}

/** What lets callers into a pod, by pod. */
export interface Admission {
  /** Before the pods. */
  readonly before: readonly pulumi.Resource[];
  /** Before the entry's groups count them. */
  readonly admit: readonly pulumi.Resource[];
  openVolume(volume: AppVolume): readonly pulumi.Resource[];
}

/** By pod: the target groups that the entry has made for its services. */
export function attachedGroups({ app, entry }: HostArgs): Readonly<Record<string, readonly AttachedGroup[]>> {
  return Object.fromEntries(
    podsOf(app).map((pod) => [
      pod.name,
      entry.points
        .filter((point) => pod.services.some(({ name }) => name === point.service))
        .flatMap((point) => entry.group(point.service, point.port) ?? [])
        .filter((group, i, all) => all.indexOf(group) === i),
    ]),
  );
}

/** What both tiers' components give of an app's pods. */
export type HostedPods = Pick<HostedApp, "services"> & Required<Pick<HostedApp, "jobs" | "outputs">>;

/** The app's namespace and its pods, in the order in which they start. */
export function hostPods(name: string, host: HostArgs, hosting: Hosting, parent: pulumi.Resource): HostedPods {
  const { app, platform } = host;
  const { provider } = platform.eksCluster;
  const pods = podsOf(app);
  const groups = attachedGroups(host);
  const namespace = new kubernetes.core.v1.Namespace(
    name,
    {
      metadata: {
        name: namespaceOf(host.placement, hosting.compute),
        labels: {
          "app.kubernetes.io/part-of": app.name,
          // a new pod counts when the load balancer finds it healthy, not before
          "elbv2.k8s.aws/pod-readiness-gate-inject": "enabled",
        },
      },
    },
    { parent, provider, dependsOn: [...hosting.before], customTimeouts: { delete: "20m" } },
  );
  const admissions = hosting.prepare(namespace);
  const order = jobOrder(app, host.placement, pods);
  const wiring = wire(app);
  const workloads = new Map<string, Workload>();
  const jobs = new Map<string, JobWorkload>();
  for (const pod of order.tasks) {
    const admission = admissions[pod.name];
    if (!admission) throw new Error(`nobody lets callers into ${pod.name}`);
    const args: PodArgs = {
      host,
      tier: hosting.tier,
      compute: hosting.compute,
      pod,
      pods,
      wiring,
      namespace: namespaceOf(host.placement, hosting.compute),
      disks: hosting.disks,
      capacity: hosting.capacity(pod),
      groups: groups[pod.name] ?? [],
      dependsOn: [namespace, ...admission.before],
      after: (order.after[pod.name] ?? []).flatMap(
        (other) => workloads.get(other)?.deployment ?? jobs.get(other)?.ended ?? [],
      ),
      openVolume: (volume) => admission.openVolume(volume),
    };
    const job = jobOf(host.placement, pod.name);
    const child = childName(name, pod.name);
    if (job === null) workloads.set(pod.name, new Workload(child, { ...args, admit: admission.admit }, { parent }));
    else jobs.set(pod.name, new JobWorkload(child, { ...args, job }, { parent }));
  }
  return {
    services: Object.fromEntries([...workloads.values()].flatMap(({ hosted }) => Object.entries(hosted))),
    jobs: Object.fromEntries([...jobs].map(([job, { target }]) => [job, target])),
    outputs: Object.fromEntries([...jobs].map(([job, { command }]) => [`run-${job}`, pulumi.output(command)])),
  };
}
