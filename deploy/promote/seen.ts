/**
 * Evidence of what came to an environment without a promotion, as everything comes to the first one: that it was seen to run
 * there, healthy, when it was promoted from there. So the order of releases is known there too.
 */
import { appendEvidence } from "./evidence-file";
import { healthOf } from "./health";
import { isBetween, type Ledger, serving } from "./ledger";
import { NOTHING_NAMED } from "./rules";
import type { BroughtRelease, SeenService, World } from "./types";

export interface Seen {
  readonly environment: string;
  readonly releases: readonly BroughtRelease[];
  /** The apps', in the environment. */
  readonly ledgers: Readonly<Record<string, Ledger>>;
  /** Of its services, all of which are healthy. */
  readonly statuses: readonly SeenService[];
  /** Whose credentials promote; `null` where nobody can tell. */
  readonly arn: string | null;
}

/** Writes a line for each release that the log does not say serves. */
export function recordSeen(world: World, { environment, releases, ledgers, statuses, arn }: Seen): void {
  for (const release of releases) {
    const ledger = ledgers[release.app] ?? [];
    const before = serving(ledger);
    if (before === release.id && !isBetween(ledger)) continue;
    appendEvidence(world.root, {
      version: 1,
      time: world.now(),
      action: "seen",
      environment,
      app: release.app,
      release: release.id,
      from: null,
      previousRelease: before,
      images: release.images,
      who: { user: world.user(), arn },
      approvals: [],
      named: { ...NOTHING_NAMED, skip: [] },
      policy: null,
      price: { usd: null, budget: null },
      configDifference: null,
      result: "succeeded",
      reason: null,
      health: healthOf(release, statuses),
    });
  }
}
