/**
 * What Spectrum says about an input: problems (the input is wrong) and findings (what a tier does to it).
 */

/** A place in a file that the user wrote. `line` and `column` count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * One thing that is wrong with the input. `message` is lower case without a full stop and says what was got,
 * what is allowed and what to do; `key` is the config key (`spectrum:apps.shop.tier`) where the input is config.
 */
export interface Problem {
  readonly message: string;
  readonly location: Location | null;
  readonly key?: string;
}

/** The user's input is wrong. Carries every problem at once; printed without a stack, exit code 2. */
export class InputError extends Error {
  override readonly name = "InputError";
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
  }
}

/** `file:line:column: message`, or `key: message`, or the message alone. */
export function formatProblem(problem: Problem): string {
  const { location, key, message } = problem;
  const place = location ? `${location.file}:${location.line}:${location.column}: ` : "";
  return `${place}${key ? `${key}: ` : ""}${message}`;
}

export type Outcome = "kept" | "changed" | "refused";

/**
 * What a tier does to one thing that the app asked for.
 *
 * `key` is relative to the service when `service` is set (`ports[0].published`), else a top-level Compose key
 * (`volumes.data.driver`) or a key of the app's placement (`hosts[0].host`). `accepted` is true only for a refusal
 * that the user accepted by name. `remedy` is empty only for `kept`.
 */
export interface Finding {
  readonly app: string;
  readonly service: string | null;
  readonly key: string;
  readonly outcome: Outcome;
  readonly accepted: boolean;
  readonly reason: string;
  readonly remedy: string;
  readonly location: Location | null;
}
