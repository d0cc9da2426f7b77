/** `spectrum history`. */
import { createColors } from "picocolors";
import { evidencePath } from "../deploy/promote/evidence-file";
import { readHistory, renderHistory } from "../deploy/promote/history";
import { stableJson } from "../plan/json";
import { EXIT, finish, problemLines, wantsColor } from "./output";
import { telling } from "./telling";

export interface HistoryArguments {
  readonly env?: string;
  readonly app?: string;
  readonly json?: true;
}

/** Exit code 2 where a line of a log is damaged, or was changed or taken out. */
export function history({ env, app, json }: HistoryArguments): Promise<void> {
  return telling(json === true, () => {
    const read = readHistory(process.cwd(), {
      ...(env !== undefined && { environment: env }),
      ...(app !== undefined && { app }),
    });
    const problems = read.environments.flatMap(({ environment, problems: damaged }) =>
      damaged.map(({ line, message }) => ({
        message: `the line ${message}`,
        location: { file: evidencePath(environment), line, column: 1 },
      })),
    );
    finish({
      stdout: json ? stableJson(read) : renderHistory(read),
      stderr: problemLines(problems, createColors(wantsColor(process.stderr)).red("error")),
      code: problems.length > 0 ? EXIT.wrong : EXIT.done,
    });
  });
}
