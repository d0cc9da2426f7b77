/** Keys of cpu, memory and disk on EKS. Pure. */
import { changed, type FitContext, kept, refused, type Verdict } from "../../../../app/fit";
import type { Service } from "../../../../app/model";
import { type Size, storageSize } from "../../ecs/size";
import { containerResources, fargatePodSize, podRequest } from "../sizes";
import { type KubernetesTier, leftOut, ofService, type ServiceUse } from "./rule";

const MIB = 1024 * 1024;
/** GiB of a Fargate pod's disk. https://docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html */
export const FARGATE_DISK = { free: 20, max: 175 } as const;

/** `0.25 vCPU and 512 MiB` */
export const sizeText = ({ cpu, memory }: Size) => `${cpu / 1024} vCPU and ${memory} MiB`;

const bySize = (service: Service) =>
  leftOut(`size of ${service.name} under spectrum:apps says it`, "keep one of the two");

export const tooLarge = (what: string) =>
  refused(`${what}, and the largest machine has less`, "ask for less, or give sidecars a pod of their own");

function billed({ context, pod }: ServiceUse, reason: string): Verdict {
  const request = podRequest(context.app, context.placement, pod, "fargate");
  const size = fargatePodSize(request);
  if (size === null) return tooLarge(`the pod asks for ${request.cpu} vCPU and ${request.memory} MiB`);
  const same = size.cpu === request.cpu * 1024 && size.memory === request.memory + 256;
  return same ? kept(`${reason}; its machine has ${sizeText(size)}`) : kept(`${reason}; billed as ${sizeText(size)}`);
}

export function resourceKeys({ compute }: KubernetesTier) {
  const said = (context: FitContext, service: Service, kind: "cpu" | "memory") =>
    (context.placement.services[service.name]?.[kind] ?? null) !== null;
  const limit = (kind: "cpu" | "memory") =>
    ofService((service, _use, more) => {
      if (said(more.context, service, kind)) return bySize(service);
      return compute === "fargate"
        ? billed(more, `the container's ${kind}, all of which it is sure of`)
        : kept(`the most ${kind} that the container takes`);
    });
  const reservation = (kind: "cpu" | "memory") =>
    ofService((service, _use, more) => {
      const own = kind === "cpu" ? service.reservations.cpus : service.reservations.memory;
      const most = kind === "cpu" ? service.limits.cpus : service.limits.memory;
      const wanted = own === null ? 0 : kind === "cpu" ? own : Math.ceil(own / MIB);
      if (compute === "fargate") {
        if (said(more.context, service, kind)) return bySize(service);
        return most === null
          ? billed(more, `the container's ${kind}`)
          : leftOut("the limit decides, as a pod on Fargate is sure of all of it");
      }
      const given = containerResources(more.context.app, more.context.placement, service, compute).request[kind];
      const text = kind === "cpu" ? `${given} vCPU` : `${given} MiB`;
      return given < wanted ? changed(`${text}, the container's limit`, "raise the limit") : kept(`${text} are sure`);
    });
  const oldCpu = leftOut("Kubernetes shares no single processor out by it", "use cpus");
  const pids = leftOut("the number of processes cannot be limited for one pod", "limit it in the start script");
  return {
    "services.*.cpu_period": oldCpu,
    "services.*.cpu_quota": oldCpu,
    "services.*.cpu_shares": oldCpu,
    "services.*.cpus": limit("cpu"),
    "services.*.deploy.resources": leftOut("it asks for nothing"),
    "services.*.deploy.resources.limits.cpus": limit("cpu"),
    "services.*.deploy.resources.limits.memory": limit("memory"),
    "services.*.deploy.resources.limits.pids": pids,
    "services.*.deploy.resources.reservations.cpus": reservation("cpu"),
    "services.*.deploy.resources.reservations.memory": reservation("memory"),
    "services.*.mem_limit": limit("memory"),
    "services.*.mem_reservation": reservation("memory"),
    "services.*.pids_limit": pids,
    "services.*.shm_size": kept("/dev/shm in memory, which counts as the container's"),
    "services.*.storage_opt": ofService((service) => {
      const size = storageSize(service);
      if (size === null) return leftOut("only the size can be chosen", "say size: 50G");
      if (compute === "fargate" && size > FARGATE_DISK.max)
        return refused(`a pod's disk has ${FARGATE_DISK.max} GiB at most`, "ask for less, or use a named volume");
      return Number.isInteger(size)
        ? kept("GiB of the machine's disk, emptied with each pod")
        : changed(`${Math.ceil(size)}Gi, whole GiB`, "nothing to do");
    }),
  } as const;
}
