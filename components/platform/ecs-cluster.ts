/** The environment's ECS cluster. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, PlatformConfig } from "../../app/config/types";
import { environmentPrefix } from "../names";

export interface EcsCluster {
  readonly arn: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  /**
   * ARN of a Cloud Map HTTP namespace for one app's Service Connect: the services' names are its own. `tier`: of that tier
   * alone, since while an app changes between two of them both have services of the same names.
   */
  serviceConnectNamespace(app: string, tier?: "ec2"): pulumi.Output<string>;
  /** What a service must wait for: the cluster's capacity providers. */
  readonly ready: pulumi.Resource[];
}

/** Container Insights, off by default: each metric is billed, about 0.30 USD a month, and `enhanced` has many for each task. */
const INSIGHTS: Readonly<Record<PlatformConfig["insights"], string>> = {
  off: "disabled",
  on: "enabled",
  enhanced: "enhanced",
};

/** The cluster that all apps of the environment share: the config's, or one of its own. The cluster itself is free. */
export class SharedEcsCluster extends pulumi.ComponentResource implements EcsCluster {
  readonly arn: pulumi.Output<string>;
  /** Named without a random part: people type it. */
  readonly name: pulumi.Output<string>;
  readonly ready: pulumi.Resource[];
  private readonly namespaces = new Map<string, aws.servicediscovery.HttpNamespace>();

  constructor(
    private readonly logicalName: string,
    private readonly environment: EnvironmentConfig,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:EcsCluster", logicalName, {}, opts);
    const { ecsClusterArn, insights } = environment.platform;
    if (ecsClusterArn === null) {
      const cluster = this.makeCluster(INSIGHTS[insights]);
      this.arn = cluster.arn;
      this.name = cluster.name;
      this.ready = [this.addCapacityProviders(cluster)];
    } else {
      this.arn = pulumi.output(ecsClusterArn);
      this.name = pulumi.output(ecsClusterArn.slice(ecsClusterArn.lastIndexOf("/") + 1));
      this.ready = [];
    }
    this.registerOutputs({ arn: this.arn, name: this.name });
  }

  serviceConnectNamespace(app: string, tier?: "ec2"): pulumi.Output<string> {
    // dots, which no app's name has, so that no two pairs of environment, app and tier make one name
    const key = tier === undefined ? app : `${app}.${tier}`;
    const made = this.namespaces.get(key);
    if (made) return made.arn;
    const namespace = new aws.servicediscovery.HttpNamespace(
      `${this.logicalName}-${key}`,
      {
        name: `${pulumi.getProject()}.${this.environment.name}.${key}`,
        description: `services of ${app}`,
      },
      { parent: this },
    );
    this.namespaces.set(key, namespace);
    return namespace.arn;
  }

  private makeCluster(containerInsights: string): aws.ecs.Cluster {
    return new aws.ecs.Cluster(
      this.logicalName,
      {
        name: environmentPrefix(this.environment.name),
        settings: [{ name: "containerInsights", value: containerInsights }],
        // what is typed in an exec session goes to the container's own log group
        configuration: { executeCommandConfiguration: { logging: "DEFAULT" } },
      },
      { parent: this },
    );
  }

  private addCapacityProviders(cluster: aws.ecs.Cluster): aws.ecs.ClusterCapacityProviders {
    return new aws.ecs.ClusterCapacityProviders(
      this.logicalName,
      { clusterName: cluster.name, capacityProviders: ["FARGATE", "FARGATE_SPOT"] },
      // those of instances attach themselves, one by one: see pool-attachments.ts
      { parent: this, ignoreChanges: ["capacityProviders"] },
    );
  }
}
