/** An app on ECS Anywhere: one task with all of its services, and what machines register with. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../../names";
import type { Caller } from "../ecs/roles";
import type { HostArgs, HostedApp, HostedService } from "../tier";
import { AnywhereService } from "./anywhere-service";
import { appTask } from "./app-task";
import { commandOutput, type MachineRole, machineRole, makeActivation } from "./machine-role";
import { machinesOf } from "./machines";
import { gpusOf } from "./machine-parameters";
import { settingsOf } from "./settings";

/**
 * The environment's ECS cluster is free; each machine that is registered is 0.01025 USD an hour, 7.48 a month. Nothing is
 * opened to anybody: what reaches the machines' ports is their own firewall's affair.
 */
export class AnywhereApp extends pulumi.ComponentResource implements HostedApp {
  readonly services: Readonly<Record<string, HostedService>>;
  readonly outputs: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(
    private readonly name: string,
    private readonly args: HostArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:tier:EcsAnywhere", name, {}, opts);
    const caller = this.findCaller();
    const machines = machineRole(childName(name, "machine"), caller, { parent: this });
    this.outputs = this.letMachinesRegister(machines);
    this.services = this.hostServices(caller, machines);
    this.registerOutputs({ services: this.services, outputs: this.outputs });
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
    const services = appTask(app).task?.services ?? [];
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

  private hostServices(caller: Caller, machines: MachineRole): Readonly<Record<string, HostedService>> {
    const { task } = appTask(this.args.app);
    if (!task) return {};
    const args = { host: this.args, task, caller, machines: machines.ready };
    return new AnywhereService(this.name, args, { parent: this }).hosted;
  }
}
