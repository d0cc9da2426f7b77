/** What an app's machines are up to, from what Systems Manager and Lightsail say of them. Pure. */
import type { AssociationExecutionTarget, InstanceInformation } from "@aws-sdk/client-ssm";
import type { AskedService } from "../deployed";
import { type Found, runningImage, type StatusEvent } from "../model";
import type { MachineObservation, MachineTarget } from "./observe";

/** Words of a run that has not ended. https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html */
const UNDER_WAY: ReadonlySet<string> = new Set(["Pending", "InProgress", "Delayed", "In Progress"]);

const UNTOLD = [
  "the machines tell how the last deployment ended, which waits until every container is healthy; they do not tell what has stopped since, nor which of the services it is",
];
const NO_DIGEST = "the machines do not tell the digest of an image that is named by a tag";

/** What was found, but for the logs. */
export function judge({ revision, image, target }: AskedService<MachineTarget>, seen: MachineObservation): Found {
  const { association, runs, nodes, instances } = seen;
  const wanted = target.instances.length;
  const pulled = runningImage(image);
  const untold = pulled.digest === null ? [...UNTOLD, NO_DIGEST] : UNTOLD;
  const done = runs.filter(hasSucceeded);
  const healthy = done.filter(({ ResourceId }) =>
    nodes.some((node) => node.InstanceId === ResourceId && isOnline(node)),
  );
  const gone = Object.entries(instances).filter(([, state]) => state !== "running");
  if (gone.length === wanted) return { state: "stopped", reasons: gone.map(goneWords), count: wanted, untold };
  return {
    ...verdict(revision, seen, { wanted, done: done.length, healthy: healthy.length }),
    count: wanted,
    running: {
      revision: association?.AssociationId ?? null,
      images: done.length > 0 ? [pulled] : [],
      count: done.length,
      healthy: healthy.length,
    },
    events: eventsOf(seen),
    untold,
  };
}

function verdict(
  revision: string,
  { association, execution, runs, nodes, instances }: MachineObservation,
  { wanted, done, healthy }: { readonly wanted: number; readonly done: number; readonly healthy: number },
): Required<Pick<Found, "state" | "reasons">> {
  if (association === null)
    return {
      state: "changed",
      reasons: [`there is no association ${revision}: somebody has taken it away past Pulumi`],
    };
  const missing = `${healthy} of ${wanted} machines have taken the version and are online`;
  const failed = runs.filter((run) => !hasSucceeded(run) && !UNDER_WAY.has(run.Status ?? ""));
  const machines = [
    ...Object.entries(instances)
      .filter(([, state]) => state !== "running")
      .map(goneWords),
    ...nodes.filter((node) => !isOnline(node)).map(offlineWords),
  ];
  if (failed.length > 0) return { state: "failing", reasons: [missing, ...failed.map(failedWords), ...machines] };
  if (machines.length > 0) return { state: "failing", reasons: [missing, ...machines] };
  if (done >= wanted && healthy >= wanted) return { state: "running", reasons: [] };
  const word = execution?.Status ?? association.Overview?.Status ?? "Pending";
  return word === "Failed"
    ? {
        state: "failing",
        reasons: [missing, `the run of the association has failed (${execution?.DetailedStatus ?? word})`],
      }
    : { state: "deploying", reasons: [missing, `the association is ${word}`] };
}

const hasSucceeded = ({ Status }: AssociationExecutionTarget): boolean => Status === "Success";
/** A run that has ended, and not well. */
export const hasFailed = ({ Status = "" }: AssociationExecutionTarget): boolean =>
  Status !== "Success" && !UNDER_WAY.has(Status);
const isOnline = ({ PingStatus }: InstanceInformation): boolean => PingStatus === "Online";

const goneWords = ([name, state]: readonly [string, string | null]): string =>
  state === null ? `there is no instance ${name}` : `the instance ${name} is ${state}`;

const offlineWords = ({ InstanceId = "", PingStatus, LastPingDateTime }: InstanceInformation): string =>
  `the machine ${InstanceId} is ${PingStatus ?? "unknown"}${LastPingDateTime ? `; last heard of ${LastPingDateTime.toISOString()}` : ""}`;

const failedWords = ({ ResourceId = "", DetailedStatus, Status = "" }: AssociationExecutionTarget): string =>
  `the deployment has failed on the machine ${ResourceId}: ${DetailedStatus ?? Status}`;

function eventsOf({ execution, runs }: MachineObservation): readonly StatusEvent[] {
  const at = (date: Date | undefined) => date?.toISOString() ?? null;
  const started: StatusEvent[] = execution
    ? [
        {
          at: at(execution.CreatedTime),
          message: `the association has been run: ${execution.DetailedStatus ?? execution.Status ?? ""}`,
        },
      ]
    : [];
  const ended = runs.map(({ LastExecutionDate, ResourceId = "", Status = "" }) => ({
    at: at(LastExecutionDate),
    message: `${ResourceId}: ${Status}`,
  }));
  return [...ended, ...started];
}
