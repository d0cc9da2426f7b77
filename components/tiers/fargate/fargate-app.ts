/** An app on ECS with Fargate: an ECS service for each task, in the environment's network and cluster. */
import * as pulumi from "@pulumi/pulumi";
import { hostApp } from "../ecs/host-app";
import type { HostTaskArgs } from "../ecs/host-task";
import type { HostArgs, HostedApp, HostedService } from "../tier";
import { FargateService } from "./fargate-service";
import { fargateHosting } from "./hosting";

export class FargateApp extends pulumi.ComponentResource implements HostedApp {
  readonly services: Readonly<Record<string, HostedService>>;

  constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:tier:Fargate", name, {}, opts);
    const makeTask = (task: string, of: HostTaskArgs) => new FargateService(task, of, { parent: this });
    this.services = hostApp(name, args, { hosting: fargateHosting(args), makeTask }, this);
    this.registerOutputs({ services: this.services });
  }
}
