/** What ECS and the load balancer say of an ECS service. */
import {
  type Container,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type DesiredStatus,
  ListTasksCommand,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand, type TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Aws, pages } from "../aws";
import type { TargetOn } from "../deployed";
import { Refusal } from "../refusal";

export type EcsTarget = TargetOn<"fargate" | "ecs-ec2" | "ecs-anywhere">;

export interface EcsObservation {
  /** `null`: there is no such service, or none any more. */
  readonly service: Service | null;
  /** Those that ECS means to run. */
  readonly tasks: readonly Task[];
  /** Those that have ended within about an hour: ECS forgets them then. */
  readonly stopped: readonly Task[];
  /** `null`: no target group is the service's. */
  readonly targets: readonly TargetHealthDescription[] | null;
}

/** Tasks that `DescribeTasks` takes at a time. */
const TASKS_AT_ONCE = 100;

/** One round of questions for all containers of the service. */
export function observe(aws: Aws, { clusterArn, serviceName }: EcsTarget): Promise<EcsObservation> {
  return aws.once(`ecs ${clusterArn} ${serviceName}`, async () => {
    const service = await describeService(aws, clusterArn, serviceName);
    if (service === null) return { service, tasks: [], stopped: [], targets: null };
    const [tasks, stopped, targets] = await Promise.all([
      tasksOf(aws, clusterArn, serviceName, "RUNNING"),
      tasksOf(aws, clusterArn, serviceName, "STOPPED"),
      targetsOf(aws, service),
    ]);
    return { service, tasks, stopped, targets };
  });
}

async function describeService(aws: Aws, cluster: string, name: string): Promise<Service | null> {
  try {
    const { services = [] } = await aws.ask("ecs:DescribeServices", () =>
      aws.client("ecs").send(new DescribeServicesCommand({ cluster, services: [name] })),
    );
    return services.find(({ status }) => status !== "INACTIVE") ?? null;
  } catch (error) {
    // the cluster has gone with it
    if (error instanceof Refusal && error.kind === "absent") return null;
    throw error;
  }
}

async function tasksOf(
  aws: Aws,
  cluster: string,
  serviceName: string,
  desiredStatus: DesiredStatus,
): Promise<readonly Task[]> {
  const arns = await pages(async (nextToken) => {
    const { taskArns = [], nextToken: next } = await aws.ask("ecs:ListTasks", () =>
      aws.client("ecs").send(new ListTasksCommand({ cluster, serviceName, desiredStatus, nextToken })),
    );
    return { items: taskArns, next };
  });
  const some = Array.from({ length: Math.ceil(arns.length / TASKS_AT_ONCE) }, (_, i) =>
    arns.slice(i * TASKS_AT_ONCE, (i + 1) * TASKS_AT_ONCE),
  );
  const described = await Promise.all(
    some.map((tasks) =>
      aws.ask("ecs:DescribeTasks", () => aws.client("ecs").send(new DescribeTasksCommand({ cluster, tasks }))),
    ),
  );
  return described.flatMap(({ tasks = [] }) => tasks);
}

/** Under blue/green a service has two groups, and its tasks are in one of them. */
async function targetsOf(
  aws: Aws,
  { loadBalancers = [] }: Service,
): Promise<readonly TargetHealthDescription[] | null> {
  const groups = loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) =>
    [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].filter((arn) => arn !== undefined),
  );
  if (groups.length === 0) return null;
  const answers = await Promise.all(
    groups.map((TargetGroupArn) =>
      aws.ask("elasticloadbalancing:DescribeTargetHealth", () =>
        aws.client("elb").send(new DescribeTargetHealthCommand({ TargetGroupArn })),
      ),
    ),
  );
  return answers.flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions);
}

export const containerOf = ({ containers = [] }: Task, name: string): Container | undefined =>
  containers.find((container) => container.name === name);

/** The last part of its ARN. */
export const taskId = ({ taskArn = "" }: Task): string => taskArn.split("/").at(-1) ?? "";
