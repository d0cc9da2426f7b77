/** What a definition's placeholders call. */
import { parsePlaceholder, type Placeholder, targetName } from "./placeholders";
import { allStates, type Machine, type TaskState } from "./states";

export interface Call {
  readonly state: TaskState;
  readonly placeholder: Placeholder;
  /** `shop.migrate`, `nightly`. */
  readonly name: string;
}

/** Every task with a placeholder, outer ones first. */
export function callsOf(machine: Machine): readonly Call[] {
  return allStates(machine).flatMap((state) => {
    const placeholder = state.type === "Task" ? parsePlaceholder(state.resource) : null;
    return state.type === "Task" && placeholder ? [{ state, placeholder, name: targetName(placeholder) }] : [];
  });
}
