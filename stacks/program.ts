/** The Pulumi program: what index.ts runs in the engine, and the plan in process. */
import * as pulumi from "@pulumi/pulumi";
import { formatProblem, InputError } from "../app/finding";
import { hasBudget, holdBudget } from "./budget";
import { readApps, unacceptedRefusals, type ReadEnvironment, type ReadOptions } from "./apps";
import { rawConfig } from "./config";
import { buildEnvironment } from "./environment";
import type { StackOutputs } from "./outputs";

export interface ProgramOptions extends ReadOptions {
  /** Told what was read, before a refusal stops the program: the plan shows the findings of a refused app too. */
  readonly onRead?: (read: ReadEnvironment) => void;
}

/**
 * What index.ts exports. A mistake of the user's is printed without a stack. Only where a budget is set is all of it planned and
 * priced first: nothing is registered of what is over it.
 */
export function program(): StackOutputs {
  try {
    return runProgram({
      onRead: (read) => {
        for (const warning of read.warnings) void pulumi.log.warn(formatProblem(warning));
        if (read.conflicts.length === 0 && hasBudget(read))
          holdBudget({ root: process.cwd(), project: pulumi.getProject(), config: rawConfig() });
      },
    });
  } catch (error) {
    if (error instanceof InputError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/**
 * Reads the stack's config and the apps, and registers the environment. Throws `InputError` with every problem at once,
 * before anything is registered: wrong input, or a refusal that nobody accepted.
 */
export function runProgram({ onRead, ...options }: ProgramOptions = {}): StackOutputs {
  const read = readApps(rawConfig(), options);
  onRead?.(read);
  const problems = [...read.conflicts, ...unacceptedRefusals(read.apps)];
  if (problems.length > 0) throw new InputError(problems);
  return buildEnvironment(read);
}
