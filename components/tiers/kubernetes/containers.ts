/** The containers of a pod and its volumes: what Compose says of each in Kubernetes' words. */
import { posix } from "node:path";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../../../app/config/types";
import type { App, Service } from "../../../app/model";
import { plainText, secretsOf, type Value } from "../../../app/value";
import type { Wiring } from "../../../app/wiring";
import type { Compute } from "../../platform/eks";
import type { AppImages } from "../../platform/images";
import type { AppSecrets } from "../../platform/secrets";
import { storageSize } from "../ecs/size";
import { fileKey, isSecretFile, type PodFile, type PodFolder, type PodMounts } from "./mounts";
import { keyOf, type Pod, type PodPort, resourceName } from "./pods";
import { probes } from "./probes";
import { containerSecurity } from "./security";
import { containerResources, cpuText, memoryText } from "./sizes";

type Container = kubernetes.types.input.core.v1.Container;
type Volume = kubernetes.types.input.core.v1.Volume;
type EnvVar = kubernetes.types.input.core.v1.EnvVar;

export interface PodParts {
  readonly app: App;
  readonly placement: Placement;
  readonly pod: Pod;
  readonly compute: Compute;
  readonly wiring: Wiring;
  readonly ports: readonly PodPort[];
  readonly mounts: PodMounts;
  readonly images: AppImages;
  readonly secrets: AppSecrets;
  /** What stands for a service's name in the values of another. */
  readonly hostOf: (from: string, to: string) => string;
}

/** What a pod's ConfigMap and Secret hold, by key. */
export interface PodData {
  readonly data: Readonly<Record<string, string>>;
  /** Base64 */
  readonly binaryData: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** Where the values of existing secrets come from: ARNs by key. */
  readonly sources: Readonly<Record<string, string>>;
}

/** The names of what the pod's volumes and variables are taken from; `null` where there is none. */
export interface DataNames {
  readonly configMap: pulumi.Input<string> | null;
  readonly secret: pulumi.Input<string> | null;
  /** By volume of the file: the claim. */
  readonly claims: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Files and secret variables of all containers of the pod. */
export function podData(parts: PodParts): PodData {
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  const secrets: Record<string, pulumi.Output<string>> = {};
  const sources: Record<string, string> = {};
  for (const file of parts.mounts.files) {
    const key = fileKey(file);
    const { content } = file;
    const host = (to: string) => parts.hostOf(file.service, to);
    if ("secret" in content) {
      secrets[key] = parts.secrets.value(content.secret);
      const source = parts.app.secrets[content.secret];
      if (source?.kind === "external" && source.name.startsWith("arn:")) sources[`spectrum/${key}`] = source.name;
    } else if (isSecretFile(file)) secrets[key] = parts.secrets.resolve(content.value, host);
    else if (content.encoding === "base64") binaryData[key] = plainText(content.value) ?? "";
    else data[key] = plainText(content.value) ?? "";
  }
  for (const service of parts.pod.services) {
    for (const [name, value] of Object.entries(parts.wiring.environment[service.name] ?? {})) {
      if (value === null || secretsOf(value).length === 0) continue;
      secrets[variableKey(service.name, name)] = parts.secrets.resolve(value, (to) => parts.hostOf(service.name, to));
    }
  }
  return { data, binaryData, secrets, sources };
}

const variableKey = (service: string, name: string) => `env.${resourceName(service)}.${name}`;

/**
 * Side by side; in a job's pod only the job's own container counts, so that the pod ends with it: its sidecars start before
 * and are ended after it. https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#jobs-with-sidecar-containers
 */
export function podContainers(
  parts: PodParts,
  names: DataNames,
): { readonly containers: Container[]; readonly initContainers?: Container[] } {
  const { main, sidecars, services } = parts.pod;
  const of = (service: Service) => container(parts, service, names);
  if (!main.job) return { containers: services.map(of) };
  return {
    containers: [of(main)],
    ...(sidecars.length > 0 && { initContainers: sidecars.map((s) => ({ ...of(s), restartPolicy: "Always" })) }),
  };
}

function container(parts: PodParts, service: Service, names: DataNames): Container {
  const { app, placement, compute } = parts;
  const { request, limit } = containerResources(app, placement, service, compute);
  const disk = storageSize(service);
  const storage: Record<string, string> = disk === null ? {} : { "ephemeral-storage": `${Math.ceil(disk)}Gi` };
  const words = (list: readonly Value[] | null | undefined) =>
    list && list.length > 0 ? list.map((word) => resolve(parts, service.name, word)) : null;
  // Kubernetes' command is Compose's entrypoint, its args Compose's command
  const command = words(parts.wiring.entrypoint[service.name]);
  const args = words(parts.wiring.command[service.name]);
  const environment = variables(parts, service, names);
  const mounts = volumeMounts(parts, service);
  const ports = parts.ports.filter((port) => port.service === service.name);
  const security = containerSecurity(service);
  return {
    name: resourceName(service.name),
    image: parts.images.of(service.name).uri,
    ...(command && { command }),
    ...(args && { args }),
    ...(service.workingDir !== null && { workingDir: service.workingDir }),
    ...(environment.length > 0 && { env: environment }),
    ...(ports.length > 0 && {
      ports: ports.map(({ port, protocol }) => ({ containerPort: port, protocol: protocol.toUpperCase() })),
    }),
    resources: {
      requests: { cpu: cpuText(request.cpu), memory: memoryText(request.memory), ...storage },
      limits: {
        ...(limit.cpu !== null && { cpu: cpuText(limit.cpu) }),
        memory: memoryText(limit.memory),
        ...(compute === "nodes" && storage),
      },
    },
    // what ends by itself is not asked whether it is healthy
    ...(!service.job && probes(service.healthcheck)),
    // its last words then stand in what Pulumi says of a Job that failed
    ...(service.job && { terminationMessagePolicy: "FallbackToLogsOnError" }),
    ...(Object.keys(security).length > 0 && { securityContext: security }),
    ...(service.tty && { tty: true }),
    ...(service.stdinOpen && { stdin: true }),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
  };
}

function resolve({ secrets, hostOf }: PodParts, from: string, value: Value): pulumi.Input<string> {
  const wired = value.map((part) => (typeof part === "object" && "host" in part ? hostOf(from, part.host) : part));
  const text = plainText(wired);
  // Kubernetes fills in $(NAME), which Compose leaves as it is
  return text === null ? secrets.resolve(value, (to) => hostOf(from, to)) : escape(text);
}

const escape = (text: string) => text.replaceAll("$(", "$$(");

function variables(parts: PodParts, service: Service, { secret }: DataNames): EnvVar[] {
  return Object.entries(parts.wiring.environment[service.name] ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]): EnvVar[] => {
      if (value === null) return [];
      if (secretsOf(value).length === 0) return [{ name, value: resolve(parts, service.name, value) }];
      const key = variableKey(service.name, name);
      return secret === null ? [] : [{ name, valueFrom: { secretKeyRef: { name: secret, key } } }];
    });
}

