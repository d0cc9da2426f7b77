/**
 * Walks a definition with given task results, and no cloud: no time passes, branches and items run one after the other.
 *
 * The walk is the project's own: the one library that walks definitions (aws-local-stepfunctions 3.0.0) knows no JSONata and
 * brings an AWS SDK. JSONata and JSONPath are the libraries' that asl-validator uses too.
 */
import { InputError } from "../finding";
import { timestamp } from "./walk/choice";
import { StatesError } from "./walk/failure";
import { entered, errorOutput, handed, left, ruleOf, type Entered } from "./walk/flow";
import { evaluateTemplate } from "./walk/jsonata";
import { evaluatePath, lookup } from "./walk/jsonpath";
import { itemsOf, writtenResult } from "./walk/map-items";
import type { MockTaker } from "./mocks";
import { retryOf } from "./walk/retry";
import { type Scope, World } from "./walk/scope";
import type { Json, JsonMap } from "./source";
import {
  type Definition,
  type Machine,
  type MapState,
  MAX_PAYLOAD_BYTES,
  type ParallelState,
  type State,
} from "./states";
import type { RunResult, Step, StepEnd } from "./walk/trace";

export interface RunOptions {
  readonly mocks: MockTaker;
  /** Default: the empty map. */
  readonly input?: Json;
  /** More transitions than these are taken for a run that never ends. Default 10,000. */
  readonly maxTransitions?: number;
  /** When the run starts. Default 2000-01-01T00:00:00Z. */
  readonly now?: Date;
}

