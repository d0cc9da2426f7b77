/** The status of a service on ECS: on Fargate, on EC2 instances, on machines of one's own. */
import type { Task } from "@aws-sdk/client-ecs";
import type { Aws } from "../aws";
import type { AskedService } from "../deployed";
import { lastLines, logOrReason } from "../logs";
import { type ContainerLog, serviceStatus, type ServiceStatus } from "../model";
import { failedTasks, judge } from "./judge";
import { containerOf, type EcsObservation, type EcsTarget, observe, taskId } from "./observe";

export async function ecsStatus(aws: Aws, asked: AskedService<EcsTarget>): Promise<ServiceStatus> {
  const seen = await observe(aws, asked.target);
  const found = judge(asked, seen);
  const isAtFault = found.state === "failing" || found.state === "rolled back";
  return serviceStatus(asked, { ...found, logs: isAtFault ? await logsOf(aws, asked, seen) : [] });
}

/**
 * Of the task that failed last, or else of an unhealthy one. The stream's name is the driver's:
 * `prefix/container/task`, the prefix being the Compose service's name.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 */
async function logsOf(
  aws: Aws,
  { service, logGroup, revision, target }: AskedService<EcsTarget>,
  { tasks, stopped }: EcsObservation,
): Promise<readonly ContainerLog[]> {
  const ofRevision = tasks.filter(({ taskDefinitionArn }) => taskDefinitionArn === revision);
  const task = failedTasks(stopped, revision)[0] ?? ofRevision.find(isUnhealthy) ?? ofRevision[0];
  if (logGroup === null || task === undefined || !containerOf(task, target.container)) return [];
  const id = taskId(task);
  const log = await logOrReason(`${target.container} in task ${id}`, () =>
    lastLines(aws, logGroup, `${service}/${target.container}/${id}`),
  );
  return [log];
}

const isUnhealthy = ({ healthStatus }: Task): boolean => healthStatus === "UNHEALTHY";
