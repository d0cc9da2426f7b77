/** The state machine that runs one job for workflows, and hides how its tier does it. */
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, JobConfig } from "../../app/config/types";
import type { Json } from "../../app/workflows";
import type { Statement } from "../iam";
import type { Platform } from "../platform/platform";
import type { JobTarget } from "../tiers/tier";
import { admitToCluster, kubernetesDefinition } from "./kubernetes";
import type { Caller } from "./role";
import { type Started, stateMachine } from "./state-machine";

export interface JobRunnerArgs {
  readonly environment: EnvironmentConfig;
  readonly platform: Platform;
  readonly caller: Caller;
  readonly app: string;
  readonly job: string;
  readonly config: JobConfig;
  readonly target: JobTarget;
}

/** What a tier's runner consists of. */
export interface Runner {
  readonly definition: pulumi.Output<Json>;
  readonly statements: readonly Statement[];
}

/** STANDARD: 0.025 USD for 1,000 transitions, of which a run takes three to five. Input `{ command?, environment? }`, output `{ exitCode, output }`. */
export class JobRunner extends pulumi.ComponentResource {
  readonly started: Started;
  /** What an execution must wait for. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: JobRunnerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:workflow:JobRunner", name, {}, opts);
    const { environment, caller, app, job } = args;
    const runner = runnerOf(args);
    const { machine, role, ready } = stateMachine(
      name,
      {
        environment,
        caller,
        label: `${app}-${job}`,
        definition: runner.definition.apply((definition) => JSON.stringify(definition, null, 2)),
        // its inputs and outputs are in the history of the execution that called it
        config: { type: "STANDARD", logging: { level: null, executionData: false }, tracing: true, kmsKeyArn: null },
        statements: runner.statements,
      },
      { parent: this },
    );
    this.started = { arn: machine.arn, machine };
    this.ready = [machine, ...ready, ...admitted(name, args, role.arn, this)];
    this.registerOutputs({ stateMachineArn: machine.arn });
  }
}

function runnerOf(args: JobRunnerArgs): Runner {
  const { target } = args;
  switch (target.tier) {
    case "eks":
    case "eks-fargate":
      return { definition: kubernetesDefinition(args, target), statements: [] };
    case "fargate":
    case "ecs-ec2":
    case "ecs-anywhere":
    case "beanstalk":
    case "lightsail-vm":
      throw new Error(`no workflow can run a job on ${target.tier}`);
  }
}

/** What lets the role in besides IAM. */
function admitted(
  name: string,
  { platform, target }: JobRunnerArgs,
  roleArn: pulumi.Output<string>,
  parent: pulumi.Resource,
): readonly pulumi.Resource[] {
  if (target.tier !== "eks" && target.tier !== "eks-fargate") return [];
  return admitToCluster(name, { cluster: platform.eksCluster, target, roleArn }, parent);
}