const CONFIG = "config-files";
const SECRET = "secret-files";
/** The volume of a folder that holds nothing but its files. */
const folderVolume = (file: PodFile, folder: string) =>
  `${isSecretFile(file) ? "secret" : "files"}-${keyOf(`${file.service}-${folder}`)}`;

function volumeName({ kind }: PodFolder): string {
  if ("volume" in kind) return `volume-${keyOf(kind.volume)}`;
  return "memory" in kind ? `memory-${kind.memory.name}` : `scratch-${kind.scratch}`;
}

function volumeMounts({ mounts }: PodParts, service: Service): kubernetes.types.input.core.v1.VolumeMount[] {
  const folders = mounts.folders
    .filter((folder) => folder.service === service.name)
    .map((folder) => ({
      name: volumeName(folder),
      mountPath: folder.target,
      ...(folder.readOnly && { readOnly: true }),
      ...(folder.subPath !== null && { subPath: folder.subPath }),
    }));
  const files = mounts.files.filter((file) => file.service === service.name);
  const whole = new Map(
    files.flatMap((file) => {
      if (file.folder === null) return [];
      const name = folderVolume(file, file.folder);
      return [[name, { name, mountPath: file.folder, readOnly: true }] as const];
    }),
  );
  const single = files
    .filter(({ folder }) => folder === null)
    .map((file) => ({
      name: isSecretFile(file) ? SECRET : CONFIG,
      mountPath: file.target,
      subPath: fileKey(file),
      readOnly: true,
    }));
  return [...folders, ...whole.values(), ...single];
}

/** The pod's volumes, each once. */
export function podVolumes({ mounts }: PodParts, { configMap, secret, claims }: DataNames): Volume[] {
  const volumes = new Map<string, Volume>();
  for (const folder of mounts.folders) {
    const name = volumeName(folder);
    const { kind } = folder;
    if ("volume" in kind) {
      const claimName = claims[kind.volume];
      if (claimName !== undefined) volumes.set(name, { name, persistentVolumeClaim: { claimName } });
    } else if ("memory" in kind) {
      const size = kind.memory.size;
      const sizeLimit = size === null ? {} : { sizeLimit: memoryText(Math.max(1, Math.ceil(size / 1024 ** 2))) };
      volumes.set(name, { name, emptyDir: { medium: "Memory", ...sizeLimit } });
    } else volumes.set(name, { name, emptyDir: {} });
  }
  const groups = new Map<string, PodFile[]>();
  for (const file of mounts.files) {
    const name = file.folder === null ? (isSecretFile(file) ? SECRET : CONFIG) : folderVolume(file, file.folder);
    groups.set(name, [...(groups.get(name) ?? []), file]);
  }
  for (const [name, files] of groups) {
    const items = files.map((file) => ({
      key: fileKey(file),
      path: file.folder === null ? fileKey(file) : posix.relative(file.folder, file.target),
      mode: file.mode,
    }));
    const [first] = files;
    if (first && isSecretFile(first)) {
      if (secret !== null) volumes.set(name, { name, secret: { secretName: secret, items } });
    } else if (configMap !== null) volumes.set(name, { name, configMap: { name: configMap, items } });
  }
  return [...volumes.values()];
}
