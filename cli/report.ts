/** `spectrum report`. */
import { resolve } from "node:path";
import { createColors } from "picocolors";
import { readWorkflows } from "../app/config/read";
import { InputError } from "../app/finding";
import { showProblem } from "../plan/places";
import { reportPage } from "../plan/report/page";
import { type NamedWorkflow, workflowsOf } from "../plan/report/workflows";
import { readStackConfig } from "../plan/stack-config";
import { readWorkflow } from "../stacks/workflows";
import { compareAsAsked, type ComparedArguments } from "./compared";
import { writeInto } from "./files";
import { type Ending, EXIT, finish, problemLines, usageError, wantsColor } from "./output";
import { progressLine } from "./progress";

export interface ReportArguments extends ComparedArguments {
  /** The folder that the page is written to. */
  readonly output: string;
}

/** Exit codes as `compare`'s: 0 where at least one tier fits, 2 where none does, or nothing could be compared or written. */
export async function report({ output, ...asked }: ReportArguments): Promise<void> {
  const comparison = await compareAsAsked(asked);
  if ("wrong" in comparison) return usageError(comparison.wrong, false);
  const colors = createColors(wantsColor(process.stderr));
  const { app, warnings, errors, tiers } = comparison;
  const error = (problems: typeof errors) => problemLines(problems, colors.red("error"));
  const told = problemLines(warnings, colors.yellow("warning")) + error(errors);
  const none: Ending = { stdout: "", stderr: told, code: EXIT.wrong };
  if (tiers.length === 0) return finish(none);
  try {
    const workflows = asked.compose ? [] : workflowsOf(app, drawable(asked.env));
    const progress = progressLine(process.stderr);
    progress.show("drawing the page");
    const page = reportPage(comparison, workflows);
    progress.end();
    const file = writeInto(output, "index.html", page);
    const on = tiers.length === 1 ? "1 tier" : `${tiers.length} tiers`;
    const code = tiers.some(({ fits }) => fits) ? EXIT.done : EXIT.wrong;
    finish({ stdout: `${file} shows ${app} on ${on}\n`, stderr: told, code });
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    finish({ ...none, stderr: told + error(thrown.problems.map((problem) => showProblem(problem, process.cwd()))) });
  }
}

/** The environment's workflows, as its folder's files have them; a Compose file alone has none. */
function drawable(env: string): readonly NamedWorkflow[] {
  const root = process.cwd();
  return Object.entries(readWorkflows(readStackConfig(root, env))).map(([name, { definition, type }]) => {
    return { name, definition: readWorkflow(resolve(root, definition), { type }).definition };
  });
}
