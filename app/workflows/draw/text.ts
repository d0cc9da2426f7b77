/** A definition as a tree for the terminal: each state with its ways out, branches and items below the state that holds them. */
import { innerMachines, type Machine, type State } from "../states";
import { detail, inOrder, retries, type Way, waysOut } from "./words";

/** How the parts of a text are to be marked; plain without. */
export interface Paint {
  readonly name: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bad: (text: string) => string;
}

export const PLAIN: Paint = { name: (text) => text, dim: (text) => text, bad: (text) => text };

export function drawText(machine: Machine, paint: Paint = PLAIN): string {
  return `${lines(machine, paint).join("\n")}\n`;
}

function lines(machine: Machine, paint: Paint): readonly string[] {
  return inOrder(machine).flatMap((state) => block(state, state.name === machine.startAt, paint));
}

function block(state: State, first: boolean, paint: Paint): readonly string[] {
  const notes = [detail(state), retries(state)].filter(Boolean).join(", ");
  const head = `${first ? "▶" : "○"} ${paint.name(state.name)}  ${paint.dim(state.type)}${notes === "" ? "" : `  ${notes}`}`;
  const machines = innerMachines(state).map((machine, i) => ({
    title: state.type === "Map" ? "each item" : `branch ${i + 1}`,
    below: lines(machine, paint),
  }));
  const last = state.type === "Succeed" || state.type === "Fail";
  const ways = (last ? [] : waysOut(state)).map((way) => ({ title: wayText(way, paint), below: [] }));
  const parts: readonly { readonly title: string; readonly below: readonly string[] }[] = [...machines, ...ways];
  return [
    head,
    ...parts.flatMap(({ title, below }, i) => {
      const [corner, side] = i === parts.length - 1 ? ["└", " "] : ["├", "│"];
      return [`  ${corner}─ ${title}`, ...below.map((line) => `  ${side}    ${line}`)];
    }),
  ];
}

function wayText({ kind, label, to }: Way, paint: Paint): string {
  if (to === null) return paint.dim("end");
  const words = { Next: "next", Choice: `if ${label}`, Default: "else", Catch: `on ${label}`, End: "" }[kind];
  return `${kind === "Catch" ? paint.bad(words) : words} → ${to}`;
}
