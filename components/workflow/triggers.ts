/** What starts a workflow besides people: the clock, events, a queue, the environment's own deployment. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, WorkflowConfig, WorkflowEvent, WorkflowSchedule } from "../../app/config/types";
import { deadLetterPolicy, deadLetterQueue } from "../dead-letters";
import { allow, type Caller, inlinePolicy, trustPolicy } from "../iam";
import { environmentPrefix, parameterName, partitionOf, shortHash, slug } from "../names";
import { scheduleTiming } from "../schedule-timing";
import type { Started } from "./state-machine";

/** What triggers start from, of the apps. */
export interface TriggerSources {
  /** A queue's ARN, by `app.service`. */
  queueArn(name: string): pulumi.Output<string>;
  /** What of the apps changes with each deployment. */
  readonly revisions: readonly pulumi.Output<string>[];
}

export interface TriggerArgs {
  readonly environment: EnvironmentConfig;
  readonly caller: Caller;
  readonly config: WorkflowConfig;
  readonly sources: TriggerSources;
  readonly started: Started;
  /** What must be there before an execution starts. */
  readonly after: readonly pulumi.Resource[];
}

/** How often EventBridge tries to deliver, and for how long: a day is its default, and too late for most. */
const RETRIES = { maximumRetryAttempts: 8, maximumEventAgeInSeconds: 3600 };
const PREFIX_LENGTH = 48;
const PIPE_NAME_LENGTH = 64;

export function triggers(name: string, args: TriggerArgs, parent: pulumi.Resource): void {
  const { schedule, events, queues, deploy } = args.config.triggers;
  if (schedule.length === 0 && events.length === 0 && queues.length === 0 && !deploy) return;
  new Triggers(name, args, parent).make();
}

class Triggers {
  private undeliveredQueue: aws.sqs.Queue | undefined;

  constructor(
    private readonly name: string,
    private readonly args: TriggerArgs,
    private readonly parent: pulumi.Resource,
  ) {}

  make(): void {
    const { schedule, events, queues, deploy } = this.args.config.triggers;
    const rules = [
      ...events.map((event, i) => this.onEvent(this.numbered("event", i), event).rule),
      ...(deploy ? [this.onDeploy()] : []),
    ];
    schedule.forEach((at, i) => this.onTime(this.numbered("schedule", i), at));
    queues.forEach(({ queue, batchSize }, i) => this.onMessage(this.numbered("queue", i), queue, batchSize));
    const arns = rules.map(({ arn }) => arn);
    // a schedule puts there what it could not deliver by its role
    if (this.undeliveredQueue)
      deadLetterPolicy(`${this.name}-undelivered`, this.undeliveredQueue, arns, { parent: this.parent });
  }

  /** The first has no number, so that a second one does not rename it. */
  private numbered(kind: string, index: number): string {
    return index === 0 ? `${this.name}-${kind}` : `${this.name}-${kind}-${index + 1}`;
  }

  private onTime(name: string, { input, ...timing }: WorkflowSchedule): void {
    const { environment, started, after } = this.args;
    const undelivered = this.undelivered();
    const { role, ready } = this.starterRole(name, "scheduler.amazonaws.com", [
      allow(["sqs:SendMessage"], [undelivered.arn]),
    ]);
    new aws.scheduler.Schedule(
      name,
      {
        namePrefix: `${slug(`${environmentPrefix(environment.name)}-${name}`, 37)}-`,
        description: `starts the workflow ${this.name}`,
        ...scheduleTiming(timing),
        target: {
          arn: started.arn,
          roleArn: role.arn,
          input: JSON.stringify(input),
          deadLetterConfig: { arn: undelivered.arn },
          retryPolicy: RETRIES,
        },
      },
      { parent: this.parent, dependsOn: [...after, ...ready] },
    );
  }

