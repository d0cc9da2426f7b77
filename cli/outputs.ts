/** `spectrum outputs`. */
import { InputError } from "../app/finding";
import { renderOutputs } from "../deploy/changes/outputs";
import { openStack } from "../deploy/engine";
import { showProblem } from "../plan/places";
import { EXIT, finish, problemLines } from "./output";

export interface OutputsArguments {
  readonly env: string;
  readonly showSecrets?: true;
  readonly json?: true;
}

/** Needs the backend, and no AWS. Exit code 2 where the environment is not deployed. */
export async function outputs({ env, showSecrets, json }: OutputsArguments): Promise<void> {
  try {
    const stack = await openStack({ environment: env, onNotice: (text) => void process.stderr.write(`${text}\n`) });
    const found = await stack.outputs({ secrets: showSecrets === true });
    finish({
      stdout: json ? `${JSON.stringify(found, null, 2)}\n` : renderOutputs(found),
      stderr: "",
      code: EXIT.done,
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const problems = error.problems.map((problem) => showProblem(problem, process.cwd()));
    finish({
      stdout: json ? `${JSON.stringify({ errors: problems }, null, 2)}\n` : "",
      stderr: problemLines(problems, "error"),
      code: EXIT.wrong,
    });
  }
}
