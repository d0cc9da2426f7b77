/** One pod's kind: its identity, files, volumes and names, its Deployment, and how that is scaled. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Wiring } from "../../../app/wiring";
import { policyStatements } from "../../iam";
import { valueOf } from "../../platform/secrets";
import { childName } from "../../names";
import type { AttachedGroup } from "../../platform/entry";
import { type Capacity, type Compute, podRole, type PodRole } from "../../platform/eks";
import type { AppVolume, VolumeAccess } from "../../platform/volumes";
import { volumeOwner } from "../ecs/mounts";
import type { HostArgs, HostedService } from "../tier";
import { podAnnotations } from "./annotations";
import { type DataNames, podContainers, podData, type PodParts, podVolumes } from "./containers";
import { podMounts } from "./mounts";
import { ingressRules, podLabels } from "./network-policy";
import {
  architectureOf,
  hostOf,
  isLabel,
  isScaled,
  type Pod,
  podNames,
  podPorts,
  podReplicas,
  resourceName,
  rollout,
} from "./pods";
import { type Counted, guardPods, scaleDeployment } from "./scaling";
import { pullSecrets } from "./pull-secrets";
import { podSecurity } from "./security";
import { diskClaim, efsClaim } from "./volumes";

export interface WorkloadArgs {
  readonly host: HostArgs;
  readonly tier: "eks" | "eks-fargate";
  readonly compute: Compute;
  readonly pod: Pod;
  /** All pods of the app. */
  readonly pods: readonly Pod[];
  readonly wiring: Wiring;
  readonly namespace: string;
  /** GiB by volume, for those on a disk of EBS. */
  readonly disks: Readonly<Record<string, number>>;
  readonly capacity: Capacity;
  readonly groups: readonly AttachedGroup[];
  /** What must be there first: the namespace and what the cluster needs for its pods. */
  readonly dependsOn: readonly pulumi.Resource[];
  /** The Deployments that must run before. */
  readonly after: readonly pulumi.Resource[];
  /** Makes the rules that let the entry, and on Fargate the other pods, in. */
  readonly admit: readonly pulumi.Resource[];
  /** Opens an EFS file system for the pods. */
  openVolume(volume: AppVolume): readonly pulumi.Resource[];
}

/** Seconds that Kubernetes may take to end pods, drained by the load balancer. */
const DELETE_TIMEOUT = "1200s";
/** Seconds between SIGTERM and SIGKILL where the file says none, as Compose has it. */
const STOP_GRACE = 10;

/** A Deployment with its Services, and what it needs. */
export class Workload extends pulumi.ComponentResource {
  readonly deployment: kubernetes.apps.v1.Deployment;
  /** By Compose service: the main one and its sidecars. */
  readonly hosted: Readonly<Record<string, HostedService>>;
  private readonly opts: {
    readonly parent: pulumi.Resource;
    readonly provider: pulumi.ProviderResource;
    readonly dependsOn: pulumi.Resource[];
  };

  constructor(
    private readonly name: string,
    private readonly args: WorkloadArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:Workload", name, {}, opts);
    const { provider } = args.host.platform.eksCluster;
    this.opts = { parent: this, provider, dependsOn: [...args.dependsOn] };
    const logGroups = this.makeLogGroups();
    const role = this.makeRole();
    const account = this.makeAccount(role);
    const parts = this.parts();
    const data = this.makeData(parts);
    const claims = this.makeClaims(parts);
    const services = this.makeServices();
    const bindings = this.bind(services);
    const policy = this.makeNetworkPolicy();
    this.deployment = this.makeDeployment(parts, { ...data, claims: claims.names }, [
      account,
      ...role.ready,
      ...claims.ready,
      ...services,
      ...bindings,
      policy,
      ...logGroups.made,
    ]);
    scaleDeployment(this.name, this.counted());
    guardPods(this.name, this.counted());
    this.hosted = this.describe(role, logGroups.names);
    this.registerOutputs({ deployment: this.deployment.metadata.name, hosted: this.hosted });
  }

  private get metadata() {
    return { namespace: this.args.namespace, labels: this.labels };
  }

  private get labels() {
    const { host, pod } = this.args;
    return { ...podLabels(pod), "app.kubernetes.io/part-of": host.app.name };
  }

  private makeLogGroups() {
    const { host, pod } = this.args;
    const made = pod.services.map(({ name: service }) => [service, host.logs.of(service)] as const);
    return {
      names: Object.fromEntries(made.map(([service, group]) => [service, group.name])),
      made: made.map(([, group]) => group),
    };
  }

