/** An app on ECS Anywhere: one task with all of its services, a definition for each job, and what machines register with. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { jobOf, jobsOf } from "../../../app/jobs";
import { childName } from "../../names";
import { EcsJob, type EcsJobArgs } from "../ecs/jobs/ecs-job";
import { hostedJobs, startInOrder } from "../ecs/jobs/host-jobs";
import type { Caller } from "../../iam";
import { jobTasks } from "../ecs/tasks";
import type { HostArgs, HostedApp, HostedService, JobTarget } from "../tier";
import { AnywhereService } from "./anywhere-service";
import { anywhereTasks, appTask } from "./app-task";
import { commandOutput, type MachineRole, machineRole, makeActivation } from "./machine-role";
import { machinesOf, placement as machinePlacement } from "./machines";
import { gpusOf } from "./machine-parameters";
import { prepareAnywhereTask } from "./prepare-task";
import { settingsOf } from "./settings";
import { taskArchitecture } from "./size";

/**
 * The environment's ECS cluster is free; each machine that is registered is 0.01025 USD an hour, 7.48 a month. Nothing is
 * opened to anybody: what reaches the machines' ports is their own firewall's affair.
 */
export class AnywhereApp extends pulumi.ComponentResource implements HostedApp {
  readonly services: Readonly<Record<string, HostedService>>;
  readonly jobs: Readonly<Record<string, JobTarget>>;
  readonly outputs: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(
    private readonly name: string,
    private readonly args: HostArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:EcsAnywhere", name, {}, opts);
    const caller = this.findCaller();
    const machines = machineRole(childName(name, "machine"), caller, { parent: this });
    const registration = this.letMachinesRegister(machines);
    const service = this.makeService(caller, machines);
    const made = this.makeJobs(caller, machines);
    this.services = startInOrder({
      app: args.app,
      tasks: anywhereTasks(args.app),
      services: new Map(service ? [[service.task, service]] : []),
      jobs: made,
      runner: () => args.platform.jobRunner,
    });
    const { jobs, outputs } = hostedJobs(made, { platform: args.platform, caller });
    this.jobs = jobs;
    this.outputs = { ...registration, ...outputs };
    this.registerOutputs({ services: this.services, jobs, outputs: this.outputs });
  }

  private findCaller(): Caller {
    const accountId = aws.getCallerIdentityOutput({}, { parent: this }).accountId;
    return { accountId, region: this.args.platform.environment.region };
  }

  private letMachinesRegister(machines: MachineRole): Record<string, pulumi.Output<string>> {
    const { app, placement, platform } = this.args;
    const { activation: said, machines: group } = settingsOf(placement.settings);
    if (said === null) return {};
    const { name: environment, region } = platform.environment;
    const activation = makeActivation(
      childName(this.name, "activation"),
      { app: app.name, environment, activation: said, machines },
      { parent: this },
    );
    const services = [...(appTask(app).task?.services ?? []), ...jobsOf(app)];
    return {
      registrationCommand: commandOutput({
        region,
        cluster: platform.ecsCluster.name,
        machines: machinesOf(app.name, group),
        gpu: services.some((service) => gpusOf(service) !== 0),
        activation,
      }),
    };
  }

  /** Null where no service has a container. */
  private makeService(caller: Caller, machines: MachineRole): AnywhereService | null {
    const { task } = appTask(this.args.app);
    if (!task) return null;
    return new AnywhereService(
      this.name,
      { host: this.args, task, caller, machines: machines.ready },
      { parent: this },
    );
  }

  /** By job, not yet run. */
  private makeJobs(caller: Caller, machines: MachineRole): ReadonlyMap<string, EcsJob> {
    const { app, placement, platform } = this.args;
    const group = machinesOf(app.name, settingsOf(placement.settings).machines);
    return new Map(
      jobTasks(app).flatMap((task): [string, EcsJob][] => {
        const config = jobOf(placement, task.name);
        if (config === null) return [];
        const args: EcsJobArgs = {
          tier: "ecs-anywhere",
          task,
          config,
          cluster: platform.ecsCluster,
          place: {
            network: null,
            launch: { launchType: "EXTERNAL" },
            placement: machinePlacement(group, taskArchitecture(task.services)),
          },
          prepare: (name, parent) => prepareAnywhereTask({ name, parent }, { host: this.args, task, caller }),
          ready: [...platform.ecsCluster.ready, ...machines.ready],
        };
        return [[task.name, new EcsJob(childName(this.name, task.name), args, { parent: this })]];
      }),
    );
  }
}
