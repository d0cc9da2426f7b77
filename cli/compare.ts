/** `spectrum compare`. */
import { createColors } from "picocolors";
import { renderComparison } from "../plan/compare/render";
import { stableJson } from "../plan/json";
import { compareAsAsked, type ComparedArguments } from "./compared";
import { EXIT, finish, problemLines, usageError, wantsColor } from "./output";

export interface CompareArguments extends ComparedArguments {
  readonly json?: true;
}

/** Exit code 0 where at least one tier fits, 2 where none does or the input is wrong. */
export async function compare({ json, ...asked }: CompareArguments): Promise<void> {
  const comparison = await compareAsAsked(asked);
  if ("wrong" in comparison) return usageError(comparison.wrong, false);
  const colors = createColors(wantsColor(process.stderr));
  const { warnings, errors, tiers } = comparison;
  finish({
    stdout: json ? stableJson(comparison) : renderComparison(comparison, { color: wantsColor(process.stdout) }),
    stderr: problemLines(warnings, colors.yellow("warning")) + problemLines(errors, colors.red("error")),
    code: tiers.some(({ fits }) => fits) ? EXIT.done : EXIT.wrong,
  });
}
