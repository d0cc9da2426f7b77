/** A job that runs by the clock: EventBridge Scheduler starts a state machine, which keeps to its time and its retries. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { deadLetterPolicy, deadLetterQueue } from "../../../dead-letters";
import { allow, type Caller, inlinePolicy, trustPolicy } from "../../../iam";
import { childName, partitionOf } from "../../../names";
import { scheduleTiming } from "../../../schedule-timing";
import { type EcsRunner, runnerDefinition, runnerPolicy } from "../../../workflow/runner/ecs";
import type { EcsJob } from "./ecs-job";

export interface ScheduleArgs {
  readonly caller: Caller;
  /** The environment's own. */
  readonly group: aws.scheduler.ScheduleGroup;
}

/** For how long, and how often, a machine that cannot be started is tried again. */
const START_RETRIES = { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 };

/**
 * As children of the job. 14 million starts a month are free; each is some 4 transitions of Step Functions, of which 4,000 a month are
 * free, then 0.025 USD a thousand.
 *
 * @returns the URL of the queue that holds what failed
 */
export function scheduleJob(job: EcsJob, args: ScheduleArgs): pulumi.Output<string> {
  const { name } = job;
  const failed = makeDeadLetters(childName(name, "failed"), job);
  const machine = makeMachine(name, job, args, failed);
  const role = startRole(childName(name, "schedule"), { machine, failed, ...args }, job);
  const { at, timezone, windowMinutes } = job.config;
  new aws.scheduler.Schedule(
    name,
    {
      groupName: args.group.name,
      description: `runs the job ${job.task.name}`,
      ...scheduleTiming({ at: at ?? "", timezone, windowMinutes }),
      target: {
        arn: machine.arn,
        roleArn: role.role.arn,
        input: "{}",
        retryPolicy: START_RETRIES,
        deadLetterConfig: { arn: failed.arn },
      },
    },
    { parent: job, dependsOn: [role.policy, ...job.ready] },
  );
  return failed.url;
}

function makeDeadLetters(name: string, parent: pulumi.Resource): aws.sqs.Queue {
  const queue = deadLetterQueue(name, {}, { parent });
  deadLetterPolicy(name, queue, [], { parent });
  return queue;
}

function makeMachine(name: string, job: EcsJob, { caller }: ScheduleArgs, failed: aws.sqs.Queue): aws.sfn.StateMachine {
  const { target, task, config } = job;
  const { region, accountId } = caller;
  const runner: EcsRunner = { ...config, region, job: task.name, target, deadLetters: failed, tellsOutput: false };
  const role = new aws.iam.Role(
    childName(name, "run"),
    {
      assumeRolePolicy: trustPolicy("states.amazonaws.com", {
        ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partitionOf(region)}:states:${region}:${accountId}:*` },
        StringEquals: { "aws:SourceAccount": accountId },
      }),
    },
    { parent: job },
  );
  const statements = runnerPolicy({ runner, accountId });
  const policy = inlinePolicy(childName(name, "run"), { role, statements }, { parent: job });
  return new aws.sfn.StateMachine(
    name,
    { roleArn: role.arn, type: "STANDARD", definition: pulumi.jsonStringify(runnerDefinition(runner)) },
    { parent: job, dependsOn: [policy] },
  );
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
function startRole(
  name: string,
  {
    caller,
    group,
    machine,
    failed,
  }: ScheduleArgs & { readonly machine: aws.sfn.StateMachine; readonly failed: aws.sqs.Queue },
  parent: pulumi.Resource,
) {
  const assumeRolePolicy = trustPolicy("scheduler.amazonaws.com", {
    StringEquals: { "aws:SourceAccount": caller.accountId, "aws:SourceArn": group.arn },
  });
  const role = new aws.iam.Role(name, { assumeRolePolicy }, { parent });
  const statements = [allow(["states:StartExecution"], [machine.arn]), allow(["sqs:SendMessage"], [failed.arn])];
  return { role, policy: inlinePolicy(name, { role, statements }, { parent }) };
}
