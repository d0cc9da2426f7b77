/** Keys of cpu, memory and disk on the ECS tiers. Pure. */
import { changed, type FitContext, kept, refused, type Verdict } from "../../../../app/fit";
import type { Service } from "../../../../app/model";
import { MIN_CONTAINER_MEMORY } from "../containers";
import { sizeText, type TaskSize } from "../size";
import { leftOut, type RuleMakers, type ServiceRule } from "./rule";

const MIB = 1024 * 1024;

const tooLarge = ({ wanted, largest }: TaskSize) =>
  refused(
    `the task asks for ${sizeText(wanted)}, and the largest has ${sizeText(largest)}`,
    "ask for less, or give sidecars a task of their own",
  );

const bySize = (service: Service) =>
  leftOut(`size of ${service.name} under spectrum:apps says it`, "keep one of the two");

/** CPU is the whole task's: it gets the next size of the table, and is never held below it. */
function cpu(counts: (service: Service, context: FitContext) => Verdict | null): ServiceRule {
  return (service, _use, { context, task, tasks, tier }) => {
    if ((context.placement.services[service.name]?.cpu ?? null) !== null) return bySize(service);
    const other = counts(service, context);
    if (other) return other;
    const found = tier.size(context.app, context.placement, tasks, task);
    const { size, wanted } = found;
    if (!found.fits) return tooLarge(found);
    return size.cpu === wanted.cpu
      ? kept(`the task has ${sizeText(size)}`)
      : changed(
          `the task has ${sizeText(size)}, the smallest size that holds it, and may use it all`,
          "nothing to do; a task costs the same below its size",
        );
  };
}

const limitCpu = cpu(() => null);
const reservationCpu = cpu(({ limits }) =>
  limits.cpus === null ? null : leftOut("the limit decides, as the task has all of it to itself"),
);

function memory(counts: (service: Service) => Verdict | null, kind: "limit" | "reservation"): ServiceRule {
  return (service, _use, { context, task, tasks, tier }) => {
    const found = tier.size(context.app, context.placement, tasks, task);
    const { size, containers } = found;
    if (kind === "limit" && (context.placement.services[service.name]?.memory ?? null) !== null) return bySize(service);
    const other = counts(service);
    if (other) return other;
    if (!found.fits) return tooLarge(found);
    const said = (kind === "limit" ? service.limits.memory : service.reservations.memory) ?? 0;
    const own = containers[service.name];
    const given = (kind === "limit" ? own?.memory : own?.memoryReservation) ?? 0;
    if (Math.ceil(said / MIB) < MIN_CONTAINER_MEMORY)
      return changed(`${MIN_CONTAINER_MEMORY} MiB, the least that a container takes`, "ask for more");
    if (given < Math.ceil(said / MIB)) return changed(`${given} MiB, the container's limit`, "raise the limit");
    return kept(`the container's ${kind}; its task has ${sizeText(size)}`);
  };
}

const limitMemory = memory(() => null, "limit");
const reservationMemory = memory(() => null, "reservation");

export const resourceKeys = ({ ofService }: RuleMakers) => ({
  "services.*.cpus": ofService(limitCpu),
  "services.*.deploy.resources": leftOut("it asks for nothing"),
  "services.*.deploy.resources.limits.cpus": ofService(limitCpu),
  "services.*.deploy.resources.limits.memory": ofService(limitMemory),
  "services.*.deploy.resources.reservations.cpus": ofService(reservationCpu),
  "services.*.deploy.resources.reservations.memory": ofService(reservationMemory),
  "services.*.mem_limit": ofService(limitMemory),
  "services.*.mem_reservation": ofService(reservationMemory),
});
