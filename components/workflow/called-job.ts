/** A job that workflows call: a state machine that runs it, and hides how its tier does that. */
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, JobConfig } from "../../app/config/types";
import type { Caller, Statement } from "../iam";
import type { Platform } from "../platform/platform";
import type { JobTarget } from "../tiers/tier";
import { type EcsRunner, runnerDefinition, runnerPolicy } from "./runner/ecs";
import { admitToCluster, kubernetesDefinition } from "./runner/kubernetes";
import { machineDefinition, machineStatements } from "./runner/machine";
import { CALLED, type Started, stateMachine } from "./state-machine";

export interface CalledJobArgs {
  readonly environment: EnvironmentConfig;
  readonly platform: Platform;
  readonly caller: Caller;
  readonly app: string;
  readonly job: string;
  readonly config: JobConfig;
  readonly target: JobTarget;
}

/** How a tier's jobs are run. */
interface Run {
  readonly definition: pulumi.Output<string>;
  readonly statements: readonly Statement[];
}

/** STANDARD: 0.025 USD for 1,000 transitions, of which a run takes three or more. Input `{ command?, environment? }`, output `{ exitCode, output }`. */
export class CalledJob extends pulumi.ComponentResource {
  readonly started: Started;
  /** What an execution must wait for. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: CalledJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:workflow:CalledJob", name, {}, opts);
    const { environment, caller, app, job } = args;
    const { definition, statements } = runOf(args);
    const { machine, role, ready } = stateMachine(
      name,
      {
        environment,
        caller,
        label: `${app}-${job}`,
        definition,
        config: CALLED,
        statements,
      },
      { parent: this },
    );
    this.started = { arn: machine.arn, machine };
    this.ready = [machine, ...ready, ...admitted(name, args, role.arn, this)];
    this.registerOutputs({ stateMachineArn: machine.arn });
  }
}

function runOf(args: CalledJobArgs): Run {
  const { target, caller, job, config } = args;
  switch (target.tier) {
    case "fargate":
    case "ecs-ec2":
    case "ecs-anywhere": {
      const { timeout } = config;
      // a workflow has retries of its own, and runs a job as often at once as it likes
      const once = { timeout, retries: 0, concurrency: "allow", deadLetters: null, tellsOutput: true } as const;
      const runner: EcsRunner = { ...once, job, target, region: caller.region };
      return {
        definition: pulumi.jsonStringify(runnerDefinition(runner)),
        statements: runnerPolicy({ runner, accountId: caller.accountId }),
      };
    }
    case "eks":
    case "eks-fargate":
      return { definition: pulumi.jsonStringify(kubernetesDefinition(args, target)), statements: [] };
    case "lightsail-vm":
    case "beanstalk":
      return {
        definition: pulumi.jsonStringify(machineDefinition(args, target)),
        statements: machineStatements(target, caller),
      };
  }
}

/** What lets the role in besides IAM. */
function admitted(
  name: string,
  { platform, target }: CalledJobArgs,
  roleArn: pulumi.Output<string>,
  parent: pulumi.Resource,
): readonly pulumi.Resource[] {
  if (target.tier !== "eks" && target.tier !== "eks-fargate") return [];
  return admitToCluster(name, { cluster: platform.eksCluster, target, roleArn }, parent);
}
