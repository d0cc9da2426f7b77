/** A state machine with its role, its logs and its version: of a workflow, or of what runs a job for one. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, WorkflowConfig } from "../../app/config/types";
import { type Caller, inlinePolicy, isUsed, type Statement } from "../iam";
import { environmentPrefix, slug } from "../names";
import { retentionDays } from "../platform/logs";
import { machineRole } from "./role";

export interface StateMachineArgs {
  readonly environment: EnvironmentConfig;
  readonly caller: Caller;
  /** What its physical name ends with: `order`, `shop-migrate`. */
  readonly label: string;
  readonly definition: pulumi.Input<string>;
  readonly config: Pick<WorkflowConfig, "type" | "logging" | "tracing" | "kmsKeyArn">;
  readonly statements: readonly Statement[];
  readonly managed?: readonly string[];
  /** What it must be allowed on itself or its executions: granted once it is there. */
  readonly onItself?: (machine: aws.sfn.StateMachine) => readonly Statement[];
  readonly dependsOn?: readonly pulumi.Resource[];
}

export interface StateMachine {
  readonly machine: aws.sfn.StateMachine;
  readonly role: aws.iam.Role;
  /** What an execution must wait for. */
  readonly ready: readonly pulumi.Resource[];
}

/** A state machine that executions are started of, by its own ARN or an alias's. */
export interface Started {
  readonly arn: pulumi.Output<string>;
  readonly machine: aws.sfn.StateMachine;
}

/** Of what workflows call: its inputs and outputs are in the history of the execution that called it. */
export const CALLED: StateMachineArgs["config"] = {
  type: "STANDARD",
  logging: { level: null, executionData: false },
  tracing: true,
  kmsKeyArn: null,
};

/** The provider puts 26 digits after a prefix; a state machine's name has 80 characters. */
const PREFIX_LENGTH = 53;

/** Everything has the name of the component that it is made for. */
export function stateMachine(name: string, args: StateMachineArgs, opts: pulumi.CustomResourceOptions): StateMachine {
  const { environment, label, config } = args;
  const level = config.logging.level ?? (config.type === "EXPRESS" ? "ALL" : "ERROR");
  const logs = level === "OFF" ? null : logGroup(name, environment, label, opts);
  const { role, ready } = machineRole(
    name,
    {
      caller: args.caller,
      statements: args.statements,
      ...(args.managed && { managed: args.managed }),
      logs: logs !== null,
      traces: config.tracing,
      kmsKeyArn: config.kmsKeyArn,
    },
    opts,
  );
  const machine = new aws.sfn.StateMachine(
    name,
    {
      namePrefix: `${slug(`${environmentPrefix(environment.name)}-${label}`, PREFIX_LENGTH)}-`,
      type: config.type,
      roleArn: role.arn,
      definition: args.definition,
      publish: true,
      loggingConfiguration: logs
        ? {
            level,
            includeExecutionData: config.logging.executionData,
            logDestination: pulumi.interpolate`${logs.arn}:*`,
          }
        : { level: "OFF" },
      tracingConfiguration: { enabled: config.tracing },
      ...(config.kmsKeyArn !== null && {
        encryptionConfiguration: {
          type: "CUSTOMER_MANAGED_KMS_KEY",
          kmsKeyId: config.kmsKeyArn,
          kmsDataKeyReusePeriodSeconds: 300,
        },
      }),
    },
    { ...opts, dependsOn: [...ready, ...(args.dependsOn ?? [])] },
  );
  const own = (args.onItself?.(machine) ?? []).filter(isUsed);
  const granted = own.length > 0 ? [inlinePolicy(`${name}-own`, { role, statements: own }, opts)] : [];
  return { machine, role, ready: granted };
}

/**
 * AWS's policy on who may write logs has room for few groups, but for those under this prefix, which it names once for all.
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
 */
function logGroup(
  name: string,
  environment: EnvironmentConfig,
  label: string,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup {
  const path = [pulumi.getProject(), environment.name, label].join("/");
  return new aws.cloudwatch.LogGroup(
    name,
    { name: `/aws/vendedlogs/states/${path}`, retentionInDays: retentionDays(environment) },
    opts,
  );
}
