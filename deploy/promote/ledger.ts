/** What an environment's evidence says of an app's releases there: which one serves, which came before it, how each ended. Pure. */
import type { EvidenceEntry } from "./evidence";

/** Of one app in one environment, in the order of the log. */
export type Ledger = readonly EvidenceEntry[];

export const ledgerOf = (entries: readonly EvidenceEntry[], app: string): Ledger =>
  entries.filter((entry) => entry.app === app);

/** The last attempt to bring the release there; `null`: none. */
export const lastAttempt = (ledger: Ledger, release: string): EvidenceEntry | null =>
  ledger.findLast((entry) => entry.release === release) ?? null;

/** True where the last attempt to bring the release there succeeded. */
export const holdsUp = (ledger: Ledger, release: string): boolean =>
  lastAttempt(ledger, release)?.result === "succeeded";

/**
 * The releases that succeeded there, the last of them last, without those from which it was rolled back: what a rollback goes
 * back along.
 */
export function succession(ledger: Ledger): readonly string[] {
  return ledger
    .filter(({ result }) => result === "succeeded")
    .reduce<readonly string[]>((releases, { action, release }) => {
      if (releases.at(-1) === release) return releases;
      const place = releases.lastIndexOf(release);
      return action === "rollback" && place >= 0 ? releases.slice(0, place + 1) : [...releases, release];
    }, []);
}

/** The release that serves: the last one that succeeded. `null`: none. */
export const serving = (ledger: Ledger): string | null => succession(ledger).at(-1) ?? null;

/** True where the last attempt, of whichever release, failed: the environment is then between two releases. */
export const isBetween = (ledger: Ledger): boolean => ledger.at(-1)?.result === "failed";

/** Where a rollback goes: to the release that served before an attempt which failed, else to the one before that which serves. */
export function rollbackTarget(ledger: Ledger): string | null {
  const releases = succession(ledger);
  return releases.at(isBetween(ledger) ? -1 : -2) ?? null;
}

/**
 * Whether one release is older than another: by the log of the environment that they come from, and where that does not know both,
 * by the one of the environment where they go. A release is as old as its first success. `null`: nobody knows.
 */
export function isOlder(release: string, than: string, ledgers: readonly Ledger[]): boolean | null {
  for (const ledger of ledgers) {
    const [a, b] = [release, than].map((id) =>
      ledger.findIndex((entry) => entry.release === id && entry.result === "succeeded"),
    ) as [number, number];
    if (a >= 0 && b >= 0) return a < b;
  }
  return null;
}
