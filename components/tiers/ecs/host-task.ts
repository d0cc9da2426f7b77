/** One task of an app as an ECS service: roles, logs, task definition, service, autoscaling. The same on all ECS tiers. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Wiring } from "../../../app/wiring";
import { childName, environmentPrefix, slug } from "../../names";
import type { AttachedGroup, AttachedRegistry } from "../../platform/entry";
import type { AppImage } from "../../platform/images";
import { valueOf } from "../../platform/secrets";
import type { AppVolume } from "../../platform/volumes";
import type { Endpoint, HostArgs, HostedService } from "../tier";
import { connectNames } from "./connect";
import { containerJson, containerName, taskContainers } from "./containers";
import {
  circuitBreaker,
  rollingRange,
  shiftConfiguration,
  taskDeployment,
  taskReplicas,
  waitingSeconds,
} from "./deployments";
import { isPrepared, volumeName } from "./files";
import { ecrRepository } from "./files-image";
import type { EcsHosting } from "./hosting";
import { taskMounts, type TaskMounts, volumeOwner } from "./mounts";
import { appRole, type Caller, executionRole, type TaskRole } from "./roles";
import { autoscaling } from "./scaling";
import type { TaskSecurity } from "./security";
import { type EcsTask, hostOf, isConnected, taskHasOneWriter, taskPorts } from "./tasks";

export interface HostTaskArgs {
  readonly hosting: EcsHosting;
  readonly host: HostArgs;
  readonly task: EcsTask;
  /** All tasks of the app. */
  readonly tasks: readonly EcsTask[];
  readonly wiring: Wiring;
  readonly security: TaskSecurity[string];
  /** The services that must run before. */
  readonly after: readonly aws.ecs.Service[];
  readonly groups: readonly AttachedGroup[];
  /** Where API Gateway finds the tasks. */
  readonly registry: AttachedRegistry | null;
  readonly caller: Caller;
  readonly infrastructure: TaskRole | null;
}

export interface HostedTask {
  readonly service: aws.ecs.Service;
  readonly definition: aws.ecs.TaskDefinition;
  /** By Compose service: the main one and its sidecars. */
  readonly hosted: Readonly<Record<string, HostedService>>;
}

/** What a task needs to start, besides its definition. */
interface Prepared {
  readonly mounts: TaskMounts;
  readonly logGroups: Readonly<Record<string, aws.cloudwatch.LogGroup>>;
  readonly volumes: ReadonlyMap<string, AppVolume>;
  readonly appRole: TaskRole;
  /** What the task must wait for of its backing services. */
  readonly backing: readonly pulumi.Resource[];
}

/** Where a task's parts are made: the name and the component. */
interface Place {
  readonly name: string;
  readonly parent: pulumi.Resource;
}

/** Seconds that a service may take to drain its connections and stop. */
const DELETE_TIMEOUT = 1200;
/** Seconds in which a task that has just started is not stopped for a failing health check of the load balancer. */
const GRACE_PERIOD = 60;
const EFS_PORT = 2049;

/** Makes everything of the task as children of `parent`, the main ones with the component's own name. */
export function hostTask(name: string, args: HostTaskArgs, parent: pulumi.Resource): HostedTask {
  const place = { name, parent };
  requireEndpoints(args);
  const mounts = taskMounts(args.host.app, args.task, args.hosting.tier.containers.mounts);
  const logGroups = Object.fromEntries(args.task.services.map(({ name }) => [name, args.host.logs.of(name)]));
  const volumes = openVolumes(place, args, mounts);
  const appRole = makeAppRole(place, args, mounts, volumes);
  const prepared: Prepared = { mounts, logGroups, volumes, appRole, backing: reachBacking(place, args) };
  const { definition, executionRole } = makeTaskDefinition(place, args, prepared);
  const service = makeService(place, args, { definition, prepared, execution: executionRole });
  scaleService(place, args, service);
  return { service, definition, hosted: describeServices(args, { service, definition, prepared }) };
}

const opensShell = ({ hosting, host, task }: HostTaskArgs): boolean =>
  hosting.tier.settings(host.placement).exec(task.name);

