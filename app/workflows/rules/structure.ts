/** Rules on how states follow each other: names, transitions, reach, ways out. */
import { suggestion } from "../../compose/problems";
import type { Rule } from "./rule";
import { allMachines, allStates, type Machine, type State, transitions } from "../states";

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_NAME = 80;

const names: Rule = ({ definition, error }) => {
  const seen = new Map<string, State>();
  for (const state of allStates(definition)) {
    const length = [...state.name].length;
    if (length > MAX_NAME) error(state, [], `its name has ${length} characters, at most ${MAX_NAME} are allowed`);
    const before = seen.get(state.name);
    if (before) {
      const where = `line ${before.location.line}`;
      error(state, [], `a state at ${where} has the same name; a name stands once in a definition, in branches too`);
    } else seen.set(state.name, state);
  }
};

const targets: Rule = ({ definition, error }) => {
  for (const machine of allMachines(definition)) {
    const known = [...machine.states.keys()];
    const hint = (name: string) => `no state beside it is named ${JSON.stringify(name)}${suggestion(name, known)}`;
    if (machine.startAt !== "" && !machine.states.has(machine.startAt))
      error(null, [...machine.path, "StartAt"], `StartAt: ${hint(machine.startAt)}`);
    for (const state of machine.states.values())
      for (const { to, path } of transitions(state))
        if (!machine.states.has(to)) error(state, path, `Next: ${hint(to)}`);
  }
};

const ends: Rule = ({ definition, error, warn }) => {
  for (const state of allStates(definition)) {
    if (state.type === "Choice") {
      if (state.default === null)
        warn(state, [], "a Choice without Default fails with States.NoChoiceMatched where no rule fits; add a Default");
      continue;
    }
    if (state.type === "Succeed" || state.type === "Fail") continue;
    const { End } = state.fields;
    if (End !== undefined && End !== true) error(state, ["End"], `End is ${JSON.stringify(End)}; give true, or Next`);
    else if (state.end && state.next !== null) error(state, ["End"], "it has End and Next; take one of them out");
    else if (!state.end && state.fields.Next === undefined)
      error(state, [], "it has neither Next nor End; add one of them");
  }
};

const reach: Rule = ({ definition, error }) => {
  for (const machine of allMachines(definition)) {
    if (!machine.states.has(machine.startAt)) continue;
    const reached = reachedFrom(machine, machine.startAt);
    for (const state of machine.states.values())
      if (state.name !== machine.startAt && !reached.has(state.name))
        error(state, [], "nothing leads to it from StartAt; lead a transition to it, or take it out");
  }
};

const cycles: Rule = ({ definition, error, warn }) => {
  for (const machine of allMachines(definition)) {
    for (const cycle of cyclesOf(machine)) {
      const inside = new Set(cycle.map(({ name }) => name));
      const out = (kinds: readonly string[]) =>
        cycle.some(
          (state) => state.end || transitions(state).some(({ to, kind }) => kinds.includes(kind) && !inside.has(to)),
        );
      const [first] = cycle;
      if (first === undefined || out(["Next", "Choice", "Default"])) continue;
      const loop = cycle.map(({ name }) => name).join(", ");
      if (out(["Catch"])) warn(first, [], `only an error leads out of the loop ${loop}; add a Choice that leaves it`);
      else if (cycle.some(({ type }) => type === "Wait") && [...machine.states.values()].some(isTerminal))
        warn(
          first,
          [],
          `nothing leads out of the loop ${loop}: it runs until AWS stops it, after a year or 25,000 events`,
        );
      else error(first, [], `nothing leads out of the loop ${loop}; add a Choice that leaves it`);
    }
  }
};

const isTerminal = ({ type, end }: State): boolean => end || type === "Succeed" || type === "Fail";

/** The states to which transitions lead from one, itself only where one leads back. */
export function reachedFrom(machine: Machine, name: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [name];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const state = machine.states.get(at);
    for (const { to } of state ? transitions(state) : []) {
      if (reached.has(to) || !machine.states.has(to)) continue;
      reached.add(to);
      open.push(to);
    }
  }
  return reached;
}

/** The groups of states that lead to each other, in the order of the file. */
function cyclesOf(machine: Machine): readonly (readonly State[])[] {
  const reach = new Map([...machine.states.keys()].map((name) => [name, reachedFrom(machine, name)]));
  const taken = new Set<string>();
  return [...machine.states.values()].flatMap((state) => {
    const reached = reach.get(state.name);
    if (taken.has(state.name) || !reached?.has(state.name)) return [];
    const group = [...machine.states.values()].filter(
      ({ name }) => name === state.name || (reached.has(name) && reach.get(name)?.has(state.name)),
    );
    for (const { name } of group) taken.add(name);
    return [group];
  });
}

export const structureRules: readonly Rule[] = [names, targets, ends, reach, cycles];
