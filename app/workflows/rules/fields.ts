/**
 * The fields that a state may have, by its type and query language.
 * https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html and the page of each state
 */
import type { QueryLanguage, StateType } from "../states";

const ALL = ["Type", "Comment", "QueryLanguage"];
const ONWARD = ["Next", "End"];
const ERRORS = ["Retry", "Catch"];
const FILTER = ["InputPath", "OutputPath"];
const RESULT = ["ResultSelector", "ResultPath"];
const MAP = ["ItemProcessor", "ItemReader", "ItemSelector", "ItemBatcher", "ResultWriter", "Label", "MaxConcurrency"];
const TOLERATED = ["ToleratedFailureCount", "ToleratedFailurePercentage"];
const TIMES = ["TimeoutSeconds", "HeartbeatSeconds"];

const withPath = (names: readonly string[]) => names.flatMap((name) => [name, `${name}Path`]);

export const FIELDS: Readonly<Record<QueryLanguage, Readonly<Record<StateType, ReadonlySet<string>>>>> = {
  JSONPath: table({
    Task: [
      ...ONWARD,
      ...ERRORS,
      ...FILTER,
      ...RESULT,
      "Parameters",
      "Assign",
      "Resource",
      "Credentials",
      ...withPath(TIMES),
    ],
    Choice: [...FILTER, "Assign", "Choices", "Default"],
    Parallel: [...ONWARD, ...ERRORS, ...FILTER, ...RESULT, "Parameters", "Assign", "Branches"],
    Map: [
      ...[...ONWARD, ...ERRORS, ...FILTER, ...RESULT, "Parameters", "Assign", "ItemsPath", "Iterator"],
      ...[...MAP, "MaxConcurrencyPath", ...withPath(TOLERATED)],
    ],
    Wait: [...ONWARD, ...FILTER, "Assign", ...withPath(["Seconds", "Timestamp"])],
    Pass: [...ONWARD, ...FILTER, "Parameters", "Result", "ResultPath", "Assign"],
    Succeed: FILTER,
    Fail: withPath(["Error", "Cause"]),
  }),
  JSONata: table({
    Task: [...ONWARD, ...ERRORS, "Arguments", "Output", "Assign", "Resource", "Credentials", ...TIMES],
    Choice: ["Output", "Assign", "Choices", "Default"],
    Parallel: [...ONWARD, ...ERRORS, "Arguments", "Output", "Assign", "Branches"],
    Map: [...ONWARD, ...ERRORS, "Items", "Output", "Assign", ...MAP, ...TOLERATED],
    Wait: [...ONWARD, "Seconds", "Timestamp", "Output", "Assign"],
    Pass: [...ONWARD, "Output", "Assign"],
    Succeed: ["Output"],
    Fail: ["Error", "Cause"],
  }),
};

function table(own: Readonly<Record<StateType, readonly string[]>>): Readonly<Record<StateType, ReadonlySet<string>>> {
  const sets = Object.entries(own).map(([type, names]) => [type, new Set([...ALL, ...names])]);
  return Object.fromEntries(sets) as Readonly<Record<StateType, ReadonlySet<string>>>;
}

/** What stands in a field's place in the other language. */
export const COUNTERPART: Readonly<Record<string, string>> = {
  InputPath: "Arguments",
  Parameters: "Arguments",
  ResultSelector: "Output",
  ResultPath: "Output",
  OutputPath: "Output",
  Result: "Output",
  ItemsPath: "Items",
  Iterator: "ItemProcessor",
  Arguments: "Parameters",
  Output: "ResultSelector, ResultPath or OutputPath",
  Items: "ItemsPath",
};
