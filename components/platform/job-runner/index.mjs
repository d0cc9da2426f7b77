/** The Lambda function that deployments run jobs by. The SDK is the runtime's own. */
import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { runJob } from "./run-job.mjs";

const client = new ECSClient({});
const ecs = {
  listTasks: (request) => client.send(new ListTasksCommand(request)),
  runTask: (request) => client.send(new RunTaskCommand(request)),
  describeTasks: (request) => client.send(new DescribeTasksCommand(request)),
  stopTask: (request) => client.send(new StopTaskCommand(request)),
};

export const handler = (input, context) =>
  runJob(input, { ecs, requestId: context.awsRequestId, remaining: () => context.getRemainingTimeInMillis() });
