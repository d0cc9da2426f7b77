/**
 * What asl-validator finds: the schema of each state, its paths, its intrinsic functions, fields that exclude each other.
 * It is handed a copy without what it does not know (placeholders, JSONata over several lines) and without the states in which
 * something was found already; what the project's own rules say with a place is left out of its answer.
 */
import { jsonataText } from "../walk/jsonata";
import { replacePlaceholders } from "../placeholders";
import { isJsonList, isJsonMap, type Json, type JsonMap, type Path } from "../source";
import { allStates, type Definition, type State, type WorkflowProblem } from "../states";

/** The package has no types of its own. */
type Validator = (definition: unknown) => {
  readonly errors: readonly {
    readonly "Error code": string;
    readonly Message: string;
    readonly schemaError?: { readonly instancePath: string };
  }[];
};

/** Said by own rules, with a place. */
const OWN = new Set([
  "MISSING_TRANSITION_TARGET",
  "BRANCH_OUTBOUND_TRANSITION_TARGET",
  "MAP_OUTBOUND_TRANSITION_TARGET",
  "DUPLICATE_STATE_NAMES",
  "DUPLICATE_FIELD_NAME",
  "MISSING_TERMINAL_STATE",
  "TERMINAL_STATE_WITH_NEXT",
]);
const STAND_IN_ARN = "arn:aws:states:::lambda:invoke";
/** Values in JSONata that may be any JSON; the library's schema of them has fewer. */
const TEMPLATES = new Set(["Arguments", "Output", "ItemSelector", "Items"]);
/** A schema's error hides those of other states: each round leaves the states out that had one. */
const MAX_ROUNDS = 8;

/** Takes about a second: the library compiles its schemas at each call. `wrong`: the states that are left out. */
export function libraryProblems(definition: Definition, wrong: ReadonlySet<string>): readonly WorkflowProblem[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- no types, and half a second to load
  const validate = require("asl-validator") as Validator;
  const problems: WorkflowProblem[] = [];
  const out = new Set(wrong);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = validate(prepared(definition, out)).errors.filter((error) => !OWN.has(error["Error code"]));
    const before = problems.length;
    for (const { Message, schemaError } of found) {
      const path = schemaError ? pathOf(schemaError.instancePath) : null;
      const state = path ? stateAt(definition, path) : stateNamed(definition, Message);
      if (state) out.add(state.name);
      const message = path ? Message.replace(/^\S* is invalid\. /u, "") : Message.replace(/^State "[^"]*" /u, "");
      const problem = {
        message: path
          ? schemaMessage(message, path, state)
          : lowerFirst(message.replace("MUST contain", "has to have")),
        location: definition.source.at(path ?? state?.path ?? []),
        state: state?.name ?? null,
      };
      // a schema of alternatives says the same for each of them
      if (!problems.some(({ message: said, state: of }) => said === problem.message && of === problem.state))
        problems.push(problem);
    }
    if (problems.length === before || !found.some(({ schemaError }) => schemaError)) break;
  }
  return problems;
}

function schemaMessage(message: string, path: Path, state: State | null): string {
  const inside = path.slice(state?.path.length ?? 0).join(".");
  const what = inside === "" ? "it" : inside;
  if (message.includes("oneOf"))
    return `${what} has not the form that the language asks for: a field is missing, unknown, or has a wrong value`;
  if (message.includes("asl_payload_template")) return `${what} is neither a JSONPath nor an intrinsic function`;
  if (message.includes('"asl_')) return `${what} is no JSONPath that may stand there`;
  return `${what} ${message}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

function pathOf(pointer: string): Path {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((step) => (/^\d+$/u.test(step) ? Number(step) : step));
}

/** The innermost state that the path leads into. */
function stateAt(definition: Definition, path: Path): State | null {
  const inside = (state: State) => state.path.every((step, i) => String(step) === String(path[i]));
  return allStates(definition).findLast(inside) ?? null;
}

function stateNamed(definition: Definition, message: string): State | null {
  const name = /State "([^"]*)"/u.exec(message)?.[1];
  return allStates(definition).find((state) => state.name === name) ?? null;
}

function prepared(definition: Definition, wrong: ReadonlySet<string>): Json {
  const value = replacePlaceholders(definition.source.value, () => STAND_IN_ARN);
  const states = new Map(allStates(definition).map((state) => [JSON.stringify(state.path), state]));
  const walk = (inner: Json, path: Path): Json => {
    const state = states.get(JSON.stringify(path));
    if (state && wrong.has(state.name)) return { Type: "Pass", End: true };
    if (isJsonList(inner)) return inner.map((item, i) => walk(item, [...path, i]));
    if (typeof inner === "string") return jsonataText(inner) === null ? inner : "{% true %}";
    if (!isJsonMap(inner)) return inner;
    const entries = Object.entries(inner).map(([key, item]): [string, Json] => [key, walk(item, [...path, key])]);
    return Object.fromEntries(state?.language === "JSONata" ? entries.map(simplified) : entries);
  };
  return walk(value, []);
}

function simplified([key, value]: readonly [string, Json]): [string, Json] {
  if (TEMPLATES.has(key)) return [key, "{% true %}"];
  if (key === "Assign" && isJsonMap(value)) return [key, {}];
  if ((key === "Catch" || key === "Choices") && isJsonList(value))
    return [key, value.map((item) => (isJsonMap(item) ? withoutTemplates(item) : item))];
  return [key, value];
}

function withoutTemplates(map: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => key !== "Output" && key !== "Assign"));
}
