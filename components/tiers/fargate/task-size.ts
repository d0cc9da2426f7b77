/** What a task asks of Fargate, and the size that it gets. Pure. */
import type { Placement } from "../../../app/config/types";
import type { App, Service } from "../../../app/model";
import { serviceSizes } from "../../../app/size";
import { PROXY_MEMORY } from "../ecs/connect";
import { type ContainerSize, MIN_CONTAINER_MEMORY } from "../ecs/containers";
import { type EcsTask, isConnected } from "../ecs/tasks";
import { type Architecture, cheapestSize, ephemeralStorage, type FargateSize, largestSize } from "./sizes";

export interface TaskSize {
  readonly size: FargateSize;
  /** CPU units and MiB that were asked for, the proxy's included. */
  readonly wanted: FargateSize;
  /** False where no size of the table is large enough. */
  readonly fits: boolean;
  /** By service. */
  readonly containers: Readonly<Record<string, ContainerSize>>;
}

const MIB = 1024 * 1024;

/**
 * The cheapest size that holds the sum of the containers. Service Connect's proxy counts with its 64 MiB where somebody
 * said how much memory the task needs; a task of the default size holds it within its 512 MiB, and no cpu is set aside
 * for it (AWS advises 256 units under load), for either would double the price of the smallest task.
 */
export function taskSize(app: App, placement: Placement, tasks: readonly EcsTask[], task: EcsTask): TaskSize {
  const sizes = serviceSizes(app, placement);
  const sum = (of: (service: Service) => number) => task.services.reduce((total, service) => total + of(service), 0);
  const proxy = isConnected(tasks, task) && task.services.some((s) => saysMemory(placement, s)) ? PROXY_MEMORY : 0;
  const wanted = {
    cpu: Math.ceil(sum(({ name }) => sizes[name]?.cpu ?? 0) * 1024),
    memory: sum(({ name }) => sizes[name]?.memory ?? 0) + proxy,
  };
  const size = cheapestSize(wanted, architectureOf(task.main));
  return {
    size: size ?? largestSize,
    wanted,
    fits: size !== null,
    containers: Object.fromEntries(
      task.services.map((service) => [service.name, containerSize(placement, task, service)]),
    ),
  };
}

/** Limits are said by the placement or by the file; a container that nobody limits may use what the others leave. */
function containerSize(placement: Placement, task: EcsTask, service: Service): ContainerSize {
  const placed = placement.services[service.name];
  const limit = placed?.memory ?? toMiB(service.limits.memory);
  const reserved = toMiB(service.reservations.memory);
  const cpu = placed?.cpu ?? service.limits.cpus ?? service.reservations.cpus;
  const memory = limit === null ? null : Math.max(MIN_CONTAINER_MEMORY, limit);
  return {
    memory,
    memoryReservation:
      reserved === null ? null : Math.max(MIN_CONTAINER_MEMORY, Math.min(reserved, memory ?? reserved)),
    // alone it has the whole task's; a share of its own would starve the proxy
    cpu: task.sidecars.length > 0 && cpu !== null ? Math.ceil(cpu * 1024) : null,
  };
}

/** True where the placement or the file says how much memory the service needs. */
export function saysMemory(placement: Placement, service: Service): boolean {
  const said = placement.services[service.name]?.memory ?? service.limits.memory ?? service.reservations.memory;
  return said !== null;
}

/** True where the placement or the file says how much cpu the service needs. */
export function saysCpu(placement: Placement, service: Service): boolean {
  return (placement.services[service.name]?.cpu ?? service.limits.cpus ?? service.reservations.cpus) !== null;
}

/** As the image is built or chosen: `platform`, and x86-64 without a word, which every image has. */
export function architectureOf(service: Service): Architecture {
  const platform = service.build?.platforms[0] ?? service.platform ?? "";
  return /(?:^|\/)(?:arm64|aarch64)(?:\/|$)/u.test(platform) ? "ARM64" : "X86_64";
}

/** GiB of the task's own disk: `storage_opt.size` of its services added up; `null` where 20 are enough, which are free. */
export function taskStorage(task: EcsTask): number | null {
  const sizes = task.services.flatMap((service) => storageSize(service) ?? []);
  const wanted = Math.ceil(sizes.reduce((sum, size) => sum + size, 0));
  return wanted <= ephemeralStorage.free
    ? null
    : Math.min(ephemeralStorage.max, Math.max(ephemeralStorage.min, wanted));
}

const UNITS: Readonly<Record<string, number>> = { "": 1024 ** -3, k: 1024 ** -2, m: 1 / 1024, g: 1, t: 1024 };

/** `storage_opt.size` in GiB; `null` where it is not said, or no size. */
export function storageSize(service: Service): number | null {
  const { storage_opt: options } = service.canonical;
  const text =
    typeof options === "object" && options !== null ? (options as Readonly<Record<string, unknown>>).size : null;
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/iu.exec(typeof text === "string" ? text : "");
  return match ? Number(match[1]) * (UNITS[(match[2] ?? "").toLowerCase()] ?? 0) : null;
}

function toMiB(bytes: number | null): number | null {
  return bytes === null ? null : Math.ceil(bytes / MIB);
}
