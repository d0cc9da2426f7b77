/** One task of an app as an ECS service with its autoscaling. The same on all ECS tiers. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Placement, Scale } from "../../../app/config/types";
import type { Hours } from "../../../app/hours";
import type { Service } from "../../../app/model";
import type { AttachedGroup, AttachedRegistry } from "../../platform/entry";
import { valueOf } from "../../platform/secrets";
import type { Endpoint, HostedService } from "../tier";
import { connectNames } from "./connect";
import { containerName } from "./containers";
import {
  circuitBreaker,
  rollingRange,
  shiftConfiguration,
  taskDeployment,
  taskReplicas,
  waitingSeconds,
} from "./deployments";
import type { TaskRole } from "./roles";
import { autoscaling } from "./scaling";
import { opensShell, type Place, type PreparedTask, prepareTask, type TaskArgs } from "./task-definition";
import { isConnected, taskHasOneWriter, taskPorts } from "./tasks";

export interface HostTaskArgs extends TaskArgs {
  readonly groups: readonly AttachedGroup[];
  /** Where API Gateway finds the tasks. */
  readonly registry: AttachedRegistry | null;
  /** ARN of the Cloud Map service by which jobs find the tasks; `null`: no job calls them. */
  readonly nameRegistry: pulumi.Output<string> | null;
  readonly infrastructure: TaskRole | null;
}

export interface HostedTask {
  readonly service: aws.ecs.Service;
  readonly definition: aws.ecs.TaskDefinition;
  /** By Compose service: the main one and its sidecars. */
  readonly hosted: Readonly<Record<string, HostedService>>;
}

/** Seconds that a service may take to drain its connections and stop. */
const DELETE_TIMEOUT = 1200;
/** Seconds in which a task that has just started is not stopped for a failing health check of the load balancer. */
const GRACE_PERIOD = 60;

/**
 * A task in two steps: its definition is made with it, its ECS service by `start`, for jobs run between the two. Everything is
 * its child, the main ones with its own name.
 */
export class TaskService extends pulumi.ComponentResource {
  private readonly place: Place;
  private readonly prepared: PreparedTask;

  constructor(
    type: string,
    name: string,
    private readonly args: HostTaskArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super(type, name, {}, opts);
    this.place = { name, parent: this };
    this.prepared = prepareTask(this.place, args);
  }

  get definition(): aws.ecs.TaskDefinition {
    return this.prepared.definition;
  }

  /** Makes the service; called once. `after`: what must be there, or have run, before its tasks start. */
  start(after: readonly pulumi.Resource[]): HostedTask {
    const { place, args, prepared, definition } = this;
    const service = makeService(place, args, prepared, after);
    scaleService(place, args, service);
    const hosted = describeServices(args, service, prepared);
    this.registerOutputs({ service: service.name, taskDefinition: definition.arn, hosted });
    return { service, definition, hosted };
  }
}

function makeService(
  { name, parent }: Place,
  args: HostTaskArgs,
  prepared: PreparedTask,
  after: readonly pulumi.Resource[],
): aws.ecs.Service {
  const { hosting, host, task, tasks, security, groups, infrastructure } = args;
  const { app, placement, platform } = host;
  const { ecsCluster } = platform;
  const deployment = taskDeployment(app, placement, task);
  const range = rollingRange(app, placement, task);
  const alarms = host.alarms.rollback(task.services.map((service) => service.name));
  const watched = alarms?.enabled ? alarms.seconds : 0;
  const healthy = placement.timeToFail + (hosting.capacitySeconds ?? 0) + waitingSeconds(deployment) + watched;
  return new aws.ecs.Service(
    name,
    {
      cluster: ecsCluster.arn,
      taskDefinition: prepared.definition.arn,
      desiredCount: taskReplicas(app, placement, task),
      ...hosting.service(task, security.group),
      ...(groups.length > 0 && {
        loadBalancers: groups.map((group) =>
          loadBalancer(group, deployment.strategy !== "rolling" ? infrastructure : null),
        ),
        healthCheckGracePeriodSeconds: gracePeriod(task.main, placement),
      }),
      ...serviceRegistry(args),
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
      // said where it is off as well, for the same reason
      ...(alarms && { alarms: { alarmNames: [...alarms.names], enable: alarms.enabled, rollback: alarms.enabled } }),
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
      ...(scaleOf(args) && { ignoreChanges: ["desiredCount"] }),
      dependsOn: [
        ...ecsCluster.ready,
        ...(hosting.ready?.(task) ?? []),
        ...after,
        ...security.rules,
        ...groups.flatMap(({ attachments }) => attachments),
        ...prepared.ready,
        ...(infrastructure?.ready ?? []),
        ...(alarms?.ready ?? []),
      ],
    },
  );
}

