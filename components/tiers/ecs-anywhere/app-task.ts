/** The one task that an app's services become, with the names by which its containers call each other. Pure. */
import { oncePerApp } from "../../../app/once";
import type { App, Service } from "../../../app/model";
import { containerName } from "../ecs/containers";
import { preparingContainers } from "../ecs/files";
import { taskMounts } from "../ecs/mounts";
import { type EcsTask, MAX_CONTAINERS, serviceNames, shareNetwork, startOrder, sidecarTarget } from "../ecs/tasks";
import { LINK_NAME } from "./limits";
import { ownMounts } from "./mounts";

/** Why a service has no container. */
export type Absence = "no-copy" | "too-many";

/** Docker's network that all containers of the task are on. */
export type NetworkMode = "bridge" | "host" | "none";

export interface AppTask {
  /** `null` where no service has a container. */
  readonly task: EcsTask | null;
  /** By service. */
  readonly absent: Readonly<Record<string, Absence>>;
  readonly network: NetworkMode;
  /** By service: `container:name` for every name that it may call. */
  readonly links: Readonly<Record<string, readonly string[]>>;
  /** Pairs that call each other in a circle: the first has no name for the second. */
  readonly circles: readonly { readonly from: string; readonly to: string }[];
}

/** Every service of the app but its jobs in one task: on a machine of one's own there is no other way to a name. */
export const appTask = oncePerApp((app: App): AppTask => {
  const { services, absent } = containers(app);
  const task = taskOf(services);
  const network = networkOf(services);
  const alone = services.map((service): EcsTask => ({
    name: service.name,
    main: service,
    sidecars: [],
    services: [service],
  }));
  const order = startOrder(app, alone);
  const links = network === "bridge" ? linksOf(app, order.tasks) : {};
  return { task, absent, network, links, circles: network === "bridge" ? order.open : [] };
});

/** All tasks of the app: one, or none. */
export function anywhereTasks(app: App): readonly EcsTask[] {
  const { task } = appTask(app);
  return task ? [task] : [];
}

function taskOf(services: readonly Service[]): EcsTask | null {
  const [main, ...sidecars] = services;
  return main ? { name: main.name, main, sidecars, services } : null;
}

/** A container for each service that is no job, in the file's order, as long as the task has room for it and for what prepares its files. */
function containers(app: App): { readonly services: readonly Service[]; readonly absent: Record<string, Absence> } {
  const absent: Record<string, Absence> = {};
  let services: readonly Service[] = [];
  for (const service of Object.values(app.services)) {
    if (service.job) continue;
    if (service.replicas === 0) absent[service.name] = "no-copy";
    else {
      const more = [...services, service];
      if (containersOf(app, more) > MAX_CONTAINERS) absent[service.name] = "too-many";
      else services = more;
    }
  }
  return { services, absent };
}

function containersOf(app: App, services: readonly Service[]): number {
  const task = taskOf(services);
  return services.length + (task ? preparingContainers(taskMounts(app, task, ownMounts)) : 0);
}

/** The network that a job's own task is on. */
export function jobNetwork({ networkMode }: Service): NetworkMode {
  return networkMode === "host" || networkMode === "none" ? networkMode : "bridge";
}

/** The machine's own network, or none, is the whole task's: so only where every service asks for it. */
function networkOf(services: readonly Service[]): NetworkMode {
  const modes = services.filter((service) => sidecarTarget(service) === null).map(({ networkMode }) => networkMode);
  if (modes.length === 0) return "bridge";
  if (modes.every((mode) => mode === "host")) return "host";
  return services.length === 1 && modes[0] === "none" ? "none" : "bridge";
}

/**
 * Links go one way: each container has names for those that start before it and share a network with it. Links are Docker's
 * old ones, on its default network, where there is no other way to a name.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
function linksOf(app: App, ordered: readonly EcsTask[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    ordered.map((task, i) => [
      task.name,
      ordered
        .slice(0, i)
        .filter((other) => shareNetwork(task, other))
        .flatMap((other) => linkNames(app, other.name).map((name) => `${containerName(other.name)}:${name}`)),
    ]),
  );
}

/** The names by which others may call the service. */
export function linkNames(app: App, service: string): readonly string[] {
  const names = (serviceNames(app)[service] ?? []).filter((name) => LINK_NAME.test(name));
  return names.length > 0 ? names : [containerName(service).toLowerCase()];
}

/** The host by which one service calls another. */
export function anywhereHost(app: App, to: string): string {
  const { network, absent } = appTask(app);
  if (to in absent || !(to in app.services)) return to;
  return network === "bridge" ? (linkNames(app, to)[0] ?? to) : "localhost";
}
