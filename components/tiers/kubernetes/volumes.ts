/** The claims that a pod's named volumes are mounted by: static ones on EFS, or disks of EBS. */
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Compute } from "../../platform/eks";
import { GP3_CLASS } from "../../platform/eks";
import type { AppVolume } from "../../platform/volumes";
import { childName } from "../../names";
import { autoNamed } from "./pods";

export interface ClaimArgs {
  readonly volume: string;
  readonly namespace: pulumi.Input<string>;
  readonly compute: Compute;
}

/**
 * A volume of the app's file system by its access point, encrypted on the way. The size is a word that Kubernetes wants:
 * EFS has no end. On nodes the driver mounts with its own role; Fargate's mounts without one.
 */
export function efsClaim(
  name: string,
  { volume, namespace, compute }: ClaimArgs,
  efs: AppVolume,
  handle: pulumi.Output<string>,
  opts: Omit<pulumi.CustomResourceOptions, "dependsOn"> & { readonly dependsOn: pulumi.Resource[] },
): kubernetes.core.v1.PersistentVolumeClaim {
  const capacity = { storage: "1Gi" };
  const logicalName = autoNamed(childName(name, volume));
  const after = { ...opts, dependsOn: [...opts.dependsOn, ...efs.ready] };
  const disk = new kubernetes.core.v1.PersistentVolume(
    logicalName,
    {
      spec: {
        capacity,
        accessModes: ["ReadWriteMany"],
        volumeMode: "Filesystem",
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: "",
        ...(compute === "nodes" && { mountOptions: ["tls", "iam"] }),
        csi: {
          driver: "efs.csi.aws.com",
          volumeHandle: handle,
          volumeAttributes: { encryptInTransit: "true" },
        },
      },
    },
    after,
  );
  return new kubernetes.core.v1.PersistentVolumeClaim(
    logicalName,
    {
      metadata: { namespace },
      spec: {
        accessModes: ["ReadWriteMany"],
        storageClassName: "",
        volumeName: disk.metadata.name,
        resources: { requests: capacity },
      },
    },
    after,
  );
}

/** A disk of the cluster's gp3 class, 0.08 USD a GiB-month in us-east-1, made where the pod first runs. */
export function diskClaim(
  name: string,
  { volume, namespace }: ClaimArgs,
  { size, keep }: { readonly size: number; readonly keep: boolean },
  opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.PersistentVolumeClaim {
  return new kubernetes.core.v1.PersistentVolumeClaim(
    autoNamed(childName(name, volume)),
    {
      metadata: {
        namespace,
        // the disk comes with its first pod, which waits for the claim
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: GP3_CLASS,
        resources: { requests: { storage: `${size}Gi` } },
      },
    },
    { ...opts, protect: keep },
  );
}
