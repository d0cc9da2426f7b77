/** Keys of cpu, memory and disk on Fargate. Pure. */
import { changed, type FitContext, kept, refused, type Verdict } from "../../../../app/fit";
import type { Service } from "../../../../app/model";
import { MIN_CONTAINER_MEMORY } from "../../ecs/containers";
import { ephemeralStorage, type FargateSize, largestSize } from "../sizes";
import { storageSize, taskSize } from "../task-size";
import { leftOut, ofService, type ServiceUse } from "./rule";

const MIB = 1024 * 1024;

/** `0.25 vCPU and 512 MiB` */
export const sizeText = ({ cpu, memory }: FargateSize) => `${cpu / 1024} vCPU and ${memory} MiB`;

const tooLarge = (wanted: FargateSize) =>
  refused(
    `the task asks for ${sizeText(wanted)}, and the largest has ${sizeText(largestSize)}`,
    "ask for less, or give sidecars a task of their own",
  );

const bySize = (service: Service) =>
  leftOut(`size of ${service.name} under spectrum:apps says it`, "keep one of the two");

/** CPU is the whole task's: it gets the next size of the table, and is never held below it. */
function cpu(counts: (service: Service, context: FitContext) => Verdict | null) {
  return ofService((service, _use, more) => {
    const { context, task, tasks } = more;
    if ((context.placement.services[service.name]?.cpu ?? null) !== null) return bySize(service);
    const other = counts(service, context);
    if (other) return other;
    const { size, wanted, fits } = taskSize(context.app, context.placement, tasks, task);
    if (!fits) return tooLarge(wanted);
    return size.cpu === wanted.cpu
      ? kept(`the task has ${sizeText(size)}`)
      : changed(
          `the task has ${sizeText(size)}, the smallest size that holds it, and may use it all`,
          "nothing to do; a task costs the same below its size",
        );
  });
}

const limitCpu = cpu(() => null);
const reservationCpu = cpu(({ limits }) =>
  limits.cpus === null ? null : leftOut("the limit decides, as the task has all of it to itself"),
);

function memory(counts: (service: Service) => Verdict | null, kind: "limit" | "reservation") {
  return ofService((service, _use, more: ServiceUse) => {
    const { context, task, tasks } = more;
    const { size, wanted, fits, containers } = taskSize(context.app, context.placement, tasks, task);
    if (kind === "limit" && (context.placement.services[service.name]?.memory ?? null) !== null) return bySize(service);
    const other = counts(service);
    if (other) return other;
    if (!fits) return tooLarge(wanted);
    const said = (kind === "limit" ? service.limits.memory : service.reservations.memory) ?? 0;
    const own = containers[service.name];
    const given = (kind === "limit" ? own?.memory : own?.memoryReservation) ?? 0;
    if (Math.ceil(said / MIB) < MIN_CONTAINER_MEMORY)
      return changed(`${MIN_CONTAINER_MEMORY} MiB, the least that a container takes`, "ask for more");
    if (given < Math.ceil(said / MIB)) return changed(`${given} MiB, the container's limit`, "raise the limit");
    return kept(`the container's ${kind}; its task has ${sizeText(size)}`);
  });
}

const limitMemory = memory(() => null, "limit");
const reservationMemory = memory(() => null, "reservation");

const oldCpu = leftOut("Fargate shares no single processor out by it", "use cpus");
const pids = leftOut("the number of processes cannot be limited", "use ulimits: { nproc } for the user's own");

export const resourceKeys = {
  "services.*.cpu_period": oldCpu,
  "services.*.cpu_quota": oldCpu,
  "services.*.cpu_shares": oldCpu,
  "services.*.cpus": limitCpu,
  "services.*.deploy.resources": leftOut("it asks for nothing"),
  "services.*.deploy.resources.limits.cpus": limitCpu,
  "services.*.deploy.resources.limits.memory": limitMemory,
  "services.*.deploy.resources.limits.pids": pids,
  "services.*.deploy.resources.reservations.cpus": reservationCpu,
  "services.*.deploy.resources.reservations.memory": reservationMemory,
  "services.*.mem_limit": limitMemory,
  "services.*.mem_reservation": reservationMemory,
  "services.*.pids_limit": pids,
  "services.*.shm_size": ofService((service) =>
    (service.shmSize ?? 0) > 64 * MIB
      ? refused(
          "/dev/shm has 64 MiB here, and cannot be made larger",
          "let the program use another folder, or accept it",
        )
      : leftOut("/dev/shm has 64 MiB here"),
  ),
  "services.*.storage_opt": ofService((service) => {
    const size = storageSize(service);
    if (size === null) return leftOut("only the size can be chosen", "say size: 50G");
    const { free, min, max } = ephemeralStorage;
    if (size > max)
      return refused(`a task's disk has ${max} GiB at most`, "ask for less, or use a named volume, which has no limit");
    if (size <= free) return changed(`a task's disk has ${free} GiB anyway, free of charge`, "nothing to do");
    return Number.isInteger(size) && size >= min
      ? kept("GiB of the task's own disk, emptied with each task")
      : changed(`the task's disk has ${Math.max(min, Math.ceil(size))} GiB, whole ones`, "nothing to do");
  }),
} as const;
