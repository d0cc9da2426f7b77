/** What a rule of the validation gets and gives. */
import type { Path } from "../source";
import type { Definition, State, WorkflowProblem, WorkflowType } from "../states";

/** The jobs and services that placeholders may name, each as `app.name`. */
export interface Targets {
  readonly jobs: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  /** The services that an HTTPS endpoint leads to. */
  readonly https: ReadonlySet<string>;
  /** The environment's other workflows, by name, each with its type. Default: none. */
  readonly workflows?: ReadonlyMap<string, WorkflowType>;
}

export interface RuleContext {
  readonly definition: Definition;
  readonly type: WorkflowType;
  /** `null`: not known, so that no placeholder can be checked against them. */
  readonly targets: Targets | null;
  readonly error: Say;
  readonly warn: Say;
}

/** `steps`: from the state to the place, `[]` for the state itself. `state` null: the definition, and the steps are from its top. */
export type Say = (state: State | null, steps: Path, message: string) => void;

export type Rule = (context: RuleContext) => void;

export interface Verdict {
  readonly errors: readonly WorkflowProblem[];
  readonly warnings: readonly WorkflowProblem[];
}
