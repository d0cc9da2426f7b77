/** `spectrum config`. */
import { stringify } from "yaml";
import { canonicalJson, readCompose } from "../app/compose";
import { InputError, type Problem } from "../app/finding";
import { showProblem } from "../plan/places";
import { fromCaller, shellVariables } from "./caller";
import { EXIT, finish, problemLines } from "./output";

export interface ConfigArguments {
  readonly compose: readonly string[];
  readonly app?: string;
  readonly shellEnv?: true;
  readonly json?: true;
}

const shown = (problem: Problem) => showProblem(problem, process.cwd());

export function config({ compose, app, shellEnv, json }: ConfigArguments): Promise<void> {
  try {
    const read = readCompose({
      files: compose.map(fromCaller),
      ...(app === undefined ? {} : { appName: app }),
      ...(shellEnv ? { shellEnv: shellVariables() } : {}),
    });
    const text = `${canonicalJson(read.app)}\n`;
    finish({
      stdout: json ? text : stringify(JSON.parse(text)),
      stderr: problemLines(read.warnings.map(shown), "warning"),
      code: EXIT.done,
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const problems = error.problems.map(shown);
    finish({
      stdout: json ? `${JSON.stringify({ errors: problems }, null, 2)}\n` : "",
      stderr: problemLines(problems, "error"),
      code: EXIT.wrong,
    });
  }
  return Promise.resolve();
}
