/** The jobs of an app on its first machine: by hand, or by a schedule. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Placement } from "../../../app/config/types";
import { jobOf } from "../../../app/jobs";
import type { App } from "../../../app/model";
import { allow, type Statement } from "../../iam";
import { childName, partitionOf } from "../../names";
import { jobDocument, JobSchedules, jobSeconds } from "../compose";
import type { HostedApp, JobTarget } from "../tier";
import { appFolder } from "./document";
import type { Layout } from "./layout";
import { NODE_TAG } from "./machine";

export interface MachineJobsArgs {
  readonly app: App;
  readonly placement: Placement;
  readonly layout: Layout;
  /** The value of `NODE_TAG` of the machine that runs them. */
  readonly tag: string;
}

type Made = Required<Pick<HostedApp, "jobs" | "outputs">>;

/** A document for each job, the schedules, and as outputs the commands that run a job by hand. */
export function machineJobs(name: string, args: MachineJobsArgs, parent: pulumi.Resource): Made {
  const { app, placement, layout, tag } = args;
  const { region } = placement.environment;
  const made = layout.jobs.flatMap((service) => {
    const job = jobOf(placement, service.name);
    if (job === null) return [];
    const program = `${appFolder(app.name)}/machine.py run`;
    const content = jobDocument({ app: app.name, job: service.name, seconds: jobSeconds(job), program });
    const document = new aws.ssm.Document(
      childName(name, service.name),
      { content, documentType: "Command", documentFormat: "JSON" },
      { parent },
    );
    return [{ name: service.name, job, document: document.name }];
  });
  const nodeTag = { key: NODE_TAG, values: [tag] };
  const scheduled = made.filter(({ job }) => job.on === "schedule");
  if (scheduled.length > 0) {
    const { accountId } = aws.getCallerIdentityOutput({}, { parent });
    const Targets = [{ Key: `tag:${NODE_TAG}`, Values: [tag] }];
    new JobSchedules(
      childName(name, "schedules"),
      {
        region,
        accountId,
        by: "command",
        jobs: scheduled.map((one) => ({ ...one, input: { Targets } })),
        statements: sendTo({ region, accountId, tag, documents: scheduled.map(({ document }) => document) }),
      },
      { parent },
    );
  }
  return {
    jobs: Object.fromEntries(
      made.map(({ name: job, document }): [string, JobTarget] => [job, { tier: "lightsail-vm", document, nodeTag }]),
    ),
    outputs: Object.fromEntries(
      made.map(({ name: job, document }) => [
        `run-${job}`,
        pulumi.interpolate`aws ssm send-command --region ${region} --document-name ${document} --targets Key=tag:${NODE_TAG},Values=${tag}`,
      ]),
    ),
  };
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command-setting-up.html */
function sendTo(args: {
  readonly region: string;
  readonly accountId: pulumi.Output<string>;
  readonly tag: string;
  readonly documents: readonly pulumi.Output<string>[];
}): Statement[] {
  const arn = pulumi.interpolate`arn:${partitionOf(args.region)}:ssm:${args.region}:${args.accountId}`;
  return [
    allow(
      ["ssm:SendCommand"],
      args.documents.map((document) => pulumi.interpolate`${arn}:document/${document}`),
    ),
    {
      ...allow(["ssm:SendCommand"], [pulumi.interpolate`${arn}:managed-instance/*`]),
      Condition: { StringEquals: { [`ssm:resourceTag/${NODE_TAG}`]: args.tag } },
    },
  ];
}
