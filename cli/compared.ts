/** The comparison that a command line asks for: what `compare` prints, and what `report` makes a page of. */
import { tierNames, type TierName } from "../app/tiers";
import { compareTiers } from "../plan/compare/compare";
import { parseSweep } from "../plan/compare/sweep";
import type { Comparison } from "../plan/compare/types";
import { readAssumptions } from "./assume";
import { fromCaller, shellVariables } from "./caller";
import { progressLine } from "./progress";

export interface ComparedArguments {
  readonly compose?: readonly string[];
  readonly tiers?: string;
  readonly env: string;
  readonly app?: string;
  readonly shellEnv?: true;
  readonly assume?: readonly string[];
  readonly sweep?: string;
}

/** Plans on each tier, and tells a terminal what is being planned; or what is wrong with the command line. */
export async function compareAsAsked(options: ComparedArguments): Promise<Comparison | { readonly wrong: string }> {
  const { compose, env, app, shellEnv, assume = [] } = options;
  const chosen = readTiers(options.tiers);
  if ("wrong" in chosen) return chosen;
  const assumed = readAssumptions(assume);
  if ("wrong" in assumed) return assumed;
  const sweep = options.sweep === undefined ? null : parseSweep(options.sweep);
  if (sweep && "wrong" in sweep) return { wrong: `--sweep ${sweep.wrong}` };
  const progress = progressLine(process.stderr);
  const comparison = await compareTiers({
    environment: env,
    ...(chosen.tiers && { tiers: chosen.tiers }),
    ...(compose && { compose: compose.map(fromCaller) }),
    ...(app !== undefined && { app }),
    ...(shellEnv && { shellEnv: shellVariables() }),
    assume: assumed.usage,
    ...(sweep && { sweep }),
    onProgress: (what, done, all) => progress.show(`planning ${what} (${done + 1} of ${all})`),
  });
  progress.end();
  return comparison;
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
