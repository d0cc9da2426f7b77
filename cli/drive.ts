/** What the verbs that drive Pulumi share: how they open an environment, ask, and end. */
import { InputError, type Problem } from "../app/finding";
import type { Review } from "../deploy/changes/review";
import {
  type EnvironmentStack,
  type Guarded,
  guardStack,
  openStack,
  type Operation,
  type OperationKind,
  type OperationOptions,
} from "../deploy/engine";
import { interruptible } from "../deploy/engine/interrupts";
import { showProblem } from "../plan/places";
import { ask, terminal } from "./ask";
import { EXIT, reportDefect } from "./output";
import { codeOf, type End, Teller, type Verb } from "./teller";

export interface DriveArguments {
  readonly env: string;
  readonly yes?: true;
  readonly json?: true;
  readonly diff?: true;
}

export interface Driven {
  readonly teller: Teller;
  readonly stack: EnvironmentStack;
  readonly guarded: Guarded;
}

/**
 * Opens and guards the environment, runs the verb on it, and tells how it ended.
 *
 * @param create as of `openStack`
 * @param refusal what is wrong with the command line
 */
export async function drive(
  verb: Verb,
  { env, json }: DriveArguments,
  { create = false, refusal = null }: { readonly create?: boolean; readonly refusal?: Problem | null },
  run: (driven: Driven) => Promise<End>,
): Promise<void> {
  const teller = new Teller(verb, env, json === true);
  try {
    if (refusal) throw new InputError([refusal]);
    const stack = await openStack({ environment: env, create, onNotice: (text) => teller.notice(text) });
    const guarded = await guardStack(stack);
    teller.start(guarded);
    teller.end(await run({ teller, stack, guarded }));
  } catch (error) {
    if (error instanceof InputError) return teller.end(refused(error.problems));
    if (teller.json)
      process.stdout.write(`${JSON.stringify({ type: "end", outcome: "refused", code: EXIT.defect })}\n`);
    reportDefect(error, false);
  }
}

/** Nothing has been begun. */
export const refused = (problems: readonly Problem[]): End => ({
  outcome: "refused",
  code: EXIT.wrong,
  errors: problems.map((problem) => showProblem(problem, process.cwd())),
});

/** Nobody has said yes, and nobody can be asked. */
export const unanswerable = (verb: Verb, given: boolean): Problem | null =>
  given || terminal()
    ? null
    : {
        message: `${verb} asks before it changes anything, and there is no terminal to answer on; say --yes${verb === "up" ? ", and see first what it would do: spectrum preview" : ""}`,
        location: null,
      };

/** Asks, unless the answer was given with the command. */
export function agreed(given: boolean, question: string, yes = "yes"): Promise<boolean> {
  const on = terminal();
  return given || !on ? Promise.resolve(given) : ask(on, question, yes);
}

export const declined: End = { outcome: "declined", code: EXIT.wrong, text: "nothing has been done\n" };

/** Runs an operation, tells what it does, and lets a signal stop it in good order. @param total of resources that change */
export function watch(
  { teller, stack }: Pick<Driven, "teller" | "stack">,
  kind: OperationKind,
  title: string,
  run: (options: OperationOptions) => Promise<Operation>,
  total?: number,
): Promise<Operation> {
  return interruptible(
    stack,
    (text) => teller.notice(text),
    (signal) => teller.operating(kind, title, (onEvent) => run({ onEvent, signal }), total),
  );
}

/** The same of what is shown before it is done: its review besides. */
export async function watchReview(
  driven: Driven,
  title: string,
  run: (options: OperationOptions) => Promise<Review>,
): Promise<Review> {
  let review: Review | undefined;
  await watch(driven, "preview", title, async (options) => {
    review = await run(options);
    return review.preview;
  });
  if (!review) throw new Error("a preview without a review");
  driven.teller.review(review);
  return review;
}

/** How an operation ended, with what to do where it did not end well. */
export function ended(operation: Operation, { text, outputs }: Pick<End, "text" | "outputs"> = {}): End {
  const { outcome, changes, seconds, errors } = operation;
  const again = { message: "what was done is in the state: run it again, and it goes on from there", location: null };
  return {
    outcome,
    code: codeOf(operation),
    changes,
    seconds,
    errors: [
      ...errors.map((message) => ({ message, location: null })),
      ...(outcome === "succeeded" || operation.kind === "preview" ? [] : [again]),
    ],
    ...(text !== undefined && { text }),
    ...(outputs && { outputs }),
  };
}
