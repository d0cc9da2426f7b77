/** What goes into a state and what comes out of it, in either language: paths, arguments, outputs, variables. */
import { fits } from "./choice";
import { matches, StatesError } from "./failure";
import { evaluateTemplate, type States } from "./jsonata";
import { fill, fillOr, filter, insert } from "./jsonpath";
import type { Scope } from "./scope";
import type { Json, JsonMap } from "../source";
import type { ChoiceState, State } from "../states";

export interface Entered {
  /** The state's input as it came. */
  readonly raw: Json;
  /** After InputPath. */
  readonly value: Json;
}

export interface Left {
  readonly output: Json;
  readonly assigned: JsonMap;
}

export function entered(state: State, raw: Json, scope: Scope): Entered {
  return { raw, value: state.language === "JSONata" ? raw : filter(state.fields.InputPath, raw, scope, "InputPath") };
}

/** What a task, branches or a Pass work with: Parameters or Arguments, else the input. */
export async function handed(state: State, into: Entered, scope: Scope): Promise<Json> {
  const { Arguments, Parameters } = state.fields;
  if (state.language === "JSONPath") return fillOr(Parameters, into.value, scope);
  return Arguments === undefined ? into.raw : evaluateTemplate(Arguments, { input: into.raw }, scope);
}

/** The states whose result is not their input. */
const WITH_RESULT: ReadonlySet<string> = new Set(["Task", "Parallel", "Map"]);

/** The output, and what Assign sets. `fields`: the state's, or those of the choice rule that fits. */
export async function left(state: State, into: Entered, result: Json, scope: Scope, fields: JsonMap): Promise<Left> {
  if (state.language === "JSONata") {
    const states: States = WITH_RESULT.has(state.type) ? { input: into.raw, result } : { input: into.raw };
    return written(fields, WITH_RESULT.has(state.type) ? result : into.raw, states, scope);
  }
  const { ResultSelector, ResultPath, OutputPath } = state.fields;
  const selected = fillOr(ResultSelector, result, scope);
  const assigned = fields.Assign === undefined ? {} : (fill(fields.Assign, selected, scope) as JsonMap);
  const joined = ResultPath === undefined ? selected : insert(ResultPath, into.raw, selected);
  return { output: filter(OutputPath, joined, scope, "OutputPath"), assigned };
}

/** Output and Assign in JSONata; both see the variables as they were. */
async function written({ Output, Assign }: JsonMap, otherwise: Json, states: States, scope: Scope): Promise<Left> {
  const output = Output === undefined ? otherwise : await evaluateTemplate(Output, states, scope);
  const assigned = Assign === undefined ? {} : ((await evaluateTemplate(Assign, states, scope)) as JsonMap);
  return { output, assigned };
}

/** Where a Choice goes: its first rule that fits, or Default. */
export async function ruleOf(state: ChoiceState, into: Entered, scope: Scope) {
  for (const { fields, next } of state.choices) {
    const fit =
      state.language === "JSONPath"
        ? fits(fields, into.value, scope)
        : await evaluateTemplate(fields.Condition ?? false, { input: into.raw }, scope);
    if (typeof fit !== "boolean")
      throw new StatesError(
        "States.QueryEvaluationError",
        `a Condition gave ${JSON.stringify(fit)}, true or false is asked for`,
      );
    if (fit) return { kind: "Choice" as const, to: next, fields };
  }
  if (state.default !== null) return { kind: "Default" as const, to: state.default, fields: state.fields };
  throw new StatesError("States.NoChoiceMatched", `no rule of '${state.name}' fits its input, and it has no Default`);
}

/** Where the first catcher that matches leads; `null` where none does. */
export async function errorOutput(state: State, raw: Json, error: StatesError, scope: Scope) {
  const catcher = state.catchers.find(({ errorEquals }) => matches(errorEquals, error));
  if (catcher === undefined) return null;
  const { fields, next: to } = catcher;
  const thrown = { Error: error.error, Cause: error.cause };
  if (state.language === "JSONata")
    return { to, ...(await written(fields, thrown, { input: raw, errorOutput: thrown }, scope)) };
  const assigned = fields.Assign === undefined ? {} : (fill(fields.Assign, thrown, scope) as JsonMap);
  return { to, output: insert(fields.ResultPath, raw, thrown), assigned };
}