  /** The role of the pod's own calls: what the app names and no more. */
  private makeRole(): PodRole {
    const { host, pod, compute, namespace } = this.args;
    const policies = pod.services.flatMap(({ name }) => host.placement.services[name]?.policies ?? []);
    const statements = policyStatements(policies, valueOf(host.secrets));
    const managed = [...new Set(policies.filter((policy) => typeof policy === "string"))];
    const identity = host.platform.eksCluster.identity(namespace, resourceName(pod.name), compute);
    return podRole(childName(this.name, "pod"), { identity, statements, managed }, { parent: this });
  }

  private makeAccount({ annotations }: PodRole): kubernetes.core.v1.ServiceAccount {
    const { pod } = this.args;
    return new kubernetes.core.v1.ServiceAccount(
      this.name,
      {
        metadata: {
          ...this.metadata,
          name: resourceName(pod.name),
          ...(Object.keys(annotations).length > 0 && { annotations }),
        },
        automountServiceAccountToken: false,
      },
      this.opts,
    );
  }

  private parts(): PodParts {
    const { host, pod, pods, compute, wiring, disks } = this.args;
    const { app, placement, images, secrets } = host;
    return {
      app,
      placement,
      pod,
      compute,
      wiring,
      images,
      secrets,
      ports: podPorts(app, pod),
      mounts: podMounts({ app, pod, disks }),
      hostOf: (from, to) => hostOf(app, pods, from, to),
    };
  }

  /** Without names of their own: other content is another object, so that pods are started anew with it. */
  private makeData(parts: PodParts): Pick<DataNames, "configMap" | "secret"> {
    const { data, binaryData, secrets, sources } = podData(parts);
    const has = (record: object) => Object.keys(record).length > 0;
    const { metadata } = this;
    const configMap =
      has(data) || has(binaryData)
        ? new kubernetes.core.v1.ConfigMap(
            this.name,
            { metadata, ...(has(data) && { data }), ...(has(binaryData) && { binaryData }) },
            this.opts,
          )
        : null;
    const secret = has(secrets)
      ? new kubernetes.core.v1.Secret(
          this.name,
          {
            metadata: { ...metadata, ...(has(sources) && { annotations: { ...sources } }) },
            type: "Opaque",
            stringData: mapValues(secrets, (value) => pulumi.secret(value)),
          },
          this.opts,
        )
      : null;
    return { configMap: configMap?.metadata.name ?? null, secret: secret?.metadata.name ?? null };
  }

  private makeClaims({ mounts }: PodParts) {
    const { host, namespace, compute, disks } = this.args;
    const names: Record<string, pulumi.Output<string>> = {};
    const ready: pulumi.Resource[] = [];
    const volumes = mounts.folders.flatMap(({ kind }) => ("volume" in kind ? [kind.volume] : []));
    for (const volume of new Set(volumes)) {
      const args = { volume, namespace, compute };
      const size = disks[volume];
      if (size === undefined) {
        const access: VolumeAccess = compute === "nodes" ? "roles" : "network";
        const efs = host.volumes.of(volume, volumeOwner(host.app, volume), access);
        ready.push(...this.args.openVolume(efs));
        const handle = pulumi.interpolate`${efs.fileSystemId}::${efs.accessPointId}`;
        names[volume] = efsClaim(this.name, args, efs, handle, this.opts).metadata.name;
      } else {
        const keep = host.placement.data === "keep";
        names[volume] = diskClaim(this.name, args, { size, keep }, this.opts).metadata.name;
      }
    }
    return { names, ready };
  }

  /** One Service for each name, so that `http://api:8080` works by DNS; a pod without ports is called by nobody. */
  private makeServices(): kubernetes.core.v1.Service[] {
    const { host, pod } = this.args;
    const ports = podPorts(host.app, pod);
    if (ports.length === 0) return [];
    return podNames(host.app, pod).map(
      (name, i) =>
        new kubernetes.core.v1.Service(
          i === 0 ? this.name : childName(this.name, "as", name),
          {
            // its pods come after it: Pulumi would wait for them
            metadata: { ...this.metadata, name, annotations: { "pulumi.com/skipAwait": "true" } },
            spec: {
              type: "ClusterIP",
              selector: podLabels(pod),
              ports: ports.map(({ port, protocol }) => ({
                name: `${protocol}-${port}`,
                port,
                targetPort: port,
                protocol: protocol.toUpperCase(),
              })),
            },
          },
          this.opts,
        ),
    );
  }

  /** Registers the pods in the entry's own target groups; the controller must outlive the binding, which it ends. */
  private bind([service]: readonly kubernetes.core.v1.Service[]): pulumi.Resource[] {
    const { host, pod, groups, admit } = this.args;
    if (!service) return [];
    return groups.map(
      ({ point, targetGroupArn, attachments }) =>
        new kubernetes.apiextensions.CustomResource(
          childName(this.name, String(point.port), point.protocol),
          {
            apiVersion: "elbv2.k8s.aws/v1beta1",
            kind: "TargetGroupBinding",
            metadata: { ...this.metadata, name: `${resourceName(point.service)}-${point.port}-${point.protocol}` },
            spec: {
              serviceRef: { name: resourceName(pod.name), port: point.port },
              targetGroupARN: targetGroupArn,
              targetType: "ip",
            },
          },
          {
            ...this.opts,
            dependsOn: [
              ...this.opts.dependsOn,
              service,
              ...host.platform.eksCluster.controller,
              ...attachments,
              ...admit,
            ],
          },
        ),
    );
  }

