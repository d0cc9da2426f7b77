/** What the containers ask of a machine whose size nobody here knows. Pure. */
import type { Placement } from "../../../app/config/types";
import type { App, Service } from "../../../app/model";
import { defaultSize, serviceSizes } from "../../../app/size";
import { type ContainerSize, MIN_CONTAINER_MEMORY } from "../ecs/containers";
import type { Size, TaskSize } from "../ecs/size";
import type { EcsTask } from "../ecs/tasks";
import type { Architecture } from "./machines";

/** Every size fits: the machines are the user's. */
const LARGEST: Size = { cpu: 192 * 1024, memory: 24 * 1024 * 1024 };
const MIB = 1024 * 1024;

/**
 * A container's memory is limited where somebody limits it. What it reserves, and its cpu, decide on which machine there is
 * room; beyond them it may take what the machine has to spare.
 */
export function anywhereSize(app: App, placement: Placement, _tasks: readonly EcsTask[], task: EcsTask): TaskSize {
  const sizes = serviceSizes(app, placement);
  const containers = Object.fromEntries(
    task.services.map((service) => [service.name, containerSize(placement, service)]),
  );
  const sum = (of: (name: string) => number) => task.services.reduce((total, { name }) => total + of(name), 0);
  const size = {
    cpu: sum((name) => Math.ceil((sizes[name]?.cpu ?? 0) * 1024)),
    memory: sum((name) => containers[name]?.memoryReservation ?? containers[name]?.memory ?? 0),
  };
  return { size, wanted: size, fits: true, largest: LARGEST, containers };
}

function containerSize(placement: Placement, service: Service): ContainerSize {
  const placed = placement.services[service.name];
  const limit = placed?.memory ?? toMiB(service.limits.memory);
  const reserved = toMiB(service.reservations.memory);
  const memory = limit === null ? null : Math.max(MIN_CONTAINER_MEMORY, limit);
  const wanted = reserved ?? (memory === null ? defaultSize.memory : null);
  const cpu = placed?.cpu ?? service.limits.cpus ?? service.reservations.cpus ?? defaultSize.cpu;
  return {
    memory,
    memoryReservation: wanted === null ? null : Math.max(MIN_CONTAINER_MEMORY, Math.min(wanted, memory ?? wanted)),
    cpu: Math.ceil(cpu * 1024),
  };
}

const toMiB = (bytes: number | null) => (bytes === null ? null : Math.ceil(bytes / MIB));

/** The processor that a service's image is for; `null`: pulled for whatever the machine has. An image that is built is for x86-64 unless the file says otherwise. */
export function architectureOf(service: Service): Architecture | null {
  const platform = service.build?.platforms[0] ?? service.platform;
  if (platform === null || platform === undefined) return service.build ? "x86_64" : null;
  if (/(?:^|\/)(?:arm64|aarch64)(?:\/|$)/u.test(platform)) return "arm64";
  return /(?:^|\/)(?:amd64|x86_64|x86-64)(?:\/|$)/u.test(platform) ? "x86_64" : service.build ? "x86_64" : null;
}

/** The processor that all of a task's images run on: the first that is said. */
export function taskArchitecture(services: readonly Service[]): Architecture | null {
  return services.map(architectureOf).find((known) => known !== null) ?? null;
}
