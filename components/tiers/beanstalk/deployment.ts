/**
 * What an app's environment is, decided from its model and placement alone. Pure: fit says it, the component makes it.
 */
import { isApi } from "../../../app/api-entry";
import type { Placement } from "../../../app/config/types";
import { jobsOf } from "../../../app/jobs";
import type { App, Service } from "../../../app/model";
import { mainPort, publish, type EntryPoint } from "../../../app/publish";
import { hasOneWriter, replicas, serviceSizes } from "../../../app/size";
import { shortHash } from "../../names";
import { deployJobSeconds } from "../compose";
import { healthCheck, type HealthCheck } from "./health";
import {
  type Architecture,
  cheapestInstance,
  fits,
  type InstanceType,
  instanceType,
  largestInstance,
  type Need,
} from "./instance-types";
import { MAX_INSTANCES, MAX_PROCESSES } from "./limits";
import { type EnvironmentType, environmentType, settingsOf } from "./settings";

/** Why a service does not run: a count of zero. */
export type Absence = "no-copy";

/** A container port that instances open, and what leads there. */
export interface OpenPort {
  readonly service: string;
  readonly target: number;
  readonly protocol: "tcp" | "udp";
  /** The instance's own port. */
  readonly hostPort: number;
  /** The published points that lead here. */
  readonly points: readonly EntryPoint[];
}

/** One of Beanstalk's processes: a target group on a port of the instances. */
export interface Process extends OpenPort {
  /** `default`, `port2`, …: CloudFormation's name of the target group starts with its first five letters. */
  readonly name: string;
  readonly secure: boolean;
  readonly healthCheck: HealthCheck;
  /** The listener that Beanstalk's own rule is on. */
  readonly listenerPort: number;
}

/** How a new version takes the place of the old one (`DeploymentPolicy`). */
export type Policy = "AllAtOnce" | "RollingWithAdditionalBatch" | "Immutable";

export interface Deployment {
  readonly type: EnvironmentType;
  /** In the file's order: on each instance all of them, all the time. */
  readonly services: readonly Service[];
  /** What runs to its end, on one instance. */
  readonly jobs: readonly Service[];
  /** Seconds that the jobs before a version have, one after the other. */
  readonly deployJobSeconds: number;
  readonly absent: Readonly<Record<string, Absence>>;
  readonly architecture: Architecture;
  /** Services that ask for the other processor. */
  readonly misfits: readonly string[];
  readonly need: Need;
  readonly instance: InstanceType;
  readonly fits: boolean;
  readonly instances: { readonly min: number; readonly max: number };
  /** What the services ask for; more than `instances` on a single one. */
  readonly wanted: { readonly min: number; readonly max: number };
  /** Load-balanced: what the entry leads to. */
  readonly processes: readonly Process[];
  /** Single instance: what is open to the world. */
  readonly open: readonly OpenPort[];
  /** Points that lead nowhere here. */
  readonly unserved: readonly EntryPoint[];
  /** Services with data of their own, which one instance writes. */
  readonly writers: readonly string[];
  readonly policy: Policy;
  /** Percent of cpu at which an instance is added; `null`: the count is fixed. */
  readonly cpu: number | null;
  /**
   * What tells environments apart that cannot become one another: Beanstalk changes neither the load balancer nor its
   * listeners. Part of the logical name and of the physical one, so that the new one stands before the old one goes.
   */
  readonly kind: string;
}

const decided = new WeakMap<Placement, { readonly app: App; readonly deployment: Deployment }>();

/** The deployment of an app; computed once for each placement. */
export function deploymentOf(app: App, placement: Placement): Deployment {
  const earlier = decided.get(placement);
  if (earlier?.app === app) return earlier.deployment;
  const deployment = decide(app, placement);
  decided.set(placement, { app, deployment });
  return deployment;
}