/** Under the egress `endpoints` a task reaches no service of AWS's that has none. */
function requireEndpoints(args: HostTaskArgs): void {
  const { host, task } = args;
  const { network } = host.platform;
  if (opensShell(args)) network.requireEndpoint("ssmmessages");
  if (task.services.some(({ name }) => host.images.of(name).credentialsArn !== null))
    network.requireEndpoint("secretsmanager");
}

/** By Compose volume. The file system lets the task in on NFS's port. */
function openVolumes(
  { name, parent }: Place,
  { hosting, host, task, security }: HostTaskArgs,
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
function reachBacking({ name, parent }: Place, { hosting, host, task, security }: HostTaskArgs) {
  if (hosting.security) return [];
  const services = task.services.map((service) => service.name);
  return host.backing.admit(name, { services, securityGroupId: security.group.id }, { parent });
}

function makeAppRole(
  { name, parent }: Place,
  args: HostTaskArgs,
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

function makeTaskDefinition({ name, parent }: Place, args: HostTaskArgs, prepared: Prepared) {
  const { hosting, host, task, tasks, wiring, caller } = args;
  const { logGroups, volumes, mounts, appRole } = prepared;
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
    hostOf: (from, to) => hostOf(app, tasks, from, to),
    rules: hosting.tier.containers,
    hostPort: hosting.hostPort,
    ...(hosting.machine && { machine: hosting.machine }),
  });
  if (containers.secrets.some(({ store }) => store === "secrets-manager"))
    platform.network.requireEndpoint("secretsmanager");
  const execution = executionRole(
    childName(name, "execution"),
    {
      caller,
      images: [
        ...task.services.map((service) => images.of(service.name)),
        ...(mounts.folders.some(isPrepared) ? ownImage(filesImage) : []),
      ],
      logGroupArns: Object.values(logGroups).map(({ arn }) => arn),
      secrets: containers.secrets,
    },
    { parent },
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

/** The image that writes files, where it is in a repository of the account's own. */
export function ownImage(filesImage: string): readonly AppImage[] {
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

function makeService(
  { name, parent }: Place,
  args: HostTaskArgs,
  made: {
    readonly definition: aws.ecs.TaskDefinition;
    readonly prepared: Prepared;
    readonly execution: TaskRole;
  },
): aws.ecs.Service {
  const { hosting, host, task, tasks, security, groups, registry, infrastructure } = args;
  const { app, placement, platform } = host;
  const { ecsCluster } = platform;
  const deployment = taskDeployment(app, placement, task);
  const range = rollingRange(app, placement, task);
  const healthy = placement.timeToFail + waitingSeconds(deployment);
  return new aws.ecs.Service(
    name,
    {
      cluster: ecsCluster.arn,
      taskDefinition: made.definition.arn,
      desiredCount: taskReplicas(app, placement, task),
      ...hosting.service(task, security.group),
      ...(groups.length > 0 && {
        loadBalancers: groups.map((group) =>
          loadBalancer(group, deployment.strategy !== "rolling" ? infrastructure : null),
        ),
        healthCheckGracePeriodSeconds: Math.max(GRACE_PERIOD, Math.ceil(task.main.healthcheck?.startPeriod ?? 0)),
      }),
      ...(registry && {
        serviceRegistries: {
          registryArn: registry.registryArn,
          containerName: containerName(registry.point.service),
          containerPort: registry.point.port,
        },
      }),
      ...(isConnected(tasks, task) && {
        serviceConnectConfiguration: {
          enabled: true,
          namespace: hosting.namespace(),
          services: connectNames(app, task, taskPorts(app, task)).map((connected) => ({
            ...connected,
            clientAlias: connected.clientAlias.map((alias) => ({ ...alias })),
          })),
        },
      }),
      // said for rolling as well: the provider keeps what ECS has where nothing is said
      deploymentConfiguration:
        deployment.strategy === "rolling" ? { strategy: "ROLLING" } : shiftConfiguration(deployment),
      ...(deployment.strategy === "rolling" && { deploymentCircuitBreaker: circuitBreaker(task.main) }),
      // without it another share of Spot would be another service, and its names are taken
      forceNewDeployment: true,
      deploymentMinimumHealthyPercent: range.minimumHealthyPercent,
      deploymentMaximumPercent: range.maximumPercent,
      // ECS moves tasks between zones by starting the new one first
      availabilityZoneRebalancing: range.maximumPercent > 100 ? "ENABLED" : "DISABLED",
      enableExecuteCommand: opensShell(args),
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      waitForSteadyState: true,
    },
    {
      parent,
      customTimeouts: { create: `${healthy}s`, update: `${healthy}s`, delete: `${DELETE_TIMEOUT}s` },
      // the autoscaler's count stays, whatever is deployed
      ...(isScaled(args) && { ignoreChanges: ["desiredCount"] }),
      dependsOn: [
        ...ecsCluster.ready,
        ...(hosting.ready?.(task) ?? []),
        ...args.after,
        ...security.rules,
        ...groups.flatMap(({ attachments }) => attachments),
        ...made.execution.ready,
        ...made.prepared.appRole.ready,
        ...made.prepared.backing,
        ...(infrastructure?.ready ?? []),
        ...[...made.prepared.volumes.values()].flatMap(({ ready }) => ready),
      ],
    },
  );
}

/** A task with one writer is not scaled. */
function isScaled({ host: { app, placement }, task }: HostTaskArgs): boolean {
  return (placement.services[task.name]?.scale ?? null) !== null && !taskHasOneWriter(app, placement, task);
}

function scaleService({ name, parent }: Place, args: HostTaskArgs, service: aws.ecs.Service): void {
  const { host, task, groups } = args;
  const scale = host.placement.services[task.name]?.scale;
  if (!scale || !isScaled(args)) return;
  const http = groups.find(({ point }) => point.protocol === "http");
  const clusterName = host.platform.ecsCluster.name;
  const resourceLabel = http?.resourceLabel ?? null;
  autoscaling(name, { scale, clusterName, service, resourceLabel, resolve: valueOf(host.secrets) }, { parent });
}

function describeServices(
  { hosting, host, task, groups, registry }: HostTaskArgs,
  made: Pick<HostedTask, "service" | "definition"> & { readonly prepared: Prepared },
): Record<string, HostedService> {
  const { logGroups, appRole } = made.prepared;
  return Object.fromEntries(
    task.services.map(({ name: service }): [string, HostedService] => [
      service,
      {
        endpoints: endpointsOf(service, groups, registry),
        ...(logGroups[service] && { logGroup: logGroups[service].name }),
        identity: appRole.role.arn,
        revision: made.definition.arn,
        target: {
          tier: hosting.tier.name,
          clusterArn: host.platform.ecsCluster.arn,
          serviceName: made.service.name,
          container: containerName(service),
        },
        ready: made.service,
      },
    ]),
  );
}

function endpointsOf(
  service: string,
  groups: readonly AttachedGroup[],
  registry: AttachedRegistry | null,
): Readonly<Record<number, Endpoint>> {
  return Object.fromEntries([
    ...groups
      .filter(({ point }) => point.service === service)
      .map(({ point, targetGroupArn }): [number, Endpoint] => [point.port, { kind: "target-group", targetGroupArn }]),
    ...(registry?.point.service === service
      ? [[registry.point.port, { kind: "registry", registryArn: registry.registryArn }] as [number, Endpoint]]
      : []),
  ]);
}

function efsConfiguration({ fileSystemId, accessPointId }: AppVolume) {
  return {
    fileSystemId,
    transitEncryption: "ENABLED",
    authorizationConfig: { accessPointId, iam: "ENABLED" },
  };
}

function loadBalancer({ point, targetGroupArn, alternate }: AttachedGroup, infrastructure: TaskRole | null) {
  return {
    containerName: containerName(point.service),
    containerPort: point.port,
    targetGroupArn,
    ...(alternate &&
      infrastructure && {
        advancedConfiguration: {
          alternateTargetGroupArn: alternate.targetGroupArn,
          productionListenerRule: alternate.productionRuleArn,
          roleArn: infrastructure.role.arn,
        },
      }),
  };
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
