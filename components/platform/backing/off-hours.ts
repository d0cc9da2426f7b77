/** Stops a database outside of its hours, by EventBridge Scheduler's own calls of its API. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Database } from "../../../app/backing";
import { eventBridgeCron, switchesOf } from "../../../app/hours";
import { allow, inlinePolicy, trustPolicy } from "../../iam";
import { childName, partitionOf } from "../../names";
import { scheduleTiming } from "../../schedule-timing";
import { nameOf } from "./database";
import type { BackingArgs } from "./made";

/** What is stopped and started. */
export interface Stoppable {
  /** As EventBridge Scheduler names the calls: `aws-sdk:<service>:stopDB<what>`. */
  readonly service: "rds" | "docdb";
  readonly what: "Instance" | "Cluster";
  readonly identifier: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
}

/** For as long a call that AWS did not take is made again: a database that is backed up, or changed, is not stopped. */
const RETRIES = { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 185 };

/**
 * Nothing where it runs all the time. One that is stopped pays for its storage and backups alone, and AWS would start it by itself
 * after seven days; hours come back each week. Free up to 14 million calls a month.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */
export function stopByHours(
  spec: Database,
  args: BackingArgs,
  target: Stoppable,
  { parent, ready = [] }: { readonly parent: pulumi.Resource; readonly ready?: readonly pulumi.Resource[] },
): void {
  const { hours } = spec;
  if (hours === null) return;
  const name = childName(nameOf(spec, args), "hours");
  const { role, policy } = makeRole(name, target, parent);
  const { region } = args.environment;
  const { service, what, identifier } = target;
  for (const one of switchesOf(hours)) {
    const { key, on } = one;
    const call = `${on ? "start" : "stop"}DB${what}`;
    new aws.scheduler.Schedule(
      childName(nameOf(spec, args), key),
      {
        description: `${on ? "starts" : "stops"} the database ${spec.service}`,
        ...scheduleTiming({ at: eventBridgeCron(one), timezone: hours.timezone, windowMinutes: 0 }),
        target: {
          arn: `arn:${partitionOf(region)}:scheduler:::aws-sdk:${service}:${call}`,
          roleArn: role.arn,
          input: pulumi.jsonStringify({ [`Db${what}Identifier`]: identifier }),
          retryPolicy: RETRIES,
        },
      },
      { parent, dependsOn: [policy, ...ready] },
    );
  }
}

/** DocumentDB's calls are RDS's to IAM. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html */
function makeRole(name: string, { what, arn }: Stoppable, parent: pulumi.Resource) {
  const { accountId } = aws.getCallerIdentityOutput({}, { parent });
  const assumeRolePolicy = trustPolicy("scheduler.amazonaws.com", { StringEquals: { "aws:SourceAccount": accountId } });
  const role = new aws.iam.Role(name, { assumeRolePolicy }, { parent });
  const statements = [allow([`rds:StartDB${what}`, `rds:StopDB${what}`], [arn])];
  return { role, policy: inlinePolicy(name, { role, statements }, { parent }) };
}
