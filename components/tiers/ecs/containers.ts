/** The container definitions of an ECS task: what Compose says of each container in ECS's words. */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { App, Service } from "../../../app/model";
import { sortedKeys } from "../../../app/records";
import { plainText, secretsOf, type Value } from "../../../app/value";
import type { Wiring } from "../../../app/wiring";
import type { AppImages } from "../../platform/images";
import { type AppSecrets, type StoredSecret, versionOf } from "../../platform/secrets";
import { ecsCapabilities } from "./capabilities";
import type { ContainerRules } from "./ecs-tier";
import { ecsHealthCheck } from "./health";
import { filesScript, fileVariable, isPrepared, volumeName } from "./files";
import { logOptions } from "./logging";
import type { TaskMounts } from "./mounts";
import { restartPolicy } from "./restart";
import { type EcsTask, sidecarTarget, type TaskPort } from "./tasks";

/** Memory and cpu of one container; `null`: as much of the task's as the others leave. */
export interface ContainerSize {
  /** MiB: the container is stopped where it takes more. */
  readonly memory: number | null;
  /** MiB */
  readonly memoryReservation: number | null;
  /** CPU units: its share where the task's cpu is scarce. */
  readonly cpu: number | null;
}

export interface TaskParts {
  readonly app: App;
  readonly task: EcsTask;
  readonly wiring: Wiring;
  readonly ports: readonly TaskPort[];
  readonly mounts: TaskMounts;
  readonly sizes: Readonly<Record<string, ContainerSize>>;
  readonly region: string;
  readonly images: AppImages;
  readonly secrets: AppSecrets;
  /** By service. */
  readonly logGroups: Readonly<Record<string, pulumi.Input<string>>>;
  /** What stands for a service's name in the values of another. */
  readonly hostOf: (from: string, to: string) => string;
  /** The image of the container that writes files. */
  readonly filesImage: string;
  readonly rules: ContainerRules;
  /** The machine's port that a container's is reached on: its own where the task has an interface of its own. */
  readonly hostPort: (containerPort: number) => number;
  /** What a container asks of the machine under it, where the tier's tasks may. */
  readonly machine?: (service: Service, mounts: TaskMounts) => MachineParameters;
  /** True where the task ends with the container; without it the main service's is the only one. */
  readonly essential?: (service: Service) => boolean;
  /** What the containers that prepare files are given besides. */
  readonly preparing?: ContainerDefinition;
}

/** Parts of a container definition that only a machine of one's own has. */
export interface MachineParameters {
  readonly container?: ContainerDefinition;
  readonly linuxParameters?: ContainerDefinition;
}

type Json =
  pulumi.Input<string | number | boolean | null> | readonly Json[] | { readonly [key: string]: Json | undefined };
export type ContainerDefinition = Readonly<Record<string, Json | undefined>>;

/** What the execution role must be able to read, besides images. */
export interface TaskContainers {
  readonly definitions: readonly ContainerDefinition[];
  readonly secrets: readonly StoredSecret[];
}

/** The least that ECS waits between SIGTERM and SIGKILL. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export const MIN_STOP_SECONDS = 2;
/** The smallest limit of a container's memory, in MiB. */
export const MIN_CONTAINER_MEMORY = 6;

/** Every container of the task: first what prepares its files, then the main service, then the sidecars. */
export function taskContainers(parts: TaskParts): TaskContainers {
  const secrets: StoredSecret[] = [];
  const preparing = fileContainers(parts, secrets);
  const own = parts.task.services.map((service) => serviceContainer(parts, service, secrets));
  return { definitions: [...preparing, ...own], secrets: uniqueSecrets(secrets) };
}

/** The task definition's `containerDefinitions`: keys sorted, so that nothing is deployed again by accident. */
export function containerJson(definitions: readonly ContainerDefinition[]): pulumi.Output<string> {
  return pulumi.output<object>(definitions).apply((resolved) => JSON.stringify(sortedKeys(resolved)));
}

/** A container's name: the service's, in what ECS takes for one. */
export function containerName(service: string): string {
  return service.replace(/[^A-Za-z0-9_-]/gu, "-");
}

const FILES = "spectrum-files";
const copyName = (service: string) => `spectrum-copy-${containerName(service)}`;

