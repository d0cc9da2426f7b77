/** The state machine that runs a job on an ECS tier. https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html */
import type { Partition } from "../compile";
import type { Json, JsonMap } from "../../source";

export interface EcsJobRun {
  readonly partition: Partition;
  /** ECS's RunTask as its API has it, in its own words: `cluster`, `taskDefinition`, … */
  readonly request: JsonMap;
  readonly container: string;
  /** Where the container writes: streams `prefix/container/task`. */
  readonly logs: { readonly group: string; readonly prefix: string };
  /** Seconds until a run is stopped. */
  readonly timeout: number;
}

/** Lines of the container's log that become the job's output, with so many characters at most. */
const TAIL_LINES = 50;
const TAIL_CHARACTERS = 16_384;
/** Seconds that a task may wait for its place and its image before the job itself starts. */
const STARTING = 600;

/** Input `{ command?, environment? }`, output `{ exitCode, output }`; a run that fails fails the execution. */
export function ecsRunner(run: EcsJobRun): JsonMap {
  const { partition, logs } = run;
  const exitCode = `$states.result.Containers[Name = '${run.container}'].ExitCode`;
  const result = (output: string): Json => ({ exitCode: "{% $exitCode %}", output });
  return {
    Comment: `Runs the container ${run.container} as a task`,
    QueryLanguage: "JSONata",
    StartAt: "Run the job",
    States: {
      "Run the job": {
        Type: "Task",
        Resource: `arn:${partition}:states:::ecs:runTask.sync`,
        Arguments: { ...(pascal(run.request) as JsonMap), Overrides: { ContainerOverrides: overridesOf(run) } },
        TimeoutSeconds: run.timeout + STARTING,
        Assign: { exitCode: `{% ${exitCode} %}`, task: "{% $split($states.result.TaskArn, '/')[-1] %}" },
        Next: "Read its log",
      },
      "Read its log": {
        Type: "Task",
        Resource: `arn:${partition}:states:::aws-sdk:cloudwatchlogs:getLogEvents`,
        Arguments: {
          LogGroupName: logs.group,
          LogStreamName: `{% '${logs.prefix}/${run.container}/' & $task %}`,
          Limit: TAIL_LINES,
          StartFromHead: false,
        },
        Retry: [{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 3, MaxAttempts: 3, BackoffRate: 2 }],
        // the job has ended well, whatever becomes of its log
        Catch: [{ ErrorEquals: ["States.ALL"], Output: result("{% null %}"), Next: "Done" }],
        Output: result(`{% ${OUTPUT} %}`),
        Next: "Done",
      },
      Done: { Type: "Succeed" },
    },
  };
}

const OUTPUT = `($log := $join([$states.result.Events.Message], '\\n');
  $log = '' ? null : $substring($log, -${TAIL_CHARACTERS}))`;

/** What was given in the place of the container's own; ECS itself leaves what it is not told. */
function overridesOf({ container }: EcsJobRun): string {
  return `{% [$merge([{ 'Name': '${container}' },
  $exists($states.input.command) ? { 'Command': [$states.input.command] } : {},
  $exists($states.input.environment) ? { 'Environment': [$each($states.input.environment,
    function($v, $k) { { 'Name': $k, 'Value': $string($v) } })] } : {}])] %}`;
}

/** As Step Functions writes the fields of every API: with a capital. */
function pascal(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => pascal(item as Json));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [`${key.charAt(0).toUpperCase()}${key.slice(1)}`, pascal(item)]),
  );
}
