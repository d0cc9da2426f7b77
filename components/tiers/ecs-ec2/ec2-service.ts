/** One task of an app as an ECS service on EC2. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type HostedTask, hostTask, type HostTaskArgs } from "../ecs/host-task";

export class Ec2Service extends pulumi.ComponentResource implements HostedTask {
  readonly service: aws.ecs.Service;
  readonly definition: aws.ecs.TaskDefinition;
  readonly hosted: HostedTask["hosted"];

  constructor(name: string, args: HostTaskArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:tier:EcsEc2Service", name, {}, opts);
    const { service, definition, hosted } = hostTask(name, args, this);
    this.service = service;
    this.definition = definition;
    this.hosted = hosted;
    this.registerOutputs({ service: service.name, taskDefinition: definition.arn, hosted });
  }
}
