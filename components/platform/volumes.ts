/** The named volumes of one app on EFS: their URNs have no tier in them, so a change of tier keeps the data. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, Placement } from "../../app/config/types";
import { environmentPrefix, slug } from "../names";
import { backupTag } from "../tags";
import type { Network } from "./network";

export interface AppVolume {
  readonly fileSystemId: pulumi.Output<string>;
  readonly fileSystemArn: pulumi.Output<string>;
  readonly accessPointId: pulumi.Output<string>;
  readonly accessPointArn: pulumi.Output<string>;
  /** The mount targets' security group: open it on 2049 for the service's own group. */
  readonly securityGroupId: pulumi.Output<string>;
  /** The mount targets, which must exist before a task mounts the volume. */
  readonly ready: pulumi.Resource[];
}

export interface AppVolumes {
  /** A named volume, made at the first call. `owner`: `user:` of the service where it names numbers, else `null`. */
  of(volume: string, owner: VolumeOwner | null, access?: VolumeAccess): AppVolume;
  /** A Lightsail disk for all volumes of the app, made at the first call, for a tier whose volumes are on a machine. */
  disk(args: DiskArgs): aws.lightsail.Disk;
}

export interface DiskArgs {
  readonly sizeInGb: number;
  /** The availability zone of the machine. */
  readonly zone: string;
}

/**
 * Who may mount: roles that are allowed to (the default), or whoever the mount targets' security group lets in, for a
 * tier that mounts without a role. The app's first volume decides.
 */
export type VolumeAccess = "roles" | "network";

export interface VolumeOwner {
  readonly uid: number;
  readonly gid: number;
}

export interface EfsVolumesArgs {
  readonly app: string;
  readonly environment: EnvironmentConfig;
  /** Asked for with the first volume only. */
  readonly network: () => Network;
  /** `keep` protects the file system: nothing deletes it before `delete` has gone through one `up`. */
  readonly data: Placement["data"];
}

interface FileSystem {
  readonly system: aws.efs.FileSystem;
  readonly group: aws.ec2.SecurityGroup;
  readonly ready: pulumi.Resource[];
}

/**
 * One file system for an app, and an access point for each of its volumes. 0.30 USD a GB-month, about 0.02 USD for
 * files that nobody read for 30 days; bursting throughput, which is free (50 KiB/s for each GiB, bursts of 100 MiB/s).
 * Encrypted at rest, and in transit by its policy; where the environment is protected, backed up each day (AWS Backup,
 * 0.05 USD a GB-month), or as `platform.backup` says.
 */
export class EfsVolumes extends pulumi.ComponentResource implements AppVolumes {
  private fileSystem: FileSystem | undefined;
  private lightsailDisk: aws.lightsail.Disk | undefined;
  private readonly volumes = new Map<string, AppVolume>();

  constructor(
    private readonly name: string,
    private readonly args: EfsVolumesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Volumes", name, {}, opts);
    this.registerOutputs({});
  }

  of(volume: string, owner: VolumeOwner | null, access: VolumeAccess = "roles"): AppVolume {
    const known = this.volumes.get(volume);
    if (known) return known;
    this.fileSystem ??= this.makeFileSystem(access);
    const { system, group, ready } = this.fileSystem;
    const accessPoint = this.makeAccessPoint(volume, system, owner);
    const made: AppVolume = {
      fileSystemId: system.id,
      fileSystemArn: system.arn,
      accessPointId: accessPoint.id,
      accessPointArn: accessPoint.arn,
      securityGroupId: group.id,
      ready,
    };
    this.volumes.set(volume, made);
    return made;
  }

  /** 0.10 USD a GB-month, encrypted. Another size or zone would be another disk, so a kept one is protected from it. */
  disk({ sizeInGb, zone }: DiskArgs): aws.lightsail.Disk {
    const { app, environment, data } = this.args;
    return (this.lightsailDisk ??= new aws.lightsail.Disk(
      this.name,
      { name: slug(`${environmentPrefix(environment.name)}-${app}-data`, 255), sizeInGb, availabilityZone: zone },
      { parent: this, protect: data === "keep" },
    ));
  }

  private makeFileSystem(access: VolumeAccess): FileSystem {
    const { app, environment, data } = this.args;
    const network = this.args.network();
    const system = new aws.efs.FileSystem(
      this.name,
      {
        encrypted: true,
        lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }, { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" }],
        tags: { Name: `${environmentPrefix(environment.name)}-${app}`, ...backupTag(environment) },
      },
      { parent: this, protect: data === "keep" },
    );
    const group = new aws.ec2.SecurityGroup(
      this.name,
      { vpcId: network.vpcId, description: `volumes of ${app}` },
      { parent: this },
    );
    const policy = this.refusePlainText(system, access);
    const targets = this.makeMountTargets(system, group, network);
    // a plan of the environment's own takes the place of EFS's
    if (environment.protected && environment.platform.backup === null) this.backUp(system);
    return { system, group, ready: [...targets, policy] };
  }

  /** Without a policy EFS lets in whoever reaches it; with one, only TLS and roles that are allowed to. */
  private refusePlainText(system: aws.efs.FileSystem, access: VolumeAccess): aws.efs.FileSystemPolicy {
    const policy = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Principal: { AWS: "*" },
          Action: "*",
          Resource: system.arn,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        ...(access === "network" ? [admitFromNetwork(system)] : []),
      ],
    };
    return new aws.efs.FileSystemPolicy(
      this.name,
      { fileSystemId: system.id, policy: pulumi.jsonStringify(policy) },
      { parent: this },
    );
  }

  private makeMountTargets(
    system: aws.efs.FileSystem,
    group: aws.ec2.SecurityGroup,
    network: Network,
  ): aws.efs.MountTarget[] {
    // private subnets whatever the egress: a target that moves is replaced, and tasks of any subnet reach it
    return Array.from(
      { length: network.zones },
      (_, zone) =>
        new aws.efs.MountTarget(
          `${this.name}-${zone + 1}`,
          {
            fileSystemId: system.id,
            subnetId: network.privateSubnetIds.apply((ids) => ids[zone] ?? ""),
            securityGroups: [group.id],
          },
          { parent: this },
        ),
    );
  }

  private backUp(system: aws.efs.FileSystem): void {
    new aws.efs.BackupPolicy(
      this.name,
      { fileSystemId: system.id, backupPolicy: { status: "ENABLED" } },
      { parent: this },
    );
  }

  /**
   * The volume's own folder. No POSIX user is forced unless the service names one: an image that starts as root and gives
   * its files to another user would fail. A folder without an owner is open to every user of the container, as EFS does
   * not copy the image's own rights the way Docker does.
   */
  private makeAccessPoint(volume: string, system: aws.efs.FileSystem, owner: VolumeOwner | null): aws.efs.AccessPoint {
    const { uid, gid } = owner ?? { uid: 0, gid: 0 };
    return new aws.efs.AccessPoint(
      `${this.name}-${volume}`,
      {
        fileSystemId: system.id,
        rootDirectory: {
          path: `/${volume}`,
          creationInfo: { ownerUid: uid, ownerGid: gid, permissions: owner ? "0755" : "0777" },
        },
        ...(owner && { posixUser: { uid, gid } }),
        tags: { Name: volume },
      },
      { parent: this },
    );
  }
}

/** https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html: not public by this condition */
function admitFromNetwork(system: aws.efs.FileSystem) {
  return {
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"],
    Resource: system.arn,
    Condition: { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } },
  };
}
