/** One task of an app as an ECS service on Fargate: roles, logs, task definition, service, autoscaling. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Wiring } from "../../../app/wiring";
import { childName, environmentPrefix, slug } from "../../names";
import type { AttachedGroup } from "../../platform/entry";
import type { AppImage } from "../../platform/images";
import { logGroup } from "../../platform/logs";
import type { AppVolume } from "../../platform/volumes";
import { connectNames } from "../ecs/connect";
import { containerJson, containerName, taskContainers } from "../ecs/containers";
import {
  circuitBreaker,
  rollingRange,
  shiftConfiguration,
  taskDeployment,
  taskReplicas,
  waitingSeconds,
} from "../ecs/deployments";
import { isPrepared, volumeName } from "../ecs/files";
import { taskMounts, volumeOwner } from "../ecs/mounts";
import { appRole, type Caller, executionRole, type TaskRole } from "../ecs/roles";
import { autoscaling } from "../ecs/scaling";
import type { TaskSecurity } from "../ecs/security";
import { type EcsTask, hostOf, isConnected, taskHasOneWriter, taskPorts } from "../ecs/tasks";
import type { HostArgs, HostedService } from "../tier";
import { capacityStrategy } from "./capacity";
import { ecrRepository } from "./files-image";
import { fargateEgress, type FargateSettings, serviceSettings } from "./settings";
import { architectureOf, taskSize, taskStorage } from "./task-size";

export interface FargateServiceArgs {
  readonly host: HostArgs;
  readonly task: EcsTask;
  /** All tasks of the app. */
  readonly tasks: readonly EcsTask[];
  readonly wiring: Wiring;
  readonly settings: FargateSettings;
  readonly security: TaskSecurity[string];
  /** The services that must run before. */
  readonly after: readonly aws.ecs.Service[];
  readonly groups: readonly AttachedGroup[];
  readonly caller: Caller;
  readonly infrastructure: TaskRole | null;
}

/** What a task needs to start, besides its definition. */
interface Prepared {
  readonly logGroups: Readonly<Record<string, aws.cloudwatch.LogGroup>>;
  readonly volumes: ReadonlyMap<string, AppVolume>;
  readonly appRole: TaskRole;
}

/** Seconds that a service may take to drain its connections and stop. */
const DELETE_TIMEOUT = 1200;
/** Seconds in which a task that has just started is not stopped for a failing health check of the load balancer. */
const GRACE_PERIOD = 60;
const EFS_PORT = 2049;

export class FargateService extends pulumi.ComponentResource {
  readonly service: aws.ecs.Service;
  /** By Compose service: the main one and its sidecars. */
  readonly hosted: Readonly<Record<string, HostedService>>;

  constructor(
    private readonly name: string,
    private readonly args: FargateServiceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:FargateService", name, {}, opts);
    this.requireEndpoints();
    const logGroups = this.makeLogGroups();
    const volumes = this.openVolumes();
    const prepared: Prepared = { logGroups, volumes, appRole: this.makeAppRole(volumes) };
    const { definition, executionRole } = this.makeTaskDefinition(prepared);
    this.service = this.makeService(definition, prepared, executionRole);
    this.scale();

    this.hosted = this.describe(definition, prepared);
    this.registerOutputs({ service: this.service.name, taskDefinition: definition.arn, hosted: this.hosted });
  }

  private get exec(): boolean {
    return serviceSettings(this.args.settings, this.args.task.name).exec;
  }

  /** Under the egress `endpoints` a task reaches no service of AWS's that has none. */
  private requireEndpoints(): void {
    const { host, task } = this.args;
    const { network } = host.platform;
    if (this.exec) network.requireEndpoint("ssmmessages");
    if (task.services.some(({ name }) => host.images.of(name).credentialsArn !== null))
      network.requireEndpoint("secretsmanager");
  }

  private makeLogGroups(): Readonly<Record<string, aws.cloudwatch.LogGroup>> {
    const { host, task } = this.args;
    const { environment } = host.platform;
    return Object.fromEntries(
      task.services.map(({ name: service }) => [
        service,
        logGroup(childName(host.app.name, service), { environment, path: [host.app.name, service] }, { parent: this }),
      ]),
    );
  }

