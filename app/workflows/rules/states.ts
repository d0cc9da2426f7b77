/** Rules on what a state says of itself: its fields, its language, its times, its payload. */
import { suggestion } from "../../compose/problems";
import { COUNTERPART, FIELDS } from "./fields";
import { jsonataProblem, jsonataText } from "../walk/jsonata";
import type { Rule } from "./rule";
import { isJsonList, isJsonMap, type Json, type Path } from "../source";
import { allStates, MAX_PAYLOAD_BYTES, type State, show } from "../states";

const YEAR = 365 * 24 * 3600;
/** Of an EXPRESS workflow, in seconds. https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html */
const EXPRESS_SECONDS = 300;
/** The largest value of TimeoutSeconds, which is its default too. */
const MAX_SECONDS = 99_999_999;

/** Where the machines inside a state are: they are states of their own. */
const MACHINES = new Set(["Branches", "ItemProcessor", "Iterator"]);

const fields: Rule = ({ definition, error }) => {
  for (const state of allStates(definition)) {
    const other = state.language === "JSONata" ? "JSONPath" : "JSONata";
    const allowed = FIELDS[state.language][state.type];
    for (const key of Object.keys(state.fields)) {
      if (allowed.has(key)) continue;
      const place = COUNTERPART[key];
      const mixed = FIELDS[other][state.type].has(key);
      if (mixed)
        error(state, [key], `${key} is ${other}'s, this state is in ${state.language}${place ? `; use ${place}` : ""}`);
      else error(state, [key], `a ${state.type} state has no field ${key}${suggestion(key, allowed)}`);
    }
  }
};

const languages: Rule = ({ definition, error, warn }) => {
  for (const state of allStates(definition)) {
    if (definition.language === "JSONata" && state.language === "JSONPath")
      error(state, ["QueryLanguage"], "a definition in JSONata has no states in JSONPath; take QueryLanguage out");
    if (state.type === "Choice")
      state.choices.forEach(({ fields: rule }, i) => {
        const has = rule.Condition !== undefined;
        if (state.language === "JSONata" && !has)
          error(state, ["Choices", i], "a rule in JSONata has a Condition; write it as {% … %}");
        if (state.language === "JSONPath" && has)
          error(state, ["Choices", i, "Condition"], "Condition is JSONata's; use Variable with a comparison");
      });
    for (const { value, path, key } of valuesOf(state)) {
      if (state.language === "JSONata" && key.endsWith(".$"))
        error(state, path, `${key} is JSONPath's; write the key without .$ and the value as {% … %}`);
      if (state.language === "JSONPath" && isJsonMap(value))
        for (const twice of Object.keys(value).filter((name) => `${name}.$` in value))
          error(state, [...path, twice], `${twice} and ${twice}.$ are the same key; take one of them out`);
      if (typeof value !== "string") continue;
      const expression = jsonataText(value);
      if (expression === null) {
        if (state.language === "JSONata" && /^\s*\{%|%\}\s*$/u.test(value))
          error(
            state,
            path,
            `got ${show(value)}; an expression starts with {% and ends with %}, with nothing around them`,
          );
      } else if (state.language === "JSONPath")
        warn(state, path, `{% … %} is a plain text in JSONPath; set QueryLanguage: JSONata on the state`);
      else {
        const problem = jsonataProblem(expression);
        if (problem !== null) error(state, path, problem);
      }
    }
  }
};

const times: Rule = ({ definition, type, error, warn }) => {
  for (const state of allStates(definition)) {
    const { Seconds, TimeoutSeconds, HeartbeatSeconds } = state.fields;
    if (state.type === "Wait" && typeof Seconds === "number") {
      if (Seconds > YEAR) error(state, ["Seconds"], `waits ${Seconds} s; a workflow lasts a year (${YEAR} s) at most`);
      else if (type === "EXPRESS" && Seconds > EXPRESS_SECONDS)
        error(
          state,
          ["Seconds"],
          `waits ${Seconds} s; an EXPRESS workflow lasts ${EXPRESS_SECONDS} s at most; use STANDARD`,
        );
    }
    if (state.type !== "Task") continue;
    for (const [key, value] of Object.entries({ TimeoutSeconds, HeartbeatSeconds }))
      if (typeof value === "number" && (value < 1 || value > MAX_SECONDS))
        error(state, [key], `got ${key} ${value}; give 1 to ${MAX_SECONDS} s`);
    if (
      typeof HeartbeatSeconds === "number" &&
      typeof TimeoutSeconds === "number" &&
      HeartbeatSeconds >= TimeoutSeconds
    )
      error(
        state,
        ["HeartbeatSeconds"],
        `HeartbeatSeconds ${HeartbeatSeconds} is not below TimeoutSeconds ${TimeoutSeconds}`,
      );
    if (type === "EXPRESS" && typeof TimeoutSeconds === "number" && TimeoutSeconds > EXPRESS_SECONDS)
      warn(state, ["TimeoutSeconds"], `an EXPRESS workflow ends after ${EXPRESS_SECONDS} s, before this timeout`);
  }
};

const payload: Rule = ({ definition, error }) => {
  for (const state of allStates(definition))
    for (const key of ["Result", "Parameters", "Arguments", "Output", "ItemSelector", "Assign", "Items"]) {
      const value = state.fields[key];
      const bytes = value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
      if (bytes > MAX_PAYLOAD_BYTES)
        error(
          state,
          [key],
          `${key} has ${bytes} bytes, a state passes ${MAX_PAYLOAD_BYTES} (256 KiB) on; put the data into S3`,
        );
    }
};

interface Found {
  readonly value: Json;
  readonly path: Path;
  /** The last key on the way to it. */
  readonly key: string;
}

/** Every value that a state says, without those of the states inside it. */
export function valuesOf(state: State): readonly Found[] {
  const walk = (value: Json, path: Path, key: string): readonly Found[] => [
    { value, path, key },
    ...(isJsonList(value) ? value.flatMap((item, i) => walk(item, [...path, i], "")) : []),
    ...(isJsonMap(value) ? Object.entries(value).flatMap(([inner, item]) => walk(item, [...path, inner], inner)) : []),
  ];
  return Object.entries(state.fields).flatMap(([key, value]) =>
    MACHINES.has(key) || key === "Comment" ? [] : walk(value, [key], key),
  );
}

export const stateRules: readonly Rule[] = [fields, languages, times, payload];
