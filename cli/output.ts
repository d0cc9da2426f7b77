/** How the command ends: what it prints where, and its exit code. */
import type { Problem } from "../app/finding";
import { formatProblem } from "../app/finding";
import { planJson } from "../plan/json";
import type { Plan } from "../plan/types";
import { describeError } from "./stack";

export const EXIT = {
  /** Planned, no refusal stands unaccepted, and no mandatory rule is broken. */
  done: 0,
  /** A defect of Spectrum. */
  defect: 1,
  /** The input is wrong, something is refused, or a mandatory rule is broken. */
  wrong: 2,
  /** A workflow that ran, or a deployment that began, and failed; services that do not run as asked; an environment that has drifted. */
  failed: 3,
  /** A deployment that was told to stop, and stopped. */
  canceled: 130,
} as const;

export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: (typeof EXIT)[keyof typeof EXIT];
}

/**
 * Prints, and ends the process when all of it has been taken: on a pipe a write is not done when it returns, and nothing
 * that is left open may hold the process. A reader that goes away (`| head`) is no error.
 */
export function finish({ stdout, stderr, code }: Ending): void {
  process.exitCode = code;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(code);
      throw error;
    });
  }
  process.stderr.write(stderr, () => process.stdout.write(stdout, () => process.exit(code)));
}

/** Only on a terminal, and not where NO_COLOR (no-color.org) is set. */
export function wantsColor(stream: NodeJS.WriteStream): boolean {
  // undefined where it is none, which picocolors would take for "decide yourself", and colour a CI's log
  return Boolean(stream.isTTY) && !process.env.NO_COLOR;
}

/** The problems, one in each line. */
export function problemLines(problems: readonly Problem[], label: string): string {
  return problems.map((problem) => `${label}: ${formatProblem(problem)}\n`).join("");
}

/** A wrong command line. */
export function usageError(message: string, json: boolean): void {
  // commander's message: "error: unknown option '--teir'\n(Did you mean --tier?)"
  const text = message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean (.*?)\?\)/, ", did you mean $1")
    .replaceAll("\n", " ");
  const stderr = `error: ${text}\nspectrum --help shows what there is\n`;
  finish({ stdout: json ? planJson(emptyPlan([{ message: text, location: null }])) : "", stderr, code: EXIT.wrong });
}

/** A defect of Spectrum: with its stack, which is what its report needs. */
export function reportDefect(error: unknown, json: boolean): void {
  const stack = describeError(error);
  const message = `a defect of Spectrum: ${error instanceof Error ? error.message : String(error)}`;
  const stderr = `error: a defect of Spectrum, not of your input; please report it with this text\n${stack}\n`;
  finish({ stdout: json ? planJson(emptyPlan([{ message, location: null }])) : "", stderr, code: EXIT.defect });
}

function emptyPlan(errors: readonly Problem[]): Plan {
  return { version: 1, environment: "", apps: [], resources: [], outputs: {}, errors, warnings: [] };
}
