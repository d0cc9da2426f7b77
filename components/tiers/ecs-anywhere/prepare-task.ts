/** A task on machines of one's own as a task definition, with what it needs to start: the app's one task, or a job's. */
import * as aws from "@pulumi/aws";
import { wire } from "../../../app/wiring";
import type { Service } from "../../../app/model";
import { mapValues } from "../../../app/records";
import { childName, environmentPrefix, slug } from "../../names";
import { valueOf } from "../../platform/secrets";
import { containerJson, containerName, type MachineParameters, taskContainers } from "../ecs/containers";
import { volumeName } from "../ecs/files";
import { taskMounts, type TaskMounts } from "../ecs/mounts";
import type { Caller } from "../../iam";
import { appRole, type TaskRole } from "../ecs/roles";
import { type Place, type PreparedTask, taskExecutionRole } from "../ecs/task-definition";
import type { EcsTask } from "../ecs/tasks";
import type { HostArgs } from "../tier";
import { anywhereTier } from "./anywhere-tier";
import { anywhereHost, appTask, jobNetwork } from "./app-task";
import { isEssential } from "./essential";
import { PREPARING_MEMORY } from "./limits";
import { machineParameters, namespaces } from "./machine-parameters";
import { dockerVolumeName } from "./mounts";
import { hostPorts } from "./ports";
import { settingsOf } from "./settings";
import { anywhereSize } from "./size";

export interface AnywhereTaskArgs {
  readonly host: HostArgs;
  readonly task: EcsTask;
  readonly caller: Caller;
}

/** Makes the definition with the component's own name, and its roles beside it. */
export function prepareAnywhereTask(place: Place, args: AnywhereTaskArgs): PreparedTask {
  const { host, task } = args;
  const mounts = ownMounts(args);
  const logGroups = Object.fromEntries(task.services.map(({ name }) => [name, host.logs.of(name)]));
  const appRole = makeAppRole(place, args);
  const { definition, executionRole } = makeTaskDefinition(place, args, { mounts, logGroups, appRole });
  return { definition, appRole, executionRole, logGroups, ready: [...appRole.ready, ...executionRole.ready] };
}

/** Docker's volumes by their names on the machine, which other apps' are on as well. */
function ownMounts({ host, task }: AnywhereTaskArgs): TaskMounts {
  const environment = host.platform.environment.name;
  const mounts = taskMounts(host.app, task, anywhereTier.containers.mounts);
  const folders = mounts.folders.map((folder) =>
    "docker" in folder.kind
      ? { ...folder, kind: { docker: dockerVolumeName(host.app, environment, folder.kind.docker) } }
      : folder,
  );
  return { ...mounts, folders };
}

/** One role for the whole task: its containers share what the policies of all its services allow. */
function makeAppRole({ name, parent }: Place, { host, task, caller }: AnywhereTaskArgs): TaskRole {
  const policies = task.services.flatMap((service) => host.placement.services[service.name]?.policies ?? []);
  const { exec } = settingsOf(host.placement.settings);
  return appRole(
    childName(name, "task"),
    { caller, policies, resolve: valueOf(host.secrets), volumes: [], exec },
    { parent },
  );
}

function makeTaskDefinition(
  { name, parent }: Place,
  args: AnywhereTaskArgs,
  parts: Pick<PreparedTask, "logGroups" | "appRole"> & { readonly mounts: TaskMounts },
) {
  const { host, task, caller } = args;
  const { app, placement, platform, images, secrets } = host;
  const { environment } = platform;
  const { filesImage } = settingsOf(placement.settings);
  const { mounts, logGroups } = parts;
  const { job } = task.main;
  const containers = taskContainers({
    app,
    task,
    images,
    secrets,
    filesImage,
    mounts,
    wiring: wire(app),
    ports: hostPorts(app, placement),
    sizes: anywhereSize(app, placement, [task], task).containers,
    region: environment.region,
    logGroups: mapValues(logGroups, (group) => group.name),
    hostOf: (from, to) => (job || from === to ? to : anywhereHost(app, to)),
    rules: anywhereTier.containers,
    hostPort: (port) => port,
    machine: (service) => machine(args, mounts, service),
    essential: (service) => isEssential(task, service),
    preparing: { memoryReservation: PREPARING_MEMORY },
  });
  const execution = taskExecutionRole(
    { name, parent },
    { host, task, caller, mounts, logGroups, filesImage, secrets: containers.secrets },
  );
  const volumes = taskVolumes(args, mounts);
  const prefix = environmentPrefix(environment.name);
  const definition = new aws.ecs.TaskDefinition(
    name,
    {
      family: slug(job ? `${prefix}-${app.name}-${task.name}` : `${prefix}-${app.name}`, 255),
      requiresCompatibilities: ["EXTERNAL"],
      networkMode: job ? jobNetwork(task.main) : appTask(app).network,
      ...namespaces(task.services),
      executionRoleArn: execution.role.arn,
      taskRoleArn: parts.appRole.role.arn,
      containerDefinitions: containerJson(containers.definitions),
      ...(volumes.length > 0 && { volumes }),
    },
    { parent },
  );
  return { definition, executionRole: execution };
}

/** What only a machine of one's own has, with the names by which the container calls the others. */
function machine({ host: { app } }: AnywhereTaskArgs, mounts: TaskMounts, service: Service): MachineParameters {
  const { links, network } = appTask(app);
  const { container, ...rest } = machineParameters(service, mounts.memory);
  const linked = links[service.name] ?? [];
  const isBridge = (service.job ? jobNetwork(service) : network) === "bridge";
  return {
    ...rest,
    container: {
      ...container,
      ...(linked.length > 0 && { links: [...linked] }),
      // Compose's names lead to a container itself as well
      ...(isBridge && { hostname: service.hostname ?? containerName(service.name) }),
    },
  };
}

function taskVolumes(
  { host: { app, platform } }: AnywhereTaskArgs,
  { folders }: TaskMounts,
): aws.types.input.ecs.TaskDefinitionVolume[] {
  const environment = platform.environment.name;
  const docker = new Map(
    Object.keys(app.volumes).map((volume) => [dockerVolumeName(app, environment, volume), volume]),
  );
  const made = new Map<string, aws.types.input.ecs.TaskDefinitionVolume>();
  for (const folder of folders) {
    const name = volumeName(folder);
    const volume = "docker" in folder.kind ? app.volumes[docker.get(folder.kind.docker) ?? ""] : undefined;
    if ("host" in folder.kind) made.set(name, { name, hostPath: folder.kind.host });
    else if (!volume) made.set(name, { name });
    else {
      const { external, driver, driverOptions, labels } = volume;
      made.set(name, {
        name,
        dockerVolumeConfiguration: {
          scope: "shared", // it stays when the task goes
          autoprovision: !external,
          driver: driver === null || driver === "" ? "local" : driver,
          ...(Object.keys(driverOptions).length > 0 && { driverOpts: { ...driverOptions } }),
          ...(Object.keys(labels).length > 0 && !external && { labels: { ...labels } }),
        },
      });
    }
  }
  return [...made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, volume]) => volume);
}