/** At least until the app itself says that it is started, and no longer than the deployment is waited for. */
const gracePeriod = ({ healthcheck }: Service, { timeToFail }: Placement): number =>
  Math.min(timeToFail, Math.max(GRACE_PERIOD, Math.ceil(healthcheck?.startPeriod ?? 0)));

/**
 * ECS takes one registry, beside Service Connect's names: API Gateway's, or that of the names that jobs use, whose records hold
 * addresses alone. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html
 */
function serviceRegistry({ registry, nameRegistry }: HostTaskArgs): Pick<aws.ecs.ServiceArgs, "serviceRegistries"> {
  if (registry) {
    const { registryArn, point } = registry;
    return {
      serviceRegistries: { registryArn, containerName: containerName(point.service), containerPort: point.port },
    };
  }
  return nameRegistry ? { serviceRegistries: { registryArn: nameRegistry } } : {};
}

/** A task with one writer is not scaled. */
function ownScale({ host: { app, placement }, task }: HostTaskArgs): Scale | null {
  return taskHasOneWriter(app, placement, task) ? null : (placement.services[task.name]?.scale ?? null);
}

/** Between which numbers it is scaled; one that has hours between as many as there are and none. `null`: it is not. */
function scaleOf(args: HostTaskArgs): Scale | null {
  const { app, placement } = args.host;
  const own = ownScale(args);
  if (own || hoursOf(args) === null) return own;
  const count = taskReplicas(app, placement, args.task);
  return count === 0 ? null : { min: count, max: count, cpu: null, memory: null, requests: null, schedule: [] };
}

const hoursOf = ({ host, task }: HostTaskArgs): Hours | null => host.placement.services[task.name]?.hours ?? null;

function scaleService({ name, parent }: Place, args: HostTaskArgs, service: aws.ecs.Service): void {
  const { host, groups } = args;
  const scale = scaleOf(args);
  if (!scale) return;
  const http = groups.find(({ point }) => point.protocol === "http");
  const clusterName = host.platform.ecsCluster.name;
  const resourceLabel = http?.resourceLabel ?? null;
  const resolve = valueOf(host.secrets);
  autoscaling(name, { scale, hours: hoursOf(args), clusterName, service, resourceLabel, resolve }, { parent });
}

function describeServices(
  { hosting, host, task, groups, registry }: HostTaskArgs,
  service: aws.ecs.Service,
  { definition, logGroups, appRole }: PreparedTask,
): Record<string, HostedService> {
  return Object.fromEntries(
    task.services.map(({ name }): [string, HostedService] => [
      name,
      {
        endpoints: endpointsOf(name, groups, registry),
        ...(logGroups[name] && { logGroup: logGroups[name].name }),
        identity: appRole.role.arn,
        revision: definition.arn,
        target: {
          tier: hosting.tier.name,
          clusterArn: host.platform.ecsCluster.arn,
          serviceName: service.name,
          container: containerName(name),
        },
        dimensions: { ClusterName: host.platform.ecsCluster.name, ServiceName: service.name },
        ready: service,
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
