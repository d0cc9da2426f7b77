/** A definition in short words, the same in the terminal and in the picture. */
import { jsonataText } from "../walk/jsonata";
import { isJsonList, isJsonMap, type Json, type JsonMap } from "../source";
import { allStates, type Machine, type State, transitions } from "../states";

/** A way out of a state: its kind, when it is taken, and where it leads; `null` ends the machine. */
export interface Way {
  readonly kind: "Next" | "Choice" | "Default" | "Catch" | "End";
  readonly label: string;
  readonly to: string | null;
}

/** Every way out, in the order of the file. */
export function waysOut(state: State): readonly Way[] {
  if (state.end || state.type === "Succeed" || state.type === "Fail")
    return [{ kind: "End", label: "", to: null }, ...waysOf(state)];
  return waysOf(state);
}

function waysOf(state: State): readonly Way[] {
  return transitions(state).map(({ kind, to, path }): Way => {
    const index = path[1];
    if (kind === "Catch" && typeof index === "number")
      return { kind, to, label: (state.catchers[index]?.errorEquals ?? []).join(", ") };
    if (kind === "Choice" && state.type === "Choice" && typeof index === "number")
      return { kind, to, label: condition(state.choices[index]?.fields ?? {}) };
    return { kind, to, label: "" };
  });
}

const SIGNS: Readonly<Record<string, string>> = {
  Equals: "=",
  LessThan: "<",
  GreaterThan: ">",
  LessThanEquals: "≤",
  GreaterThanEquals: "≥",
  Matches: "like",
};

/** A choice rule's condition: `$.n > 10 and not $.s is null`. */
export function condition(rule: JsonMap): string {
  if (typeof rule.Condition === "string") return oneLine(jsonataText(rule.Condition) ?? rule.Condition);
  const inner = (value: Json): string => {
    const text = isJsonMap(value) ? condition(value) : "";
    return isJsonMap(value) && (value.And !== undefined || value.Or !== undefined) ? `(${text})` : text;
  };
  if (isJsonList(rule.And)) return rule.And.map(inner).join(" and ");
  if (isJsonList(rule.Or)) return rule.Or.map(inner).join(" or ");
  if (rule.Not !== undefined) return `not ${inner(rule.Not)}`;
  const variable = plain(rule.Variable);
  for (const [key, operand] of Object.entries(rule)) {
    const is = /^Is(\w+)$/u.exec(key)?.[1];
    if (is !== undefined) return `${variable} is ${operand === false ? "not " : ""}${is.toLowerCase()}`;
    const [, sign, path] = /^(?:String|Numeric|Boolean|Timestamp)(\w+?)(Path)?$/u.exec(key) ?? [];
    if (sign !== undefined)
      return `${variable} ${SIGNS[sign] ?? sign} ${path ? plain(operand) : JSON.stringify(operand)}`;
  }
  return variable;
}

/** What a state does: a task's resource, the length of a wait, the items of a Map. */
export function detail(state: State): string {
  const { fields } = state;
  switch (state.type) {
    case "Task":
      return state.resource.replace(/^arn:[a-z-]+:states:::/u, "");
    case "Wait":
      if (typeof fields.Seconds === "number") return `${fields.Seconds} s`;
      return oneLine(plain(fields.Seconds ?? fields.SecondsPath ?? fields.Timestamp ?? fields.TimestampPath));
    case "Map": {
      const items =
        fields.ItemReader === undefined ? plain(fields.ItemsPath ?? fields.Items ?? "") : "what ItemReader reads";
      const { MaxConcurrency } = fields;
      return [
        items === "" ? "" : `each of ${oneLine(items)}`,
        typeof MaxConcurrency === "number" && MaxConcurrency > 0 ? `${MaxConcurrency} at once` : "",
        state.distributed ? "distributed" : "",
      ]
        .filter(Boolean)
        .join(", ");
    }
    case "Fail":
      return oneLine(plain(fields.Error ?? fields.ErrorPath ?? ""));
    case "Parallel":
      return `${state.branches.length} ${state.branches.length === 1 ? "branch" : "branches"}`;
    case "Choice":
    case "Pass":
    case "Succeed":
      return "";
  }
}

/** `up to 3 retries`, over all retriers; empty where there is none. */
export function retries(state: State): string {
  const most = state.retries.reduce((sum, { maxAttempts }) => sum + maxAttempts, 0);
  return most === 0 ? "" : `up to ${most} ${most === 1 ? "retry" : "retries"}`;
}

/** The states in the order in which they are reached, what leads to an error's handling last; then those that nothing leads to. */
export function inOrder(machine: Machine): readonly State[] {
  const seen = new Set<string>();
  const found: State[] = [];
  const visit = (name: string) => {
    const state = machine.states.get(name);
    if (state === undefined || seen.has(name)) return;
    seen.add(name);
    found.push(state);
    for (const { to } of transitions(state).filter(({ kind }) => kind !== "Catch")) visit(to);
  };
  visit(machine.startAt);
  // grows on the way
  for (const state of found) for (const { to } of transitions(state)) visit(to);
  for (const name of machine.states.keys()) visit(name);
  return found;
}

/** `7 states, JSONPath`: of the whole definition. */
export function summary(machine: Machine): string {
  const states = allStates(machine);
  const languages = [...new Set(states.map(({ language }) => language))].sort().join(" and ");
  return `${states.length} ${states.length === 1 ? "state" : "states"}, ${languages}`;
}

function plain(value: Json | undefined): string {
  if (isJsonList(value) && value.every((item) => typeof item === "string")) return value.join(", ");
  if (typeof value === "string") return jsonataText(value) ?? value;
  return value === undefined ? "" : JSON.stringify(value);
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, " ").trim();
}
