/** One task of an app as an ECS service on EC2. */
import type * as pulumi from "@pulumi/pulumi";
import { type HostTaskArgs, TaskService } from "../ecs/host-task";

export class Ec2Service extends TaskService {
  constructor(name: string, args: HostTaskArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:tier:EcsEc2Service", name, args, opts);
  }
}
