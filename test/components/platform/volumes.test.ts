import assert from "node:assert/strict";
import type { Placement } from "../../../app/config/types";
import { Platform } from "../../../components/platform/platform";
import { EfsVolumes, type AppVolume, type VolumeOwner } from "../../../components/platform/volumes";
import { recordResources } from "../../support/record";
import { environment } from "./fixtures";

const SYSTEM = "aws:efs/fileSystem:FileSystem";
const POINT = "aws:efs/accessPoint:AccessPoint";
const TARGET = "aws:efs/mountTarget:MountTarget";

interface Options {
  readonly volumes?: readonly (readonly [string, VolumeOwner | null])[];
  readonly data?: Placement["data"];
  readonly isProtected?: boolean;
}

const record = ({ volumes = [["data", null]], data = "keep", isProtected = false }: Options = {}) =>
  recordResources(() => {
    const env = environment({ availabilityZones: isProtected ? 3 : 2 }, { protected: isProtected });
    const platform = new Platform("platform", env);
    const made = new EfsVolumes("shop", { app: "shop", environment: env, network: () => platform.network, data });
    const all: AppVolume[] = volumes.map(([name, owner]) => made.of(name, owner));
    platform.finish();
    return { ready: all.map(({ ready }) => ready.length), groups: all.map(({ securityGroupId }) => securityGroupId) };
  });

describe("volumes", () => {
  it("make nothing, and no network, unless there are any", async () => {
    const made = await record({ volumes: [] });
    assert.deepEqual(
      made.resources.map(({ type }) => type),
      ["pulumi:pulumi:Stack", "spectrum:platform:Platform", "spectrum:platform:Volumes"],
    );
  });

  it("are access points of one encrypted file system, in every zone", async () => {
    const made = await record({
      volumes: [
        ["data", null],
        ["cache", null],
        ["data", null],
      ],
    });
    const system = made.one(SYSTEM, "shop");
    assert.equal(made.parentOf(system).type, "spectrum:platform:Volumes");
    assert.deepEqual(system.inputs, {
      encrypted: true,
      lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }, { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" }],
      tags: { Name: "spectrum-dev-shop" },
    });
    assert.deepEqual(
      made.all(POINT).map(({ name }) => name),
      ["shop-cache", "shop-data"],
    );
    const group = made.one("aws:ec2/securityGroup:SecurityGroup");
    assert.deepEqual([group.inputs.ingress, group.inputs.egress], [undefined, undefined]);
    const privates = made
      .all("aws:ec2/subnet:Subnet")
      .filter(({ inputs }) => inputs.mapPublicIpOnLaunch === false)
      .map((subnet) => made.output(subnet, "id"));
    assert.deepEqual(
      made.all(TARGET).map(({ inputs }) => inputs),
      privates.map((subnetId) => ({
        fileSystemId: made.output(system, "id"),
        securityGroups: [made.output(group, "id")],
        subnetId,
      })),
    );
    assert.deepEqual(made.outputs.ready, [3, 3, 3], "two mount targets and the policy");
  });

  it("let in TLS alone, and nobody without a role's permission", async () => {
    const made = await record();
    const { Statement } = made.json<{ Statement: object[] }>(
      made.one("aws:efs/fileSystemPolicy:FileSystemPolicy"),
      "policy",
    );
    assert.equal(Statement.length, 1);
    const [{ Effect, Condition, Principal }] = Statement as [{ Effect: string; Condition: object; Principal: object }];
    assert.deepEqual(
      [Effect, Condition, Principal],
      ["Deny", { Bool: { "aws:SecureTransport": "false" } }, { AWS: "*" }],
    );
  });

  it("force no user unless the service names one", async () => {
    const made = await record({
      volumes: [
        ["data", null],
        ["own", { uid: 1000, gid: 2000 }],
      ],
    });
    assert.deepEqual(made.one(POINT, "shop-data").inputs.posixUser, undefined);
    assert.deepEqual(made.one(POINT, "shop-data").inputs.rootDirectory, {
      creationInfo: { ownerGid: 0, ownerUid: 0, permissions: "0777" },
      path: "/data",
    });
    assert.deepEqual(made.one(POINT, "shop-own").inputs.posixUser, { gid: 2000, uid: 1000 });
    assert.deepEqual(made.one(POINT, "shop-own").inputs.rootDirectory, {
      creationInfo: { ownerGid: 2000, ownerUid: 1000, permissions: "0755" },
      path: "/own",
    });
  });

  it("are protected until data says delete", async () => {
    assert.equal((await record()).one(SYSTEM).options?.protect, true);
    assert.equal((await record({ data: "delete" })).one(SYSTEM).options?.protect, undefined);
  });

  it("are backed up where the environment is protected", async () => {
    const backup = "aws:efs/backupPolicy:BackupPolicy";
    assert.deepEqual((await record()).all(backup), []);
    const made = await record({ isProtected: true });
    assert.deepEqual(made.one(backup).inputs.backupPolicy, { status: "ENABLED" });
    assert.equal(made.all(TARGET).length, 3);
  });
});
