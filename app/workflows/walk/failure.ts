/** An error of a run, by its name in the Amazon States Language: caught by Catch, repeated by Retry, else the run's end. */
export class StatesError extends Error {
  override readonly name = "StatesError";
  constructor(
    readonly error: string,
    override readonly cause: string,
  ) {
    super(`${error}: ${cause}`);
  }
}

/** What no retrier and no catcher gets to see. https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const TERMINAL = new Set(["States.DataLimitExceeded", "States.Runtime"]);

/** True where a name in ErrorEquals matches the error. */
export function matches(errorEquals: readonly string[], { error }: StatesError): boolean {
  if (errorEquals.includes(error)) return error !== "States.Runtime";
  if (TERMINAL.has(error)) return false;
  if (errorEquals.includes("States.ALL")) return true;
  if (error === "States.HeartbeatTimeout" && errorEquals.includes("States.Timeout")) return true;
  return errorEquals.includes("States.TaskFailed") && error !== "States.Timeout";
}
