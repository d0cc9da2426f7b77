/** The function by which a deployment runs a job and waits for its end. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig, JobConfig } from "../../../app/config/types";
import { allow, inlinePolicy, trustPolicy } from "../../iam";
import { childName, partitionOf } from "../../names";
import type { EcsJobTarget } from "../../tiers/ecs/hosting";
import { runTaskPolicy, runTaskRequest } from "../../tiers/ecs/jobs/run-task";
import { logGroup } from "../logs";
import { LAMBDA_SECONDS } from "./limits";

export interface JobRunnerArgs {
  readonly environment: EnvironmentConfig;
  readonly cluster: { readonly arn: pulumi.Output<string>; readonly name: pulumi.Output<string> };
}

/** One job of a deployment. */
export interface DeployRun {
  /** The Compose service. */
  readonly job: string;
  readonly target: EcsJobTarget;
  /** All revisions of its task definition: an ARN with `*`. */
  readonly family: pulumi.Output<string>;
  readonly config: JobConfig;
  readonly logGroup: pulumi.Output<string>;
  /** By task: the revision of what waits for the job. Another one, or another of the job's own, is another run. */
  readonly revisions: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Its source, which stands beside this file. */
const FILES = ["index.mjs", "run-job.mjs"] as const;

/** One for the environment, made when an app has a job that runs with each deployment. Free but for its seconds. */
export class JobRunner extends pulumi.ComponentResource {
  private readonly runner: aws.lambda.Function;
  private readonly role: aws.iam.Role;

  constructor(
    name: string,
    private readonly args: JobRunnerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("spectrum:platform:JobRunner", name, {}, opts);
    const { environment } = args;
    const logs = logGroup(name, { environment, path: ["_platform", "jobs"] }, { parent: this });
    this.role = new aws.iam.Role(name, { assumeRolePolicy: trustPolicy("lambda.amazonaws.com") }, { parent: this });
    const policy = this.watchTasks(name, logs);
    const read = (file: string) => new pulumi.asset.StringAsset(readFileSync(join(__dirname, file), "utf8"));
    this.runner = new aws.lambda.Function(
      name,
      {
        description: "runs the jobs of a deployment and waits for their end",
        role: this.role.arn,
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        handler: "index.handler",
        code: new pulumi.asset.AssetArchive(Object.fromEntries(FILES.map((file) => [file, read(file)]))),
        timeout: LAMBDA_SECONDS,
        memorySize: 256,
        loggingConfig: { logFormat: "Text", logGroup: logs.name },
      },
      { parent: this, dependsOn: [policy] },
    );
    this.registerOutputs({ functionName: this.runner.name });
  }

  /** What a waiting service must wait for: it is made, or fails, when the job has ended. `parent`: the job. */
  run(
    name: string,
    { job, target, family, config, ...run }: DeployRun,
    { parent, after }: { readonly parent: pulumi.Resource; readonly after: readonly pulumi.Resource[] },
  ): aws.lambda.Invocation {
    const policy = inlinePolicy(
      childName(name, "deploy"),
      { role: this.role, statements: runTaskPolicy(target, family) },
      { parent },
    );
    const { timeout, retries } = config;
    return new aws.lambda.Invocation(
      name,
      {
        functionName: this.runner.name,
        input: pulumi.jsonStringify({
          job,
          container: target.container,
          timeout,
          retries,
          logGroup: run.logGroup,
          logPrefix: job,
          run: runTaskRequest(target),
        }),
        triggers: { ...run.revisions, [job]: target.taskDefinitionArn },
        lifecycleScope: "CREATE_ONLY",
      },
      // the services' old version serves until the new run has ended, and an old run has nothing to undo
      { parent, replaceOnChanges: ["input", "triggers"], dependsOn: [policy, ...after] },
    );
  }

  /** Tasks of the cluster alone. `ListTasks` has no resource of its own that could be named. */
  private watchTasks(name: string, logs: aws.cloudwatch.LogGroup): aws.iam.RolePolicy {
    const { environment, cluster } = this.args;
    const { region } = environment;
    const tasks = pulumi.interpolate`arn:${partitionOf(region)}:ecs:${region}:*:task/${cluster.name}/*`;
    const statements = [
      allow(["ecs:DescribeTasks", "ecs:StopTask"], [tasks]),
      { ...allow(["ecs:ListTasks"], ["*"]), Condition: { ArnEquals: { "ecs:cluster": cluster.arn } } },
      { ...allow(["ecs:TagResource"], [tasks]), Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } } },
      allow(["logs:CreateLogStream", "logs:PutLogEvents"], [pulumi.interpolate`${logs.arn}:*`]),
    ];
    return inlinePolicy(name, { role: this.role, statements }, { parent: this });
  }
}