  private onEvent(name: string, { pattern, bus }: WorkflowEvent) {
    const { started, after } = this.args;
    const { role, ready } = this.starterRole(name, "events.amazonaws.com");
    const rule = new aws.cloudwatch.EventRule(
      name,
      {
        description: `starts the workflow ${this.name}`,
        eventPattern: JSON.stringify(pattern),
        ...(bus !== "default" && { eventBusName: bus }),
      },
      { parent: this.parent },
    );
    const target = new aws.cloudwatch.EventTarget(
      name,
      {
        rule: rule.name,
        ...(bus !== "default" && { eventBusName: bus }),
        arn: started.arn,
        roleArn: role.arn,
        deadLetterConfig: { arn: this.undelivered().arn },
        retryPolicy: RETRIES,
      },
      { parent: this.parent, dependsOn: [...after, ...ready] },
    );
    return { rule, target };
  }

  /**
   * A parameter that holds a hash of all that runs: Systems Manager tells EventBridge when it is changed, which is when the
   * apps' new versions are up. Free, and nothing that waits. https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
   */
  private onDeploy(): aws.cloudwatch.EventRule {
    const { environment, sources, after } = this.args;
    const name = `${this.name}-deploy`;
    const parameter = parameterName(pulumi.getProject(), environment.name, "workflows", this.name, "deployed");
    const { rule, target } = this.onEvent(name, {
      bus: "default",
      pattern: {
        source: ["aws.ssm"],
        "detail-type": ["Parameter Store Change"],
        detail: { name: [parameter], operation: ["Create", "Update"] },
      },
    });
    new aws.ssm.Parameter(
      name,
      {
        name: parameter,
        type: "String",
        description: `changes with each deployment, and starts the workflow ${this.name}`,
        value: pulumi.all([...sources.revisions]).apply((revisions) => shortHash(JSON.stringify(revisions), 32)),
      },
      // a change that nobody hears of yet would be lost
      { parent: this.parent, dependsOn: [...after, target] },
    );
    return rule;
  }

  /** A message is taken off the queue once its execution has started; EXPRESS, once it has succeeded. */
  private onMessage(name: string, queue: string, batchSize: number): void {
    const { environment, caller, config, sources, started, after } = this.args;
    const source = queue.startsWith("arn:") ? pulumi.output(queue) : sources.queueArn(queue);
    const pipe = slug(`${environmentPrefix(environment.name)}-${name}`, PIPE_NAME_LENGTH);
    const express = config.type === "EXPRESS";
    const { region, accountId } = caller;
    const { role, ready } = this.starterRole(
      name,
      "pipes.amazonaws.com",
      [allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], [source])],
      {
        StringEquals: {
          "aws:SourceAccount": accountId,
          "aws:SourceArn": pulumi.interpolate`arn:${partitionOf(region)}:pipes:${region}:${accountId}:pipe/${pipe}`,
        },
      },
    );
    new aws.pipes.Pipe(
      name,
      {
        name: pipe,
        description: `starts the workflow ${this.name}`,
        roleArn: role.arn,
        source,
        sourceParameters: { sqsQueueParameters: { batchSize } },
        target: started.arn,
        targetParameters: {
          stepFunctionStateMachineParameters: { invocationType: express ? "REQUEST_RESPONSE" : "FIRE_AND_FORGET" },
        },
      },
      { parent: this.parent, dependsOn: [...after, ...ready] },
    );
  }

  private starterRole(
    name: string,
    service: string,
    more: readonly ReturnType<typeof allow>[] = [],
    condition: Parameters<typeof trustPolicy>[1] = {
      StringEquals: { "aws:SourceAccount": this.args.caller.accountId },
    },
  ) {
    const { config, started } = this.args;
    const opts = { parent: this.parent };
    const role = new aws.iam.Role(name, { assumeRolePolicy: trustPolicy(service, condition) }, opts);
    const sync = service.startsWith("pipes.") && config.type === "EXPRESS";
    const start = allow([sync ? "states:StartSyncExecution" : "states:StartExecution"], [started.machine.arn]);
    return { role, ready: [inlinePolicy(name, { role, statements: [start, ...more] }, opts)] };
  }

  /** What could not be started, with why. */
  private undelivered(): aws.sqs.Queue {
    const { environment } = this.args;
    const namePrefix = `${slug(`${environmentPrefix(environment.name)}-${this.name}-undelivered`, PREFIX_LENGTH)}-`;
    return (this.undeliveredQueue ??= deadLetterQueue(
      `${this.name}-undelivered`,
      { namePrefix },
      { parent: this.parent },
    ));
  }
}
