/** What a run tells of itself. */
import type { Json } from "../source";
import type { StateType } from "../states";

/** One attempt at a state. */
export interface Step {
  readonly state: string;
  readonly type: StateType;
  /** The branch or item that it ran in: `Reports[1]`, `Both[0]/Reports[1]`; empty at the top. */
  readonly within: string;
  /** From 1; above it after a Retry. */
  readonly attempt: number;
  readonly input: Json;
  /** What its task, branches or items got, where that is not the input. */
  readonly arguments?: Json;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly transition: StepEnd;
}

/** How an attempt ended. */
export interface StepEnd {
  /** `End`: the last state of its machine. `Fail`: an error that nothing caught. */
  readonly kind: "Next" | "Choice" | "Default" | "Catch" | "Retry" | "End" | "Fail";
  /** The next state; `null` at an end. */
  readonly to: string | null;
  /** Seconds that AWS would have waited: a Wait's, or those before a retry. */
  readonly waited?: number;
}

export interface RunResult {
  readonly status: "SUCCEEDED" | "FAILED";
  /** Of a run that succeeded. */
  readonly output?: Json;
  /** Of a run that failed. */
  readonly error?: string;
  readonly cause?: string;
  /** In the order in which the attempts began. */
  readonly trace: readonly Step[];
}
