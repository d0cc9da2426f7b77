/**
 * A definition in the Amazon States Language as a typed model: machines of states, each with its place in the file.
 * https://states-language.net/spec.html
 */
import { InputError, type Location } from "../finding";
import { suggestion } from "../compose/problems";
import { isJsonList, isJsonMap, type Json, type JsonMap, type Path, type Source } from "./source";

/** The most that a state takes or gives. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_PAYLOAD_BYTES = 256 * 1024;

export type QueryLanguage = "JSONPath" | "JSONata";

export const STATE_TYPES = ["Task", "Choice", "Parallel", "Map", "Wait", "Pass", "Succeed", "Fail"] as const;
export type StateType = (typeof STATE_TYPES)[number];

/** A machine: the whole definition, a branch of a Parallel or the processor of a Map. */
export interface Machine {
  readonly startAt: string;
  /** In the order of the file. */
  readonly states: ReadonlyMap<string, State>;
  readonly path: Path;
}

export interface Definition extends Machine {
  readonly source: Source;
  readonly comment: string | null;
  readonly language: QueryLanguage;
}

interface Common {
  readonly name: string;
  readonly language: QueryLanguage;
  readonly location: Location;
  readonly path: Path;
  /** All that the file says of the state. */
  readonly fields: JsonMap;
  readonly next: string | null;
  readonly end: boolean;
  readonly retries: readonly Retrier[];
  readonly catchers: readonly Catcher[];
}

export interface Retrier {
  readonly errorEquals: readonly string[];
  /** Seconds before the first retry. Default 1. */
  readonly intervalSeconds: number;
  /** Default 3. */
  readonly maxAttempts: number;
  /** Default 2. */
  readonly backoffRate: number;
  readonly maxDelaySeconds: number | null;
}

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  readonly fields: JsonMap;
}

export interface ChoiceRule {
  readonly next: string;
  readonly fields: JsonMap;
}

export interface TaskState extends Common {
  readonly type: "Task";
  readonly resource: string;
}
export interface ChoiceState extends Common {
  readonly type: "Choice";
  readonly choices: readonly ChoiceRule[];
  readonly default: string | null;
}
export interface ParallelState extends Common {
  readonly type: "Parallel";
  readonly branches: readonly Machine[];
}
export interface MapState extends Common {
  readonly type: "Map";
  readonly processor: Machine;
  readonly distributed: boolean;
  /** Of the child workflows of a distributed Map; `null`: inline. */
  readonly executionType: WorkflowType | null;
}
export interface PlainState extends Common {
  readonly type: "Wait" | "Pass" | "Succeed" | "Fail";
}
export type State = TaskState | ChoiceState | ParallelState | MapState | PlainState;

export type WorkflowType = "STANDARD" | "EXPRESS";

/** A way from one state to another. */
export interface Transition {
  readonly to: string;
  /** The field that says so, below the state's own path. */
  readonly path: Path;
  readonly kind: "Next" | "Choice" | "Default" | "Catch";
}

/** Every way out of a state, in the order of the file. */
export function transitions(state: State): readonly Transition[] {
  const next: Transition[] = state.next === null ? [] : [{ to: state.next, path: ["Next"], kind: "Next" }];
  const rules =
    state.type === "Choice"
      ? state.choices.map(({ next: to }, i): Transition => ({ to, path: ["Choices", i, "Next"], kind: "Choice" }))
      : [];
  const rest: Transition[] =
    state.type === "Choice" && state.default !== null
      ? [{ to: state.default, path: ["Default"], kind: "Default" }]
      : [];
  const caught = state.catchers.map(({ next: to }, i): Transition => ({
    to,
    path: ["Catch", i, "Next"],
    kind: "Catch",
  }));
  return [...next, ...rules, ...rest, ...caught];
}

/** The machines inside a state. */
export function innerMachines(state: State): readonly Machine[] {
  if (state.type === "Parallel") return state.branches;
  return state.type === "Map" ? [state.processor] : [];
}

/** The machine and all inside it, outer ones first. */
export function allMachines(machine: Machine): readonly Machine[] {
  return [machine, ...[...machine.states.values()].flatMap((state) => innerMachines(state).flatMap(allMachines))];
}

/** Every state, outer ones first. */
export function allStates(machine: Machine): readonly State[] {
  return allMachines(machine).flatMap(({ states }) => [...states.values()]);
}

