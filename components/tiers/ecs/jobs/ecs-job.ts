/** A job of an app as an ECS task definition: what runs it takes it from here. The same on all ECS tiers. */
import * as pulumi from "@pulumi/pulumi";
import type { JobConfig } from "../../../../app/config/types";
import type { EcsCluster } from "../../../platform/ecs-cluster";
import { containerName } from "../containers";
import type { EcsJobTarget, JobPlace } from "../hosting";
import type { PreparedTask } from "../task-definition";
import type { EcsTask } from "../tasks";

export interface EcsJobArgs {
  readonly tier: EcsJobTarget["tier"];
  readonly task: EcsTask;
  readonly config: JobConfig;
  readonly cluster: Pick<EcsCluster, "arn" | "name">;
  readonly place: JobPlace;
  /** Makes the definition with the component's name, as its child. */
  readonly prepare: (name: string, parent: pulumi.Resource) => PreparedTask;
  /** What a run must find besides what the definition needs. */
  readonly ready: readonly pulumi.Resource[];
}

export class EcsJob extends pulumi.ComponentResource {
  /** The component's own name. */
  readonly name: string;
  readonly target: EcsJobTarget;
  readonly task: EcsTask;
  readonly config: JobConfig;
  /** ARN of all revisions of its definition, with `*`. */
  readonly family: pulumi.Output<string>;
  readonly logGroup: pulumi.Output<string>;
  /** What must be there before it is run. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: EcsJobArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spectrum:tier:EcsJob", name, {}, opts);
    const { tier, cluster, place } = args;
    this.name = name;
    this.task = args.task;
    this.config = args.config;
    const { definition, appRole, executionRole, logGroups, ready } = args.prepare(name, this);
    this.family = pulumi.interpolate`${definition.arnWithoutRevision}:*`;
    this.logGroup = pulumi.output(logGroups[this.task.name]?.name ?? "");
    this.target = {
      tier,
      clusterArn: cluster.arn,
      clusterName: cluster.name,
      taskDefinitionArn: definition.arn,
      family: this.family,
      container: containerName(this.task.name),
      ...place,
      roleArns: [executionRole.role.arn, appRole.role.arn],
      identity: appRole.role.arn,
      logs: { group: this.logGroup, prefix: this.task.name },
    };
    this.ready = [...args.ready, ...ready];
    this.registerOutputs({ taskDefinition: definition.arn });
  }
}
