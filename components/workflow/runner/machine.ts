/** What runs a job on a machine for workflows, by Systems Manager. */
import * as pulumi from "@pulumi/pulumi";
import type { JobConfig } from "../../../app/config/types";
import type { Json } from "../../../app/workflows";
import { commandRunner, runbookRunner } from "../../../app/workflows/deploy/runner/machine";
import { allow, type Caller, type Statement } from "../../iam";
import { partitionOf } from "../../names";
import { jobSeconds } from "../../tiers/compose";
import type { JobTarget } from "../../tiers/tier";

export type MachineTarget = Extract<JobTarget, { readonly tier: "lightsail-vm" | "beanstalk" }>;

export function machineDefinition(
  {
    caller,
    job,
    config,
  }: { readonly caller: Caller; readonly job: string; readonly config: Pick<JobConfig, "timeout" | "retries"> },
  target: MachineTarget,
): pulumi.Output<Json> {
  const common = { partition: partitionOf(caller.region), job, seconds: jobSeconds(config) };
  if (target.tier === "beanstalk") return target.runbook.apply((runbook) => runbookRunner({ ...common, runbook }));
  const { nodeTag } = target;
  return target.document.apply((document) => commandRunner({ ...common, document, nodeTag }));
}

/** The calls that tell of runs have no resource that a policy could name. */
export function machineStatements(target: MachineTarget, { region, accountId }: Caller): readonly Statement[] {
  const arn = pulumi.interpolate`arn:${partitionOf(region)}:ssm:${region}:${accountId}`;
  if (target.tier === "beanstalk")
    return [
      allow(["ssm:StartAutomationExecution"], [pulumi.interpolate`${arn}:automation-definition/${target.runbook}:*`]),
      allow(["ssm:GetAutomationExecution"], [pulumi.interpolate`${arn}:automation-execution/*`]),
      {
        ...allow(["iam:PassRole"], [target.roleArn]),
        Condition: { StringEquals: { "iam:PassedToService": "ssm.amazonaws.com" } },
      },
    ];
  const { key, values } = target.nodeTag;
  return [
    allow(["ssm:SendCommand"], [pulumi.interpolate`${arn}:document/${target.document}`]),
    {
      ...allow(["ssm:SendCommand"], [pulumi.interpolate`${arn}:managed-instance/*`]),
      Condition: { StringEquals: { [`ssm:resourceTag/${key}`]: values } },
    },
    allow(["ssm:ListCommandInvocations"], ["*"]),
  ];
}
