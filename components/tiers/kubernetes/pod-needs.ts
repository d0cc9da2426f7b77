/** What a kind of pod needs before it runs: its identity, files, volumes, logs, logins, and who may call it. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { mapValues } from "../../../app/records";
import type { Wiring } from "../../../app/wiring";
import { policyStatements } from "../../iam";
import { childName } from "../../names";
import type { AttachedGroup } from "../../platform/entry";
import { type Capacity, type Compute, podRole, type PodRole } from "../../platform/eks";
import { valueOf } from "../../platform/secrets";
import type { AppVolume, VolumeAccess } from "../../platform/volumes";
import { volumeOwner } from "../ecs/mounts";
import type { HostArgs } from "../tier";
import { type DataNames, podData, type PodParts } from "./containers";
import { podMounts } from "./mounts";
import { ingressRules, podLabels } from "./network-policy";
import { autoNamed, hostOf, type Pod, podPorts, resourceName } from "./pods";
import { pullSecrets } from "./pull-secrets";
import { diskClaim, efsClaim } from "./volumes";

export interface PodArgs {
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
  /** What must have come up before the pods are made: other services, and jobs that have ended. */
  readonly after: readonly pulumi.Resource[];
  /** Opens an EFS file system for the pods. */
  openVolume(volume: AppVolume): readonly pulumi.Resource[];
}

export interface PodOptions {
  readonly parent: pulumi.Resource;
  readonly provider: pulumi.ProviderResource;
  readonly dependsOn: pulumi.Resource[];
}

export interface PodNeeds {
  readonly parts: PodParts;
  readonly names: DataNames;
  readonly role: PodRole;
  /** Names by Compose service. */
  readonly logGroups: Readonly<Record<string, pulumi.Output<string>>>;
  readonly logins: readonly { readonly name: pulumi.Output<string> }[];
  /** What must be there before the pod runs. */
  readonly ready: readonly pulumi.Resource[];
}

/** Labels of every object of the pod's. */
export const objectLabels = ({ host, pod }: Pick<PodArgs, "host" | "pod">) => ({
  ...podLabels(pod),
  "app.kubernetes.io/part-of": host.app.name,
});

export const objectMetadata = (args: Pick<PodArgs, "host" | "pod" | "namespace">) => ({
  namespace: args.namespace,
  labels: objectLabels(args),
});

/** @param name the component's, after which its children are called */
export function podNeeds(name: string, args: PodArgs, opts: PodOptions): PodNeeds {
  const { host, pod } = args;
  const logGroups = pod.services.map(({ name: service }) => [service, host.logs.of(service)] as const);
  const role = makeRole(name, args, opts);
  const account = makeAccount(name, args, role, opts);
  const parts = partsOf(args);
  const data = makeData(name, args, parts, opts);
  const claims = makeClaims(name, args, parts, opts);
  const policy = makeNetworkPolicy(name, args, opts);
  return {
    parts,
    names: { ...data, claims: claims.names },
    role,
    logGroups: Object.fromEntries(logGroups.map(([service, group]) => [service, group.name])),
    logins: pullSecrets(name, { host, pod, metadata: objectMetadata(args) }, opts),
    ready: [account, ...role.ready, ...claims.ready, policy, ...logGroups.map(([, group]) => group)],
  };
}

/** The role of the pod's own calls: what the app names and no more. */
function makeRole(name: string, { host, pod, compute, namespace }: PodArgs, { parent }: PodOptions): PodRole {
  const policies = pod.services.flatMap(({ name: service }) => host.placement.services[service]?.policies ?? []);
  const statements = policyStatements(policies, valueOf(host.secrets));
  const managed = [...new Set(policies.filter((policy) => typeof policy === "string"))];
  const identity = host.platform.eksCluster.identity(namespace, resourceName(pod.name), compute);
  return podRole(childName(name, "pod"), { identity, statements, managed }, { parent });
}

function makeAccount(
  name: string,
  args: PodArgs,
  { annotations }: PodRole,
  opts: PodOptions,
): kubernetes.core.v1.ServiceAccount {
  return new kubernetes.core.v1.ServiceAccount(
    name,
    {
      metadata: {
        ...objectMetadata(args),
        name: resourceName(args.pod.name),
        ...(Object.keys(annotations).length > 0 && { annotations }),
      },
      automountServiceAccountToken: false,
    },
    opts,
  );
}

function partsOf({ host, pod, pods, compute, wiring, disks }: PodArgs): PodParts {
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
function makeData(
  name: string,
  args: PodArgs,
  parts: PodParts,
  opts: PodOptions,
): Pick<DataNames, "configMap" | "secret"> {
  const { data, binaryData, secrets, sources } = podData(parts);
  const has = (record: object) => Object.keys(record).length > 0;
  const metadata = objectMetadata(args);
  const configMap =
    has(data) || has(binaryData)
      ? new kubernetes.core.v1.ConfigMap(
          autoNamed(name),
          { metadata, ...(has(data) && { data }), ...(has(binaryData) && { binaryData }) },
          opts,
        )
      : null;
  const secret = has(secrets)
    ? new kubernetes.core.v1.Secret(
        autoNamed(name),
        {
          metadata: { ...metadata, ...(has(sources) && { annotations: { ...sources } }) },
          type: "Opaque",
          stringData: mapValues(secrets, (value) => pulumi.secret(value)),
        },
        opts,
      )
    : null;
  return { configMap: configMap?.metadata.name ?? null, secret: secret?.metadata.name ?? null };
}

function makeClaims(name: string, args: PodArgs, { mounts }: PodParts, opts: PodOptions) {
  const { host, namespace, compute, disks } = args;
  const names: Record<string, pulumi.Output<string>> = {};
  const ready: pulumi.Resource[] = [];
  const volumes = mounts.folders.flatMap(({ kind }) => ("volume" in kind ? [kind.volume] : []));
  for (const volume of new Set(volumes)) {
    const claim = { volume, namespace, compute };
    const size = disks[volume];
    if (size === undefined) {
      const access: VolumeAccess = compute === "nodes" ? "roles" : "network";
      const efs = host.volumes.of(volume, volumeOwner(host.app, volume), access);
      ready.push(...args.openVolume(efs));
      const handle = pulumi.interpolate`${efs.fileSystemId}::${efs.accessPointId}`;
      names[volume] = efsClaim(name, claim, efs, handle, opts).metadata.name;
    } else {
      const keep = host.placement.data === "keep";
      names[volume] = diskClaim(name, claim, { size, keep }, opts).metadata.name;
    }
  }
  return { names, ready };
}

function makeNetworkPolicy(name: string, args: PodArgs, opts: PodOptions): pulumi.Resource {
  const { host, pod, pods, groups } = args;
  return new kubernetes.networking.v1.NetworkPolicy(
    name,
    {
      metadata: { ...objectMetadata(args), name: resourceName(pod.name) },
      spec: {
        podSelector: { matchLabels: podLabels(pod) },
        policyTypes: ["Ingress"],
        ingress: ingressRules(pod, pods, podPorts(host.app, pod), groups, host.platform.network.cidrBlock),
      },
    },
    opts,
  );
}