  /** By Compose volume. The file system lets the task in on NFS's port. */
  private openVolumes(): ReadonlyMap<string, AppVolume> {
    const { host, task, security } = this.args;
    const names = taskMounts(host.app, task).folders.flatMap(({ kind }) => ("efs" in kind ? [kind.efs] : []));
    const volumes = new Map(
      [...new Set(names)].map((name) => [name, host.volumes.of(name, volumeOwner(host.app, name))]),
    );
    // all volumes of an app are on one file system, with one group
    const [first] = volumes.values();
    if (first) {
      new aws.vpc.SecurityGroupIngressRule(
        childName(this.name, "volumes"),
        {
          securityGroupId: first.securityGroupId,
          referencedSecurityGroupId: security.group.id,
          ipProtocol: "tcp",
          fromPort: EFS_PORT,
          toPort: EFS_PORT,
          description: `from ${task.name}`,
        },
        { parent: this },
      );
    }
    return volumes;
  }

  private makeAppRole(volumes: ReadonlyMap<string, AppVolume>): TaskRole {
    const { host, task, caller } = this.args;
    const { folders } = taskMounts(host.app, task);
    const policies = task.services.flatMap(({ name }) => host.placement.services[name]?.policies ?? []);
    const mounted = [...volumes].map(([name, volume]) => ({
      volume,
      readOnly: folders.every(({ kind, readOnly }) => !("efs" in kind) || kind.efs !== name || readOnly),
    }));
    return appRole(
      childName(this.name, "task"),
      { caller, policies, volumes: mounted, exec: this.exec },
      { parent: this },
    );
  }

