/** An app on ECS with EC2: an ECS service for each task, on instances that all apps of the environment share. */
import * as pulumi from "@pulumi/pulumi";
import { hostApp } from "../ecs/host-app";
import type { HostTaskArgs } from "../ecs/host-task";
import type { HostArgs, HostedApp, HostedService } from "../tier";
import { Ec2Service } from "./ec2-service";
import { ec2Hosting } from "./hosting";

export class Ec2App extends pulumi.ComponentResource implements HostedApp {
  readonly services: Readonly<Record<string, HostedService>>;

  constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:tier:EcsEc2", name, {}, opts);
    const makeTask = (task: string, of: HostTaskArgs) => new Ec2Service(task, of, { parent: this });
    this.services = hostApp(name, args, { hosting: ec2Hosting(args), makeTask }, this);
    this.registerOutputs({ services: this.services });
  }
}
