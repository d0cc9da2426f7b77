/** Schedules of an app's jobs by EventBridge Scheduler, and the queue that what failed ends in. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { JobConfig } from "../../../app/config/types";
import { deadLetterPolicy, deadLetterQueue } from "../../dead-letters";
import { allow, inlinePolicy, type Statement, trustPolicy } from "../../iam";
import { childName, partitionOf } from "../../names";
import { scheduleTiming } from "../../schedule-timing";

/** Seconds in which Scheduler tries again to make a call that AWS did not take; a day unless said, which is late for a job. */
const LATEST_SECONDS = 3600;

/** How Systems Manager starts a job, and how the event is called that tells its end. */
const calls = {
  command: {
    action: "sendCommand",
    event: "EC2 Command Status-change Notification",
    fields: { document: "document-name", status: "status" },
  },
  automation: {
    action: "startAutomationExecution",
    event: "EC2 Automation Execution Status-change Notification",
    fields: { document: "Definition", status: "Status" },
  },
} as const;

export interface ScheduledJob {
  readonly name: string;
  /** One with `at`. */
  readonly job: JobConfig;
  readonly document: pulumi.Output<string>;
  /** What the call is told besides the document. */
  readonly input: Readonly<Record<string, pulumi.Input<unknown>>>;
}

export interface JobSchedulesArgs {
  readonly region: string;
  readonly accountId: pulumi.Input<string>;
  /** `command`: `ssm:SendCommand`. `automation`: `ssm:StartAutomationExecution`. */
  readonly by: keyof typeof calls;
  readonly jobs: readonly ScheduledJob[];
  /** What starting them takes: Scheduler's role may do this and nothing else. */
  readonly statements: readonly Statement[];
}

/**
 * A call that AWS did not take, and each run that failed, is a message in the dead-letter queue, for 14 days. Free up to 14 million calls a
 * month. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */
export class JobSchedules extends pulumi.ComponentResource {
  readonly deadLetters: aws.sqs.Queue;

  constructor(
    private readonly name: string,
    private readonly args: JobSchedulesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:compose:JobSchedules", name, {}, opts);
    this.deadLetters = deadLetterQueue(childName(name, "dead-letters"), {}, { parent: this });
    this.keepFailures();
    const role = this.makeRole();
    for (const job of args.jobs) this.schedule(job, role);
    this.registerOutputs({ deadLetters: this.deadLetters.url });
  }

  /** https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html */
  private keepFailures(): void {
    const { by, jobs } = this.args;
    const { event, fields } = calls[by];
    const rule = new aws.cloudwatch.EventRule(
      childName(this.name, "failures"),
      {
        description: "runs of scheduled jobs that failed",
        eventPattern: pulumi.jsonStringify({
          source: ["aws.ssm"],
          "detail-type": [event],
          detail: {
            [fields.document]: jobs.map(({ document }) => document),
            [fields.status]: ["Cancelled", "Failed", "TimedOut"],
          },
        }),
      },
      { parent: this },
    );
    const queue = this.deadLetters;
    const policy = deadLetterPolicy(childName(this.name, "dead-letters"), queue, rule.arn, { parent: this });
    new aws.cloudwatch.EventTarget(
      childName(this.name, "failures"),
      { rule: rule.name, arn: queue.arn },
      { parent: this, dependsOn: [policy] },
    );
  }

  private makeRole() {
    const { accountId, statements } = this.args;
    const assumeRolePolicy = trustPolicy("scheduler.amazonaws.com", {
      StringEquals: { "aws:SourceAccount": accountId },
    });
    const role = new aws.iam.Role(this.name, { assumeRolePolicy }, { parent: this });
    const all = [...statements, allow(["sqs:SendMessage"], [this.deadLetters.arn])];
    return { role, policy: inlinePolicy(this.name, { role, statements: all }, { parent: this }) };
  }

  private schedule(
    { name, job, document, input }: ScheduledJob,
    { role, policy }: { readonly role: aws.iam.Role; readonly policy: aws.iam.RolePolicy },
  ): void {
    const { region, by } = this.args;
    const { at, timezone, windowMinutes } = job;
    new aws.scheduler.Schedule(
      childName(this.name, name),
      {
        description: `runs the job ${name}`,
        ...scheduleTiming({ at: at ?? "", timezone, windowMinutes }),
        target: {
          arn: `arn:${partitionOf(region)}:scheduler:::aws-sdk:ssm:${calls[by].action}`,
          roleArn: role.arn,
          input: pulumi.jsonStringify({ DocumentName: document, ...input }),
          deadLetterConfig: { arn: this.deadLetters.arn },
          retryPolicy: { maximumEventAgeInSeconds: LATEST_SECONDS, maximumRetryAttempts: 185 },
        },
      },
      { parent: this, dependsOn: [policy] },
    );
  }
}