  private makeTaskDefinition({ logGroups, volumes, appRole }: Prepared) {
    const { host, task, tasks, wiring, settings, caller } = this.args;
    const { app, placement, platform, images, secrets } = host;
    const { environment } = platform;
    const size = taskSize(app, placement, tasks, task);
    const mounts = taskMounts(app, task);
    const storage = taskStorage(task);
    const containers = taskContainers({
      app,
      task,
      wiring,
      mounts,
      images,
      secrets,
      ports: taskPorts(app, task),
      sizes: size.containers,
      region: environment.region,
      logGroups: mapValues(logGroups, ({ name }) => name),
      hostOf: (from, to) => hostOf(app, tasks, from, to),
      filesImage: settings.filesImage,
    });
    if (containers.secrets.some(({ store }) => store === "secrets-manager"))
      platform.network.requireEndpoint("secretsmanager");
    const execution = executionRole(
      childName(this.name, "execution"),
      {
        caller,
        images: [
          ...task.services.map(({ name }) => images.of(name)),
          ...this.filesImage(mounts.folders.some(isPrepared)),
        ],
        logGroupArns: Object.values(logGroups).map(({ arn }) => arn),
        secrets: containers.secrets,
      },
      { parent: this },
    );
    const definition = new aws.ecs.TaskDefinition(
      this.name,
      {
        family: slug(`${environmentPrefix(environment.name)}-${app.name}-${task.name}`, 255),
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: String(size.size.cpu),
        memory: String(size.size.memory),
        runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: architectureOf(task.main) },
        ...(storage !== null && { ephemeralStorage: { sizeInGib: storage } }),
        ...(task.sidecars.some(({ pid }) => pid?.startsWith("service:")) && { pidMode: "task" }),
        executionRoleArn: execution.role.arn,
        taskRoleArn: appRole.role.arn,
        containerDefinitions: containerJson(containers.definitions),
        ...(mounts.folders.length > 0 && { volumes: this.taskVolumes(volumes) }),
      },
      { parent: this },
    );
    return { definition, executionRole: execution };
  }

  /** The image that writes files, where there are any and it is in a repository of the account's own. */
  private filesImage(used: boolean): readonly AppImage[] {
    const { filesImage } = this.args.settings;
    const repository = used ? ecrRepository(filesImage) : null;
    if (repository === null) return [];
    const { arn, name } = repository;
    const uri = pulumi.output(filesImage);
    return [{ uri, repository: { arn: pulumi.output(arn), name: pulumi.output(name) }, credentialsArn: null }];
  }

  private taskVolumes(volumes: ReadonlyMap<string, AppVolume>): aws.types.input.ecs.TaskDefinitionVolume[] {
    const { host, task } = this.args;
    const made = new Map<string, aws.types.input.ecs.TaskDefinitionVolume>();
    for (const folder of taskMounts(host.app, task).folders) {
      const name = volumeName(folder);
      const volume = "efs" in folder.kind ? volumes.get(folder.kind.efs) : undefined;
      made.set(name, volume ? { name, efsVolumeConfiguration: efsConfiguration(volume) } : { name });
    }
    return [...made].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, volume]) => volume);
  }

  private makeService(definition: aws.ecs.TaskDefinition, prepared: Prepared, execution: TaskRole): aws.ecs.Service {
    const { host, task, tasks, security, groups, infrastructure, settings } = this.args;
    const { app, placement, platform } = host;
    const { network, ecsCluster } = platform;
    const place = network.tasks(fargateEgress(placement));
    const deployment = taskDeployment(app, placement, task);
    const range = rollingRange(app, placement, task);
    const healthy = placement.timeToFail + waitingSeconds(deployment);
    const oneWriter = taskHasOneWriter(app, placement, task);
    return new aws.ecs.Service(
      this.name,
      {
        cluster: ecsCluster.arn,
        taskDefinition: definition.arn,
        desiredCount: taskReplicas(app, placement, task),
        capacityProviderStrategies: [...capacityStrategy(serviceSettings(settings, task.name), oneWriter)],
        networkConfiguration: {
          subnets: place.subnetIds,
          assignPublicIp: place.assignPublicIp,
          securityGroups: [security.group.id],
        },
        ...(groups.length > 0 && {
          loadBalancers: groups.map((group) =>
            loadBalancer(group, deployment.strategy !== "rolling" ? infrastructure : null),
          ),
          healthCheckGracePeriodSeconds: Math.max(GRACE_PERIOD, Math.ceil(task.main.healthcheck?.startPeriod ?? 0)),
        }),
        ...(isConnected(tasks, task) && {
          serviceConnectConfiguration: {
            enabled: true,
            namespace: ecsCluster.serviceConnectNamespace(app.name),
            services: connectNames(app, task, taskPorts(app, task)).map((name) => ({
              ...name,
              clientAlias: name.clientAlias.map((alias) => ({ ...alias })),
            })),
          },
        }),
        ...(deployment.strategy === "rolling"
          ? { deploymentCircuitBreaker: circuitBreaker(task.main) }
          : { deploymentConfiguration: shiftConfiguration(deployment) }),
        deploymentMinimumHealthyPercent: range.minimumHealthyPercent,
        deploymentMaximumPercent: range.maximumPercent,
        // ECS moves tasks between zones by starting the new one first
        availabilityZoneRebalancing: range.maximumPercent > 100 ? "ENABLED" : "DISABLED",
        enableExecuteCommand: this.exec,
        enableEcsManagedTags: true,
        propagateTags: "SERVICE",
        waitForSteadyState: true,
      },
      {
        parent: this,
        customTimeouts: { create: `${healthy}s`, update: `${healthy}s`, delete: `${DELETE_TIMEOUT}s` },
        // the autoscaler's count stays, whatever is deployed
        ...(this.scaled && { ignoreChanges: ["desiredCount"] }),
        dependsOn: [
          ...ecsCluster.ready,
          ...this.args.after,
          ...security.rules,
          ...groups.flatMap(({ attachments }) => attachments),
          ...execution.ready,
          ...prepared.appRole.ready,
          ...(infrastructure?.ready ?? []),
          ...[...prepared.volumes.values()].flatMap(({ ready }) => ready),
        ],
      },
    );
  }

  /** A task with one writer is not scaled. */
  private get scaled(): boolean {
    const { app, placement } = this.args.host;
    const { task } = this.args;
    return (placement.services[task.name]?.scale ?? null) !== null && !taskHasOneWriter(app, placement, task);
  }

  private scale(): void {
    const { host, task, groups } = this.args;
    const scale = host.placement.services[task.name]?.scale;
    if (!scale || !this.scaled) return;
    const http = groups.find(({ point }) => point.protocol === "http");
    autoscaling(
      this.name,
      {
        scale,
        clusterName: host.platform.ecsCluster.name,
        service: this.service,
        resourceLabel: http?.resourceLabel ?? null,
      },
      { parent: this },
    );
  }

  private describe(
    definition: aws.ecs.TaskDefinition,
    { logGroups, appRole }: Prepared,
  ): Record<string, HostedService> {
    const { host, task, groups } = this.args;
    return Object.fromEntries(
      task.services.map(({ name: service }): [string, HostedService] => [
        service,
        {
          endpoints: Object.fromEntries(
            groups
              .filter(({ point }) => point.service === service)
              .map(({ point, targetGroupArn }) => [point.port, { kind: "target-group", targetGroupArn }]),
          ),
          ...(logGroups[service] && { logGroup: logGroups[service].name }),
          identity: appRole.role.arn,
          revision: definition.arn,
          target: {
            tier: "fargate",
            clusterArn: host.platform.ecsCluster.arn,
            serviceName: this.service.name,
            container: containerName(service),
          },
          ready: this.service,
        },
      ]),
    );
  }
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