function serviceContainer(parts: TaskParts, service: Service, used: StoredSecret[]): ContainerDefinition {
  const { task, wiring, sizes, rules } = parts;
  const size = sizes[service.name];
  const machine = parts.machine?.(service, parts.mounts) ?? {};
  const words = (list: readonly Value[] | null | undefined) => list?.map((word) => resolve(parts, service.name, word));
  const { environment, secrets, stored } = variables(parts, service);
  used.push(...stored);
  const labels = { ...service.labels, ...secretLabel(stored) };
  const mountPoints = parts.mounts.folders
    .filter((folder) => folder.service === service.name)
    .map((folder) => ({
      sourceVolume: volumeName(folder),
      containerPath: folder.target,
      readOnly: folder.readOnly,
    }));
  const volumesFrom = service.volumesFrom
    .filter(({ service: from }) => task.services.some((other) => other.name === from))
    .map(({ service: from, readOnly }) => ({ sourceContainer: containerName(from), readOnly }));
  const health = ecsHealthCheck(service.healthcheck);
  const ulimits = Object.entries(service.ulimits).map(([name, { soft, hard }]) => ({
    name,
    softLimit: soft,
    hardLimit: hard,
  }));
  const systemControls = keptSysctls(service, rules.sysctls).map(([namespace, value]) => ({ namespace, value }));
  const linux = {
    ...(service.init && { initProcessEnabled: true }),
    ...ecsCapabilities(service, rules.capabilities.addable),
    ...machine.linuxParameters,
  };
  const credentials = parts.images.of(service.name).credentialsArn;
  return {
    name: containerName(service.name),
    image: parts.images.of(service.name).uri,
    essential: parts.essential ? parts.essential(service) : service === task.main,
    ...(credentials && { repositoryCredentials: { credentialsParameter: credentials } }),
    ...(size?.cpu && { cpu: size.cpu }),
    ...(size?.memory && { memory: size.memory }),
    ...(size?.memoryReservation && { memoryReservation: size.memoryReservation }),
    ...optional("command", words(wiring.command[service.name])),
    ...optional("entryPoint", words(wiring.entrypoint[service.name])),
    ...optional("environment", environment),
    ...optional("secrets", secrets),
    ...optional("portMappings", portMappings(parts, service)),
    ...optional("mountPoints", mountPoints),
    ...optional("volumesFrom", volumesFrom),
    ...optional("dependsOn", dependencies(parts, service)),
    ...(health && { healthCheck: { ...health } }),
    ...optional("ulimits", ulimits),
    ...optional("systemControls", systemControls),
    ...(Object.keys(linux).length > 0 && { linuxParameters: linux }),
    ...(service.user !== null && { user: service.user }),
    ...(service.workingDir !== null && { workingDirectory: service.workingDir }),
    ...(service.readOnly && { readonlyRootFilesystem: true }),
    ...(service.tty && { pseudoTerminal: true }),
    ...(service.stdinOpen && { interactive: true }),
    ...(Object.keys(labels).length > 0 && { dockerLabels: labels }),
    ...(service.stopGracePeriod !== null && { stopTimeout: clampStop(service.stopGracePeriod, rules.stopSeconds) }),
    // a job that ends has ended: its retries are whole runs
    ...optionalObject("restartPolicy", service.job ? null : restartPolicy(service)),
    ...machine.container,
    logConfiguration: logging(parts, service, service.name),
  };
}

/** `sysctls` that the tier can set. */
export function keptSysctls(
  service: Service,
  { can }: ContainerRules["sysctls"],
): readonly (readonly [string, string])[] {
  return Object.entries(service.sysctls).filter(([name]) => can(name));
}

/** Whole seconds within what ECS takes. */
export function clampStop(seconds: number, max: number): number {
  return Math.min(max, Math.max(MIN_STOP_SECONDS, Math.ceil(seconds)));
}

function logging({ region, logGroups }: TaskParts, service: Service, stream: string): Json {
  return {
    logDriver: "awslogs",
    options: {
      "awslogs-group": logGroups[service.name] ?? "",
      "awslogs-region": region,
      "awslogs-stream-prefix": stream,
      ...logOptions(service),
    },
  };
}

function resolve({ secrets, hostOf }: TaskParts, from: string, value: Value): pulumi.Input<string> {
  const text = plainText(
    value.map((part) => (typeof part === "object" && "host" in part ? hostOf(from, part.host) : part)),
  );
  return text ?? secrets.resolve(value, (to) => hostOf(from, to));
}

/** A value that holds a secret is wholly one, and stands in the definition by reference alone. */
function variables(parts: TaskParts, service: Service) {
  const environment: Json[] = [];
  const secrets: Json[] = [];
  const stored: StoredSecret[] = [];
  for (const [name, value] of sortedEntries(parts.wiring.environment[service.name] ?? {})) {
    if (value === null) continue;
    const named = secretsOf(value);
    if (named.length === 0) {
      environment.push({ name, value: resolve(parts, service.name, value) });
      continue;
    }
    const only = value.length === 1 ? named[0] : undefined;
    const secret =
      only === undefined
        ? parts.secrets.store(`${service.name}-${name}`, pulumi.output(resolve(parts, service.name, value)))
        : parts.secrets.stored(only);
    stored.push(secret);
    secrets.push({ name, valueFrom: secret.arn });
  }
  return { environment, secrets, stored };
}

/** ECS reads a secret when a task starts, by an ARN that stays: with the label another value is another revision. */
function secretLabel(stored: readonly StoredSecret[]): Readonly<Record<string, pulumi.Output<string>>> {
  const version = versionOf(stored);
  return version === null ? {} : { "spectrum.secrets": version };
}

function portMappings({ ports, hostPort }: TaskParts, service: Service): Json[] {
  return ports
    .filter((port) => port.service === service.name)
    .map(({ port, protocol, name, appProtocol, hostPort: own }) => ({
      containerPort: port,
      hostPort: own ?? hostPort(port),
      protocol,
      name,
      ...(appProtocol && { appProtocol }),
    }));
}

