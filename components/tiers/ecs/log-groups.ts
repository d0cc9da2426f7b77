/**
 * The log groups of an app's services. A group's physical name has no tier in it, and AWS refuses a second group of that name
 * while the first is there: so a change between ECS tiers takes the group along, with its logs, instead of making a new one.
 */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childName } from "../../names";
import { logGroup } from "../../platform/logs";
import type { HostArgs } from "../tier";
import type { EcsTierName } from "./ecs-tier";
import { ecsTasks, taskOfService } from "./tasks";

/** By tier: the types of its app's component and of a task's, in which a log group stands. */
const COMPONENTS: Readonly<Record<EcsTierName, readonly [app: string, task: string]>> = {
  fargate: ["spectrum:tier:Fargate", "spectrum:tier:FargateService"],
  "ecs-ec2": ["spectrum:tier:EcsEc2", "spectrum:tier:EcsEc2Service"],
  "ecs-anywhere": ["spectrum:tier:EcsAnywhere", "spectrum:tier:EcsAnywhereService"],
};

/** One service's log group, which other ECS tiers know under URNs of their own. */
export function serviceLogGroup(
  service: string,
  { host: { app, platform }, tier }: { readonly host: HostArgs; readonly tier: EcsTierName },
  parent: pulumi.Resource,
): aws.cloudwatch.LogGroup {
  const { environment } = platform;
  const task = taskOfService(ecsTasks(app)).get(service)?.name ?? service;
  const aliases = Object.entries(COMPONENTS)
    .filter(([name]) => name !== tier)
    .map(([, [appType, taskType]]): pulumi.Alias => {
      const base = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}`;
      return { parent: `${base}::${appType}$${taskType}::${childName(app.name, task)}` };
    });
  return logGroup(childName(app.name, service), { environment, path: [app.name, service] }, { parent, aliases });
}
