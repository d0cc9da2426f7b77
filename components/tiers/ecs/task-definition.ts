/** One task of an app as a task definition, with what it needs to start: roles, logs, volumes. The same for services and jobs. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { mapValues } from "../../../app/records";
import type { Wiring } from "../../../app/wiring";
import { childName, environmentPrefix, slug } from "../../names";
import type { AppImage } from "../../platform/images";
import { type StoredSecret, valueOf } from "../../platform/secrets";
import type { AppVolume } from "../../platform/volumes";
import type { HostArgs } from "../tier";
import { containerJson, taskContainers } from "./containers";
import { isPrepared, volumeName } from "./files";
import { ecrRepository } from "./files-image";
import type { EcsHosting } from "./hosting";
import { taskMounts, type TaskMounts, volumeOwner } from "./mounts";
import type { Caller } from "../../iam";
import { appRole, executionRole, type TaskRole } from "./roles";
import type { TaskSecurity } from "./security";
import { type EcsTask, taskPorts } from "./tasks";

export interface TaskArgs {
  readonly hosting: EcsHosting;
  readonly host: HostArgs;
  readonly task: EcsTask;
  /** All tasks of the app that run as services. */
  readonly tasks: readonly EcsTask[];
  readonly wiring: Wiring;
  readonly security: TaskSecurity[string];
  readonly caller: Caller;
  /** What stands for a service's name in the values of another. */
  readonly hostOf: (from: string, to: string) => string;
}

/** A task definition, and what a task of it must wait for. */
export interface PreparedTask {
  readonly definition: aws.ecs.TaskDefinition;
  /** The role of the app's own calls. */
  readonly appRole: TaskRole;
  /** The role that ECS starts a task with. */
  readonly executionRole: TaskRole;
  /** By Compose service. */
  readonly logGroups: Readonly<Record<string, aws.cloudwatch.LogGroup>>;
  readonly ready: readonly pulumi.Resource[];
}

/** What a task definition is made of. */
interface Parts {
  readonly mounts: TaskMounts;
  readonly logGroups: PreparedTask["logGroups"];
  readonly volumes: ReadonlyMap<string, AppVolume>;
  readonly appRole: TaskRole;
}

/** Where a task's parts are made: the name and the component. */
export interface Place {
  readonly name: string;
  readonly parent: pulumi.Resource;
}

const EFS_PORT = 2049;

/** Makes the definition with the component's own name, and all else as children of `parent` beside it. */
export function prepareTask(place: Place, args: TaskArgs): PreparedTask {
  requireEndpoints(args);
  const mounts = taskMounts(args.host.app, args.task, args.hosting.tier.containers.mounts);
  const logGroups = Object.fromEntries(args.task.services.map(({ name }) => [name, args.host.logs.of(name)]));
  const volumes = openVolumes(place, args, mounts);
  const appRole = makeAppRole(place, args, mounts, volumes);
  const backing = reachBacking(place, args);
  const { definition, executionRole } = makeTaskDefinition(place, args, { mounts, logGroups, volumes, appRole });
  const ready = [
    ...executionRole.ready,
    ...appRole.ready,
    ...backing,
    ...[...volumes.values()].flatMap((volume) => volume.ready),
  ];
  return { definition, appRole, executionRole, logGroups, ready };
}

/** True where people may open a shell in the task's containers. */
export const opensShell = ({ hosting, host, task }: Pick<TaskArgs, "hosting" | "host" | "task">): boolean =>
  hosting.tier.settings(host.placement).exec(task.name);

/** Under the egress `endpoints` a task reaches no service of AWS's that has none. */
function requireEndpoints(args: TaskArgs): void {
  const { host, task } = args;
  const { network } = host.platform;
  if (opensShell(args)) network.requireEndpoint("ssmmessages");
  if (task.services.some(({ name }) => host.images.of(name).credentialsArn !== null))
    network.requireEndpoint("secretsmanager");
}

/** By Compose volume. The file system lets the task in on NFS's port. */
function openVolumes(
  { name, parent }: Place,
  { hosting, host, task, security }: TaskArgs,
  { folders }: TaskMounts,
): ReadonlyMap<string, AppVolume> {
  const names = folders.flatMap(({ kind }) => ("efs" in kind ? [kind.efs] : []));
  const volumes = new Map(
    [...new Set(names)].map((volume) => [volume, host.volumes.of(volume, volumeOwner(host.app, volume))]),
  );
  // all volumes of an app are on one file system, with one group
  const [first] = volumes.values();
  if (first && !hosting.security) {
    new aws.vpc.SecurityGroupIngressRule(
      childName(name, "volumes"),
      {
        securityGroupId: first.securityGroupId,
        referencedSecurityGroupId: security.group.id,
        ipProtocol: "tcp",
        fromPort: EFS_PORT,
        toPort: EFS_PORT,
        description: `from ${task.name}`,
      },
      { parent },
    );
  }
  return volumes;
}

