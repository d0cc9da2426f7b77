/** What a container asks of the machine under it, which is the user's own. Pure. */
import { posix } from "node:path";
import type { Service } from "../../../app/model";
import type { ContainerDefinition, MachineParameters } from "../ecs/containers";
import type { MemoryMount } from "../ecs/mounts";
import { isRecord } from "../ecs/restart";

const MIB = 1024 * 1024;

/** `devices` in ECS's words. */
export interface Device {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly permissions: readonly ("read" | "write" | "mknod")[];
}

const PERMISSIONS = { r: "read", w: "write", m: "mknod" } as const;

/** Devices of the machine by their paths; a CDI name (`vendor.com/gpu=0`) is none of them. */
export function devicesOf(service: Service): readonly Device[] {
  return service.devices.filter(isRecord).flatMap(({ source, target, permissions }): Device[] => {
    if (typeof source !== "string" || !source.startsWith("/")) return [];
    const letters = typeof permissions === "string" && permissions !== "" ? [...permissions] : ["r", "w", "m"];
    return [
      {
        hostPath: source,
        containerPath: typeof target === "string" && target !== "" ? target : source,
        permissions: letters.flatMap((letter) =>
          letter === "r" || letter === "w" || letter === "m" ? [PERMISSIONS[letter]] : [],
        ),
      },
    ];
  });
}

/** GPUs that the service asks for: their number, `"all"`, which ECS cannot count, or 0. */
export function gpusOf(service: Service): number | "all" {
  const resources = service.deploy.resources;
  const reservations = isRecord(resources) ? resources.reservations : undefined;
  const devices: readonly unknown[] =
    isRecord(reservations) && Array.isArray(reservations.devices) ? reservations.devices : [];
  const asked: readonly unknown[] = [...devices, ...(service.gpus === "all" ? [{ count: -1 }] : service.gpus)];
  let sum = 0;
  for (const one of asked.filter(isRecord)) {
    const capabilities: readonly unknown[] = Array.isArray(one.capabilities) ? one.capabilities : ["gpu"];
    if (!capabilities.includes("gpu")) continue;
    if (Array.isArray(one.device_ids)) sum += one.device_ids.length;
    else if (typeof one.count === "number" && one.count > 0) sum += one.count;
    else return "all";
  }
  return sum;
}

/** Names of `/etc/hosts` with addresses that ECS takes; `host-gateway` is none. */
export function extraHosts(service: Service): readonly { readonly hostname: string; readonly ipAddress: string }[] {
  return Object.entries(service.extraHosts)
    .flatMap(([hostname, addresses]) => addresses.map((ipAddress) => ({ hostname, ipAddress })))
    .filter(({ ipAddress }) => ipAddress !== "host-gateway");
}

/** `security_opt` that ECS passes on. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export function securityOptions(service: Service): readonly string[] {
  return canonicalTexts(service, "security_opt").flatMap((option) => {
    const [name = "", value = ""] = option.split(/[:=](.*)/su);
    if (name === "no-new-privileges") return value === "false" ? [] : ["no-new-privileges"];
    return name === "apparmor" ? [`apparmor:${value}`] : [];
  });
}

/** MiB of swap beside the memory: `memswap_limit` less the memory's limit; `null` where the machine decides. */
export function maxSwap(service: Service): number | null {
  const { memswap_limit: limit } = service.canonical;
  const bytes = Number(limit);
  if ((typeof limit !== "string" && typeof limit !== "number") || !(bytes > 0) || service.limits.memory === null)
    return null;
  return Math.max(0, Math.ceil((bytes - service.limits.memory) / MIB));
}

/** `mem_swappiness`, which counts only where the swap is limited. */
export function swappiness(service: Service): number | null {
  const { mem_swappiness: said } = service.canonical;
  const value = Number(said);
  const known = (typeof said === "number" || typeof said === "string") && Number.isInteger(value);
  return known && maxSwap(service) !== null ? value : null;
}

/** MiB of `/dev/shm`; `null`: Docker's 64. */
export function sharedMemory({ shmSize }: Service): number | null {
  return shmSize === null ? null : Math.max(1, Math.ceil(shmSize / MIB));
}

/** The whole task's namespaces: shared with the machine, or by all of its containers. */
export function namespaces(services: readonly Service[]): {
  readonly ipcMode?: "host" | "task";
  readonly pidMode?: "host" | "task";
} {
  const modeOf = (value: (service: Service) => string): "host" | "task" | null => {
    const modes = services.map(value);
    if (modes.includes("host")) return "host";
    return modes.some((mode) => mode.startsWith("service:") || mode === "shareable") ? "task" : null;
  };
  const ipc = modeOf((service) => canonicalTexts(service, "ipc")[0] ?? "");
  const pid = modeOf(({ pid: said }) => said ?? "");
  return { ...(ipc && { ipcMode: ipc }), ...(pid && { pidMode: pid }) };
}

/** Parts of the container's definition that only a machine of one's own can keep. */
export function machineParameters(service: Service, memory: readonly MemoryMount[]): MachineParameters {
  const devices = devicesOf(service);
  const gpus = gpusOf(service);
  const hosts = extraHosts(service);
  const security = securityOptions(service);
  const search = canonicalTexts(service, "dns_search");
  const [shared, swap, swapped] = [sharedMemory(service), maxSwap(service), swappiness(service)];
  const tmpfs = memory
    .filter((mount) => mount.service === service.name)
    .map(({ target, size, mode }) => ({
      containerPath: posix.normalize(target),
      size,
      ...(mode !== 0o1777 && { mountOptions: [`mode=${mode.toString(8).padStart(4, "0")}`] }),
    }));
  const container: ContainerDefinition = {
    ...(service.privileged && { privileged: true }),
    ...(service.dns.length > 0 && { dnsServers: [...service.dns] }),
    ...(search.length > 0 && { dnsSearchDomains: [...search] }),
    ...(hosts.length > 0 && { extraHosts: hosts.map((host) => ({ ...host })) }),
    ...(security.length > 0 && { dockerSecurityOptions: [...security] }),
    ...(gpus !== "all" && gpus > 0 && { resourceRequirements: [{ type: "GPU", value: String(gpus) }] }),
  };
  const linuxParameters: ContainerDefinition = {
    ...(devices.length > 0 && { devices: devices.map((device) => ({ ...device })) }),
    ...(shared !== null && { sharedMemorySize: shared }),
    ...(swap !== null && { maxSwap: swap }),
    ...(swapped !== null && { swappiness: swapped }),
    ...(tmpfs.length > 0 && { tmpfs }),
  };
  return { container, linuxParameters };
}

/** A key of the canonical form as texts. */
export function canonicalTexts(service: Service, key: string): readonly string[] {
  const value = service.canonical[key];
  const items: readonly unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  return items.map(String);
}
