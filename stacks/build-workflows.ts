/** The environment's workflows, over what its apps have become. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentConfig } from "../app/config/types";
import { httpsPorts } from "../app/https";
import { jobOf } from "../app/jobs";
import { type Call, callsOf } from "../app/workflows";
import { allow } from "../components/iam";
import { childName } from "../components/names";
import type { AppBacking } from "../components/platform/backing";
import type { AppEntry } from "../components/platform/entry";
import type { EcrImages } from "../components/platform/images";
import type { Platform } from "../components/platform/platform";
import type { Signals } from "../components/signals/signals";
import type { HostedApp } from "../components/tiers/tier";
import { CalledService } from "../components/workflow/called-service";
import { WORKFLOW_HEADER } from "../components/workflow/connection";
import { CalledJob } from "../components/workflow/called-job";
import { Workflow, type WorkflowTarget } from "../components/workflow/workflow";
import type { ReadApp } from "./apps";
import type { SecretValues } from "./config";
import type { Overrides } from "./overrides";
import { reachOf, type ReadWorkflow } from "./read-workflows";

/** An app once it is hosted. */
export interface BuiltApp {
  readonly read: ReadApp;
  readonly hosted: HostedApp;
  readonly backing: AppBacking;
  readonly images: EcrImages;
  /** `null`: it has none. */
  readonly signals: Signals | null;
  readonly entry: AppEntry;
  /** By `service:port`. */
  readonly urls: Readonly<Record<string, pulumi.Output<string>>>;
}

/** What everything of an environment is made with. */
export interface Within {
  readonly secrets: SecretValues;
  readonly overrides: Overrides | null;
  readonly opts: pulumi.ComponentResourceOptions;
}

/** What a stack exports of each workflow: the ARN that executions are started by. */
export type WorkflowOutputs = Readonly<Record<string, pulumi.Output<string>>>;

export interface BuiltWorkflow {
  readonly name: string;
  /** The apps whose jobs it runs, or that it calls. */
  readonly apps: readonly string[];
  readonly workflow: Workflow;
}

/** `workflows`: those that are called stand before those that call them. */
export function buildWorkflows(
  platform: Platform,
  workflows: readonly ReadWorkflow[],
  apps: readonly BuiltApp[],
  within: Within,
): readonly BuiltWorkflow[] {
  if (workflows.length === 0) return [];
  const builder = new Builder(platform, apps, within);
  return workflows.map((read) => {
    const called = callsOf(read.definition).flatMap(({ placeholder: { app } }) => app ?? []);
    return { name: read.name, apps: [...new Set(called)], workflow: builder.build(read) };
  });
}

export const workflowOutputs = (workflows: readonly BuiltWorkflow[]): WorkflowOutputs =>
  Object.fromEntries(workflows.map(({ name, workflow }) => [name, workflow.started.arn]));

class Builder {
  private readonly environment: EnvironmentConfig;
  private readonly caller: { readonly accountId: pulumi.Output<string>; readonly region: string };
  private readonly jobs = new Map<string, CalledJob>();
  private readonly services = new Map<string, CalledService>();
  private readonly built = new Map<string, Workflow>();

  constructor(
    private readonly platform: Platform,
    private readonly apps: readonly BuiltApp[],
    private readonly within: Within,
  ) {
    this.environment = platform.environment;
    this.caller = {
      accountId: aws.getCallerIdentityOutput({}, { parent: platform }).accountId,
      region: platform.environment.region,
    };
  }

  build(read: ReadWorkflow): Workflow {
    const { name, config, definition } = read;
    const calls = callsOf(definition);
    const targets = Object.fromEntries(calls.map((call) => [call.name, this.target(call, calls, read)]));
    const used = this.apps.filter(({ read: { app } }) => calls.some(({ placeholder }) => placeholder.app === app.name));
    const sources = {
      queueArn: (queue: string) => this.queueArn(queue),
      revisions: this.apps.flatMap(({ hosted }) => Object.values(hosted.services).map(({ revision }) => revision)),
    };
    // with a trigger of its own the deployment's end is what starts it
    const after = [
      ...(config.triggers.deploy ? this.apps : used).map(({ hosted }) => hosted),
      ...calls.flatMap((called) => this.jobs.get(called.name)?.ready ?? []),
    ];
    const { environment, caller } = this;
    const args = { environment, caller, config, definition, targets, sources, after };
    const workflow = new Workflow(name, args, this.within.opts);
    this.built.set(name, workflow);
    this.letAnswer(name, calls, workflow);
    return workflow;
  }

