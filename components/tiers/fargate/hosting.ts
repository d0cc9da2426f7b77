/** What ECS is told of Fargate: its capacity, its network, its sizes. */
import * as pulumi from "@pulumi/pulumi";
import { runsOnSpot } from "../ecs/jobs/spot";
import { taskHasOneWriter } from "../ecs/tasks";
import type { EcsHosting } from "../ecs/hosting";
import { architectureOf } from "../ecs/size";
import type { HostArgs } from "../tier";
import { capacityStrategy } from "./capacity";
import { fargateTier } from "./fargate-tier";
import { fargateEgress, serviceSettings, settingsOf } from "./settings";
import { taskStorage } from "./task-size";

export function fargateHosting({ app, placement, platform }: HostArgs): EcsHosting {
  const settings = settingsOf(placement.settings);
  const { network, ecsCluster } = platform;
  const place = network.tasks(fargateEgress(placement));
  return {
    tier: fargateTier,
    hostPort: (containerPort) => containerPort,
    namespace: (): pulumi.Output<string> => ecsCluster.serviceConnectNamespace(app.name),
    definition: (task, { size }) => {
      const storage = taskStorage(task);
      return {
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: String(size.cpu),
        memory: String(size.memory),
        runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: architectureOf(task.main) },
        ...(storage !== null && { ephemeralStorage: { sizeInGib: storage } }),
      };
    },
    service: (task, group) => {
      const oneWriter = taskHasOneWriter(app, placement, task);
      return {
        capacityProviderStrategies: [...capacityStrategy(serviceSettings(settings, task.name), oneWriter)],
        networkConfiguration: {
          subnets: place.subnetIds,
          assignPublicIp: place.assignPublicIp,
          securityGroups: [group.id],
        },
      };
    },
    job: (task, group) => ({
      network: { ...place, securityGroupIds: [group.id] },
      launch: {
        capacityProvider: pulumi.output(runsOnSpot(fargateTier, placement, task) ? "FARGATE_SPOT" : "FARGATE"),
      },
      placement: [],
    }),
  };
}
