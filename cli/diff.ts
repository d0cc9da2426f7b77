/** `spectrum diff`. */
import { createColors } from "picocolors";
import { type Decrypt, diffEnvironments } from "../deploy/diff/environments";
import { renderConfigDifference, renderPlanDifference } from "../deploy/diff/render";
import { openStack } from "../deploy/engine";
import { stableJson } from "../plan/json";
import { EXIT, finish, problemLines, wantsColor } from "./output";
import { telling } from "./telling";

export interface DiffArguments {
  readonly app?: string;
  readonly secrets?: true;
  readonly json?: true;
}

/** Exit code 0 whether anything differs or not, 2 where an environment cannot be planned. */
export function diff(from: string, to: string, { app, secrets, json }: DiffArguments): Promise<void> {
  return telling(json === true, async () => {
    const root = process.cwd();
    const decrypt: Decrypt = async (environment) => (await openStack({ root, environment })).secretConfig();
    const difference = await diffEnvironments({
      root,
      from,
      to,
      ...(app !== undefined && { app }),
      ...(secrets && { decrypt }),
    });
    const { config, plan, errors } = difference;
    const sides = { from, to, color: wantsColor(process.stdout) };
    const text = [renderConfigDifference(config, sides), ...(plan ? [renderPlanDifference(plan, sides)] : [])];
    finish({
      stdout: json ? stableJson(difference) : text.join("\n"),
      stderr: problemLines(errors, createColors(wantsColor(process.stderr)).red("error")),
      code: errors.length > 0 ? EXIT.wrong : EXIT.done,
    });
  });
}
