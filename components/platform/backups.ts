/** The environment's backups: a plan of AWS Backup for what holds data, where the config asks for it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BackupConfig, EnvironmentConfig } from "../../app/config/types";
import { trustPolicy } from "../iam";
import { partitionOf } from "../names";
import { backupTag } from "../tags";

/**
 * Copies of file systems and databases, 0.05 USD a GB-month for files and 0.095 for databases beyond their own size; only
 * what has changed is copied. They are found by their tag `Backup`, so that what comes later is in it too.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
 */
export class Backups extends pulumi.ComponentResource {
  constructor(
    private readonly name: string,
    private readonly environment: EnvironmentConfig,
    config: BackupConfig,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:Backups", name, {}, opts);
    const vault = this.makeVault(config);
    const plan = new aws.backup.Plan(
      name,
      {
        rules: [
          {
            ruleName: "backup",
            targetVaultName: vault.name,
            schedule: config.schedule,
            lifecycle: { deleteAfter: config.days },
          },
        ],
      },
      { parent: this },
    );
    this.select(plan);
    this.registerOutputs({ vaultArn: vault.arn });
  }

  /** Encrypted by AWS's own key. Copies in it keep it from being deleted where the environment is protected. */
  private makeVault({ days, vaultLock }: BackupConfig): aws.backup.Vault {
    const { environment, name } = this;
    const vault = new aws.backup.Vault(
      name,
      { forceDestroy: !environment.protected && !vaultLock },
      { parent: this, protect: environment.protected },
    );
    // governance mode: who has the right to can still lift it, which nobody could after a date of compliance
    if (vaultLock)
      new aws.backup.VaultLockConfiguration(
        name,
        { backupVaultName: vault.name, minRetentionDays: days },
        // the vault has one: to end the old one afterwards would end the new one
        { parent: this, deleteBeforeReplace: true },
      );
    return vault;
  }

  private select(plan: aws.backup.Plan): void {
    const { environment, name } = this;
    const role = new aws.iam.Role(name, { assumeRolePolicy: trustPolicy("backup.amazonaws.com") }, { parent: this });
    const policy = "service-role/AWSBackupServiceRolePolicyForBackup";
    const attachment = new aws.iam.RolePolicyAttachment(
      name,
      { role: role.name, policyArn: `arn:${partitionOf(environment.region)}:iam::aws:policy/${policy}` },
      { parent: this },
    );
    new aws.backup.Selection(
      name,
      {
        planId: plan.id,
        iamRoleArn: role.arn,
        selectionTags: Object.entries(backupTag(environment)).map(([key, value]) => ({
          type: "STRINGEQUALS",
          key,
          value,
        })),
      },
      { parent: this, dependsOn: [attachment] },
    );
  }
}
