/**
 * Ctrl-C while an operation runs: the first lets the engine end what it has begun, the second tells it to end at once, the third
 * kills it. SIGTERM and a terminal that is closed (SIGHUP) are taken alike.
 */
import type { EnvironmentStack } from "./types";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Signals that come together are one: npm hands on what the terminal has sent to both already. In milliseconds. */
const TOGETHER = 500;

const SAID = [
  "stopping: what has begun is ended first, and nothing more is begun; once more ends it at once",
  "ending at once: what has begun is cut off, and the next run says what; once more kills it",
  "killed: the lock may still be there, and the next run says who holds it",
] as const;

/** Runs an operation; `tell` says what a signal does. */
export async function interruptible<T>(
  stack: Pick<EnvironmentStack, "kill">,
  tell: (text: string) => void,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let [count, last] = [0, -Infinity];
  const onSignal = () => {
    const now = performance.now();
    if (now - last < TOGETHER) return;
    last = now;
    tell(SAID[Math.min(count, SAID.length - 1)] ?? "");
    count += 1;
    if (count === 1) stop.abort();
    else stack.kill(count === 2 ? "SIGINT" : "SIGKILL");
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await run(stop.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}
