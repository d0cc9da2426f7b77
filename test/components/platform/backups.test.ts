import assert from "node:assert/strict";

import { tiers } from "../../../components/tiers";
import { type Input, onTier } from "../../support/on-tier";

const compose = `
services:
  db: { image: "postgres:17", volumes: ["data:/data"] }
volumes: { data: }
`;
const FILES = "aws:efs/fileSystem:FileSystem";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const OWN = "aws:efs/backupPolicy:BackupPolicy";
const PLAN = "aws:backup/plan:Plan";
const VAULT = "aws:backup/vault:Vault";
const backup = { schedule: "cron(0 5 * * ? *)", days: 35, vaultLock: false };
const { record } = onTier(tiers.fargate);
const make = (platform: Input["platform"] = {}, more: Partial<Input> = {}) => record({ compose, platform, ...more });

describe("backups", () => {
  it("are none unless asked for", async () => {
    const made = await make();
    assert.deepEqual(
      made.resources.filter(({ type }) => type.startsWith("aws:backup/")),
      [],
    );
    assert.equal((made.one(FILES).inputs.tags as { Backup?: unknown }).Backup, undefined);
  });

  it("take what has the environment's tag, by a role of their own", async () => {
    const made = await make({ backup });
    const [vault, plan] = [made.one(VAULT), made.one(PLAN)];
    assert.deepEqual(plan.inputs.rules, [
      {
        ruleName: "backup",
        targetVaultName: made.output(vault, "name"),
        schedule: "cron(0 5 * * ? *)",
        lifecycle: { deleteAfter: 35 },
      },
    ]);
    const selection = made.one("aws:backup/selection:Selection");
    const parent = made.parentOf(selection);
    assert.equal(parent.type, "spectrum:platform:Backups");
    assert.deepEqual(selection.inputs.planId, made.output(plan, "id"));
    assert.deepEqual(selection.inputs.selectionTags, [{ type: "STRINGEQUALS", key: "Backup", value: "spectrum-dev" }]);
    assert.equal((made.one(FILES).inputs.tags as { Backup?: unknown }).Backup, "spectrum-dev");
    const attachment = made.one("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "platform-backups");
    assert.equal(
      attachment.inputs.policyArn,
      "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    );
    assert.ok(made.dependencyNames(selection).includes("platform-backups"));
    assert.deepEqual([vault.inputs.forceDestroy, vault.options?.protect ?? false], [true, false]);
    assert.equal(made.all(LOCK).length, 0);
  });

  for (const [managed, image, type] of [
    [true, "postgres:17", "aws:rds/instance:Instance"],
    [{ engine: "aurora" }, "postgres:17", "aws:rds/cluster:Cluster"],
    [{ engine: "documentdb" }, "mongo:5", "aws:docdb/cluster:Cluster"],
  ] as const)
    it(`take ${type} too, by its tag`, async () => {
      const made = await record({
        compose: `services: { db: { image: "${image}", environment: { POSTGRES_PASSWORD: long-enough } } }`,
        config: { services: { db: { managed } } },
        platform: { backup },
      });
      assert.equal((made.one(type).inputs.tags as { Backup?: unknown }).Backup, "spectrum-dev");
    });

  it("take the place of EFS's own where the environment is protected, and stay", async () => {
    assert.equal((await make({}, { protected: true })).all(OWN).length, 1);
    const made = await make({ backup }, { protected: true });
    assert.equal(made.all(OWN).length, 0);
    const { inputs, options } = made.one(VAULT);
    assert.deepEqual([inputs.forceDestroy, options?.protect], [false, true]);
  });

  it("are locked for their days where the config says so", async () => {
    const made = await make({ backup: { ...backup, days: 90, vaultLock: true } });
    const vault = made.one(VAULT);
    assert.equal(vault.inputs.forceDestroy, false);
    assert.deepEqual(made.one(LOCK).inputs, { backupVaultName: made.output(vault, "name"), minRetentionDays: 90 });
  });
});
