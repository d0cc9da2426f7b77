/**
 * How the services of an app become ECS tasks, and by which names and ports the tasks reach each other. Pure; the same on
 * all ECS tiers.
 */
import type { Placement } from "../../../app/config/types";
import { jobsOf, waitersOf } from "../../../app/jobs";
import type { App, Service } from "../../../app/model";
import { containerPorts } from "../../../app/ports";
import { hasOneWriter } from "../../../app/size";
import { wire } from "../../../app/wiring";
import { slug } from "../../names";

/** A Compose service with its sidecars: what runs side by side on one network interface. */
export interface EcsTask {
  /** The main service's name. */
  readonly name: string;
  readonly main: Service;
  readonly sidecars: readonly Service[];
  /** The main service first. */
  readonly services: readonly Service[];
}

/** One task definition holds so many containers. https://docs.aws.amazon.com/general/latest/gr/ecs-service.html */
export const MAX_CONTAINERS = 10;

/** One container port of a task. */
export interface TaskPort {
  readonly service: string;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  /** The port mapping's name, unique in the app. */
  readonly name: string;
  /** Where `app_protocol` says it; otherwise the proxies pass bytes. */
  readonly appProtocol: "http" | "http2" | "grpc" | null;
  /** The machine's port where it is one of its own; else the tier's word for all. */
  readonly hostPort?: number;
}

/** A task for each service that is no job and in nobody else's network; a chain of sidecars ends at its first service. */
export function ecsTasks(app: App): readonly EcsTask[] {
  const services = Object.values(app.services).filter((service) => !service.job);
  const tasks = services.filter((service) => hostOfSidecar(app, service) === null);
  return tasks.map((main) => {
    const sidecars = services.filter((service) => hostOfSidecar(app, service) === main.name);
    return { name: main.name, main, sidecars, services: [main, ...sidecars] };
  });
}

/** A task for each job: it has no sidecars, and is nobody's. */
export function jobTasks(app: App): readonly EcsTask[] {
  return jobsOf(app).map((main) => ({ name: main.name, main, sidecars: [], services: [main] }));
}

/** The service whose task a sidecar is in; `null` where it is none, or where that service is a sidecar itself. */
export function hostOfSidecar(app: App, service: Service): string | null {
  const name = sidecarTarget(service);
  const host = name === null ? undefined : app.services[name];
  return host && !host.job && sidecarTarget(host) === null ? host.name : null;
}

/** `x` of `network_mode: service:x`. */
export function sidecarTarget(service: Service): string | null {
  return service.networkMode?.startsWith("service:") ? service.networkMode.slice("service:".length) : null;
}

/** By service: the task that it is in. */
export function taskOfService(tasks: readonly EcsTask[]): ReadonlyMap<string, EcsTask> {
  return new Map(tasks.flatMap((task) => task.services.map((service) => [service.name, task] as const)));
}

/** The ports that the task's containers listen on, those of the main service first; a port taken twice counts once. A job has none. */
export function taskPorts(app: App, task: EcsTask): readonly TaskPort[] {
  if (task.main.job) return [];
  const known = containerPorts(app);
  const seen = new Set<string>();
  return task.services.flatMap((service) =>
    (known[service.name]?.ports ?? []).flatMap(({ port, protocol }) => {
      const key = `${protocol}/${port}`;
      if (seen.has(key)) return [];
      seen.add(key);
      const name = `${slug(service.name, 48)}-${port}${protocol === "udp" ? "-udp" : ""}`;
      return [{ service: service.name, port, protocol, name, appProtocol: appProtocol(service, port) }];
    }),
  );
}

function appProtocol(service: Service, port: number): TaskPort["appProtocol"] {
  const said = service.ports.find((p) => p.target === port)?.appProtocol?.toLowerCase();
  return said === "http" || said === "http2" || said === "grpc" ? said : null;
}

/** True where the two tasks share a Compose network, so that each may call the other. */
export function shareNetwork(a: EcsTask, b: EcsTask): boolean {
  const networks = networksOf(b.main);
  return a !== b && networksOf(a.main).some((network) => networks.includes(network));
}

/** A service without networks (`network_mode: bridge` or `host`) is with the others that name none. */
function networksOf(service: Service): readonly string[] {
  return service.networks.length > 0 ? service.networks : ["default"];
}

/**
 * True where the task has a proxy of Service Connect: where there is another task that it may call or that may call it. A job's
 * has none: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html
 */
