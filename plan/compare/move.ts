/** What it would take to bring an app from one tier to another: from the plans of both. Pure. */
import type { Finding } from "../../app/finding";
import type { TierName } from "../../app/tiers";
import type { PlannedResource, PlanValue } from "../types";

/** The side of a move that is known: a tier with the app's plan there. */
export interface Side {
  readonly tier: TierName;
  readonly resources: readonly PlannedResource[];
  readonly outputs: Readonly<Record<string, PlanValue>>;
}

export interface Move {
  /** `null` where nobody knows where the app is now. */
  readonly from: TierName | null;
  readonly steps: readonly MoveStep[];
  /** Resources by what a deployment does to them; all 0 where one of the plans is not there. */
  readonly made: number;
  readonly deleted: number;
  readonly kept: number;
}

export interface MoveStep {
  /**
   * `refusal`: to be resolved or accepted first; `loss`: accepted already; `data`: what it holds stays behind unless it is
   * copied; `address`: where the app is reached changes.
   */
  readonly kind: "refusal" | "loss" | "data" | "address";
  readonly what: string;
  readonly remedy: string;
}

/** What holds data that nobody else has, by type. */
export const HOLDS_DATA: Readonly<Record<string, string>> = {
  "aws:efs/fileSystem:FileSystem": "the file system of the named volumes",
  "aws:rds/instance:Instance": "a database of RDS",
  "aws:rds/cluster:Cluster": "a cluster of Aurora",
  "aws:docdb/cluster:Cluster": "a cluster of DocumentDB",
  "aws:elasticache/replicationGroup:ReplicationGroup": "a cache",
  "aws:lightsail/database:Database": "a database of Lightsail",
  "aws:lightsail/disk:Disk": "the disk of the named volumes",
  "aws:lightsail/bucket:Bucket": "a bucket of Lightsail",
  "aws:s3/bucket:Bucket": "a bucket",
  "aws:sqs/queue:Queue": "a queue, with the messages that wait in it",
  "kubernetes:core/v1:PersistentVolumeClaim": "a claim of a disk",
};
/** What the platform keeps for itself: what is deployed is there again with the next deployment. */
const isPlatforms = ({ urn }: PlannedResource) => urn.includes("spectrum:platform:Platform$");

/**
 * @param from where the app is; `null`: unknown
 * @param to where it would be; `null` where it does not fit
 * @param findings what the tier there does to the app
 */
export function moveTo(app: string, from: Side | null, to: Side | null, findings: readonly Finding[]): Move {
  const gone = from && to ? from.resources.filter(notIn(to.resources)) : [];
  const made = from && to ? to.resources.filter(notIn(from.resources)).length : 0;
  return {
    from: from?.tier ?? null,
    steps: [
      ...findings.filter(isRefusal).map(refusal),
      ...(from && from.tier === to?.tier ? [] : findings.filter(({ accepted }) => accepted).map(loss)),
      ...gone.flatMap(data),
      ...(from && to ? addresses(app, from, to) : []),
    ],
    made,
    deleted: gone.length,
    kept: from && to ? from.resources.length - gone.length : 0,
  };
}

const notIn = (others: readonly PlannedResource[]) => {
  const urns = new Set(others.map(({ urn }) => urn));
  return ({ urn }: PlannedResource) => !urns.has(urn);
};

const isRefusal = ({ outcome, accepted }: Finding) => outcome === "refused" && !accepted;
const named = ({ service, key }: Finding) => (service === null ? key : `${service}.${key}`);

const refusal = (finding: Finding): MoveStep => ({
  kind: "refusal",
  what: `${named(finding)}: ${finding.reason}`,
  remedy: finding.remedy,
});

const loss = (finding: Finding): MoveStep => ({
  kind: "loss",
  what: `${named(finding)}: ${finding.reason}`,
  remedy: "accepted",
});

function data(resource: PlannedResource): readonly MoveStep[] {
  const what = HOLDS_DATA[resource.type];
  if (what === undefined || isPlatforms(resource)) return [];
  const remedy = "copy what it holds; it is protected until the app says data: delete";
  return [{ kind: "data", what: `${what} (${resource.name})`, remedy }];
}

/** A name leads wherever its record points, and stays as it is; an address of AWS's own is another one. */
function addresses(app: string, from: Side, to: Side): readonly MoveStep[] {
  const [before, after] = [urlsOf(app, from), urlsOf(app, to)];
  return Object.entries(before).flatMap(([port, url]): MoveStep[] => {
    const now = after[port];
    if (now === url) return [];
    const what = now === undefined ? `${port} is not reached from the internet` : `${port} gets another address`;
    return [
      { kind: "address", what, remedy: now === undefined ? "choose a tier that publishes it" : "give it a domain" },
    ];
  });
}

function urlsOf(app: string, { outputs }: Side): Readonly<Record<string, string>> {
  const urls = [app, "urls"].reduce<PlanValue | undefined>(
    (at, key) => (typeof at === "object" && at !== null && !Array.isArray(at) ? at[key] : undefined),
    outputs.apps,
  );
  if (typeof urls !== "object" || urls === null || Array.isArray(urls)) return {};
  return Object.fromEntries(Object.entries(urls).map(([port, url]) => [port, JSON.stringify(url)]));
}
