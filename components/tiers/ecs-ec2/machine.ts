/** What a container asks of the instance under it. Pure. */
import type { Service } from "../../../app/model";
import type { MachineParameters } from "../ecs/containers";
import type { TaskMounts } from "../ecs/mounts";

const MIB = 1024 * 1024;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html, and its LinuxParameters */
export function machineParameters(service: Service, mounts: TaskMounts, mode: "awsvpc" | "bridge"): MachineParameters {
  const gpus = gpuCount(service);
  const security = securityOptions(service);
  const devices = hostDevices(service);
  const memory = mounts.memory.filter((mount) => mount.service === service.name);
  const hosts = Object.entries(service.extraHosts).flatMap(([hostname, addresses]) =>
    addresses.map((ipAddress) => ({ hostname, ipAddress })),
  );
  const shm = sharedMemory(service);
  return {
    container: {
      ...(service.privileged && { privileged: true }),
      ...(security.length > 0 && { dockerSecurityOptions: security }),
      ...(gpus > 0 && { resourceRequirements: [{ type: "GPU", value: String(gpus) }] }),
      ...(mode === "bridge" && hosts.length > 0 && { extraHosts: hosts }),
      ...(mode === "bridge" && service.dns.length > 0 && { dnsServers: [...service.dns] }),
      ...(mode === "bridge" && dnsSearch(service).length > 0 && { dnsSearchDomains: dnsSearch(service) }),
    },
    linuxParameters: {
      ...(devices.length > 0 && { devices: devices.map((device) => ({ ...device })) }),
      ...(shm !== null && { sharedMemorySize: shm }),
      ...(memory.length > 0 && {
        tmpfs: memory.map(({ target, size, mode: bits }) => ({
          containerPath: target,
          size,
          mountOptions: [`mode=${bits.toString(8)}`],
        })),
      }),
    },
  };
}

export interface HostDevice {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly permissions: readonly ("read" | "write" | "mknod")[];
}

const PERMISSIONS = { r: "read", w: "write", m: "mknod" } as const;

/** The devices that have a path; one of the Container Device Interface (`vendor.com/class=name`) has none. */
export function hostDevices(service: Service): readonly HostDevice[] {
  return service.devices.flatMap((device): HostDevice[] => {
    const found = parseDevice(device);
    return found?.hostPath.startsWith("/") === true ? [found] : [];
  });
}

function parseDevice(device: unknown): HostDevice | null {
  const [source, target, permissions] =
    typeof device === "string"
      ? device.split(":")
      : typeof device === "object" && device !== null
        ? texts(device as Readonly<Record<string, unknown>>)
        : [];
  if (source === undefined || source === "") return null;
  const letters = [...(permissions === undefined || permissions === "" ? "rwm" : permissions)];
  return {
    hostPath: source,
    containerPath: target === undefined || target === "" ? source : target,
    permissions: (["r", "w", "m"] as const).filter((letter) => letters.includes(letter)).map((l) => PERMISSIONS[l]),
  };
}

const texts = ({ source, target, permissions }: Readonly<Record<string, unknown>>) =>
  [source, target, permissions].map((value) => (typeof value === "string" ? value : ""));

/** MiB, whole ones; `null` where Docker's 64 MiB stand. */
export function sharedMemory({ shmSize }: Service): number | null {
  return shmSize === null ? null : Math.max(1, Math.ceil(shmSize / MIB));
}

/** `no-new-privileges` in ECS's words; profiles of SELinux and AppArmor need an agent that is told of them. */
export function securityOptions({ canonical }: Service): readonly string[] {
  const options = Array.isArray(canonical.security_opt) ? canonical.security_opt.map(String) : [];
  return options.some((option) => /^no-new-privileges(?:[:=]true)?$/u.test(option)) ? ["no-new-privileges"] : [];
}

export function dnsSearch({ canonical }: Service): readonly string[] {
  const { dns_search: search } = canonical;
  return Array.isArray(search) ? search.map(String) : typeof search === "string" ? [search] : [];
}

/** One request for devices, of `gpus` or of `deploy.resources.reservations.devices`. */
export interface DeviceRequest {
  readonly gpu: boolean;
  /** `null`: all that there are. */
  readonly count: number | null;
  /** Names of devices, which nobody can choose on ECS. */
  readonly ids: readonly string[];
}

export function deviceRequests(service: Service): readonly DeviceRequest[] {
  const { resources } = service.deploy;
  const reserved = path(path(path(resources, "reservations"), "devices"));
  const own = service.gpus === "all" ? [{ count: -1 }] : service.gpus;
  return [
    ...own.map((request) => deviceRequest(request, true)),
    ...(Array.isArray(reserved) ? reserved : []).map((request) => deviceRequest(request, false)),
  ];
}

function deviceRequest(request: unknown, gpu: boolean): DeviceRequest {
  const capabilities = path(request, "capabilities");
  const ids = path(request, "device_ids");
  const count = path(request, "count");
  const named = Array.isArray(ids) ? ids.map(String) : [];
  const asked = typeof count === "number" ? (count < 0 ? null : count) : count === "all" ? null : named.length || null;
  return {
    gpu: gpu || (Array.isArray(capabilities) && capabilities.flat().includes("gpu")),
    count: asked,
    ids: named,
  };
}

function path(value: unknown, key?: string): unknown {
  if (key === undefined) return value;
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** How many GPUs the container has to itself; one where the file asks for all of a machine. */
export function gpuCount(service: Service): number {
  return deviceRequests(service)
    .filter(({ gpu }) => gpu)
    .reduce((sum, { count }) => sum + (count ?? 1), 0);
}