  private makeNetworkPolicy(): pulumi.Resource {
    const { host, pod, pods, groups } = this.args;
    return new kubernetes.networking.v1.NetworkPolicy(
      this.name,
      {
        metadata: { ...this.metadata, name: resourceName(pod.name) },
        spec: {
          podSelector: { matchLabels: podLabels(pod) },
          policyTypes: ["Ingress"],
          ingress: ingressRules(pod, pods, podPorts(host.app, pod), groups, host.platform.network.cidrBlock),
        },
      },
      this.opts,
    );
  }

  private makeDeployment(
    parts: PodParts,
    names: DataNames,
    before: readonly pulumi.Resource[],
  ): kubernetes.apps.v1.Deployment {
    const { host, pod, compute, after } = this.args;
    const { app, placement } = host;
    const steps = rollout(app, placement, pod);
    const timeout = `${placement.timeToFail}s`;
    const volumes = podVolumes(parts, names);
    const logins = pullSecrets(
      this.name,
      { host: this.args.host, pod: this.args.pod, metadata: this.metadata },
      this.opts,
    );
    const annotations = podAnnotations(pod);
    return new kubernetes.apps.v1.Deployment(
      this.name,
      {
        metadata: { ...this.metadata, name: resourceName(pod.name) },
        spec: {
          ...(!isScaled(app, placement, pod) && { replicas: podReplicas(app, placement, pod) }),
          revisionHistoryLimit: 3,
          progressDeadlineSeconds: placement.timeToFail,
          selector: { matchLabels: podLabels(pod) },
          strategy: steps === null ? { type: "Recreate" } : { type: "RollingUpdate", rollingUpdate: { ...steps } },
          template: {
            metadata: { labels: this.labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
            spec: {
              serviceAccountName: resourceName(pod.name),
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              ...this.placementOnNodes(),
              ...hostNamesOf(pod),
              ...(pod.sidecars.some(({ pid }) => pid?.startsWith("service:")) && { shareProcessNamespace: true }),
              terminationGracePeriodSeconds: Math.ceil(
                Math.max(...pod.services.map(({ stopGracePeriod }) => stopGracePeriod ?? STOP_GRACE)),
              ),
              securityContext: podSecurity(pod.services),
              ...(logins.length > 0 && { imagePullSecrets: logins }),
              containers: podContainers(parts, names),
              ...(volumes.length > 0 && { volumes }),
              ...(compute === "nodes" && {
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
          },
        },
      },
      {
        ...this.opts,
        dependsOn: [...this.opts.dependsOn, ...after, ...before],
        customTimeouts: { create: timeout, update: timeout, delete: DELETE_TIMEOUT },
      },
    );
  }

  private placementOnNodes() {
    const { pod, compute, capacity } = this.args;
    if (compute === "fargate") return {};
    return {
      nodeSelector: {
        "kubernetes.io/arch": architectureOf(pod.main),
        "eks.amazonaws.com/capacityType": capacity === "spot" ? "SPOT" : "ON_DEMAND",
      },
    };
  }

  private counted(): Counted {
    const { host, pod } = this.args;
    const { metadata, opts, deployment } = this;
    return { host, pod, metadata, deployment, opts };
  }

  private describe(role: PodRole, logGroups: Readonly<Record<string, pulumi.Output<string>>>) {
    const { host, tier, pod, namespace, groups } = this.args;
    const { metadata } = this.deployment;
    return Object.fromEntries(
      pod.services.map(({ name: service }): [string, HostedService] => [
        service,
        {
          endpoints: Object.fromEntries(
            groups
              .filter(({ point }) => point.service === service)
              .map(({ point, targetGroupArn }) => [point.port, { kind: "target-group", targetGroupArn }]),
          ),
          ...(logGroups[service] && { logGroup: logGroups[service] }),
          identity: role.role.arn,
          revision: pulumi.interpolate`${metadata.name}:${metadata.generation}`,
          target: {
            tier,
            clusterName: host.platform.eksCluster.name,
            namespace,
            deployment: resourceName(pod.name),
            container: resourceName(service),
          },
          ready: this.deployment,
        },
      ]),
    );
  }
}

/** The main container's host name and further names, where Kubernetes takes them. */
function hostNamesOf(pod: Pod) {
  const { main } = pod;
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

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
