/** How a verb ends that the user's own mistake stops. */
import { createColors } from "picocolors";
import { InputError } from "../app/finding";
import { showProblem } from "../plan/places";
import { EXIT, finish, problemLines, wantsColor } from "./output";

/** Runs a verb, and tells the user's mistakes. */
export async function telling(json: boolean, verb: () => void | Promise<void>): Promise<void> {
  try {
    await verb();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const problems = error.problems.map((problem) => showProblem(problem, process.cwd()));
    finish({
      stdout: json ? `${JSON.stringify({ errors: problems }, null, 2)}\n` : "",
      stderr: problemLines(problems, createColors(wantsColor(process.stderr)).red("error")),
      code: EXIT.wrong,
    });
  }
}
