/** `spectrum drift`. */
import { driftOf, renderDrift } from "../deploy/drift";
import { openStack } from "../deploy/engine";
import { stableJson } from "../plan/json";
import { EXIT, finish } from "./output";
import { progressLine } from "./progress";
import { telling } from "./telling";

export interface DriftArguments {
  readonly env: string;
  readonly json?: true;
}

/** Exit code 3 where something has drifted, for a scheduler; 2 where it could not be looked at. */
export const drift = ({ env, json }: DriftArguments): Promise<void> =>
  telling(json ?? false, async () => {
    const progress = progressLine(process.stderr);
    const stack = await openStack({ environment: env, onNotice: (text) => void process.stderr.write(`${text}\n`) });
    let looked = 0;
    const report = await driftOf(stack, {
      onEvent: ({ type }) => type === "resource" && progress.show(`looking at ${env}: ${++looked}`),
    });
    progress.end();
    const drifted = report.drifts.length > 0;
    const stdout = json ? stableJson({ version: 1, drifted, ...report }) : renderDrift(report);
    finish({ stdout, stderr: "", code: drifted ? EXIT.failed : EXIT.done });
  });
