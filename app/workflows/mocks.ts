/** What stands in for the tasks of a run: results and errors, by state, by resource, or for all that have none of their own. */
import { InputError, type Location } from "../finding";
import { suggestion } from "../compose/problems";
import { StatesError } from "./walk/failure";
import { parsePlaceholder } from "./placeholders";
import { isJsonList, isJsonMap, type Json, type JsonMap, type Path, type Source } from "./source";
import { allStates, type Definition, show } from "./states";

/** What one call of a task gives. */
export type Mock = { readonly result: Json } | { readonly error: string; readonly cause?: string };

/** One for every call, or a list of which each call takes the next. */
export type MockList = Mock | readonly Mock[];

export interface Mocks {
  /** By the name of a Task; of a Map with an ItemReader its items. */
  readonly states?: Readonly<Record<string, MockList>>;
  /** By what stands in `Resource`: a placeholder such as `${shop.migrate}`, or an ARN. */
  readonly resources?: Readonly<Record<string, MockList>>;
  /** For every other task. */
  readonly default?: Mock;
}

const TOP = ["states", "resources", "default"];
const FORM = "give { result }, { error, cause }, or a list of them";

/** Reads mocks, and checks that what they name is there. Throws `InputError` with every problem. */
export function readMocks(source: Source, definition: Definition): MockTaker {
  const problems: { message: string; location: Location }[] = [];
  const say = (path: Path, message: string) => void problems.push({ message, location: source.at(path) });
  const value = source.value ?? {};
  if (!isJsonMap(value)) say([], `got ${show(value)}; mocks are a map with ${TOP.join(", ")}`);
  const states = allStates(definition);
  const known: Readonly<Record<string, ReadonlySet<string>>> = {
    states: new Set(states.filter(({ type }) => type === "Task" || type === "Map").map(({ name }) => name)),
    resources: new Set(states.flatMap((state) => (state.type === "Task" ? [state.resource] : []))),
  };
  for (const [part, inner] of Object.entries(isJsonMap(value) ? value : {})) {
    if (!TOP.includes(part)) say([part], `mocks have no ${part}${suggestion(part, TOP)}`);
    else if (part === "default") checkMock(inner, [part], say);
    else if (!isJsonMap(inner)) say([part], `got ${show(inner)}; give a map`);
    else
      for (const [name, list] of Object.entries(inner)) {
        const what = part === "states" ? "no Task and no Map is named" : "no task has the Resource";
        if (!known[part]?.has(name))
          say([part, name], `${what} ${JSON.stringify(name)}${suggestion(name, known[part] ?? [])}`);
        if (isJsonList(list)) list.forEach((item, i) => checkMock(item, [part, name, i], say));
        else checkMock(list, [part, name], say);
      }
  }
  if (problems.length > 0) throw new InputError(problems);
  return new MockTaker(value as Mocks, source);
}

function checkMock(value: Json, path: Path, say: (path: Path, message: string) => void): void {
  const keys = isJsonMap(value) ? Object.keys(value).sort().join() : "";
  const right = keys === "result" || keys === "error" || keys === "cause,error";
  if (!right || !isJsonMap(value)) say(path, `got ${show(value)}; ${FORM}`);
  else if (value.error !== undefined && (typeof value.error !== "string" || typeof (value.cause ?? "") !== "string"))
    say(path, `got ${show(value)}; error and cause are texts`);
}

/** Hands the mocks out, call by call. */
export class MockTaker {
  readonly #taken = new Map<string, number>();

  constructor(
    private readonly mocks: Mocks,
    private readonly source: Source,
  ) {}

  /** What a call of the task gives. Throws `StatesError` where it fails, `InputError` where nothing stands in for it. */
  call(state: string, resource: string): Json {
    const mock = this.#next("states", state) ?? this.#next("resources", resource) ?? this.mocks.default;
    if (mock === undefined) {
      const how = `add it under states (${state}) or resources (${resource}), or a default`;
      throw this.#wrong([], `nothing stands in for the task ${JSON.stringify(state)}; ${how}`);
    }
    if ("error" in mock) throw new StatesError(mock.error, mock.cause ?? "");
    const placeholder = parsePlaceholder(resource);
    // a workflow gives what it likes
    if (placeholder?.app && !placeholder.waitForTaskToken) this.#checkResult(state, mock.result);
    return mock.result;
  }

  /** The items of a Map that reads them from elsewhere; `undefined` where there are none. */
  items(state: string): Json | undefined {
    const mock = this.#next("states", state);
    if (mock !== undefined && "error" in mock) throw new StatesError(mock.error, mock.cause ?? "");
    return mock?.result;
  }

  #next(part: "states" | "resources", name: string): Mock | undefined {
    const named = this.mocks[part] ?? {};
    const list = Object.hasOwn(named, name) ? named[name] : undefined;
    if (list === undefined || !isList(list)) return list;
    const key = `${part} ${name}`;
    const taken = this.#taken.get(key) ?? 0;
    this.#taken.set(key, taken + 1);
    const mock = list[taken];
    if (mock === undefined)
      throw this.#wrong(
        [part, name],
        `call ${taken + 1} of ${JSON.stringify(name)} finds no mock, the list has ${list.length}; add one`,
      );
    return mock;
  }

  /** A job gives `{ exitCode, output? }` and fails where it is not 0; a service `{ StatusCode, … }`, and fails from 400 on. */
  #checkResult(state: string, result: Json): void {
    const map: JsonMap = isJsonMap(result) ? result : {};
    const { exitCode, StatusCode } = map;
    if (typeof exitCode === "number") {
      const others = Object.keys(map).filter((key) => key !== "exitCode" && key !== "output");
      if (others.length > 0)
        throw this.#wrong(
          [],
          `the mock of ${JSON.stringify(state)} has ${others.join(", ")}; a job gives { exitCode, output } and no more`,
        );
      if (exitCode !== 0) throw new StatesError("States.TaskFailed", JSON.stringify(result));
    } else if (typeof StatusCode === "number") {
      if (StatusCode >= 400)
        throw new StatesError(`States.Http.StatusCode.${StatusCode}`, JSON.stringify(map.ResponseBody ?? ""));
    } else {
      const shapes = "{ exitCode, output } of a job, or { StatusCode, Headers, ResponseBody } of a service";
      throw this.#wrong(
        [],
        `the mock of ${JSON.stringify(state)} is ${show(result)}; give what a placeholder gives: ${shapes}`,
      );
    }
  }

  #wrong(path: Path, message: string): InputError {
    return new InputError([{ message, location: this.source.at(path) }]);
  }
}

function isList(list: MockList): list is readonly Mock[] {
  return Array.isArray(list);
}
