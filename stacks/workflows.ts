/** Workflows from their files: what the commands and the tests of definitions start from. Opens files; touches no Pulumi. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { InputError } from "../app/finding";
import {
  asProblem,
  type Definition,
  type Json,
  mustCheckWorkflow,
  mustReadDefinition,
  type Mocks,
  parseSource,
  readMocks,
  run,
  type RunResult,
  type Source,
  sourceOf,
  type ValidateOptions,
  validateWorkflow,
  type WorkflowProblem,
} from "../app/workflows";

/** A definition that was checked, and what the check warned of. */
export interface CheckedWorkflow {
  readonly definition: Definition;
  readonly warnings: readonly WorkflowProblem[];
}

/** A file in JSON or YAML. Throws `InputError` where it cannot be read. */
export function readSource(file: string): Source {
  const path = resolve(file);
  const wrong = (why: string) => new InputError([{ message: `the file ${path} ${why}`, location: null }]);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") throw wrong("is missing");
    throw wrong(code === "EISDIR" ? "is a folder, name a file in it" : `cannot be read (${code ?? "unknown"})`);
  }
  try {
    return parseSource(path, new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) throw wrong("is no UTF-8 text, save it as UTF-8");
    throw error;
  }
}

/** Reads a definition and validates it with everything there is. Throws `InputError` with every error. */
export function readWorkflow(file: string, options: ValidateOptions = {}): CheckedWorkflow {
  const source = readSource(file);
  const { errors, warnings } = validateWorkflow(source, options);
  if (errors.length > 0) throw new InputError(errors.map(asProblem));
  return { definition: mustReadDefinition(source), warnings };
}

export interface RunWorkflowOptions {
  /** What stands in for the tasks: a file in JSON or YAML, or the mocks themselves. Default: none. */
  readonly mocks?: string | Mocks;
  /** Default: the empty map. */
  readonly input?: Json;
  /** More transitions than these are taken for a run that never ends. Default 10,000. */
  readonly maxTransitions?: number;
}

/**
 * Runs a workflow with no cloud, for unit tests: `const { status, output, trace } = await runWorkflow("order.asl.yaml", { mocks })`.
 * The definition is a file in JSON or YAML, or the definition itself. A run that fails is a result too (`status: "FAILED"`).
 * Throws `InputError` where the definition breaks a rule (all but asl-validator's, which take a second), a mock is missing
 * or names nothing, or the run does not end.
 */
export async function runWorkflow(definition: string | Json, options: RunWorkflowOptions = {}): Promise<RunResult> {
  const { mocks = {}, input, maxTransitions } = options;
  const source = typeof definition === "string" ? readSource(definition) : sourceOf("the definition", definition);
  const checked = mustCheckWorkflow(source);
  const given = typeof mocks === "string" ? readSource(mocks) : sourceOf("the mocks", mocks as Json);
  return await run(checked, {
    mocks: readMocks(given, checked),
    ...(input !== undefined && { input }),
    ...(maxTransitions !== undefined && { maxTransitions }),
  });
}
