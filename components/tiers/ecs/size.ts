/** What a task and its containers ask for. Pure; each tier finds the size that holds it. */
import type { Placement } from "../../../app/config/types";
import type { App, Service } from "../../../app/model";
import { serviceSizes } from "../../../app/size";
import { PROXY_MEMORY } from "./connect";
import { type ContainerSize, MIN_CONTAINER_MEMORY } from "./containers";
import { type EcsTask, isConnected } from "./tasks";

/** The architectures of a task. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html */
export type Architecture = "X86_64" | "ARM64";

export interface Size {
  /** CPU units: 1024 are one vCPU. */
  readonly cpu: number;
  /** MiB */
  readonly memory: number;
}

export interface TaskSize {
  readonly size: Size;
  /** CPU units and MiB that were asked for, the proxy's included. */
  readonly wanted: Size;
  /** False where nothing of the tier is large enough. */
  readonly fits: boolean;
  /** What the tier has at most for one task. */
  readonly largest: Size;
  /** By service. */
  readonly containers: Readonly<Record<string, ContainerSize>>;
}

const MIB = 1024 * 1024;

/** `0.25 vCPU and 512 MiB` */
export const sizeText = ({ cpu, memory }: Size) => `${cpu / 1024} vCPU and ${memory} MiB`;

/**
 * The sum of the containers. Service Connect's proxy counts with its 64 MiB where somebody said how much memory the task
 * needs; a task of the default size holds it within its 512 MiB, and no cpu is set aside for it (AWS advises 256 units
 * under load), for either would double the price of the smallest task.
 */
export function wantedSize(app: App, placement: Placement, tasks: readonly EcsTask[], task: EcsTask): Size {
  const sizes = serviceSizes(app, placement);
  const sum = (of: (service: Service) => number) => task.services.reduce((total, service) => total + of(service), 0);
  const proxy = isConnected(tasks, task) && task.services.some((s) => saysMemory(placement, s)) ? PROXY_MEMORY : 0;
  return {
    cpu: Math.ceil(sum(({ name }) => sizes[name]?.cpu ?? 0) * 1024),
    memory: sum(({ name }) => sizes[name]?.memory ?? 0) + proxy,
  };
}

/** By service. */
export function containerSizes(placement: Placement, task: EcsTask): Readonly<Record<string, ContainerSize>> {
  return Object.fromEntries(task.services.map((service) => [service.name, containerSize(placement, task, service)]));
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