/** Something wrong with a definition, or risky. `state` is where it is, `null` for the definition itself. */
export interface WorkflowProblem {
  readonly message: string;
  readonly location: Location;
  readonly state: string | null;
}

/**
 * The model of a source. What has not even the shape of states (a state that is no map, a type that is none, a transition
 * that is no text) stands in `problems`, and its part of the model is left out.
 */
export function readDefinition(source: Source): {
  readonly definition: Definition | null;
  readonly problems: readonly WorkflowProblem[];
} {
  const reader = new Reader(source);
  const { value } = source;
  if (!isJsonMap(value)) {
    reader.say([], null, `got ${show(value)}; a definition is a map with StartAt and States`);
    return { definition: null, problems: reader.problems };
  }
  const language = reader.language(value, [], null, "JSONPath");
  const machine = reader.machine(value, [], null, language);
  const comment = typeof value.Comment === "string" ? value.Comment : null;
  return {
    definition: machine && { ...machine, source, comment, language },
    problems: reader.problems,
  };
}

/** The model of a source that must have one. Throws `InputError`. */
export function mustReadDefinition(source: Source): Definition {
  const { definition, problems } = readDefinition(source);
  if (definition === null || problems.length > 0) throw new InputError(problems.map(asProblem));
  return definition;
}

/** As the messages of other inputs, the state named first. */
export function asProblem({ message, location, state }: WorkflowProblem) {
  return { message: state === null ? message : `state ${JSON.stringify(state)}: ${message}`, location };
}

/** A value for a message, shortened. */
export function show(value: Json | undefined): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

class Reader {
  readonly problems: WorkflowProblem[] = [];

  constructor(private readonly source: Source) {}

  say(path: Path, state: string | null, message: string): void {
    this.problems.push({ message, location: this.source.at(path), state });
  }

  language(fields: JsonMap, path: Path, state: string | null, around: QueryLanguage): QueryLanguage {
    const { QueryLanguage: given } = fields;
    if (given === undefined) return around;
    if (given === "JSONPath" || given === "JSONata") return given;
    this.say([...path, "QueryLanguage"], state, `got the QueryLanguage ${show(given)}; allowed: JSONPath, JSONata`);
    return around;
  }

  /** `owner`: the state around it. */
  machine(value: Json | undefined, path: Path, owner: string | null, language: QueryLanguage): Machine | null {
    if (!isJsonMap(value)) {
      this.say(path, owner, `got ${show(value)}; give a map with StartAt and States`);
      return null;
    }
    const { StartAt, States } = value;
    if (typeof StartAt !== "string")
      this.say([...path, "StartAt"], owner, `StartAt is ${missing(StartAt)}; give the name of the first state`);
    if (!isJsonMap(States) || Object.keys(States).length === 0) {
      this.say([...path, "States"], owner, `States is ${missing(States)}; give a map with at least one state`);
      return null;
    }
    const states = new Map<string, State>();
    for (const [name, fields] of Object.entries(States)) {
      const state = this.state(name, fields, [...path, "States", name], language);
      if (state !== null) states.set(name, state);
    }
    return { startAt: typeof StartAt === "string" ? StartAt : "", states, path };
  }

