/** What a service asks of its machine. Pure; each tier fits the sum into its own table. */
import type { Placement } from "./config/types";
import type { App } from "./model";

/** What a service that says nothing of its size gets on every tier. */
export const defaultSize = { cpu: 0.25, memory: 512 } as const;

export interface ServiceSize {
  /** vCPU */
  readonly cpu: number;
  /** MiB: the hard limit. */
  readonly memory: number;
  /** MiB that the container is sure of; at most `memory`. */
  readonly memoryReservation: number;
  /** False where nobody said anything and the default stands. */
  readonly said: boolean;
}

const MIB = 1024 * 1024;

/**
 * By service: `size` of the placement, else the larger of `deploy.resources`' limits and reservations, else the default.
 * What only one of cpu and memory says leaves the other at its default.
 */
export function serviceSizes(app: App, placement: Placement): Readonly<Record<string, ServiceSize>> {
  return Object.fromEntries(
    Object.values(app.services).map(({ name, limits, reservations }): [string, ServiceSize] => {
      const placed = placement.services[name];
      const toMiB = (bytes: number | null) => (bytes === null ? null : Math.ceil(bytes / MIB));
      const cpu = placed?.cpu ?? limits.cpus ?? reservations.cpus;
      const memory = placed?.memory ?? toMiB(limits.memory) ?? toMiB(reservations.memory);
      const size = { cpu: cpu ?? defaultSize.cpu, memory: memory ?? defaultSize.memory };
      const memoryReservation = Math.min(toMiB(reservations.memory) ?? size.memory, size.memory);
      return [name, { ...size, memoryReservation, said: cpu !== null || memory !== null }];
    }),
  );
}

/** How many copies of the service run: `scale.min` where the placement scales it, else Compose's count. */
export function replicas(app: App, placement: Placement, service: string): number {
  return placement.services[service]?.scale?.min ?? app.services[service]?.replicas ?? 1;
}

/** True where the service has one writer: it has a writable named volume and is not `concurrent`. */
export function hasOneWriter(app: App, placement: Placement, service: string): boolean {
  const writes = app.services[service]?.mounts.some((m) => m.type === "volume" && m.source !== null && !m.readOnly);
  return writes === true && placement.services[service]?.concurrent !== true;
}
