/** The app's one task as an ECS service on machines of one's own. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { containerName } from "../ecs/containers";
import { circuitBreaker } from "../ecs/deployments";
import type { HostedTask } from "../ecs/host-task";
import type { Startable } from "../ecs/jobs/host-jobs";
import type { PreparedTask } from "../ecs/task-definition";
import type { Endpoint, HostedService } from "../tier";
import { machinesOf, placement as placementOf } from "./machines";
import { hostPortOf, hostPorts } from "./ports";
import { type AnywhereTaskArgs, prepareAnywhereTask } from "./prepare-task";
import { settingsOf, waits } from "./settings";
import { taskArchitecture } from "./size";

export interface AnywhereServiceArgs extends AnywhereTaskArgs {
  /** What must be there before a machine can run the task. */
  readonly machines: readonly pulumi.Resource[];
}

/** Seconds that a service may take to stop its task: a machine that is gone answers no more. */
const DELETE_TIMEOUT = 1200;

/** The task in two steps: its definition is made with it, its ECS service by `start`, for jobs run between the two. */
export class AnywhereService extends pulumi.ComponentResource implements Startable {
  /** The task's own name. */
  readonly task: string;
  private readonly prepared: PreparedTask;

  constructor(
    private readonly name: string,
    private readonly args: AnywhereServiceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:EcsAnywhereService", name, {}, opts);
    this.task = args.task.name;
    this.prepared = prepareAnywhereTask({ name, parent: this }, args);
  }

  get definition(): aws.ecs.TaskDefinition {
    return this.prepared.definition;
  }

  /** Makes the service; called once. `after`: what must have run before its task starts. */
  start(after: readonly pulumi.Resource[]): HostedTask {
    const service = this.makeService(after);
    const hosted = this.describe(service);
    this.registerOutputs({ service: service.name, taskDefinition: this.definition.arn, hosted });
    return { service, definition: this.definition, hosted };
  }

  private get settings() {
    return settingsOf(this.args.host.placement.settings);
  }

  private makeService(after: readonly pulumi.Resource[]): aws.ecs.Service {
    const { host, task, machines } = this.args;
    const { app, placement, platform } = host;
    const { timeToFail } = placement;
    const group = machinesOf(app.name, this.settings.machines);
    return new aws.ecs.Service(
      this.name,
      {
        cluster: platform.ecsCluster.arn,
        taskDefinition: this.definition.arn,
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
        dependsOn: [...platform.ecsCluster.ready, ...machines, ...this.prepared.ready, ...after],
      },
    );
  }

  private describe(made: aws.ecs.Service): Record<string, HostedService> {
    const { host, task } = this.args;
    const { definition, appRole, logGroups } = this.prepared;
    return Object.fromEntries(
      task.services.map(({ name: service }): [string, HostedService] => [
        service,
        {
          endpoints: this.endpoints(service),
          ...(logGroups[service] && { logGroup: logGroups[service].name }),
          identity: appRole.role.arn,
          revision: definition.arn,
          target: {
            tier: "ecs-anywhere",
            clusterArn: host.platform.ecsCluster.arn,
            serviceName: made.name,
            container: containerName(service),
          },
          dimensions: { ClusterName: host.platform.ecsCluster.name, ServiceName: made.name },
          ready: made,
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