  state(name: string, fields: Json, path: Path, around: QueryLanguage): State | null {
    const say = (steps: Path, message: string) => this.say([...path, ...steps], name, message);
    if (!isJsonMap(fields)) {
      say([], `got ${show(fields)}; a state is a map with a Type`);
      return null;
    }
    const { Type } = fields;
    if (!isStateType(Type)) {
      const hint = typeof Type === "string" ? suggestion(Type, STATE_TYPES) : `; allowed: ${STATE_TYPES.join(", ")}`;
      say(["Type"], `got the Type ${show(Type)}${hint}`);
      return null;
    }
    const text = (key: string): string | null => {
      const value = fields[key];
      if (value === undefined) return null;
      if (typeof value === "string") return value;
      say([key], `${key} is ${show(value)}; give a text`);
      return null;
    };
    const common = {
      name,
      language: this.language(fields, path, name, around),
      location: this.source.at(path),
      path,
      fields,
      next: text("Next"),
      end: fields.End === true,
      retries: this.list(fields, path, name, "Retry").flatMap((item, i) =>
        this.retrier(item, [...path, "Retry", i], name),
      ),
      catchers: this.list(fields, path, name, "Catch").flatMap((item, i) =>
        this.catcher(item, [...path, "Catch", i], name),
      ),
    };
    switch (Type) {
      case "Task": {
        if (fields.Resource === undefined)
          say(["Resource"], "Resource is missing; give a placeholder ${app.job} or an ARN");
        return { ...common, type: Type, resource: text("Resource") ?? "" };
      }
      case "Choice": {
        const choices = this.list(fields, path, name, "Choices");
        if (choices.length === 0) say(["Choices"], "Choices is missing or empty; give at least one rule with Next");
        return {
          ...common,
          type: Type,
          choices: choices.flatMap((rule, i) => this.rule(rule, [...path, "Choices", i], name)),
          default: text("Default"),
        };
      }
      case "Parallel": {
        const branches = this.list(fields, path, name, "Branches");
        if (branches.length === 0) say(["Branches"], "Branches is missing or empty; give at least one branch");
        const machines = branches.map((branch, i) => this.machine(branch, [...path, "Branches", i], name, around));
        return { ...common, type: Type, branches: machines.filter((machine) => machine !== null) };
      }
      case "Map": {
        const key = fields.ItemProcessor === undefined && fields.Iterator !== undefined ? "Iterator" : "ItemProcessor";
        const processor = this.machine(fields[key], [...path, key], name, around);
        if (processor === null) return null;
        const inner = fields[key];
        const config = isJsonMap(inner) && isJsonMap(inner.ProcessorConfig) ? inner.ProcessorConfig : {};
        const distributed = config.Mode === "DISTRIBUTED";
        const executionType = !distributed ? null : config.ExecutionType === "EXPRESS" ? "EXPRESS" : "STANDARD";
        return { ...common, type: Type, processor, distributed, executionType };
      }
      case "Wait":
      case "Pass":
      case "Succeed":
      case "Fail":
        return { ...common, type: Type };
    }
  }

  list(fields: JsonMap, path: Path, state: string, key: string): readonly Json[] {
    const value = fields[key];
    if (value === undefined || isJsonList(value)) return value ?? [];
    this.say([...path, key], state, `${key} is ${show(value)}; give a list`);
    return [];
  }

  errors(fields: JsonMap, path: Path, state: string): readonly string[] {
    const { ErrorEquals } = fields;
    const names = isJsonList(ErrorEquals) ? ErrorEquals.filter((name) => typeof name === "string") : [];
    if (names.length === 0 || !isJsonList(ErrorEquals) || names.length < ErrorEquals.length)
      this.say([...path, "ErrorEquals"], state, `ErrorEquals is ${missing(ErrorEquals)}; give a list of error names`);
    return names;
  }

  retrier(item: Json, path: Path, state: string): readonly Retrier[] {
    if (!isJsonMap(item)) {
      this.say(path, state, `got ${show(item)}; a retrier is a map with ErrorEquals`);
      return [];
    }
    const number = (key: string, otherwise: number): number => {
      const value = item[key];
      return typeof value === "number" ? value : otherwise;
    };
    return [
      {
        errorEquals: this.errors(item, path, state),
        intervalSeconds: number("IntervalSeconds", 1),
        maxAttempts: number("MaxAttempts", 3),
        backoffRate: number("BackoffRate", 2),
        maxDelaySeconds: typeof item.MaxDelaySeconds === "number" ? item.MaxDelaySeconds : null,
      },
    ];
  }

  catcher(item: Json, path: Path, state: string): readonly Catcher[] {
    if (!isJsonMap(item) || typeof item.Next !== "string") {
      this.say(path, state, `got ${show(item)}; a catcher is a map with ErrorEquals and Next`);
      return [];
    }
    return [{ errorEquals: this.errors(item, path, state), next: item.Next, fields: item }];
  }

  rule(item: Json, path: Path, state: string): readonly ChoiceRule[] {
    if (!isJsonMap(item) || typeof item.Next !== "string") {
      this.say(path, state, `got ${show(item)}; a choice rule is a map with a condition and Next`);
      return [];
    }
    return [{ next: item.Next, fields: item }];
  }
}

function isStateType(value: Json | undefined): value is StateType {
  return (STATE_TYPES as readonly (Json | undefined)[]).includes(value);
}

const missing = (value: Json | undefined): string => (value === undefined ? "missing" : show(value));
