/** What Elastic Beanstalk says of an environment. */
import {
  DescribeEnvironmentHealthCommand,
  type DescribeEnvironmentHealthResult,
  DescribeEnvironmentsCommand,
  DescribeEventsCommand,
  DescribeInstancesHealthCommand,
  type EnvironmentDescription,
  type EventDescription,
  type SingleInstanceHealth,
} from "@aws-sdk/client-elastic-beanstalk";
import { type Aws, pages } from "../aws";
import type { TargetOn } from "../deployed";

export type BeanstalkTarget = TargetOn<"beanstalk">;

export interface BeanstalkObservation {
  /** `null`: there is none, or it has been terminated. */
  readonly environment: EnvironmentDescription | null;
  readonly health: DescribeEnvironmentHealthResult | null;
  readonly instances: readonly SingleInstanceHealth[];
  /** The newest first. */
  readonly events: readonly EventDescription[];
}

const EVENTS = 20;

/** One round of questions for all services of the environment. */
export function observe(aws: Aws, { environmentId }: BeanstalkTarget): Promise<BeanstalkObservation> {
  return aws.once(`beanstalk ${environmentId}`, async () => {
    const client = aws.client("beanstalk");
    const { Environments = [] } = await aws.ask("elasticbeanstalk:DescribeEnvironments", () =>
      client.send(new DescribeEnvironmentsCommand({ EnvironmentIds: [environmentId] })),
    );
    const environment = Environments.find(({ Status }) => Status !== "Terminated") ?? null;
    if (environment === null) return { environment, health: null, instances: [], events: [] };
    const [health, instances, { Events = [] }] = await Promise.all([
      aws.ask("elasticbeanstalk:DescribeEnvironmentHealth", () =>
        client.send(
          new DescribeEnvironmentHealthCommand({
            EnvironmentId: environmentId,
            AttributeNames: ["Status", "Color", "Causes", "InstancesHealth", "HealthStatus"],
          }),
        ),
      ),
      pages(async (NextToken) => {
        const { InstanceHealthList = [], NextToken: next } = await aws.ask(
          "elasticbeanstalk:DescribeInstancesHealth",
          () =>
            client.send(
              new DescribeInstancesHealthCommand({
                EnvironmentId: environmentId,
                AttributeNames: ["HealthStatus", "Color", "Causes", "Deployment"],
                NextToken,
              }),
            ),
        );
        return { items: InstanceHealthList, next };
      }),
      aws.ask("elasticbeanstalk:DescribeEvents", () =>
        client.send(new DescribeEventsCommand({ EnvironmentId: environmentId, MaxRecords: EVENTS })),
      ),
    ]);
    return { environment, health, instances, events: Events };
  });
}
