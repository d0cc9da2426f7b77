/** The app's one task as an ECS service on machines of one's own: roles, logs, task definition, service. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Service } from "../../../app/model";
import { wire } from "../../../app/wiring";
import { childName, environmentPrefix, slug } from "../../names";
import { valueOf } from "../../platform/secrets";
import { containerJson, containerName, type MachineParameters, taskContainers } from "../ecs/containers";
import { circuitBreaker } from "../ecs/deployments";
import { isPrepared, volumeName } from "../ecs/files";
import { ownImage } from "../ecs/host-task";
import { taskMounts, type TaskMounts } from "../ecs/mounts";
import { appRole, type Caller, executionRole, type TaskRole } from "../ecs/roles";
import type { EcsTask } from "../ecs/tasks";
import type { Endpoint, HostArgs, HostedService } from "../tier";
import { anywhereTier } from "./anywhere-tier";
import { anywhereHost, appTask } from "./app-task";
import { isEssential } from "./essential";
import { PREPARING_MEMORY } from "./limits";
import { machinesOf, placement as placementOf } from "./machines";
import { machineParameters, namespaces } from "./machine-parameters";
import { dockerVolumeName } from "./mounts";
import { hostPortOf, hostPorts } from "./ports";
import { settingsOf, waits } from "./settings";
import { anywhereSize, taskArchitecture } from "./size";

export interface AnywhereServiceArgs {
  readonly host: HostArgs;
  readonly task: EcsTask;
  readonly caller: Caller;
  /** What must be there before a machine can run the task. */
  readonly machines: readonly pulumi.Resource[];
}

/** Seconds that a service may take to stop its task: a machine that is gone answers no more. */
const DELETE_TIMEOUT = 1200;

export class AnywhereService extends pulumi.ComponentResource {
  readonly service: aws.ecs.Service;
  readonly hosted: Readonly<Record<string, HostedService>>;
  private readonly mounts: TaskMounts;

  constructor(
    private readonly name: string,
    private readonly args: AnywhereServiceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:EcsAnywhereService", name, {}, opts);
    this.mounts = this.ownMounts();
    const logGroups = this.makeLogGroups();
    const role = this.makeAppRole();
    const { definition, execution } = this.makeTaskDefinition(logGroups, role);
    this.service = this.makeService(definition, [...role.ready, ...execution.ready]);

    this.hosted = this.describe({ definition, role, logGroups });
    this.registerOutputs({ service: this.service.name, taskDefinition: definition.arn, hosted: this.hosted });
  }

  private get settings() {
    return settingsOf(this.args.host.placement.settings);
  }

  /** Docker's volumes by their names on the machine, which other apps' are on as well. */
  private ownMounts(): TaskMounts {
    const { host, task } = this.args;
    const environment = host.platform.environment.name;
    const mounts = taskMounts(host.app, task, anywhereTier.containers.mounts);
    const folders = mounts.folders.map((folder) =>
      "docker" in folder.kind
        ? { ...folder, kind: { docker: dockerVolumeName(host.app, environment, folder.kind.docker) } }
        : folder,
    );
    return { ...mounts, folders };
  }

  private makeLogGroups(): Readonly<Record<string, aws.cloudwatch.LogGroup>> {
    const { host, task } = this.args;
    return Object.fromEntries(task.services.map(({ name }) => [name, host.logs.of(name)]));
  }

  /** One role for the whole task: its containers share what the policies of all its services allow. */
  private makeAppRole(): TaskRole {
    const { host, task, caller } = this.args;
    const policies = task.services.flatMap(({ name }) => host.placement.services[name]?.policies ?? []);
    const { exec } = this.settings;
    return appRole(
      childName(this.name, "task"),
      { caller, policies, resolve: valueOf(host.secrets), volumes: [], exec },
      { parent: this },
    );
  }

