/** The role of a state machine: what its own tasks need, its logs, its traces. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, type Caller, inlinePolicy, isUsed, type Statement, trustPolicy } from "../iam";
import { partitionOf } from "../names";

export interface MachineRoleArgs {
  readonly caller: Caller;
  readonly statements: readonly Statement[];
  /** Policies of AWS's or one's own, by ARN. */
  readonly managed?: readonly string[];
  readonly logs: boolean;
  readonly traces: boolean;
  readonly kmsKeyArn: string | null;
}

export interface MachineRole {
  readonly role: aws.iam.Role;
  /** AWS refuses a state machine whose role may not yet write its logs, or await what it starts. */
  readonly ready: readonly pulumi.Resource[];
}

/** Step Functions takes the role for state machines of this account and region alone, against the confused deputy. */
export function machineRole(
  name: string,
  { caller, statements, managed = [], logs, traces, kmsKeyArn }: MachineRoleArgs,
  opts: pulumi.CustomResourceOptions,
): MachineRole {
  const { region, accountId } = caller;
  const assumeRolePolicy = trustPolicy("states.amazonaws.com", {
    ArnLike: {
      "aws:SourceArn": pulumi.interpolate`arn:${partitionOf(region)}:states:${region}:${accountId}:stateMachine:*`,
    },
    StringEquals: { "aws:SourceAccount": accountId },
  });
  const role = new aws.iam.Role(name, { assumeRolePolicy }, opts);
  const attached = managed.map(
    (policyArn, i) => new aws.iam.RolePolicyAttachment(`${name}-${i + 1}`, { role: role.name, policyArn }, opts),
  );
  const all = [
    ...statements,
    ...(logs ? [LOG_DELIVERY] : []),
    ...(traces ? [TRACES] : []),
    ...(kmsKeyArn === null ? [] : [encryption(kmsKeyArn)]),
  ].filter(isUsed);
  return {
    role,
    ready: all.length > 0 ? [...attached, inlinePolicy(name, { role, statements: all }, opts)] : attached,
  };
}

/**
 * What awaiting the end of something takes: Step Functions learns of it by a rule that it manages.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
 */
export function managedRule({ region, accountId }: Caller, rule: string): Statement {
  const arn = pulumi.interpolate`arn:${partitionOf(region)}:events:${region}:${accountId}:rule/${rule}`;
  return allow(["events:DescribeRule", "events:PutRule", "events:PutTargets"], [arn]);
}

/** None of these takes a resource. https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
const LOG_DELIVERY = allow(
  [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
  ],
  ["*"],
);

/** None of these takes a resource. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html */
const TRACES = allow(
  ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"],
  ["*"],
);

/** https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html */
const encryption = (kmsKeyArn: string): Statement => allow(["kms:Decrypt", "kms:GenerateDataKey"], [kmsKeyArn]);
