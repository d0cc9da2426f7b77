/**
 * What is deployed of a definition: plain ASL, in which each placeholder has become its target's integration. A job and a workflow
 * are started as executions of state machines of their own, which hide how a tier runs a job; a service is called over HTTPS.
 */
import { parsePlaceholder, type Placeholder, targetName } from "../placeholders";
import { isJsonList, isJsonMap, type Json, type JsonMap } from "../source";
import type { QueryLanguage } from "../states";
import { jsonataText } from "../walk/jsonata";
import { belowResult, pathsBelow, templateBelow } from "./result";

/** What a placeholder stands for, with its ARNs known. */
export type ResolvedTarget =
  /** A state machine that runs the job; its output is the job's result. */
  | { readonly kind: "job"; readonly stateMachineArn: string }
  | { readonly kind: "workflow"; readonly stateMachineArn: string }
  | {
      readonly kind: "service";
      /** `https://shop.example.com/api`, without a slash at its end. */
      readonly url: string;
      /** Of the EventBridge connection, by which AWS authenticates each call. */
      readonly connectionArn: string;
      /** A state machine that calls the service, where a token is awaited: an HTTP task awaits none itself. */
      readonly callerArn: string | null;
    };

/** By name: `shop.migrate`, `nightly`. */
export type ResolvedTargets = Readonly<Record<string, ResolvedTarget>>;

/** The ARN of an integration's partition has to be the state machine's own. */
export type Partition = "aws" | "aws-cn" | "aws-us-gov";

/** The definition with every placeholder resolved. Throws where a target is missing: the validation has let none through. */
export function compile(definition: Json, targets: ResolvedTargets, partition: Partition): Json {
  const walk = (value: Json, around: QueryLanguage): Json => {
    if (isJsonList(value)) return value.map((item) => walk(item, around));
    if (!isJsonMap(value)) return value;
    const language = languageOf(value, around);
    const placeholder =
      value.Type === "Task" && typeof value.Resource === "string" ? parsePlaceholder(value.Resource) : null;
    if (placeholder !== null) return compileTask(value, placeholder, { targets, partition, language });
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, language)]));
  };
  return walk(definition, "JSONPath");
}

function languageOf({ QueryLanguage: given }: JsonMap, around: QueryLanguage): QueryLanguage {
  return given === "JSONata" || given === "JSONPath" ? given : around;
}

interface TaskContext {
  readonly targets: ResolvedTargets;
  readonly partition: Partition;
  readonly language: QueryLanguage;
}

function compileTask(state: JsonMap, placeholder: Placeholder, context: TaskContext): JsonMap {
  const name = targetName(placeholder);
  const target = context.targets[name];
  if (target === undefined) throw new Error(`the placeholder ${name} has no target`);
  const { waitForTaskToken } = placeholder;
  const integration = (what: string) => `arn:${context.partition}:states:::${what}`;
  if (target.kind === "service" && !waitForTaskToken)
    return withArguments(state, context.language, {
      Resource: integration("http:invoke"),
      given: httpArguments(argumentsOf(state, context.language), target, context.language),
    });
  const stateMachineArn = target.kind === "service" ? target.callerArn : target.stateMachineArn;
  if (stateMachineArn === null) throw new Error(`the service ${name} has no state machine that calls it`);
  const started = withArguments(state, context.language, {
    Resource: integration(`states:startExecution${waitForTaskToken ? ".waitForTaskToken" : ".sync:2"}`),
    given: { StateMachineArn: stateMachineArn, ...executionInput(state, target, context.language) },
  });
  // with a token the result is what was sent with it
  return waitForTaskToken ? started : withResult(started, target, context.language);
}

const ARGUMENTS = { JSONata: "Arguments", JSONPath: "Parameters" } as const;

const argumentsOf = (state: JsonMap, language: QueryLanguage): Json | undefined => state[ARGUMENTS[language]];

/** The state with another Resource and other arguments, its fields in their order. */
function withArguments(
  state: JsonMap,
  language: QueryLanguage,
  { Resource, given }: { readonly Resource: string; readonly given: JsonMap },
): JsonMap {
  const key = ARGUMENTS[language];
  const { [key]: _, ...rest } = state;
  return Object.fromEntries(
    Object.entries(rest).flatMap(([name, value]): [string, Json][] =>
      name === "Resource"
        ? [
            [name, Resource],
            [key, given],
          ]
        : [[name, value]],
    ),
  );
}

/** A job without arguments runs as the Compose file has it; a workflow without any is handed the state's input. */
function executionInput(state: JsonMap, target: ResolvedTarget, language: QueryLanguage): JsonMap {
  const given = argumentsOf(state, language);
  if (given !== undefined) return { Input: given };
  if (target.kind !== "workflow") return { Input: {} };
  return language === "JSONata" ? { Input: "{% $states.input %}" } : { "Input.$": "$" };
}

/** The execution's output in the place of all that Step Functions says of the execution. */
function withResult(state: JsonMap, target: ResolvedTarget, language: QueryLanguage): JsonMap {
  if (language === "JSONata")
    return {
      ...state,
      ...(state.Assign !== undefined && { Assign: belowResult(state.Assign) }),
      Output: state.Output === undefined ? "{% $states.result.Output %}" : belowResult(state.Output),
    };
  const { ResultSelector } = state;
  if (ResultSelector !== undefined) return { ...state, ResultSelector: templateBelow(ResultSelector) };
  if (target.kind === "job")
    return {
      ...state,
      ResultSelector: { "exitCode.$": "$.Output.exitCode", "output.$": "$.Output.output" },
    };
  return workflowResult(state);
}

/**
 * A selector builds a map, and another workflow's output may be anything: it stays under `Output`, and what reads the state's
 * result reads it there. Where the result takes the place of the state's output, OutputPath takes the rest away.
 */
function workflowResult(state: JsonMap): JsonMap {
  const { Assign, ResultPath, OutputPath } = state;
  const selected: JsonMap = {
    ...state,
    ResultSelector: { "Output.$": "$.Output" },
    ...(Assign !== undefined && { Assign: templateBelow(Assign) }),
  };
  if (ResultPath !== undefined && ResultPath !== "$") return selected;
  return { ...selected, OutputPath: typeof OutputPath === "string" ? pathsBelow(OutputPath) : "$.Output" };
}

/** `{ Method, Path, … }` as an HTTP task takes it. https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html */
function httpArguments(
  given: Json | undefined,
  { url, connectionArn }: Extract<ResolvedTarget, { kind: "service" }>,
  language: QueryLanguage,
): JsonMap {
  const { Path, "Path.$": pathPath, ...rest } = isJsonMap(given) ? given : {};
  const method: JsonMap = "Method" in rest || "Method.$" in rest ? {} : { Method: "GET" };
  return {
    ...endpoint(url, Path, pathPath, language),
    ...method,
    Authentication: { ConnectionArn: connectionArn },
    ...rest,
  };
}

function endpoint(url: string, path: Json | undefined, pathPath: Json | undefined, language: QueryLanguage): JsonMap {
  if (language === "JSONPath" && typeof pathPath === "string")
    return { "ApiEndpoint.$": `States.Format('${url}{}', ${pathPath})` };
  const text = typeof path === "string" ? path : "/";
  const expression = language === "JSONata" ? jsonataText(text) : null;
  if (expression !== null) return { ApiEndpoint: `{% '${url}' & (${expression.trim()}) %}` };
  return { ApiEndpoint: `${url}${text}` };
}