function decide(app: App, placement: Placement): Deployment {
  const type = environmentType(placement);
  const absent = absences(app, placement);
  const services = Object.values(app.services).filter(({ name, job }) => !job && !(name in absent));
  const jobs = jobsOf(app);
  const { architecture, misfits } = architectureOf([...services, ...jobs]);
  const need = needOf(app, placement, services, jobs);
  const settings = settingsOf(placement.settings);
  const instance =
    (settings.instanceType === null ? null : instanceType(settings.instanceType)) ??
    cheapestInstance(need, architecture) ??
    largestInstance(architecture);
  const writers = services.map(({ name }) => name).filter((name) => hasOneWriter(app, placement, name));
  const wanted = wantedInstances(app, placement, services);
  const instances = type === "single" || writers.length > 0 ? { min: 1, max: 1 } : wanted;
  const points = publish(app, placement).points.filter((point) => services.some(({ name }) => name === point.service));
  // API Gateway leads to no instances
  const processes = type === "single" || isApi(placement) ? [] : processesOf(app, points);
  const open = type === "single" ? openPorts(app, points) : [];
  const served = [...processes, ...open].flatMap((port) => port.points);
  return {
    type,
    services,
    jobs,
    deployJobSeconds: deployJobSeconds({ app, placement }),
    absent,
    architecture: settings.instanceType === null ? architecture : instance.architecture,
    misfits,
    need,
    instance,
    fits: fits(instance, need),
    instances,
    wanted,
    processes,
    open,
    unserved: points.filter((point) => !served.includes(point)),
    writers,
    policy: policyOf(placement, services, type, writers),
    cpu: instances.max > instances.min ? cpuTarget(placement, services) : null,
    kind: kindOf(placement, type, processes),
  };
}

function absences(app: App, placement: Placement): Record<string, Absence> {
  return Object.fromEntries(
    Object.values(app.services).flatMap(({ name, job }): [string, Absence][] => {
      if (job) return [];
      const scaled = placement.services[name]?.scale;
      return !scaled && replicas(app, placement, name) === 0 ? [[name, "no-copy"]] : [];
    }),
  );
}

const ARM = /arm64|aarch64/iu;

/** One processor for all: what the first service that names one says. */
function architectureOf(services: readonly Service[]): Pick<Deployment, "architecture" | "misfits"> {
  const asked = services.flatMap((service) => {
    const platform = service.build?.platforms[0] ?? service.platform;
    const architecture: Architecture = ARM.test(platform ?? "") ? "arm64" : "x86_64";
    // an image without a word is built for x86-64; one that is pulled may have both
    return platform === null && !service.build ? [] : [{ name: service.name, architecture }];
  });
  const architecture = asked[0]?.architecture ?? "x86_64";
  return { architecture, misfits: asked.filter((a) => a.architecture !== architecture).map(({ name }) => name) };
}

/** All services, and beside them the largest of the jobs. */
function needOf(app: App, placement: Placement, services: readonly Service[], jobs: readonly Service[]): Need {
  const sizes = serviceSizes(app, placement);
  const largest = (kind: keyof Need) => Math.max(0, ...jobs.map(({ name }) => sizes[name]?.[kind] ?? 0));
  return services.reduce(
    (sum, { name }) => ({
      cpu: sum.cpu + (sizes[name]?.cpu ?? 0),
      memory: sum.memory + (sizes[name]?.memory ?? 0),
    }),
    { cpu: largest("cpu"), memory: largest("memory") },
  );
}

/** The largest count of a service, since every instance runs all; one that scales starts at its minimum, one at least. */
function wantedInstances(app: App, placement: Placement, services: readonly Service[]): Deployment["wanted"] {
  const count = (at: "min" | "max") =>
    Math.max(1, ...services.map(({ name }) => placement.services[name]?.scale?.[at] ?? replicas(app, placement, name)));
  const min = Math.min(count("min"), MAX_INSTANCES);
  return { min, max: Math.max(min, Math.min(count("max"), MAX_INSTANCES)) };
}

