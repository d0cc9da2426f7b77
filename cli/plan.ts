/** `spectrum plan`. */
import { createColors } from "picocolors";
import { planJson } from "../plan/json";
import { makePlan } from "../plan/plan";
import { renderPlan } from "../plan/render";
import { readAssumptions } from "./assume";
import { fromCaller, shellVariables } from "./caller";
import { EXIT, finish, problemLines, usageError, wantsColor } from "./output";

export interface PlanArguments {
  readonly compose?: readonly string[];
  readonly tier?: string;
  readonly env: string;
  readonly app?: string;
  readonly shellEnv?: true;
  readonly assume?: readonly string[];
  readonly json?: true;
}

export async function plan({ compose, tier, env, app, shellEnv, assume = [], json }: PlanArguments): Promise<void> {
  const assumed = readAssumptions(assume);
  if ("wrong" in assumed) return usageError(assumed.wrong, json ?? false);
  const made = await makePlan({
    environment: env,
    ...(compose ? { compose: compose.map(fromCaller) } : {}),
    ...(tier === undefined ? {} : { tier }),
    ...(app === undefined ? {} : { app }),
    assume: assumed.usage,
    ...(shellEnv ? { shellEnv: shellVariables() } : {}),
  });
  const colors = createColors(wantsColor(process.stderr));
  finish({
    stdout: json ? planJson(made) : renderPlan(made, { color: wantsColor(process.stdout) }),
    stderr: problemLines(made.warnings, colors.yellow("warning")) + problemLines(made.errors, colors.red("error")),
    code: made.errors.length ? EXIT.wrong : EXIT.done,
  });
}
