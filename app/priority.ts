/**
 * The order of the load balancers' rules, and their spare ports: derived from each name alone, so that no other app's
 * coming or going moves them. Two that come out the same are a problem with a remedy, never a shift. Pure.
 */
import type { Host, Placement } from "./config/types";
import type { Problem } from "./finding";
import type { EntryPoint } from "./publish";

/** Priorities that only `priority` gives: whoever sets one of these never meets a derived one. */
export const FREE_PRIORITIES = { from: 1, to: 999 } as const;
/** Priorities of rules that hold a target group on a host that nobody calls. */
export const PARKING_PRIORITIES = { from: 40_001, to: 50_000 } as const;

/** Where names are served. */
const HTTPS_PORT = 443;

interface Band {
  readonly from: number;
  readonly to: number;
}

/** AWS takes the matching rule with the lowest number, so that a deeper path comes first. Most rules have no path. */
const DEEPEST: Band = { from: 1_000, to: 1_999 };
/** By the number of the path's segments: `/api/v2` has two. */
const BANDS: readonly Band[] = [
  { from: 17_000, to: 39_999 },
  { from: 9_000, to: 16_999 },
  { from: 5_000, to: 8_999 },
  { from: 3_000, to: 4_999 },
  { from: 2_000, to: 2_999 },
  DEEPEST,
];

/** The rule's priority: the given one, else 1,000 to 39,999 derived from host and path. */
export function productionPriority({ host, path, priority }: Pick<Host, "host" | "path" | "priority">): number {
  if (priority !== null) return priority;
  const { from, to } = BANDS[pathDepth(path)] ?? DEEPEST;
  return from + (fnv1a(`${host.toLowerCase()}${path}`) % (to - from + 1));
}

/** The priority of the rule that sends a whole host on to another. */
export const redirectPriority = (host: string): number => productionPriority({ host, path: "/", priority: null });

/** The priority of the rule that holds a port's target group: 40,001 to 50,000, from `priority` where a host gives one. */
export function parkingPriority(app: string, { service, port, hosts }: EntryPoint): number {
  const { from, to } = PARKING_PRIORITIES;
  const given = hosts.find((host) => host.priority !== null)?.priority ?? null;
  return from + ((given ?? fnv1a(`${service}.${port}.${app}`)) % (to - from + 1));
}

/** A host that nobody can call: `.invalid` is reserved (RFC 2606). */
export function parkingHost(app: string, { service, port }: Pick<EntryPoint, "service" | "port">): string {
  const label = service
    .toLowerCase()
    .replace(/[^a-z0-9-]/gu, "-")
    .slice(0, 63);
  return `${label}.${port}.${app}.invalid`;
}

/** Which of a port's two groups a spare listener holds. */
export type SpareSlot = "first" | "second";

/**
 * The Network Load Balancer's port, closed by its security group, that holds a target group: one half of the port range
 * away from the published port, a quarter for the second group of blue/green.
 */
export function sparePort(listenerPort: number, slot: SpareSlot): number {
  const shift = slot === "first" ? 32_768 : 16_384;
  return ((listenerPort - 1 + shift) % 65_535) + 1;
}

/** An app of the environment that is reached through the load balancers. */
export interface EntryClaim {
  readonly placement: Placement;
  readonly points: readonly EntryPoint[];
  /** True where the tier makes its target groups itself, with rules of its own on the entry's listeners. */
  readonly ownGroups?: boolean;
}

/**
 * Beanstalk takes 1 to 1,000 for the rules of the environments on one load balancer, in an order of its own: "relative across
 * environments", mapped when one is made. Nobody else may have one of these while there is such an environment.
 * https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-alb-shared.html
 */
export const FOREIGN_PRIORITIES = { from: 1, to: 1_000 } as const;

/**
 * What the load balancers cannot do with these apps together, each with the config key and the remedy: two rules of one
 * priority, one that another hides, port 80 or 443 published beside a domain, gRPC without one, TCP and UDP ports that cannot be told apart, a spare port that is published, and a deployment
 * that moves traffic by one rule for a service with several names.
 */
export function entryProblems(claims: readonly EntryClaim[]): readonly Problem[] {
  const all = claims.flatMap(({ placement, points, ownGroups = false }) =>
    points.map((point) => ({ placement, point, ownGroups })),
  );
  const free = freePriorities(all);
  return [
    ...priorityProblems(all, free),
    ...shadowProblems(all, free),
    ...foreignProblems(all),
    ...reservedPortProblems(all),
    ...protocolProblems(all),
    ...streamProblems(all),
    ...sparePortProblems(all),
    ...deploymentProblems(all),
  ];
}