/** Runs a definition that was checked. Throws `InputError` where a mock is missing or the run does not end. */
export async function run(definition: Definition, options: RunOptions): Promise<RunResult> {
  const { input = {}, now = new Date("2000-01-01T00:00:00Z") } = options;
  const walk = new Walk({ ...options, input, now });
  try {
    return { status: "SUCCEEDED", output: await walk.machine(definition, input, {}, "", {}), trace: walk.trace };
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    return { status: "FAILED", error: error.error, cause: error.cause, trace: walk.trace };
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Variables = Readonly<Record<string, Json>>;

/** What a state's work gives: its result, or the state that a Choice goes to. */
interface Worked {
  readonly result: Json;
  readonly arguments?: Json;
  readonly waited?: number;
}

class Walk {
  readonly trace: Mutable<Step>[] = [];
  readonly #world: World;
  #transitions = 0;

  constructor(private readonly options: RunOptions & { readonly input: Json; readonly now: Date }) {
    this.#world = new World(options.now);
  }

  /** The output of a machine. `item`: the context's `Map`, inside of one. */
  async machine(machine: Machine, input: Json, variables: Variables, within: string, item: JsonMap): Promise<Json> {
    let [name, at, known] = [machine.startAt, input, variables];
    for (;;) {
      const state = machine.states.get(name);
      if (state === undefined) throw new Error(`no state ${name}`);
      const next = await this.#state(state, at, known, within, item);
      if (next.to === null) return next.output;
      [name, at, known] = [next.to, next.output, next.variables];
    }
  }

  /** One state with its retries and catchers. */
  async #state(state: State, input: Json, variables: Variables, within: string, item: JsonMap) {
    const tried = state.retries.map(() => 0);
    for (let attempt = 1; ; attempt++) {
      this.#count(state);
      const scope = this.#scope(state, variables, item, attempt - 1);
      const step: Mutable<Step> = {
        ...{ state: state.name, type: state.type, within, attempt, input },
        transition: { kind: "End", to: null },
      };
      this.trace.push(step);
      try {
        const into = entered(state, input, scope);
        const worked = await this.#work(state, into, scope, within, item, step);
        const rule = state.type === "Choice" ? await ruleOf(state, into, scope) : null;
        const out = await left(state, into, worked.result, scope, rule?.fields ?? state.fields);
        this.#checkSize(out.output, state, "output");
        const end: StepEnd = rule
          ? { kind: rule.kind, to: rule.to }
          : { kind: state.next === null ? "End" : "Next", to: state.next };
        step.output = out.output;
        step.transition = worked.waited === undefined ? end : { ...end, waited: worked.waited };
        return { to: end.to, output: out.output, variables: { ...variables, ...out.assigned } };
      } catch (error) {
        if (!(error instanceof StatesError)) throw error;
        [step.error, step.cause] = [error.error, error.cause];
        const retry = retryOf(state.retries, tried, error);
        if (retry !== null) {
          this.#world.wait(retry.seconds);
          step.transition = { kind: "Retry", to: state.name, waited: retry.seconds };
          continue;
        }
        step.transition = { kind: "Fail", to: null };
        const caught = await errorOutput(state, input, error, scope);
        if (caught === null) throw error;
        step.output = caught.output;
        step.transition = { kind: "Catch", to: caught.to };
        return { to: caught.to, output: caught.output, variables: { ...variables, ...caught.assigned } };
      }
    }
  }

  async #work(
    state: State,
    into: Entered,
    scope: Scope,
    within: string,
    item: JsonMap,
    step: Mutable<Step>,
  ): Promise<Worked> {
    switch (state.type) {
      case "Task": {
        const given = await handed(state, into, scope);
        if (given !== into.raw) step.arguments = given;
        this.#checkSize(given, state, "input");
        const result = this.options.mocks.call(state.name, state.resource);
        this.#checkSize(result, state, "result");
        return { result };
      }
      case "Pass":
        return { result: state.fields.Result ?? (await handed(state, into, scope)) };
      case "Wait": {
        const waited = await this.#seconds(state, into, scope);
        this.#world.wait(waited);
        return { result: into.value, waited };
      }
      case "Parallel":
        return { result: await this.#branches(state, await handed(state, into, scope), scope, within, item) };
      case "Map":
        return { result: await this.#items(state, into, scope, within, item) };
      case "Fail":
        throw await failureOf(state, into, scope);
      case "Choice":
      case "Succeed":
        return { result: into.value };
    }
  }

  async #branches(state: ParallelState, input: Json, scope: Scope, within: string, item: JsonMap): Promise<Json> {
    const outputs: Json[] = [];
    for (const [i, branch] of state.branches.entries())
      outputs.push(await this.machine(branch, input, scope.variables, inside(within, state, i), item));
    return outputs;
  }

  async #items(state: MapState, into: Entered, scope: Scope, within: string, item: JsonMap): Promise<Json> {
    const inContext = (Map: JsonMap): Scope => ({ ...scope, context: { ...scope.context, Map } });
    const outputs: Json[] = [];
    for (const [i, { value, context }] of (
      await itemsOf(state, into, scope, inContext, this.options.mocks)
    ).entries()) {
      this.#checkSize(value, state, "item");
      outputs.push(
        await this.machine(state.processor, value, scope.variables, inside(within, state, i), { ...item, ...context }),
      );
    }
    return writtenResult(state, into, outputs, scope);
  }

  async #seconds(state: State, into: Entered, scope: Scope): Promise<number> {
    const { Seconds, SecondsPath, Timestamp, TimestampPath } = state.fields;
    const read = async (value: Json | undefined, path: Json | undefined): Promise<Json | undefined> => {
      if (typeof path === "string") return lookup(path, into.value, scope);
      if (value === undefined || state.language === "JSONPath") return value;
      return evaluateTemplate(value, { input: into.raw }, scope);
    };
    const seconds = await read(Seconds, SecondsPath);
    if (typeof seconds === "number") return Math.max(0, seconds);
    const until = await read(Timestamp, TimestampPath);
    const time = until === undefined ? null : timestamp(until);
    if (time === null)
      throw new StatesError("States.Runtime", `the Wait state '${state.name}' has neither seconds nor a timestamp`);
    return Math.max(0, (time - this.#world.now.getTime()) / 1000);
  }

  #scope(state: State, variables: Variables, item: JsonMap, retries: number): Scope {
    const id = "arn:aws:states:us-east-1:123456789012";
    const context = {
      Execution: {
        Id: `${id}:execution:local:local`,
        Input: this.options.input,
        Name: "local",
        RoleArn: "arn:aws:iam::123456789012:role/local",
        StartTime: this.options.now.toISOString(),
      },
      StateMachine: { Id: `${id}:stateMachine:local`, Name: "local" },
      State: { Name: state.name, EnteredTime: this.#world.now.toISOString(), RetryCount: retries },
      ...(state.type === "Task" &&
        state.resource.endsWith(".waitForTaskToken") && { Task: { Token: `token-${state.name}` } }),
      ...(Object.keys(item).length > 0 && { Map: item }),
    };
    return { context, variables, world: this.#world };
  }

  #count(state: State): void {
    const { maxTransitions = 10_000 } = this.options;
    if (++this.#transitions <= maxTransitions) return;
    const loop = [...new Set(this.trace.slice(-50).map((step) => step.state))].join(", ");
    const message = `the run did not end after ${maxTransitions} transitions; it goes round ${loop}: give mocks that lead out, or add a way out`;
    throw new InputError([{ message, location: state.location }]);
  }

  #checkSize(value: Json, state: State, what: string): void {
    const bytes = Buffer.byteLength(JSON.stringify(value));
    if (bytes <= MAX_PAYLOAD_BYTES) return;
    const cause = `The ${what} of the state '${state.name}' has ${bytes} bytes, over the ${MAX_PAYLOAD_BYTES} that a state passes on`;
    throw new StatesError("States.DataLimitExceeded", cause);
  }
}

function inside(within: string, { name }: State, index: number): string {
  return `${within === "" ? "" : `${within}/`}${name}[${index}]`;
}

async function failureOf(state: State, into: Entered, scope: Scope): Promise<StatesError> {
  const { Error, Cause, ErrorPath, CausePath } = state.fields;
  const read = async (value: Json, path: Json | undefined): Promise<string> => {
    if (typeof path === "string") return textOf(evaluatePath(path, into.value, scope));
    return textOf(state.language === "JSONPath" ? value : await evaluateTemplate(value, { input: into.raw }, scope));
  };
  return new StatesError(await read(Error ?? "", ErrorPath), await read(Cause ?? "", CausePath));
}

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));
