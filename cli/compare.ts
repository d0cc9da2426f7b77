/** `spectrum compare`. */
import { isAbsolute, resolve } from "node:path";
import { createColors } from "picocolors";
import { tierNames, type TierName } from "../app/tiers";
import { compareTiers } from "../plan/compare/compare";
import { renderComparison } from "../plan/compare/render";
import { parseSweep } from "../plan/compare/sweep";
import { stableJson } from "../plan/json";
import { readAssumptions } from "./assume";
import { callersFolder, shellVariables } from "./caller";
import { EXIT, finish, problemLines, usageError, wantsColor } from "./output";
import { progressLine } from "./progress";

export interface CompareArguments {
  readonly compose?: readonly string[];
  readonly tiers?: string;
  readonly env: string;
  readonly app?: string;
  readonly shellEnv?: true;
  readonly assume?: readonly string[];
  readonly sweep?: string;
  readonly json?: true;
}

/** Exit code 0 where at least one tier fits, 2 where none does or the input is wrong. */
export async function compare(options: CompareArguments): Promise<void> {
  const { compose, env, app, shellEnv, assume = [], json } = options;
  const chosen = readTiers(options.tiers);
  const assumed = readAssumptions(assume);
  const sweep = options.sweep === undefined ? null : parseSweep(options.sweep);
  if ("wrong" in chosen) return usageError(chosen.wrong, false);
  if ("wrong" in assumed) return usageError(assumed.wrong, false);
  if (sweep && "wrong" in sweep) return usageError(`--sweep ${sweep.wrong}`, false);
  const progress = progressLine(process.stderr);
  const comparison = await compareTiers({
    environment: env,
    ...(chosen.tiers && { tiers: chosen.tiers }),
    ...(compose && { compose: compose.map((file) => (isAbsolute(file) ? file : resolve(callersFolder(), file))) }),
    ...(app !== undefined && { app }),
    ...(shellEnv && { shellEnv: shellVariables() }),
    assume: assumed.usage,
    ...(sweep && { sweep }),
    onProgress: (what, done, all) => progress.show(`planning ${what} (${done + 1} of ${all})`),
  });
  progress.end();
  const colors = createColors(wantsColor(process.stderr));
  const { warnings, errors, tiers } = comparison;
  finish({
    stdout: json ? stableJson(comparison) : renderComparison(comparison, { color: wantsColor(process.stdout) }),
    stderr: problemLines(warnings, colors.yellow("warning")) + problemLines(errors, colors.red("error")),
    code: tiers.some(({ fits }) => fits) ? EXIT.done : EXIT.wrong,
  });
}

/** `fargate,eks`; all where nothing is said. */
function readTiers(given: string | undefined): { readonly tiers?: readonly TierName[] } | { readonly wrong: string } {
  if (given === undefined) return {};
  const names = given.split(",").filter((name) => name !== "");
  const unknown = names.find((name) => !tierNames.some((tier) => tier === name));
  if (unknown !== undefined || names.length === 0)
    return { wrong: `--tiers got ${JSON.stringify(unknown ?? given)}; give some of ${tierNames.join(",")}` };
  return { tiers: tierNames.filter((tier) => names.includes(tier)) };
}