interface Claimed {
  readonly placement: Placement;
  readonly point: EntryPoint;
  readonly ownGroups: boolean;
}

const hasForeignRules = (all: readonly Claimed[]): boolean => all.some(({ ownGroups }) => ownGroups);

/** What a user may give. */
function freePriorities(all: readonly Claimed[]): Band {
  return hasForeignRules(all) ? { from: FOREIGN_PRIORITIES.to + 1, to: 39_999 } : FREE_PRIORITIES;
}

/** A number that the config gives where Beanstalk numbers rules itself. */
function foreignProblems(all: readonly Claimed[]): Problem[] {
  const owner = all.find(({ ownGroups }) => ownGroups);
  if (!owner) return [];
  const { from, to } = FOREIGN_PRIORITIES;
  return all.flatMap(({ placement, point }) =>
    point.hosts.flatMap((host): Problem[] => {
      if (host.priority === null || host.priority > to) return [];
      const key = `spectrum:apps.${placement.app}.hosts[${placement.hosts.indexOf(host)}].priority`;
      const message =
        `got ${host.priority}, and Beanstalk numbers the rules of ${owner.placement.app} itself, from ${from} to ` +
        `${to.toLocaleString("en")}; give one from ${(to + 1).toLocaleString("en")} to 39,999, or leave it out`;
      return [{ key, location: null, message }];
    }),
  );
}

function priorityProblems(all: readonly Claimed[], free: Band): Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<string, string>();
  const take = (listener: number, priority: number, what: string, key: string, remedy: string) => {
    const id = `${listener} ${priority}`;
    const by = taken.get(id);
    if (by === undefined) taken.set(id, what);
    else {
      const message = `the rules of ${what} and ${by} have one priority, ${priority}, and a load balancer takes each once; ${remedy}`;
      problems.push({ key, location: null, message });
    }
  };
  for (const { placement, point, ownGroups } of all) {
    if (point.protocol !== "http") continue;
    const { app } = placement;
    const hostKey = (host: Host) => `spectrum:apps.${app}.hosts[${placement.hosts.indexOf(host)}].priority`;
    const remedy = `give one of them a priority of its own, ${free.from} to ${free.to}`;
    for (const host of point.hosts) {
      take(point.listenerPort, productionPriority(host), `${host.host}${host.path}`, hostKey(host), remedy);
    }
    // one group, parked once; a tier's own group by the tier
    if (ownGroups || all.find((o) => isSameTarget(o, { placement, point }))?.point !== point) continue;
    const [first] = point.hosts;
    const key = first ? hostKey(first) : `spectrum:apps.${app}.services.${point.service}`;
    const what = `the target group of ${app}.${point.service}:${point.port}`;
    take(point.listenerPort, parkingPriority(app, point), what, key, remedy);
  }
  for (const { app, redirects } of new Set(all.map(({ placement }) => placement))) {
    const remedy = `give the other one a priority of its own, ${free.from} to ${free.to}, or take another name`;
    for (const { from } of redirects)
      take(HTTPS_PORT, redirectPriority(from), from, `spectrum:apps.${app}.hosts`, remedy);
  }
  return problems;
}

