/** The validation of a definition: every problem at once, each with its state and place, errors apart from warnings. */
import { InputError } from "../finding";
import { libraryProblems } from "./rules/library";
import type { Say, Targets, Verdict } from "./rules/rule";
import { stateRules } from "./rules/states";
import { structureRules } from "./rules/structure";
import { taskRules } from "./rules/tasks";
import type { Source } from "./source";
import { asProblem, type Definition, readDefinition, type WorkflowProblem, type WorkflowType } from "./states";

export type { Targets, Verdict } from "./rules/rule";

export interface ValidateOptions {
  /** Default: STANDARD. */
  readonly type?: WorkflowType;
  /** What placeholders may name. Default: anything. */
  readonly targets?: Targets | null;
}

const rules = [...structureRules, ...stateRules, ...taskRules];

/**
 * Checks a definition by the project's own rules and by asl-validator. Errors are what AWS would refuse, or what can never
 * work; warnings what AWS's documents call risky. Takes about a second, which is the library's.
 */
export function validateWorkflow(source: Source, options: ValidateOptions = {}): Verdict {
  const { definition, errors, warnings } = checkWorkflow(source, options);
  if (definition === null) return { errors, warnings };
  const wrong = new Set(errors.flatMap(({ state }) => state ?? []));
  const more = libraryProblems(definition, wrong);
  return { errors: inOrder([...errors, ...more]), warnings };
}

/** By the project's own rules alone, which takes no time. */
export function checkWorkflow(
  source: Source,
  { type = "STANDARD", targets = null }: ValidateOptions = {},
): Verdict & { readonly definition: Definition | null } {
  const { definition, problems } = readDefinition(source);
  const errors = [...problems];
  const warnings: WorkflowProblem[] = [];
  const saying =
    (list: WorkflowProblem[]): Say =>
    (state, steps, message) =>
      void list.push({
        message,
        location: source.at([...(state?.path ?? []), ...steps]),
        state: state?.name ?? null,
      });
  // what is no state at all would look unreachable, or missing
  if (definition !== null && problems.length === 0)
    for (const rule of rules) rule({ definition, type, targets, error: saying(errors), warn: saying(warnings) });
  return {
    definition: problems.length === 0 ? definition : null,
    errors: inOrder(errors),
    warnings: inOrder(warnings),
  };
}

/** The definition of a source in which nothing is wrong. Throws `InputError` with every error. */
export function mustCheckWorkflow(source: Source, options: ValidateOptions = {}): Definition {
  const { definition, errors } = checkWorkflow(source, options);
  if (definition === null || errors.length > 0) throw new InputError(errors.map(asProblem));
  return definition;
}

function inOrder(problems: readonly WorkflowProblem[]): readonly WorkflowProblem[] {
  return [...problems].sort((a, b) => a.location.line - b.location.line || a.location.column - b.location.column);
}
