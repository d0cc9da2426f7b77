/**
 * Brings releases to an environment: the stack's file, the deployment, the look at what runs, the evidence.
 *
 * A deployment that fails leaves the file with the new release. The environment is then between the two, and the file says where
 * it was to go: plain `pulumi up` goes on with it, and so does the same promotion; a rollback goes back. Only what kept the
 * deployment from beginning puts the file back.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../app/finding";
import { totalUsd } from "../../plan/compare/added";
import type { Plan } from "../../plan/types";
import type { EvidenceEntry } from "./evidence";
import { appendEvidence, mustBeWritable } from "./evidence-file";
import { digestFaults, healthFaults, healthOf } from "./health";
import { shortId } from "./rules";
import { withReleaseLine } from "./stack-file";
import type { BroughtRelease, Driven, SeenService, World } from "./types";

/** What is known before the deployment begins. */
export interface Delivery extends Pick<
  EvidenceEntry,
  "action" | "from" | "who" | "approvals" | "named" | "configDifference"
> {
  readonly releases: readonly BroughtRelease[];
  /** By app, the release that serves there now. */
  readonly previous: Readonly<Record<string, string | null>>;
  /** With the releases. */
  readonly plan: Plan;
}

/** Returns the evidence, one entry for each release. Throws `InputError` where the deployment could not begin; nothing has happened then. */
export async function deliver(world: World, stack: Driven, delivery: Delivery): Promise<readonly EvidenceEntry[]> {
  const { environment } = stack;
  const file = `Pulumi.${environment}.yaml`;
  const before = readFileSync(join(world.root, file), "utf8");
  const after = delivery.releases.reduce((text, { app, id }) => withReleaseLine(text, file, app, id), before);
  mustBeWritable(world.root, environment);
  replaceFile(join(world.root, file), after);
  const seen = await deploy(world, stack, delivery).catch((error: unknown) => {
    if (error instanceof InputError) replaceFile(join(world.root, file), before);
    throw error;
  });
  const entries = delivery.releases.map((release) => entryOf(world, environment, delivery, release, seen));
  for (const entry of entries) appendEvidence(world.root, entry);
  return entries;
}

/** How it went. */
interface Seen {
  /** Why it failed; `null` where it did not. */
  readonly reason: string | null;
  readonly statuses: readonly SeenService[];
}

async function deploy(world: World, stack: Driven, { action, from, releases }: Delivery): Promise<Seen> {
  const names = releases.map(({ app, id }) => `${app} ${shortId(id)}`).join(", ");
  const operation = await stack.up(`${action} ${names}${from === null ? "" : ` from ${from}`}`);
  if (operation.outcome === "canceled") return { reason: "the deployment was told to stop", statuses: [] };
  if (operation.outcome === "failed")
    return { reason: `the deployment failed: ${operation.errors.join("; ")}`, statuses: [] };
  world.tell(`deployed in ${operation.seconds} s; waiting until it is healthy\n`);
  try {
    const { failures, statuses } = await world.awaitHealthy(
      stack,
      releases.map(({ app }) => app),
    );
    // what ended at once, and what is there no more, is no failure of the tier's
    const faults = releases.flatMap((release) => [
      ...healthFaults(release, statuses),
      ...digestFaults(release, statuses),
    ]);
    const told = failures.length > 0 ? failures : faults;
    return { reason: told.length > 0 ? told.join("; ") : null, statuses };
  } catch (error) {
    // it is deployed: that nobody could look is a result, and no reason to take the file back
    if (!(error instanceof InputError)) throw error;
    return { reason: `it was deployed, and could not be looked at: ${error.message}`, statuses: [] };
  }
}

function entryOf(
  world: World,
  environment: string,
  delivery: Delivery,
  release: BroughtRelease,
  { reason, statuses }: Seen,
): EvidenceEntry {
  const { action, from, who, approvals, named, configDifference, previous, plan } = delivery;
  const results = plan.policy ?? [];
  return {
    version: 1,
    time: world.now(),
    action,
    environment,
    app: release.app,
    release: release.id,
    from,
    previousRelease: previous[release.app] ?? null,
    images: release.images,
    who,
    approvals,
    named,
    policy: {
      advisory: results.filter(({ exemption }) => !exemption).length,
      exempted: results.filter(({ exemption }) => exemption).length,
    },
    price: { usd: plan.prices ? totalUsd(plan.prices) : null, budget: plan.prices?.budgets.environment ?? null },
    configDifference,
    result: reason === null ? "succeeded" : "failed",
    reason,
    health: healthOf(release, statuses),
  };
}

/** Whole, or not at all: a reader never sees half of it. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