/** A path under another one of its host that comes after it would never be reached. */
function shadowProblems(all: readonly Claimed[], free: Band): Problem[] {
  const hosts = all.flatMap(({ placement, point }) => point.hosts.map((host) => ({ placement, host })));
  return hosts.flatMap(({ placement, host }) => {
    const priority = productionPriority(host);
    const before = hosts.find(
      (other) =>
        other.host.host === host.host &&
        other.host.path !== host.path &&
        host.path.startsWith(other.host.path.replace(/\/*$/u, "/")) &&
        productionPriority(other.host) < priority,
    );
    if (!before) return [];
    const key = `spectrum:apps.${placement.app}.hosts[${placement.hosts.indexOf(host)}].priority`;
    const message =
      `${host.host}${host.path} has the priority ${priority} and is never reached, for ${before.host.path} has ` +
      `${productionPriority(before.host)}; give it a lower one, from ${free.from} to ${free.to}`;
    return [{ key, location: null, message }];
  });
}

/** With a domain anywhere, 443 is HTTPS for it and 80 leads there. */
function reservedPortProblems(all: readonly Claimed[]): Problem[] {
  const named = all.find(({ point }) => point.hosts.length > 0);
  if (!named) return [];
  return all.flatMap(({ placement, point }) => {
    const reserved = point.listenerPort === 80 || point.listenerPort === 443;
    if (point.protocol !== "http" || point.hosts.length > 0 || !reserved) return [];
    const message =
      `port ${point.listenerPort} of the load balancer serves the names of ${named.placement.app}; ` +
      `give ${placement.app} a domain, or publish ${point.service} on another port`;
    return [{ key: `spectrum:apps.${placement.app}.hosts`, location: null, message }];
  });
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-protocol-version */
function protocolProblems(all: readonly Claimed[]): Problem[] {
  return all.flatMap(({ placement, point }) => {
    if (point.hosts.length > 0 || (point.backend !== "grpc" && point.backend !== "http2")) return [];
    const message =
      `${point.service} speaks ${point.backend} on ${point.port}, which the load balancer takes over HTTPS alone; ` +
      `give the app a domain, or set app_protocol: tcp on the port`;
    return [{ key: `spectrum:apps.${placement.app}.hosts`, location: null, message }];
  });
}

/** TCP and UDP of one port are one listener, and one target group where they lead to one container port. */
function streamProblems(all: readonly Claimed[]): Problem[] {
  const listeners = new Map<number, Claimed>();
  return all.flatMap((claimed) => {
    const { placement, point } = claimed;
    const key = `spectrum:apps.${placement.app}.services.${point.service}`;
    const other = all.find((o) => isSameTarget(o, claimed) && isStream(o.point) !== isStream(point));
    if (!isStream(point)) return [];
    if (other) {
      const message =
        `publishes ${point.port} both over HTTP, on ${other.point.listenerPort}, and as ${point.protocol}, on ` +
        `${point.listenerPort}, and a container port has one target group; publish it one way`;
      return [{ key, location: null, message }];
    }
    const by = listeners.get(point.listenerPort) ?? claimed;
    listeners.set(point.listenerPort, by);
    if (isSameTarget(by, claimed)) return [];
    const message =
      `port ${point.listenerPort}/${point.protocol} leads to ${point.service}, and ${by.point.listenerPort}/` +
      `${by.point.protocol} to ${by.placement.app}.${by.point.service}; one port of the load balancer leads to one ` +
      `service, so publish one of them on another port`;
    return [{ key, location: null, message }];
  });
}

const isStream = (point: EntryPoint): boolean => point.protocol !== "http";

function isSameTarget(a: Pick<Claimed, "placement" | "point">, b: Pick<Claimed, "placement" | "point">): boolean {
  return a.placement.app === b.placement.app && a.point.service === b.point.service && a.point.port === b.point.port;
}

function sparePortProblems(all: readonly Claimed[]): Problem[] {
  const streams = all.filter(
    ({ point }, i) =>
      isStream(point) &&
      all.findIndex(({ point: other }) => isStream(other) && other.listenerPort === point.listenerPort) === i,
  );
  const published = new Set(streams.map(({ point }) => point.listenerPort));
  const spares = new Map<number, string>();
  return streams.flatMap(({ placement, point }) => {
    const slots: SpareSlot[] = isShifted(placement, point) ? ["first", "second"] : ["first"];
    return slots.flatMap((slot) => {
      const spare = sparePort(point.listenerPort, slot);
      const by = published.has(spare) ? "is published too" : spares.get(spare);
      spares.set(spare, `is needed for port ${point.listenerPort} as well`);
      if (by === undefined) return [];
      const message =
        `port ${point.listenerPort} needs the load balancer's port ${spare} while it is deployed, which ${by}; ` +
        `publish one of them on another port`;
      return [{ key: `spectrum:apps.${placement.app}.services.${point.service}`, location: null, message }];
    });
  });
}

function deploymentProblems(all: readonly Claimed[]): Problem[] {
  return all.flatMap(({ placement, point, ownGroups }) => {
    if (ownGroups || !isShifted(placement, point) || point.hosts.length < 2) return [];
    const names = point.hosts.map((host) => `${host.host}${host.path}`).join(" and ");
    const message = `moves traffic by one rule, and ${names} are ${point.hosts.length}; keep one of them, or use rolling`;
    const key = `spectrum:apps.${placement.app}.services.${point.service}.deployment`;
    return [{ key, location: null, message }];
  });
}

/** True where ECS moves the traffic itself, from one target group to another. */
export function isShifted(placement: Pick<Placement, "services">, point: Pick<EntryPoint, "service">): boolean {
  return (placement.services[point.service]?.deployment.strategy ?? "rolling") !== "rolling";
}

function pathDepth(path: string): number {
  return path.split("/").filter((segment) => segment !== "").length;
}

/** FNV-1a, 32 bits: small, and the same everywhere. http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
