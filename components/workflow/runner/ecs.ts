/**
 * A state machine that runs an ECS job: once its input has come, with its time, its retries, and word of a failure. A schedule
 * starts it, and a workflow may.
 *
 * Its input is `{ command?: string[], environment?: Record<string, string | number | boolean> }`, which take the place of the
 * container's own, and its output `{ exitCode }`, with `tellsOutput` `{ exitCode, output }`; `{ skipped: true }` where an earlier run went on and none may run beside it. It
 * fails with `Spectrum.JobFailed`, and with ECS's own words as the cause.
 */
import * as pulumi from "@pulumi/pulumi";
import type { JobConfig } from "../../../app/config/types";
import { allow, type Statement } from "../../iam";
import { partitionOf } from "../../names";
import { managedRule } from "../role";
import type { EcsJobTarget } from "../../tiers/ecs/hosting";
import { runTaskPolicy, runTaskRequest } from "../../tiers/ecs/jobs/run-task";

export interface EcsRunner extends Pick<JobConfig, "timeout" | "retries" | "concurrency"> {
  readonly region: string;
  /** The Compose service, as a failure is reported. */
  readonly job: string;
  readonly target: EcsJobTarget;
  /** Where failures are reported; `null`: nowhere but in the execution itself. */
  readonly deadLetters: { readonly url: pulumi.Input<string>; readonly arn: pulumi.Input<string> } | null;
  /** True: what the container wrote last is read from its log, and is part of the output. */
  readonly tellsOutput: boolean;
}

type Json = pulumi.Input<string> | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type States = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** Seconds between a run that failed and the next. */
const PAUSE = 10;
/** By this tag a run's task is found again; its value is the execution's name. */
const TAG = "spectrum:run";
/** Lines of the log that become the output, with so many characters at most. */
const TAIL_LINES = 50;
const TAIL_CHARACTERS = 16_384;
/** A cause has 32,768 characters at most. */
const CAUSE = 30_000;

/** What is asked of AWS again where it is busy. */
const BUSY = { MaxAttempts: 3, IntervalSeconds: 2, BackoffRate: 2 };

/** The definition, in the Amazon States Language with JSONata: https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html */
export function runnerDefinition(runner: EcsRunner): Readonly<Record<string, Json>> {
  const alone = runner.concurrency === "forbid";
  return {
    Comment: `runs the job ${runner.job}`,
    QueryLanguage: "JSONata",
    StartAt: "Begin",
    States: {
      Begin: {
        Type: "Pass",
        Assign: { input: "{% $states.input %}", definition: runner.target.taskDefinitionArn, failures: 0 },
        Next: alone ? "Look for another run" : "Run",
      },
      ...(alone ? lookForAnother(runner) : {}),
      ...runStates(runner),
      ...(runner.tellsOutput ? readLog(runner) : {}),
      ...stopStates(runner),
      Again: {
        Type: "Choice",
        Choices: [{ Condition: `{% $failures <= ${runner.retries} %}`, Next: "Pause" }],
        Default: runner.deadLetters ? "Report" : "Failed",
      },
      Pause: { Type: "Wait", Seconds: PAUSE, Next: "Run" },
      ...(runner.deadLetters ? report(runner, runner.deadLetters.url) : {}),
      Failed: {
        Type: "Fail",
        Error: "Spectrum.JobFailed",
        Cause: `{% $substring($error.Error & ': ' & $error.Cause, 0, ${CAUSE}) %}`,
      },
    },
  };
}

const FAMILY = "{% $substringBefore($substringAfter($definition, 'task-definition/'), ':') %}";

/** Tasks that were started by hand count too. */
function lookForAnother(runner: EcsRunner): States {
  return {
    "Look for another run": {
      ...listTasks(runner, "Does one go on"),
      Retry: [{ ErrorEquals: ["States.TaskFailed"], ...BUSY }],
    },
    "Does one go on": {
      Type: "Choice",
      Choices: [{ Condition: "{% $count($tasks) > 0 %}", Next: "Left out" }],
      Default: "Run",
    },
    "Left out": { Type: "Succeed", Output: { skipped: true } },
  };
}

/** ARN of an integration of Step Functions'. */
const integration = ({ region }: EcsRunner, what: string) => `arn:${partitionOf(region)}:states:::${what}`;

const listTasks = (runner: EcsRunner, next: string) => ({
  Type: "Task",
  Resource: integration(runner, "aws-sdk:ecs:listTasks"),
  Arguments: { Cluster: runner.target.clusterArn, Family: FAMILY, DesiredStatus: "RUNNING" },
  Assign: { tasks: "{% [$states.result.TaskArns] %}" },
  Next: next,
});

/** What is caught has its error, and is counted. */
const caught = (next: string, ...errors: readonly string[]) => ({
  ErrorEquals: errors,
  Assign: { error: "{% $states.errorOutput %}", failures: "{% $failures + 1 %}" },
  Next: next,
});

function runStates(runner: EcsRunner): States {
  const { target, timeout } = runner;
  const environment = "[$each($input.environment, function($v, $k) { {'Name': $k, 'Value': $string($v)} })]";
  const override = `$merge([{'Name': '${target.container}'}, $exists($input.command) ? {'Command': [$input.command]} : {}, $exists($input.environment) ? {'Environment': ${environment}} : {}])`;
  const exitCode = `{% $states.result.Containers[Name = '${target.container}'].ExitCode %}`;
  return {
    Run: {
      Type: "Task",
      Resource: integration(runner, "ecs:runTask.sync"),
      Arguments: {
        ...capitalised(runTaskRequest(target)),
        Overrides: { ContainerOverrides: [`{% ${override} %}`] },
        Tags: [{ Key: TAG, Value: "{% $states.context.Execution.Name %}" }],
      },
      TimeoutSeconds: timeout,
      ...(runner.tellsOutput
        ? { Assign: { exitCode, task: "{% $split($states.result.TaskArn, '/')[-1] %}" }, Next: "Read its log" }
        : { Output: { exitCode }, End: true }),
      // no task was started
      Retry: [
        { ErrorEquals: ["ECS.AmazonECSException", "AmazonECS.Unknown"], ...BUSY },
        { ErrorEquals: ["ECS.ThrottlingException", "ECS.ServerException"], ...BUSY },
      ],
      Catch: [caught("Find the task", "States.Timeout"), caught("Again", "States.ALL")],
    },
  };
}

