/** Encryption at rest and on the way. Pure. */
import type { PolicyResource, ResourceRule, StackRule } from "./rule";
import { when } from "./rule";
import type { PolicyStack } from "./stack";
import { documentOf, isOff, isUnknown, listOf, mapAt, textOf } from "./values";

/** The input that turns encryption on, by type; off by default in each. */
const ENCRYPTED_BY: Readonly<Record<string, string>> = {
  "aws:efs/fileSystem:FileSystem": "encrypted",
  "aws:ebs/volume:Volume": "encrypted",
  "aws:rds/instance:Instance": "storageEncrypted",
  "aws:rds/cluster:Cluster": "storageEncrypted",
  "aws:docdb/cluster:Cluster": "storageEncrypted",
  "aws:elasticache/replicationGroup:ReplicationGroup": "atRestEncryptionEnabled",
};
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const QUEUE = "aws:sqs/queue:Queue";

const encryptionAtRest: ResourceRule = {
  name: "encryption-at-rest",
  scope: "resource",
  severity: "mandatory",
  description: "File systems, databases, caches, disks and queues are encrypted at rest. S3 encrypts by itself.",
  remedy: "turn the encryption on; most of these are replaced by it, so do it before there is data",
  source: "https://docs.aws.amazon.com/prescriptive-guidance/latest/encryption-best-practices/welcome.html",
  types: [...Object.keys(ENCRYPTED_BY), TEMPLATE, QUEUE],
  check: ({ type, inputs }) => {
    const input = ENCRYPTED_BY[type];
    if (input !== undefined) return when(isOff(inputs[input]), `${input} is off`);
    if (type === QUEUE) {
      // SQS encrypts new queues by itself unless it is told not to
      const isPlain = inputs.sqsManagedSseEnabled === false && (inputs.kmsMasterKeyId ?? "") === "";
      return when(isPlain, "sqsManagedSseEnabled is false, and there is no key");
    }
    return listOf(inputs.blockDeviceMappings).flatMap(({ deviceName, ebs }) =>
      when(
        listOf(ebs).some((disk) => !isUnknown(disk) && isOff(disk.encrypted)),
        `the disk ${textOf(deviceName) ?? ""} is not encrypted`,
      ),
    );
  },
};

const BUCKET = "aws:s3/bucket:Bucket";
const FILE_SYSTEM = "aws:efs/fileSystem:FileSystem";
const REPLICATION_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup";

/** Where a resource's policy stands: its type, the input that names what it is of, and that one's physical name. */
const POLICIES: Readonly<Record<string, readonly [type: string, input: string, nameInput?: string]>> = {
  [BUCKET]: ["aws:s3/bucketPolicy:BucketPolicy", "bucket", "bucket"],
  [QUEUE]: ["aws:sqs/queuePolicy:QueuePolicy", "queueUrl"],
  [FILE_SYSTEM]: ["aws:efs/fileSystemPolicy:FileSystemPolicy", "fileSystemId"],
};

/** True where a policy of the resource refuses calls without TLS, or may do so for all that is known. */
function refusesPlain(resource: PolicyResource, stack: PolicyStack): boolean {
  const [type = "", input = "", nameInput] = POLICIES[resource.type] ?? [];
  const own = documentOf(resource.inputs.policy);
  const policies = stack.referring(type, input, resource, nameInput).map(({ inputs }) => documentOf(inputs.policy));
  return [own, ...policies].some((policy) => isUnknown(policy) || deniesPlain(policy));
}

const deniesPlain = (policy: ReturnType<typeof documentOf>): boolean =>
  listOf(policy)
    .flatMap(({ Statement }) => listOf(Statement))
    .some((statement) => {
      const { "aws:SecureTransport": secure } = mapAt(statement, "Condition", "Bool");
      return statement.Effect === "Deny" && (secure === "false" || secure === false);
    });

const encryptionInTransit: StackRule = {
  name: "encryption-in-transit",
  scope: "stack",
  severity: "mandatory",
  description: "Buckets, queues and file systems refuse calls without TLS, and caches speak it.",
  remedy: "add a policy that denies what has aws:SecureTransport false; on a cache set transitEncryptionEnabled",
  source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
  types: [BUCKET, QUEUE, FILE_SYSTEM, REPLICATION_GROUP],
  check: (resource, stack) =>
    resource.type === REPLICATION_GROUP
      ? when(isOff(resource.inputs.transitEncryptionEnabled), "transitEncryptionEnabled is off")
      : when(!refusesPlain(resource, stack), "no policy of it refuses calls without TLS"),
};

export const encryptionRules = [encryptionAtRest, encryptionInTransit];
