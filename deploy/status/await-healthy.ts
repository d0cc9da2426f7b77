/** The outcome check: whether what was deployed comes up, stays up and is what was asked for. */
import { setTimeout } from "node:timers/promises";
import type { Aws } from "./aws";
import type { Deployed } from "./deployed";
import { type ServiceStatus, type State } from "./model";
import { statusOf } from "./status";

export interface Clock {
  /** Milliseconds. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = { now: () => Date.now(), sleep: (milliseconds) => setTimeout(milliseconds) };

export interface AwaitArgs {
  readonly deployed: Deployed;
  /** One app alone. Default: all of the environment. */
  readonly app?: string;
  /** Seconds that an app's services have from now on, by app; ten minutes where it is not named. */
  readonly timeToFail?: Readonly<Record<string, number>>;
  /** Told whenever a service is in another state than before. */
  readonly onChange?: (statuses: readonly ServiceStatus[]) => void;
  /** Default: the system's. */
  readonly clock?: Clock;
}

export interface Outcome {
  /** True where every service runs what was asked, healthy. */
  readonly healthy: boolean;
  /** One line for each service that does not. */
  readonly failures: readonly string[];
  /** As last asked, with the events and logs of what is at fault. */
  readonly statuses: readonly ServiceStatus[];
}

/** Milliseconds between two rounds of questions. */
const INTERVAL = 10_000;
/** Rounds that a service is healthy in a row: what ends at once is running for a moment too. */
const STEADY_ROUNDS = 2;
/** Rounds in a row that a service is in a bad state before it is given up: one may be early for its database. */
const BAD_ROUNDS = 3;
const DEFAULT_TIME_TO_FAIL = 600;

/**
 * Asks until every service is healthy twice in a row, or one has gone back, does not come up, or has had its time.
 * Throws `Refusal` of the kind `credentials` where nothing can be asked.
 */
export async function awaitHealthy(aws: Aws, args: AwaitArgs): Promise<Outcome> {
  const { onChange, timeToFail = {}, clock = systemClock } = args;
  let watch = startWatch(clock.now());
  for (;;) {
    const statuses = await statusOf(aws, args);
    const before = watch;
    watch = nextRound(before, statuses);
    if (hasChanged(before, watch)) onChange?.(statuses);
    const outcome = outcomeOf(watch, statuses, clock.now(), timeToFail);
    if (outcome) return outcome;
    await clock.sleep(INTERVAL);
  }
}

/** For how many rounds each service has been in its state. */
export interface Watch {
  readonly began: number;
  readonly services: Readonly<Record<string, Watched>>;
}

interface Watched {
  readonly state: State;
  /** Rounds in a row that it has been running, or in a bad state. */
  readonly good: number;
  readonly bad: number;
}

const BAD: ReadonlySet<State> = new Set(["failing", "rolled back", "changed", "stopped", "unknown"]);

export const startWatch = (now: number): Watch => ({ began: now, services: {} });

/** The watch after one more round. Pure. */
export function nextRound({ began, services }: Watch, statuses: readonly ServiceStatus[]): Watch {
  return {
    began,
    services: Object.fromEntries(
      statuses.map((status): [string, Watched] => {
        const { state } = status;
        const { good = 0, bad = 0 } = services[keyOf(status)] ?? {};
        return [keyOf(status), { state, good: state === "running" ? good + 1 : 0, bad: BAD.has(state) ? bad + 1 : 0 }];
      }),
    ),
  };
}

function hasChanged(before: Watch, after: Watch): boolean {
  return Object.entries(after.services).some(([key, { state }]) => before.services[key]?.state !== state);
}

/** What the rounds so far come to; `null`: ask again. Pure. */
export function outcomeOf(
  { began, services }: Watch,
  statuses: readonly ServiceStatus[],
  now: number,
  timeToFail: Readonly<Record<string, number>>,
): Outcome | null {
  const watched = (status: ServiceStatus) => services[keyOf(status)] ?? { state: status.state, good: 0, bad: 0 };
  if (statuses.every((status) => watched(status).good >= STEADY_ROUNDS))
    return { healthy: true, failures: [], statuses };
  const failures = statuses.flatMap((status) => {
    const { good, bad } = watched(status);
    // the tier has decided: it does not try again
    if (status.state === "rolled back" || bad >= BAD_ROUNDS) return [failureOf(status)];
    const seconds = timeToFail[status.app] ?? DEFAULT_TIME_TO_FAIL;
    const isLate = now - began >= seconds * 1000 && good < STEADY_ROUNDS;
    return isLate ? [`${failureOf(status)} (not healthy within ${seconds} s, the app's timeToFail)`] : [];
  });
  return failures.length > 0 ? { healthy: false, failures, statuses } : null;
}

const keyOf = ({ app, service }: ServiceStatus): string => `${app}/${service}`;

function failureOf({ app, service, tier, state, reasons }: ServiceStatus): string {
  const [why = "no reason given"] = reasons;
  return `${app}/${service} on ${tier} is ${state}: ${why}`;
}
