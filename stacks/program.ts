/** The Pulumi program: what index.ts runs in the engine, and the plan in process. */
import * as pulumi from "@pulumi/pulumi";
import { formatProblem, InputError, type Problem } from "../app/finding";
import { readApps, unacceptedRefusals, type ReadEnvironment, type ReadOptions } from "./apps";
import { rawConfig } from "./config";
import { buildEnvironment } from "./environment";
import { hasBudget, holdPlan } from "./hold-plan";
import type { StackOutputs } from "./outputs";
import { Overrides } from "./overrides";

export interface ProgramOptions extends ReadOptions {
  /** Told what was read, before a refusal stops the program: the plan shows the findings of a refused app too. */
  readonly onRead?: (read: ReadEnvironment) => void;
  /** Told before anything is registered, and only where something is overridden. */
  readonly onOverrides?: (overrides: Overrides) => void;
  /** Told of an override that cannot be applied. Default: it fails the program. */
  readonly onOverrideProblem?: (problem: Problem) => void;
}

/**
 * What index.ts exports. A mistake of the user's is printed without a stack. Only where a budget is set, or something is
 * overridden, all of it is planned first: nothing is registered of what is over it, or where an override reaches nothing.
 */
export function program(): StackOutputs {
  try {
    let held = false;
    const hold = () => {
      if (!held) holdPlan({ root: process.cwd(), project: pulumi.getProject(), config: rawConfig() });
      held = true;
    };
    return runProgram({
      onRead: (read) => {
        for (const warning of read.warnings) void pulumi.log.warn(formatProblem(warning));
        if (read.conflicts.length === 0 && hasBudget(read)) hold();
      },
      onOverrides: hold,
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
export function runProgram({ onRead, onOverrides, onOverrideProblem, ...options }: ProgramOptions = {}): StackOutputs {
  const read = readApps(rawConfig(), options);
  onRead?.(read);
  const problems = [...read.conflicts, ...unacceptedRefusals(read.apps)];
  if (problems.length > 0) throw new InputError(problems);
  const overrides = Overrides.read(read, options.root ?? process.cwd(), onOverrideProblem);
  if (overrides) onOverrides?.(overrides);
  return buildEnvironment(read, { overrides });
}
