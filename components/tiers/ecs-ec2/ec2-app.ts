/** An app on ECS with EC2: an ECS service for each task, on instances that all apps of the environment share. */
import * as pulumi from "@pulumi/pulumi";
import { hostApp } from "../ecs/host-app";
import type { HostTaskArgs } from "../ecs/host-task";
import type { HostArgs, HostedApp, JobTarget } from "../tier";
import { Ec2Service } from "./ec2-service";
import { ec2Hosting } from "./hosting";

export class Ec2App extends pulumi.ComponentResource implements HostedApp {
  readonly services: HostedApp["services"];
  readonly jobs: Readonly<Record<string, JobTarget>>;
  readonly outputs: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:tier:EcsEc2", name, {}, opts);
    const makeTask = (task: string, of: HostTaskArgs) => new Ec2Service(task, of, { parent: this });
    const { services, jobs, outputs } = hostApp(name, args, { hosting: ec2Hosting(args), makeTask }, this);
    this.services = services;
    this.jobs = jobs;
    this.outputs = outputs;
    this.registerOutputs({ services, jobs });
  }
}