export function isConnected(tasks: readonly EcsTask[], task: EcsTask): boolean {
  return !task.main.job && tasks.some((other) => shareNetwork(task, other));
}

/**
 * The names by which other tasks may call a service of the app, in lower case: its own, its aliases, host name and
 * container name, and the names that `links` give it. A name that two services claim is the first one's.
 */
export function serviceNames(app: App): Readonly<Record<string, readonly string[]>> {
  const owner = new Map<string, string>();
  const claim = (name: string, service: string) => {
    const lower = name.toLowerCase();
    if (!owner.has(lower) && /^[a-z0-9_][a-z0-9_.-]{0,126}$/u.test(lower)) owner.set(lower, service);
  };
  const services = Object.values(app.services);
  for (const { name } of services) claim(name, name);
  for (const service of services) {
    for (const alias of ownAliases(service)) claim(alias, service.name);
    for (const { service: to, alias } of service.links) claim(alias, to);
  }
  const names: Record<string, string[]> = Object.fromEntries(services.map(({ name }) => [name, []]));
  for (const [name, service] of owner) names[service]?.push(name);
  return names;
}

/** What Docker's own DNS calls the container besides its service's name. */
export function ownAliases(service: Service): readonly string[] {
  const { container_name: container } = service.canonical;
  return [
    ...service.aliases,
    ...(service.hostname === null ? [] : [service.hostname]),
    ...(typeof container === "string" && container !== "" ? [container] : []),
  ];
}

/** The host by which `from` reaches the service `to`: its own localhost in one task, else the name of the task's main service. */
export function hostOf(app: App, tasks: readonly EcsTask[], from: string, to: string): string {
  const by = taskOfService(tasks);
  const there = by.get(to);
  if (there === undefined) return to;
  return by.get(from) === there && from !== to ? "localhost" : (serviceNames(app)[there.name]?.[0] ?? there.name);
}

export interface StartOrder {
  /** Every task after those that it waits for. */
  readonly tasks: readonly EcsTask[];
  /** By task: the names of the tasks that must run before it. */
  readonly after: Readonly<Record<string, readonly string[]>>;
  /** Pairs that call each other in a circle: the first is started before the second it calls. */
  readonly open: readonly { readonly from: string; readonly to: string }[];
}

/**
 * What is started after what: as `depends_on` says, the waiters of each job among the tasks after it, and then whatever names
 * another service in its values, for a task knows only the names that were there when it started.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
 */
export function startOrder(app: App, tasks: readonly EcsTask[]): StartOrder {
  const by = taskOfService(tasks);
  const after = new Map<string, Set<string>>(tasks.map(({ name }) => [name, new Set()]));
  const open: { from: string; to: string }[] = [];
  const reaches = (from: string, to: string): boolean =>
    from === to || [...(after.get(from) ?? [])].some((next) => reaches(next, to));
  const add = (from: string, to: string) => {
    const [a, b] = [by.get(from)?.name, by.get(to)?.name];
    if (a === undefined || b === undefined || a === b || after.get(a)?.has(b)) return;
    if (!reaches(b, a)) after.get(a)?.add(b);
    else if (!open.some((pair) => pair.from === a && pair.to === b)) open.push({ from: a, to: b });
  };
  for (const task of tasks) {
    for (const service of task.services) for (const to of Object.keys(service.dependsOn)) add(service.name, to);
  }
  for (const { name } of tasks.filter(({ main }) => main.job)) {
    for (const waiter of waitersOf(app, name)) add(waiter, name);
  }
  for (const { service, host } of wire(app).rewrites) add(service, host);
  for (const task of tasks) for (const { service: to } of task.services.flatMap((s) => s.links)) add(task.name, to);

  const ordered: EcsTask[] = [];
  const visit = (task: EcsTask) => {
    if (ordered.includes(task)) return;
    for (const name of after.get(task.name) ?? []) {
      const before = tasks.find((other) => other.name === name);
      if (before) visit(before);
    }
    ordered.push(task);
  };
  for (const task of tasks) visit(task);
  return {
    tasks: ordered,
    after: Object.fromEntries([...after].map(([name, names]) => [name, [...names].sort()])),
    open,
  };
}

/** True where one of the task's services has one writer. */
export function taskHasOneWriter(app: App, placement: Placement, task: EcsTask): boolean {
  return task.services.some((service) => hasOneWriter(app, placement, service.name));
}
