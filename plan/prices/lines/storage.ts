/** Files, objects, images, queues, secrets, backups. Pure. */
import type { PlannedResource } from "../../types";
import { isTrue } from "../inputs";
import type { PricedPlan } from "../priced-plan";
import type { PriceItem, Pricers } from "../types";

const FILE_SYSTEM = "aws:efs/fileSystem:FileSystem";
const QUEUE = "aws:sqs/queue:Queue";
/** A message is sent, received and deleted. */
const CALLS = 3;

export const storage: Pricers = {
  [FILE_SYSTEM]: (system, plan) => [usage("files", "efs.standard", plan.usage(system).gbStored)],
  "aws:s3/bucket:Bucket": (bucket, plan) => {
    const { gbStored, gbImages } = plan.usage(bucket);
    // the platform's own holds what is deployed
    return [usage("objects", "s3.standard", plan.appOf(bucket) === null ? gbImages : gbStored)];
  },
  "aws:ecr/repository:Repository": (repository, plan) => [
    usage("images", "ecr.storage", plan.usage(repository).gbImages),
  ],
  // the daily backups that EFS makes by itself, and those of a plan: incremental, so about what there is
  "aws:efs/backupPolicy:BackupPolicy": (policy, plan) => [
    usage("backups of files", "backup.efs", plan.usage(policy).gbStored),
  ],
  "aws:backup/plan:Plan": (_, plan) => [
    ...backups(plan, FILE_SYSTEM, "backups of files", "backup.efs"),
    ...backups(plan, "aws:rds/instance:Instance", "backups of databases", "backup.rds"),
  ],
  [QUEUE]: (queue, plan) => {
    const key = isTrue(queue.inputs.fifoQueue) ? "sqs.fifo" : "sqs.standard";
    // nothing is sent to a dead-letter queue but what failed
    const dead = plan.referring(QUEUE, "redrivePolicy", queue).length > 0;
    return [usage("messages", key, dead ? 0 : plan.usage(queue).messages * CALLS)].filter(
      ({ quantity }) => quantity > 0,
    );
  },
  "aws:secretsmanager/secret:Secret": () => [secret("a secret")],
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
  "aws:ssm/parameter:Parameter": ({ inputs }) =>
    inputs.tier === "Advanced"
      ? [{ what: "an advanced parameter", kind: "fixed", key: "ssm.advanced", quantity: 1 }]
      : [],
};

const usage = (what: string, key: string, quantity: number): PriceItem => ({ what, kind: "usage", key, quantity });

export const secret = (what: string): PriceItem => ({ what, kind: "fixed", key: "secretsmanager.secret", quantity: 1 });

/** One copy of what each of them holds. */
function backups(plan: PricedPlan, type: string, what: string, key: string): readonly PriceItem[] {
  const held = plan.ofType(type).reduce((sum, resource: PlannedResource) => sum + plan.usage(resource).gbStored, 0);
  return held > 0 ? [usage(what, key, held)] : [];
}
