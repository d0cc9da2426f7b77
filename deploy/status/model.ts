/** What runs of a service, beside what was asked: the same words on every tier. Pure. */
import { parseImage } from "../../app/image";
import type { TierName } from "../../app/tiers";
import type { AskedService } from "./deployed";

/**
 * - `running`: what was asked runs, on the count asked for, and is healthy as far as the tier tells
 * - `deploying`: it is on its way, and nothing says that it will not get there
 * - `failing`: it was asked for and does not come up, or does not stay up
 * - `rolled back`: the tier has gone back to an earlier revision
 * - `changed`: another revision runs, and not by the tier's own doing
 * - `stopped`: it is not there, or was switched off
 * - `unknown`: the tier could not be asked
 */
export type State = "running" | "deploying" | "failing" | "rolled back" | "changed" | "stopped" | "unknown";

export interface ServiceStatus {
  readonly app: string;
  readonly service: string;
  readonly tier: TierName;
  readonly state: State;
  readonly wanted: Wanted;
  readonly running: Running;
  /** What the entry's health checks say of it; `null`: no load balancer leads to it, or the tier does not tell. */
  readonly entry: EntryHealth | null;
  /** Why it is not `running`; none where it is. */
  readonly reasons: readonly string[];
  /** What the tier says has happened, the newest first. */
  readonly events: readonly StatusEvent[];
  /** The last lines of the container at fault; none where nothing is wrong. */
  readonly logs: readonly ContainerLog[];
  /** What the tier does not tell, in words. */
  readonly untold: readonly string[];
}

/** What was asked for. */
export interface Wanted {
  /** In the tier's words: a task definition's ARN, a version label. */
  readonly revision: string;
  /** The reference that the tier was told to pull. */
  readonly image: string;
  /** Copies, or what carries one copy each (instances, nodes); `null`: the tier does not tell. */
  readonly count: number | null;
}

/** What is there. */
export interface Running {
  /** `null`: none, or the tier does not tell. */
  readonly revision: string | null;
  /** One for each image that runs. */
  readonly images: readonly RunningImage[];
  /** Copies of the revision that runs (on Beanstalk and on machines, what carries the wanted one); `null`: the tier does not tell. */
  readonly count: number | null;
  /** Those of them that are healthy; `null`: the tier does not tell. */
  readonly healthy: number | null;
}

export interface RunningImage {
  readonly reference: string;
  /** `sha256:…`; `null`: the reference names none, and the tier does not tell. */
  readonly digest: string | null;
  /** `reference`: it is pulled by that digest; `runtime`: the tier says what it has pulled; `null` with no digest. */
  readonly by: "reference" | "runtime" | null;
}

/** Targets of the load balancer, by what its health checks say. */
export interface EntryHealth {
  readonly healthy: number;
  readonly unhealthy: number;
  /** Registered, and not checked to the end yet. */
  readonly waiting: number;
}

export interface StatusEvent {
  /** ISO 8601, UTC; `null`: the tier gives no time. */
  readonly at: string | null;
  readonly message: string;
}

export interface ContainerLog {
  /** Where it comes from: a container, a task, a machine. */
  readonly source: string;
  readonly lines: readonly string[];
}

/** Lines of a log that are shown. */
export const LOG_LINES = 50;
/** Events that are shown. */
export const MAX_EVENTS = 10;

/** What a tier found out of a service; what was asked is known. */
export type Found = Pick<ServiceStatus, "state"> &
  Partial<Pick<ServiceStatus, "reasons" | "events" | "logs" | "untold" | "entry">> & {
    readonly count?: number | null;
    readonly running?: Partial<Running>;
  };

const NOTHING: Running = { revision: null, images: [], count: null, healthy: null };

/** The status of a service from what was found. */
export function serviceStatus({ app, service, image, revision, target }: AskedService, found: Found): ServiceStatus {
  const { state, count = null, running = {}, entry = null, reasons = [], events = [], logs = [], untold = [] } = found;
  return {
    app,
    service,
    tier: target.tier,
    state,
    wanted: { revision, image, count },
    running: { ...NOTHING, ...running },
    entry,
    reasons,
    events: events.slice(0, MAX_EVENTS),
    logs,
    untold,
  };
}

/** An image that runs: by the digest in its reference, which alone says the content, else by the one that the tier tells. */
export function runningImage(reference: string, told: string | null = null): RunningImage {
  const pinned = parseImage(reference)?.digest ?? null;
  if (pinned !== null) return { reference, digest: pinned, by: "reference" };
  return { reference, digest: told, by: told === null ? null : "runtime" };
}

/** Each image once. */
export function distinctImages(images: readonly RunningImage[]): readonly RunningImage[] {
  return images.filter(
    (image, i) =>
      images.findIndex(({ reference, digest }) => reference === image.reference && digest === image.digest) === i,
  );
}

/** True where every service runs what was asked, healthy. */
export const isAsAsked = (statuses: readonly ServiceStatus[]): boolean =>
  statuses.every(({ state }) => state === "running");

/**
 * By app and service, the digests of the images that run, each once; `null` where the tier does not tell one of them. Empty where
 * nothing runs.
 */
export function runningDigests(
  statuses: readonly ServiceStatus[],
): Readonly<Record<string, Readonly<Record<string, readonly string[] | null>>>> {
  const byApp: Record<string, Record<string, readonly string[] | null>> = {};
  for (const { app, service, running } of statuses) {
    const digests = running.images.map(({ digest }) => digest);
    const told = digests.every((digest) => digest !== null);
    (byApp[app] ??= {})[service] = told ? [...new Set(digests)].sort() : null;
  }
  return byApp;
}
