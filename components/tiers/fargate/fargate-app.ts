/** An app on ECS with Fargate: an ECS service for each task, in the environment's network and cluster. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { wire } from "../../../app/wiring";
import { childName } from "../../names";
import type { AttachedGroup } from "../../platform/entry";
import { taskDeployment } from "../ecs/deployments";
import { type Caller, infrastructureRole, type TaskRole } from "../ecs/roles";
import { type TaskSecurity, taskSecurity } from "../ecs/security";
import { type EcsTask, ecsTasks, startOrder, taskPorts } from "../ecs/tasks";
import type { HostArgs, HostedApp, HostedService } from "../tier";
import { FargateService } from "./fargate-service";
import { settingsOf } from "./settings";

export class FargateApp extends pulumi.ComponentResource implements HostedApp {
  readonly services: Readonly<Record<string, HostedService>>;

  constructor(
    private readonly name: string,
    private readonly args: HostArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:Fargate", name, {}, opts);
    const tasks = ecsTasks(args.app);
    const groups = this.attachedGroups(tasks);
    const security = this.makeSecurity(tasks, groups);
    const caller = this.findCaller();
    const infrastructure = this.makeInfrastructureRole(tasks, groups, caller);
    const hosted = this.hostTasks(tasks, { groups, security, caller, infrastructure });

    this.services = Object.fromEntries(hosted.flatMap((service) => Object.entries(service.hosted)));
    this.registerOutputs({ services: this.services });
  }

  /** By task: the target groups that the entry has made for its services. */
  private attachedGroups(tasks: readonly EcsTask[]): Readonly<Record<string, readonly AttachedGroup[]>> {
    const { entry } = this.args;
    return Object.fromEntries(
      tasks.map((task) => [
        task.name,
        entry.points
          .filter((point) => task.services.some(({ name }) => name === point.service))
          .flatMap((point) => entry.group(point.service, point.port) ?? [])
          .filter((group, i, all) => all.indexOf(group) === i),
      ]),
    );
  }

  private makeSecurity(
    tasks: readonly EcsTask[],
    groups: Readonly<Record<string, readonly AttachedGroup[]>>,
  ): TaskSecurity {
    const { app, platform } = this.args;
    const ports = Object.fromEntries(tasks.map((task) => [task.name, taskPorts(app, task)]));
    return taskSecurity(
      this.name,
      { app: app.name, network: platform.network, tasks, ports, groups },
      { parent: this },
    );
  }

  private findCaller(): Caller {
    const accountId = aws.getCallerIdentityOutput({}, { parent: this }).accountId;
    return { accountId, region: this.args.platform.environment.region };
  }

  /** Made only where ECS moves a load balancer's traffic. */
  private makeInfrastructureRole(
    tasks: readonly EcsTask[],
    groups: Readonly<Record<string, readonly AttachedGroup[]>>,
    caller: Caller,
  ): TaskRole | null {
    const { app, placement } = this.args;
    const shifted = tasks.some(
      (task) =>
        taskDeployment(app, placement, task).strategy !== "rolling" &&
        groups[task.name]?.some(({ alternate }) => alternate !== null),
    );
    return shifted ? infrastructureRole(childName(this.name, "infrastructure"), caller, { parent: this }) : null;
  }

  /** In the order in which they start. */
  private hostTasks(
    tasks: readonly EcsTask[],
    made: {
      readonly groups: Readonly<Record<string, readonly AttachedGroup[]>>;
      readonly security: TaskSecurity;
      readonly caller: Caller;
      readonly infrastructure: TaskRole | null;
    },
  ): readonly FargateService[] {
    const { app, placement } = this.args;
    const order = startOrder(app, tasks);
    const wiring = wire(app);
    const settings = settingsOf(placement.settings);
    const hosted = new Map<string, FargateService>();
    for (const task of order.tasks) {
      const security = made.security[task.name];
      if (!security) throw new Error(`no security group for ${task.name}`);
      const after = (order.after[task.name] ?? []).flatMap((name) => hosted.get(name)?.service ?? []);
      hosted.set(
        task.name,
        new FargateService(
          childName(this.name, task.name),
          {
            host: this.args,
            task,
            tasks,
            wiring,
            settings,
            security,
            after,
            groups: made.groups[task.name] ?? [],
            caller: made.caller,
            infrastructure: made.infrastructure,
          },
          { parent: this },
        ),
      );
    }
    return [...hosted.values()];
  }
}
