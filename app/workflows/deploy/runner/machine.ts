/**
 * The state machine that runs a job on a machine by Systems Manager, which has no way to tell Step Functions of an end: it looks
 * again and again. https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html
 */
import type { Partition } from "../compile";
import type { JsonMap } from "../../source";

export interface MachineJob {
  readonly partition: Partition;
  readonly job: string;
  /** Seconds in which the job has ended, with all of its retries. */
  readonly seconds: number;
}

export interface CommandJob extends MachineJob {
  readonly document: string;
  readonly nodeTag: { readonly key: string; readonly values: readonly string[] };
}

export interface RunbookJob extends MachineJob {
  readonly runbook: string;
}

/** Seconds between two looks; each is two transitions of the 4,000 a month that are free. */
const PAUSE = 15;
/** Seconds that Systems Manager may take to reach the machine. */
const REACHING = 600;
/** Looks after which a command that no machine has taken is given up. */
const LOOKS = 40;

const throttled = { IntervalSeconds: 2, MaxAttempts: 5, BackoffRate: 2, JitterStrategy: "FULL" };
const retried = { Retry: [{ ErrorEquals: ["States.TaskFailed"], ...throttled }] };

/** The job's input as the document's parameters: JSON in base64, so that nothing of it is a shell's. */
const PARAMETERS = `{% $merge([
  $exists($states.input.command) ? { 'Command': [$base64encode($string([$states.input.command]))] } : {},
  $exists($states.input.environment) ?
    { 'Environment': [$base64encode($string($merge([$each($states.input.environment,
      function($v, $k) { { $k: $string($v) } })])))] } : {}]) %}`;

/** By a Command document: input `{ command?, environment? }`, output `{ exitCode, output }`. */
export function commandRunner(job: CommandJob): JsonMap {
  const sdk = (call: string) => `arn:${job.partition}:states:::aws-sdk:ssm:${call}`;
  return polling(job, {
    start: {
      Resource: sdk("sendCommand"),
      Arguments: {
        DocumentName: job.document,
        Targets: [{ Key: `tag:${job.nodeTag.key}`, Values: job.nodeTag.values }],
        Parameters: PARAMETERS,
        Comment: `the job ${job.job}, for a workflow`,
      },
      Assign: { run: "{% $states.result.Command.CommandId %}", looks: 0 },
    },
    look: {
      Resource: sdk("listCommandInvocations"),
      Arguments: { CommandId: "{% $run %}", Details: true },
      Assign: {
        looks: "{% $looks + 1 %}",
        status: "{% ($s := $states.result.CommandInvocations[0].Status; $exists($s) ? $s : 'Pending') %}",
        exitCode:
          "{% ($c := $states.result.CommandInvocations[0].CommandPlugins[0].ResponseCode; $exists($c) ? $c : -1) %}",
        output: `{% ($o := $states.result.CommandInvocations[0].CommandPlugins[0].Output; ${trimmed("$o")}) %}`,
      },
    },
    going: "$status in ['Pending', 'InProgress', 'Delayed']",
    // a command without a machine has no invocation, and never will
    lost: `$status = 'Pending' and $looks >= ${LOOKS}`,
  });
}

/** By an Automation runbook, which chooses the machine. */
export function runbookRunner(job: RunbookJob): JsonMap {
  const sdk = (call: string) => `arn:${job.partition}:states:::aws-sdk:ssm:${call}`;
  const outputs = "$states.result.AutomationExecution.Outputs";
  return polling(job, {
    start: {
      Resource: sdk("startAutomationExecution"),
      Arguments: { DocumentName: job.runbook, Parameters: PARAMETERS },
      Assign: { run: "{% $states.result.AutomationExecutionId %}", looks: 0 },
    },
    look: {
      Resource: sdk("getAutomationExecution"),
      Arguments: { AutomationExecutionId: "{% $run %}" },
      Assign: {
        looks: "{% $looks + 1 %}",
        status: "{% $states.result.AutomationExecution.AutomationExecutionStatus %}",
        exitCode: `{% ($c := $lookup(${outputs}, 'run.ResponseCode')[0]; $exists($c) ? $number($c) : -1) %}`,
        output: `{% ($o := $lookup(${outputs}, 'run.Output')[0]; ${trimmed("$o")}) %}`,
      },
    },
    going: "$status in ['Pending', 'InProgress', 'Waiting', 'Cancelling']",
    lost: null,
  });
}

const trimmed = (text: string): string =>
  `$t := $replace($string(${text}), /\\s+$/, ''); $exists(${text}) and $t != '' ? $t : null`;

interface Polling {
  readonly start: JsonMap;
  readonly look: JsonMap;
  /** True while the run goes on. */
  readonly going: string;
  /** True where it will never start; `null`: the run itself says so. */
  readonly lost: string | null;
}

function polling({ job, seconds }: MachineJob, { start, look, going, lost }: Polling): JsonMap {
  const ended = {
    Condition: "{% $status = 'Success' %}",
    Output: { exitCode: 0, output: "{% $output %}" },
    Next: "Done",
  };
  return {
    Comment: `Runs the job ${job} on a machine`,
    QueryLanguage: "JSONata",
    TimeoutSeconds: seconds + REACHING,
    StartAt: "Start",
    States: {
      Start: { Type: "Task", ...start, ...retried, Next: "Wait" },
      Wait: { Type: "Wait", Seconds: PAUSE, Next: "Look" },
      Look: { Type: "Task", ...look, ...retried, Next: "Has it ended?" },
      "Has it ended?": {
        Type: "Choice",
        Choices: [
          ...(lost === null ? [] : [{ Condition: `{% ${lost} %}`, Next: "Lost" }]),
          { Condition: `{% ${going} %}`, Next: "Wait" },
          ended,
        ],
        Default: "Failed",
      },
      Done: { Type: "Succeed" },
      Failed: {
        Type: "Fail",
        Error: "Spectrum.JobFailed",
        Cause: "{% $status & ', exit code ' & $exitCode & ($output = null ? '' : ': ' & $substring($output, -1024)) %}",
      },
      ...(lost !== null && {
        Lost: {
          Type: "Fail",
          Error: "Spectrum.NoMachine",
          Cause: "no machine that Systems Manager reaches has taken the job",
        },
      }),
    },
  };
}