  private target({ placeholder, name }: Call, calls: readonly Call[], read: ReadWorkflow): WorkflowTarget {
    if (placeholder.app === null) {
      const called = this.built.get(name);
      if (!called) throw new Error(`the workflow ${name} is called before it is built`);
      return { kind: "workflow", started: called.started };
    }
    const app = this.appOf(placeholder.app);
    if (jobOf(app.read.placement, placeholder.name) !== null)
      return { kind: "job", started: this.job(app, placeholder.name).started };
    const service = this.service(app, placeholder.name, read);
    const waitForTaskToken = calls.some((call) => call.name === name && call.placeholder.waitForTaskToken);
    return { kind: "service", service, waitForTaskToken };
  }

  private job(app: BuiltApp, job: string): CalledJob {
    const name = `${app.read.app.name}.${job}`;
    const known = this.jobs.get(name);
    if (known) return known;
    const target = app.hosted.jobs?.[job];
    const config = jobOf(app.read.placement, job);
    if (!target || !config)
      throw new Error(`the tier ${app.read.placement.tier} does not say how it runs the job ${name}`);
    const { environment, platform, caller } = this;
    const called = new CalledJob(
      childName(app.read.app.name, job),
      { environment, platform, caller, app: app.read.app.name, job, config, target },
      { ...this.within.opts, dependsOn: [app.hosted] },
    );
    this.jobs.set(name, called);
    return called;
  }

  /** One for all workflows that say the same of it. */
  private service(app: BuiltApp, service: string, { name: workflow, config }: ReadWorkflow): CalledService {
    const { app: model, placement } = app.read;
    const name = `${model.name}.${service}`;
    const own = config.connections[name];
    const key = own ? `${name} of ${workflow}` : name;
    const known = this.services.get(key);
    if (known) return known;
    const port = httpsPorts(model, placement, reachOf(app.read))[service];
    const url = app.urls[`${service}:${port}`];
    if (!url) throw new Error(`the service ${name} is reached by no HTTPS`);
    const { environment, caller } = this;
    const args = {
      environment,
      caller,
      service: own ? `${name}.${workflow}` : name,
      url,
      header: own?.header ?? WORKFLOW_HEADER,
      secret: own ? (this.within.secrets(model.name, [own.secret])[own.secret] ?? null) : null,
    };
    const called = new CalledService(
      childName(model.name, service, ...(own ? [workflow] : [])),
      args,
      this.within.opts,
    );
    this.services.set(key, called);
    return called;
  }

  /** Who is handed a token has to be allowed to send it back. */
  private letAnswer(of: string, calls: readonly Call[], workflow: Workflow): void {
    const names = new Set<string>();
    for (const { placeholder, name } of calls) {
      if (!placeholder.waitForTaskToken || placeholder.app === null || names.has(name)) continue;
      names.add(name);
      const { hosted } = this.appOf(placeholder.app);
      const identity = hosted.services[placeholder.name]?.identity ?? hosted.jobs?.[placeholder.name]?.identity;
      if (!identity) continue;
      new aws.iam.RolePolicy(
        childName(of, ...name.split("."), "answers"),
        {
          role: identity.apply((arn) => arn.slice(arn.lastIndexOf("/") + 1)),
          policy: pulumi.jsonStringify({
            Version: "2012-10-17",
            Statement: [
              allow(
                ["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"],
                [workflow.started.machine.arn],
              ),
            ],
          }),
        },
        { parent: workflow },
      );
    }
  }

  private queueArn(name: string): pulumi.Output<string> {
    const dot = name.indexOf(".");
    return this.appOf(name.slice(0, dot)).backing.output(`${name.slice(dot + 1)}.queue.arn`);
  }

  private appOf(name: string): BuiltApp {
    const found = this.apps.find(({ read: { app } }) => app.name === name);
    if (!found) throw new Error(`no app ${name}`);
    return found;
  }
}
