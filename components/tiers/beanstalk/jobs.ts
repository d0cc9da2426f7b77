/** The jobs of an app on one of its environment's instances: by hand, or by a schedule. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../../../app/config/types";
import { jobOf } from "../../../app/jobs";
import type { App } from "../../../app/model";
import { allow, inlinePolicy, type Statement, trustPolicy } from "../../iam";
import { childName, partitionOf } from "../../names";
import { jobDocument, jobParameters, JobSchedules, jobSeconds } from "../compose";
import type { HostedApp, JobTarget } from "../tier";
import type { Deployment } from "./deployment";
import { JOB_PROGRAM } from "./job-files";

/** The tag that Beanstalk gives to the instances of an environment. */
const ENVIRONMENT_TAG = "elasticbeanstalk:environment-name";
/** Where Beanstalk unpacks the version that runs. */
const CURRENT = "/var/app/current";
/** Seconds besides those of the job until its end has reached the automation. */
const LATE_SECONDS = 120;

export interface EnvironmentJobsArgs {
  readonly app: App;
  readonly placement: Placement;
  readonly deployment: Deployment;
  readonly accountId: pulumi.Input<string>;
  readonly environment: aws.elasticbeanstalk.Environment;
}

type Made = Required<Pick<HostedApp, "jobs" | "outputs">>;

/** A document and a runbook for each job, the schedules, and as outputs the commands that run a job by hand. */
export function environmentJobs(name: string, args: EnvironmentJobsArgs, parent: pulumi.Resource): Made {
  const { app, placement, deployment, environment, accountId } = args;
  const { region } = placement.environment;
  if (deployment.jobs.length === 0) return { jobs: {}, outputs: {} };
  const role = new aws.iam.Role(
    childName(name, "jobs"),
    { assumeRolePolicy: trustPolicy("ssm.amazonaws.com", { StringEquals: { "aws:SourceAccount": accountId } }) },
    { parent },
  );
  const made = deployment.jobs.flatMap((service) => {
    const job = jobOf(placement, service.name);
    if (job === null) return [];
    const seconds = jobSeconds(job);
    const document = new aws.ssm.Document(
      childName(name, service.name),
      {
        content: jobDocument({ app: app.name, job: service.name, seconds, program: `${CURRENT}/${JOB_PROGRAM} run` }),
        documentType: "Command",
        documentFormat: "JSON",
      },
      { parent },
    );
    const content = runbook({ app: app.name, job: service.name, seconds, role, document, environment });
    const automation = new aws.ssm.Document(
      childName(name, service.name, "run"),
      { content, documentType: "Automation", documentFormat: "JSON" },
      { parent },
    );
    return [{ name: service.name, job, command: document.name, document: automation.name }];
  });
  const account: Account = { region, accountId };
  const statements = runOnInstances(
    account,
    environment,
    made.map(({ command }) => command),
  );
  inlinePolicy(childName(name, "jobs"), { role, statements }, { parent });
  const scheduled = made.filter(({ job }) => job.on === "schedule");
  if (scheduled.length > 0)
    new JobSchedules(
      childName(name, "schedules"),
      {
        ...account,
        by: "automation",
        jobs: scheduled.map((one) => ({ ...one, input: {} })),
        statements: startAutomations(
          account,
          role,
          scheduled.map(({ document }) => document),
        ),
      },
      { parent },
    );
  return {
    jobs: Object.fromEntries(
      made.map(({ name: job, document }): [string, JobTarget] => [
        job,
        { tier: "beanstalk", runbook: document, roleArn: role.arn },
      ]),
    ),
    outputs: Object.fromEntries(
      made.map(({ name: job, document }) => [
        `run-${job}`,
        pulumi.interpolate`aws ssm start-automation-execution --region ${region} --document-name ${document}`,
      ]),
    ),
  };
}

/**
 * A command goes to all instances of a tag, so a runbook chooses one: the first that runs.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-runcommand.html
 */
function runbook(args: {
  readonly app: string;
  readonly job: string;
  readonly seconds: number;
  readonly role: aws.iam.Role;
  readonly document: aws.ssm.Document;
  readonly environment: aws.elasticbeanstalk.Environment;
}): pulumi.Output<string> {
  return pulumi.jsonStringify({
    schemaVersion: "0.3",
    description: `runs the job ${args.job} of ${args.app} on one instance`,
    assumeRole: args.role.arn,
    parameters: jobParameters,
    outputs: ["run.ResponseCode", "run.Output"],
    mainSteps: [
      {
        name: "choose",
        action: "aws:executeAwsApi",
        inputs: {
          Service: "ec2",
          Api: "DescribeInstances",
          Filters: [
            { Name: `tag:${ENVIRONMENT_TAG}`, Values: [args.environment.name] },
            { Name: "instance-state-name", Values: ["running"] },
          ],
        },
        outputs: [{ Name: "InstanceId", Selector: "$.Reservations[0].Instances[0].InstanceId", Type: "String" }],
      },
      {
        name: "run",
        action: "aws:runCommand",
        timeoutSeconds: args.seconds + LATE_SECONDS,
        inputs: {
          DocumentName: args.document.name,
          InstanceIds: ["{{ choose.InstanceId }}"],
          Parameters: { Command: ["{{ Command }}"], Environment: ["{{ Environment }}"] },
        },
      },
    ],
  });
}

interface Account {
  readonly region: string;
  readonly accountId: pulumi.Input<string>;
}

const ssmArn = ({ region, accountId }: Account): pulumi.Output<string> =>
  pulumi.interpolate`arn:${partitionOf(region)}:ssm:${region}:${accountId}`;

/** What the runbooks do: the jobs' own documents, on the environment's own instances. */
function runOnInstances(
  account: Account,
  { name }: aws.elasticbeanstalk.Environment,
  documents: readonly pulumi.Output<string>[],
): Statement[] {
  const { region, accountId } = account;
  const instances = pulumi.interpolate`arn:${partitionOf(region)}:ec2:${region}:${accountId}:instance/*`;
  return [
    allow(
      ["ssm:SendCommand"],
      documents.map((document) => pulumi.interpolate`${ssmArn(account)}:document/${document}`),
    ),
    {
      ...allow(["ssm:SendCommand"], [instances]),
      Condition: { StringEquals: { [`aws:ResourceTag/${ENVIRONMENT_TAG}`]: name } },
    },
    // none of these takes a resource
    allow(
      [
        "ec2:DescribeInstances",
        "ssm:DescribeInstanceInformation",
        "ssm:GetCommandInvocation",
        "ssm:ListCommandInvocations",
        "ssm:ListCommands",
      ],
      ["*"],
    ),
  ];
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html */
function startAutomations(
  account: Account,
  role: aws.iam.Role,
  documents: readonly pulumi.Output<string>[],
): Statement[] {
  const ssm = ssmArn(account);
  return [
    allow(
      ["ssm:StartAutomationExecution"],
      [
        ...documents.flatMap((document) => [
          pulumi.interpolate`${ssm}:automation-definition/${document}:*`,
          pulumi.interpolate`${ssm}:document/${document}`,
        ]),
        pulumi.interpolate`${ssm}:automation-execution/*`,
      ],
    ),
    {
      ...allow(["iam:PassRole"], [role.arn]),
      Condition: { StringEquals: { "iam:PassedToService": "ssm.amazonaws.com" } },
    },
  ];
}