/** Lets the task in where its backing services are. Tasks that share their machine's group are let in with it. */
function reachBacking({ name, parent }: Place, { hosting, host, task, security }: TaskArgs) {
  if (hosting.security) return [];
  const services = task.services.map((service) => service.name);
  return host.backing.admit(name, { services, securityGroupId: security.group.id }, { parent });
}

function makeAppRole(
  { name, parent }: Place,
  args: TaskArgs,
  { folders }: TaskMounts,
  volumes: ReadonlyMap<string, AppVolume>,
): TaskRole {
  const { host, task, caller } = args;
  const policies = [
    ...new Set(task.services.flatMap((service) => host.placement.services[service.name]?.policies ?? [])),
  ];
  const mounted = [...volumes].map(([volumeName, volume]) => ({
    volume,
    readOnly: folders.every(({ kind, readOnly }) => !("efs" in kind) || kind.efs !== volumeName || readOnly),
  }));
  return appRole(
    childName(name, "task"),
    { caller, policies, resolve: valueOf(host.secrets), volumes: mounted, exec: opensShell(args) },
    { parent },
  );
}

function makeTaskDefinition({ name, parent }: Place, args: TaskArgs, parts: Parts) {
  const { hosting, host, task, tasks, wiring, caller } = args;
  const { logGroups, volumes, mounts, appRole } = parts;
  const { app, placement, platform, images, secrets } = host;
  const { environment } = platform;
  const size = hosting.tier.size(app, placement, tasks, task);
  const { filesImage } = hosting.tier.settings(placement);
  const containers = taskContainers({
    app,
    task,
    wiring,
    mounts,
    images,
    secrets,
    filesImage,
    ports: taskPorts(app, task),
    sizes: size.containers,
    region: environment.region,
    logGroups: mapValues(logGroups, (group) => group.name),
    hostOf: args.hostOf,
    rules: hosting.tier.containers,
    hostPort: hosting.hostPort,
    ...(hosting.machine && { machine: hosting.machine }),
  });
  if (containers.secrets.some(({ store }) => store === "secrets-manager"))
    platform.network.requireEndpoint("secretsmanager");
  const execution = taskExecutionRole(
    { name, parent },
    { host, task, caller, mounts, logGroups, filesImage, secrets: containers.secrets },
  );
  const definition = new aws.ecs.TaskDefinition(
    name,
    {
      family: slug(`${environmentPrefix(environment.name)}-${app.name}-${task.name}`, 255),
      ...hosting.definition(task, size),
      ...(task.sidecars.some(({ pid }) => pid?.startsWith("service:")) && { pidMode: "task" }),
      executionRoleArn: execution.role.arn,
      taskRoleArn: appRole.role.arn,
      containerDefinitions: containerJson(containers.definitions),
      ...(mounts.folders.length > 0 && { volumes: taskVolumes(mounts, volumes) }),
    },
    { parent },
  );
  return { definition, executionRole: execution };
}

export interface TaskExecutionArgs extends Pick<PreparedTask, "logGroups"> {
  readonly host: HostArgs;
  readonly task: EcsTask;
  readonly caller: Caller;
  readonly mounts: TaskMounts;
  /** The image that writes a task's files. */
  readonly filesImage: string;
  /** What its containers are given by ECS. */
  readonly secrets: readonly StoredSecret[];
}

/** What ECS starts the task with: its images, its logs, its secrets, and no other's. */
export function taskExecutionRole({ name, parent }: Place, args: TaskExecutionArgs): TaskRole {
  const { host, task, caller, mounts, logGroups, filesImage, secrets } = args;
  return executionRole(
    childName(name, "execution"),
    {
      caller,
      images: [
        ...task.services.map((service) => host.images.of(service.name)),
        ...(mounts.folders.some(isPrepared) ? ownImage(filesImage) : []),
      ],
      logGroupArns: Object.values(logGroups).map(({ arn }) => arn),
      secrets,
    },
    { parent },
  );
}

/** The image that writes files, where it is in a repository of the account's own. */
function ownImage(filesImage: string): readonly AppImage[] {
  const repository = ecrRepository(filesImage);
  if (repository === null) return [];
  const { arn, name } = repository;
  const uri = pulumi.output(filesImage);
  return [{ uri, repository: { arn: pulumi.output(arn), name: pulumi.output(name) }, credentialsArn: null }];
}

function taskVolumes(
  { folders }: TaskMounts,
  volumes: ReadonlyMap<string, AppVolume>,
): aws.types.input.ecs.TaskDefinitionVolume[] {
  const made = new Map<string, aws.types.input.ecs.TaskDefinitionVolume>();
  for (const folder of folders) {
    const name = volumeName(folder);
    const volume = "efs" in folder.kind ? volumes.get(folder.kind.efs) : undefined;
    made.set(name, volume ? { name, efsVolumeConfiguration: efsConfiguration(volume) } : { name });
  }
  return [...made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, volume]) => volume);
}

function efsConfiguration({ fileSystemId, accessPointId }: AppVolume) {
  return {
    fileSystemId,
    transitEncryption: "ENABLED",
    authorizationConfig: { accessPointId, iam: "ENABLED" },
  };
}
