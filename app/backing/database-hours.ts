/** When a managed database runs, where its app does not run all the time. Pure. */
import type { Placement } from "../config/types";
import { changed, kept, type Verdict } from "../fit";
import { type Hours, sameHours, widened } from "../hours";
import { jobOf } from "../jobs";
import type { DatabaseKind } from "./database-engines";

/** Minutes before its app that it is started: a database takes some of them until it answers. */
const EARLIER = 15;
/** Minutes after its app that it is stopped, when its callers have ended. */
const LATER = 15;

export interface DatabaseHours {
  /** `null`: it runs all the time. */
  readonly hours: Hours | null;
  readonly verdict: Verdict;
}

/** @param users the services that call it; `null` comes back where nothing is said of its hours */
export function databaseHours(
  placement: Placement,
  {
    kind,
    service,
    users,
  }: { readonly kind: DatabaseKind; readonly service: string; readonly users: readonly string[] },
): DatabaseHours | null {
  const asked = placement.services[service]?.hours ?? null;
  if (asked === null) return null;
  const stays = (reason: string, remedy: string): DatabaseHours => ({
    hours: null,
    verdict: changed(`it runs all the time: ${reason}`, remedy),
  });
  // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/WhatIs.html: a cache is made and deleted, and not stopped
  if (kind === "elasticache")
    return stays(
      "ElastiCache cannot be stopped",
      "nothing to do; managed: false runs the container, which has the hours",
    );
  const job = users.find((user) => isAtNight(placement, user));
  if (job !== undefined)
    return stays(
      `the job ${job} calls it, which runs with deployments or by its schedule, in the hours or not`,
      `job: once under ${job}, which you then run within the hours; or leave it so`,
    );
  const other = users.find(
    (user) => jobOf(placement, user) === null && !sameHours(placement.services[user]?.hours ?? null, asked),
  );
  if (other !== undefined) return stays(`${other} calls it, and has other hours`, `give ${other} the same hours`);
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/rds-backup.html
  if (placement.environment.platform.backup !== null)
    return stays(
      "AWS Backup backs up what runs alone, and does so at a time of its own",
      "leave platform.backup out; the database's own backups go on",
    );
  const hours = widened(asked, EARLIER, LATER);
  if (hours === null) return stays("between its hours there is no time to stop it", "nothing to do");
  return {
    hours,
    verdict: kept(
      `stopped by EventBridge Scheduler ${LATER} minutes after the hours and started ${EARLIER} before; its storage and backups are billed all the time, and AWS changes nothing of a stopped one`,
    ),
  };
}

function isAtNight(placement: Placement, user: string): boolean {
  const job = jobOf(placement, user);
  return job !== null && job.on !== "once";
}
