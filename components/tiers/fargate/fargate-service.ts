/** One task of an app as an ECS service on Fargate. */
import type * as pulumi from "@pulumi/pulumi";
import { type HostTaskArgs, TaskService } from "../ecs/host-task";

export class FargateService extends TaskService {
  constructor(name: string, args: HostTaskArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:tier:FargateService", name, args, opts);
  }
}