  private makeTaskDefinition(logGroups: Readonly<Record<string, aws.cloudwatch.LogGroup>>, role: TaskRole) {
    const { host, task, caller } = this.args;
    const { app, placement, platform, images, secrets } = host;
    const { environment } = platform;
    const { filesImage } = this.settings;
    const containers = taskContainers({
      app,
      task,
      images,
      secrets,
      filesImage,
      wiring: wire(app),
      mounts: this.mounts,
      ports: hostPorts(app, placement),
      sizes: anywhereSize(app, placement, [task], task).containers,
      region: environment.region,
      logGroups: Object.fromEntries(Object.entries(logGroups).map(([name, group]) => [name, group.name])),
      hostOf: (from, to) => (from === to ? to : anywhereHost(app, to)),
      rules: anywhereTier.containers,
      hostPort: (port) => port,
      machine: (service) => this.machine(service),
      essential: (service) => isEssential(task, service),
      preparing: { memoryReservation: PREPARING_MEMORY },
    });
    const execution = executionRole(
      childName(this.name, "execution"),
      {
        caller,
        images: [
          ...task.services.map((service) => images.of(service.name)),
          ...(this.mounts.folders.some(isPrepared) ? ownImage(filesImage) : []),
        ],
        logGroupArns: Object.values(logGroups).map(({ arn }) => arn),
        secrets: containers.secrets,
      },
      { parent: this },
    );
    const volumes = this.volumes();
    const definition = new aws.ecs.TaskDefinition(
      this.name,
      {
        family: slug(`${environmentPrefix(environment.name)}-${app.name}`, 255),
        requiresCompatibilities: ["EXTERNAL"],
        networkMode: appTask(app).network,
        ...namespaces(task.services),
        executionRoleArn: execution.role.arn,
        taskRoleArn: role.role.arn,
        containerDefinitions: containerJson(containers.definitions),
        ...(volumes.length > 0 && { volumes }),
      },
      { parent: this },
    );
    return { definition, execution };
  }

  /** What only a machine of one's own has, with the names by which the container calls the others. */
  private machine(service: Service): MachineParameters {
    const { app } = this.args.host;
    const { links, network } = appTask(app);
    const { container, ...rest } = machineParameters(service, this.mounts.memory);
    const linked = links[service.name] ?? [];
    return {
      ...rest,
      container: {
        ...container,
        ...(linked.length > 0 && { links: [...linked] }),
        // Compose's names lead to a container itself as well
        ...(network === "bridge" && { hostname: service.hostname ?? containerName(service.name) }),
      },
    };
  }

  private volumes(): aws.types.input.ecs.TaskDefinitionVolume[] {
    const { app } = this.args.host;
    const environment = this.args.host.platform.environment.name;
    const docker = new Map(
      Object.keys(app.volumes).map((volume) => [dockerVolumeName(app, environment, volume), volume]),
    );
    const made = new Map<string, aws.types.input.ecs.TaskDefinitionVolume>();
    for (const folder of this.mounts.folders) {
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

  private makeService(definition: aws.ecs.TaskDefinition, ready: readonly pulumi.Resource[]): aws.ecs.Service {
    const { host, task, machines } = this.args;
    const { app, placement, platform } = host;
    const { timeToFail } = placement;
    const group = machinesOf(app.name, this.settings.machines);
    return new aws.ecs.Service(
      this.name,
      {
        cluster: platform.ecsCluster.arn,
        taskDefinition: definition.arn,
        launchType: "EXTERNAL",
        desiredCount: 1,
        placementConstraints: placementOf(group, taskArchitecture(task.services)).map((expression) => ({
          type: "memberOf",
          expression,
        })),
        deploymentCircuitBreaker: circuitBreaker(task.main),
        // two tasks cannot have the machine's ports at once
        deploymentMinimumHealthyPercent: 0,
        deploymentMaximumPercent: 100,
        enableExecuteCommand: this.settings.exec,
        enableEcsManagedTags: true,
        propagateTags: "SERVICE",
        waitForSteadyState: waits(this.settings),
      },
      {
        parent: this,
        customTimeouts: { create: `${timeToFail}s`, update: `${timeToFail}s`, delete: `${DELETE_TIMEOUT}s` },
        dependsOn: [...platform.ecsCluster.ready, ...machines, ...ready],
      },
    );
  }

  private describe(made: {
    readonly definition: aws.ecs.TaskDefinition;
    readonly role: TaskRole;
    readonly logGroups: Readonly<Record<string, aws.cloudwatch.LogGroup>>;
  }): Record<string, HostedService> {
    const { host, task } = this.args;
    return Object.fromEntries(
      task.services.map(({ name: service }): [string, HostedService] => [
        service,
        {
          endpoints: this.endpoints(service),
          ...(made.logGroups[service] && { logGroup: made.logGroups[service].name }),
          identity: made.role.role.arn,
          revision: made.definition.arn,
          target: {
            tier: "ecs-anywhere",
            clusterArn: host.platform.ecsCluster.arn,
            serviceName: this.service.name,
            container: containerName(service),
          },
          ready: this.service,
        },
      ]),
    );
  }

  /** Only where the config says at which addresses the machines are reached. */
  private endpoints(service: string): Record<number, Endpoint> {
    const { app, placement } = this.args.host;
    const { addresses } = this.settings;
    if (addresses.length === 0) return {};
    const ports = hostPorts(app, placement);
    const own = [...new Set(ports.filter((port) => port.service === service).map(({ port }) => port))];
    return Object.fromEntries(
      own.map((port): [number, Endpoint] => [
        port,
        { kind: "addresses", addresses: pulumi.output(addresses), port: hostPortOf(ports, service, port) ?? port },
      ]),
    );
  }
}