const CONDITIONS = { service_started: "START", service_healthy: "HEALTHY" } as const;

/** `depends_on` within the task; a sidecar starts after the service whose network it is in, as in Compose. */
function dependencies(parts: TaskParts, service: Service): Json[] {
  const { task, mounts } = parts;
  const waits = new Map<string, string>();
  const host = sidecarTarget(service);
  if (host !== null && task.main.name === host) waits.set(containerName(host), "START");
  for (const [name, { condition }] of Object.entries(service.dependsOn)) {
    const other = task.services.find((s) => s.name === name);
    if (!other || condition === "service_completed_successfully") continue;
    const canBeHealthy = ecsHealthCheck(other.healthcheck) !== null;
    waits.set(containerName(name), canBeHealthy ? CONDITIONS[condition] : "START");
  }
  if (mounts.folders.some((folder) => folder.service === service.name && isPrepared(folder)))
    waits.set(FILES, "SUCCESS");
  return sortedEntries(Object.fromEntries(waits)).map(([name, condition]) => ({ containerName: name, condition }));
}

/** The containers that run once before the others: one copies the image's own files, one writes what was given. */
function fileContainers(parts: TaskParts, used: StoredSecret[]): readonly ContainerDefinition[] {
  const { task, mounts } = parts;
  const prepared = mounts.folders.filter(isPrepared);
  if (prepared.length === 0) return [];
  const copies = task.services.flatMap((service): ContainerDefinition[] => {
    const folders = prepared.filter((f) => f.service === service.name && "files" in f.kind && f.kind.files.copy);
    if (folders.length === 0) return [];
    const { uri, credentialsArn } = parts.images.of(service.name);
    const script = folders.map(
      ({ target }, i) => `if [ -d ${quote(target)} ]; then cp -a ${quote(`${target}/.`)} /spectrum/${i}/; fi`,
    );
    return [
      {
        name: copyName(service.name),
        image: uri,
        essential: false,
        ...parts.preparing,
        ...(credentialsArn && { repositoryCredentials: { credentialsParameter: credentialsArn } }),
        user: "0",
        entryPoint: ["sh", "-c"],
        command: [script.join("\n")],
        mountPoints: folders.map((folder, i) => ({
          sourceVolume: volumeName(folder),
          containerPath: `/spectrum/${i}`,
          readOnly: false,
        })),
        logConfiguration: logging(parts, service, copyName(service.name)),
      },
    ];
  });
  const environment: Json[] = [];
  const secrets: Json[] = [];
  const read: StoredSecret[] = [];
  mounts.files.forEach((file, i) => {
    const name = fileVariable(i);
    if ("secret" in file.content) {
      const stored = parts.secrets.stored(file.content.secret);
      read.push(stored);
      secrets.push({ name, valueFrom: stored.arn });
      return;
    }
    const { value } = file.content;
    if (secretsOf(value).length === 0) {
      environment.push({ name, value: plainText(value) ?? "" });
      return;
    }
    // the same content for the same file, whatever stands before it in the list
    const key = `file-${createHash("sha256").update(`${file.service} ${file.target}`).digest("hex").slice(0, 12)}`;
    const stored = parts.secrets.store(
      key,
      parts.secrets.resolve(value, (to) => parts.hostOf(file.service, to)),
    );
    read.push(stored);
    secrets.push({ name, valueFrom: stored.arn });
  });
  used.push(...read);
  const writer: ContainerDefinition = {
    name: FILES,
    image: parts.filesImage,
    essential: false,
    ...parts.preparing,
    user: "0",
    entryPoint: ["sh", "-c"],
    command: [filesScript(prepared, mounts.files)],
    ...optional("environment", environment),
    ...optional("secrets", secrets),
    ...optionalObject("dockerLabels", secretLabel(read)),
    mountPoints: uniqueVolumes(prepared).map((folder, i) => ({
      sourceVolume: volumeName(folder),
      containerPath: `/spectrum/${i}`,
      readOnly: false,
    })),
    ...optional(
      "dependsOn",
      copies.map((copy) => ({ containerName: copy.name, condition: "SUCCESS" })),
    ),
    logConfiguration: logging(parts, task.main, FILES),
  };
  return [...copies, writer];
}

function uniqueVolumes(folders: TaskMounts["folders"]): TaskMounts["folders"] {
  return [...new Map(folders.map((folder) => [volumeName(folder), folder])).values()];
}

/** A word of a shell's command line. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function optional(key: string, list: readonly Json[] | undefined): ContainerDefinition {
  return list && list.length > 0 ? { [key]: list } : {};
}

function optionalObject(key: string, value: Readonly<Record<string, Json>> | null): ContainerDefinition {
  return value && Object.keys(value).length > 0 ? { [key]: value } : {};
}

function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function uniqueSecrets(secrets: readonly StoredSecret[]): StoredSecret[] {
  return [...new Set(secrets)];
}
