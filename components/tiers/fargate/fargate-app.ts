/** An app on ECS with Fargate: an ECS service for each task, in the environment's network and cluster. */
import * as pulumi from "@pulumi/pulumi";
import { hostApp } from "../ecs/host-app";
import type { HostTaskArgs } from "../ecs/host-task";
import type { HostArgs, HostedApp, JobTarget } from "../tier";
import { FargateService } from "./fargate-service";
import { fargateHosting } from "./hosting";

export class FargateApp extends pulumi.ComponentResource implements HostedApp {
  readonly services: HostedApp["services"];
  readonly jobs: Readonly<Record<string, JobTarget>>;
  readonly outputs: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:tier:Fargate", name, {}, opts);
    const makeTask = (task: string, of: HostTaskArgs) => new FargateService(task, of, { parent: this });
    const { services, jobs, outputs } = hostApp(name, args, { hosting: fargateHosting(args), makeTask }, this);
    this.services = services;
    this.jobs = jobs;
    this.outputs = outputs;
    this.registerOutputs({ services, jobs });
  }
}
