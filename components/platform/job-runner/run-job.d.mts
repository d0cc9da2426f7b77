/** What the function is told of one run. */
export interface RunInput {
  /** The Compose service. */
  readonly job: string;
  /** The container whose exit code counts. */
  readonly container: string;
  /** Seconds until a run is stopped. */
  readonly timeout: number;
  /** How often a run that failed is started again. */
  readonly retries: number;
  readonly logGroup: string;
  readonly logPrefix: string;
  /** ECS's `RunTask`, without what tells one run from another. */
  readonly run: { readonly cluster: string; readonly taskDefinition: string } & Readonly<Record<string, unknown>>;
}

/** The part of ECS's answers that counts. */
export interface Task {
  readonly taskArn?: string;
  readonly lastStatus?: string;
  readonly stoppedReason?: string;
  readonly containers?: readonly { readonly name?: string; readonly exitCode?: number; readonly reason?: string }[];
}

export interface Ecs {
  listTasks(request: object): Promise<{ readonly taskArns?: readonly string[] }>;
  runTask(
    request: object,
  ): Promise<{ readonly tasks?: readonly Task[]; readonly failures?: readonly { readonly reason?: string }[] }>;
  describeTasks(request: object): Promise<{ readonly tasks?: readonly Task[] }>;
  stopTask(request: object): Promise<unknown>;
}

export interface Surroundings {
  readonly ecs: Ecs;
  /** The id of the call, the same where Lambda itself repeats it. */
  readonly requestId: string;
  /** Milliseconds that the function has left. */
  remaining(): number;
  /** Waits for so many seconds. */
  pause?(seconds: number): Promise<unknown>;
}

/** Throws with the exit code, ECS's own reason and the log stream where the last run failed. */
export function runJob(
  input: RunInput,
  surroundings: Surroundings,
): Promise<{ readonly task: string; readonly exitCode: 0 }>;