/** The job has ended well, whatever becomes of its log. */
function readLog(runner: EcsRunner): States {
  const { container, logs } = runner.target;
  const result = (output: string) => ({ exitCode: "{% $exitCode %}", output });
  const tail = `($log := $join([$states.result.Events.Message], '\\n'); $log = '' ? null : $substring($log, -${TAIL_CHARACTERS}))`;
  return {
    "Read its log": {
      Type: "Task",
      Resource: integration(runner, "aws-sdk:cloudwatchlogs:getLogEvents"),
      Arguments: {
        LogGroupName: logs.group,
        LogStreamName: `{% '${logs.prefix}/${container}/' & $task %}`,
        Limit: TAIL_LINES,
        StartFromHead: false,
      },
      Output: result(`{% ${tail} %}`),
      Retry: [{ ErrorEquals: ["States.TaskFailed"], ...BUSY }],
      Catch: [{ ErrorEquals: ["States.ALL"], Output: result("{% null %}"), Next: "Done" }],
      Next: "Done",
    },
    Done: { Type: "Succeed" },
  };
}

/** AWS says that Step Functions stops the task of an execution that is stopped, and says nothing of a state whose time is over. */
function stopStates(runner: EcsRunner): States {
  const { clusterArn } = runner.target;
  const otherwise = { Catch: [{ ErrorEquals: ["States.ALL"], Next: "Again" }] };
  const retried = { Retry: [{ ErrorEquals: ["States.TaskFailed"], ...BUSY }] };
  return {
    "Find the task": { ...listTasks(runner, "Is it there"), ...retried, ...otherwise },
    "Is it there": {
      Type: "Choice",
      Choices: [{ Condition: "{% $count($tasks) > 0 %}", Next: "Tell it apart" }],
      Default: "Again",
    },
    "Tell it apart": {
      Type: "Task",
      Resource: integration(runner, "aws-sdk:ecs:describeTasks"),
      Arguments: { Cluster: clusterArn, Tasks: "{% $tasks %}", Include: ["TAGS"] },
      Assign: {
        tasks: `{% [$states.result.Tasks[$count(Tags[Key = '${TAG}' and Value = $states.context.Execution.Name]) > 0].TaskArn] %}`,
      },
      ...retried,
      ...otherwise,
      Next: "Stop",
    },
    Stop: {
      Type: "Map",
      Items: "{% $tasks %}",
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "Stop the task",
        States: {
          "Stop the task": {
            Type: "Task",
            Resource: integration(runner, "aws-sdk:ecs:stopTask"),
            Arguments: { Cluster: clusterArn, Task: "{% $states.input %}", Reason: "its time is over" },
            ...retried,
            End: true,
          },
        },
      },
      ...otherwise,
      Next: "Again",
    },
  };
}

function report(runner: EcsRunner, url: pulumi.Input<string>): States {
  return {
    Report: {
      Type: "Task",
      Resource: integration(runner, "sqs:sendMessage"),
      Arguments: {
        QueueUrl: url,
        MessageBody: {
          job: runner.job,
          execution: "{% $states.context.Execution.Id %}",
          input: "{% $input %}",
          error: "{% $error %}",
        },
      },
      Retry: [{ ErrorEquals: ["States.TaskFailed"], ...BUSY }],
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed" }],
      Next: "Failed",
    },
  };
}

/** Step Functions writes every parameter of an API with a capital letter. */
function capitalised(value: object): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [`${key.slice(0, 1).toUpperCase()}${key.slice(1)}`, deep(inner)]),
  );
}

function deep(value: unknown): Json {
  if (Array.isArray(value)) return value.map(deep);
  if (typeof value !== "object" || value === null || pulumi.Output.isInstance(value)) return value as Json;
  return capitalised(value);
}

export interface RunnerPolicyArgs {
  readonly runner: EcsRunner;
  readonly accountId: pulumi.Input<string>;
}

/** What the machine's role may do: https://docs.aws.amazon.com/step-functions/latest/dg/ecs-iam.html, narrowed to the cluster. */
export function runnerPolicy({ runner, accountId }: RunnerPolicyArgs): Statement[] {
  const { clusterArn, clusterName, family, logs } = runner.target;
  const { region } = runner;
  const partition = partitionOf(region);
  const tasks = pulumi.interpolate`arn:${partition}:ecs:${region}:${accountId}:task/${clusterName}/*`;
  const streams = pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:${logs.group}:log-stream:*`;
  return [
    ...runTaskPolicy(runner.target, family),
    allow(["ecs:DescribeTasks", "ecs:StopTask"], [tasks]),
    { ...allow(["ecs:ListTasks"], ["*"]), Condition: { ArnEquals: { "ecs:cluster": clusterArn } } },
    { ...allow(["ecs:TagResource"], [tasks]), Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } } },
    managedRule({ region, accountId }, "StepFunctionsGetEventsForECSTaskRule"),
    ...(runner.deadLetters ? [allow(["sqs:SendMessage"], [runner.deadLetters.arn])] : []),
    ...(runner.tellsOutput ? [allow(["logs:GetLogEvents"], [streams])] : []),
  ];
}