/** The strictest target of the services; 60 where they scale by something that Beanstalk does not measure. */
function cpuTarget(placement: Placement, services: readonly Service[]): number {
  const targets = services.flatMap(({ name }) => placement.services[name]?.scale?.cpu ?? []);
  return targets.length > 0 ? Math.min(...targets) : 60;
}

/** HTTP/1.1 alone reaches the instances; the first port is the one that a browser would try. */
function processesOf(app: App, points: readonly EntryPoint[]): Process[] {
  const http = points.filter(({ backend }) => backend === "http" || backend === "https");
  const main = mainPort(app);
  const sorted = [...http].sort((a, b) => Number(isMain(b, main)) - Number(isMain(a, main)));
  const taken = new Set<number>();
  return groupByTarget(sorted)
    .slice(0, MAX_PROCESSES)
    .flatMap((group, i): Process[] => {
      const [first] = group;
      if (!first) return [];
      const hostPort = freePort([publishedPort(app, first), first.port, 20_000 + i], taken);
      const { service, port, backend, healthPath, listenerPort } = first;
      return [
        {
          name: i === 0 ? "default" : `port${i + 1}`,
          service,
          target: port,
          protocol: "tcp",
          hostPort,
          points: group,
          secure: backend === "https",
          healthCheck: healthCheck(app.services[service]?.healthcheck ?? null, healthPath),
          listenerPort,
        },
      ];
    });
}

const isMain = (point: EntryPoint, main: ReturnType<typeof mainPort>): boolean =>
  point.service === main?.service && point.port === main.port;

function groupByTarget(points: readonly EntryPoint[]): readonly EntryPoint[][] {
  const groups = new Map<string, EntryPoint[]>();
  for (const point of points) {
    const key = `${point.service}:${point.port}`;
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()];
}

/** The instance's port; a container on the instance's own network listens on it itself. */
function publishedPort(app: App, { service, index, port }: EntryPoint): number {
  if (app.services[service]?.networkMode === "host") return port;
  const written = app.services[service]?.ports.find((p) => p.index === index);
  return written?.published ?? port;
}

function freePort(candidates: readonly number[], taken: Set<number>): number {
  const port = candidates.find((p) => !taken.has(p)) ?? 0;
  taken.add(port);
  return port;
}

/** Each published port on its own number; names (over plain HTTP) on 80, which one port of one service can have. */
function openPorts(app: App, points: readonly EntryPoint[]): OpenPort[] {
  const open = new Map<string, OpenPort>();
  for (const point of points) {
    const protocol = point.protocol === "udp" ? "udp" : "tcp";
    const isHost = app.services[point.service]?.networkMode === "host";
    const hostPort = isHost ? point.port : point.hosts.length > 0 ? 80 : point.listenerPort;
    const key = `${hostPort}/${protocol}`;
    const there = open.get(key);
    if (there && (there.service !== point.service || there.target !== point.port)) continue;
    const points = [...(there?.points ?? []), point];
    open.set(key, { service: point.service, target: point.port, protocol, hostPort, points });
  }
  return [...open.values()];
}

/**
 * One writer is never run beside its successor. A single instance is updated where it stands; blue/green makes a new one
 * before the old one goes.
 */
function policyOf(
  placement: Placement,
  services: readonly Service[],
  type: EnvironmentType,
  writers: readonly string[],
): Policy {
  if (writers.length > 0) return "AllAtOnce";
  if (services.some(({ name }) => placement.services[name]?.deployment.strategy !== "rolling")) return "Immutable";
  return type === "single" ? "AllAtOnce" : "RollingWithAdditionalBatch";
}

function kindOf(placement: Placement, type: EnvironmentType, processes: readonly Process[]): string {
  if (type === "single") return "";
  const { loadBalancerArn } = placement.environment.platform;
  const listeners = processes.map(({ listenerPort }) => listenerPort).join("-");
  const balancer = loadBalancerArn === null ? [] : [shortHash(loadBalancerArn, 6)];
  return ["shared", ...(listeners === "" ? [] : [listeners]), ...balancer].join("-");
}
