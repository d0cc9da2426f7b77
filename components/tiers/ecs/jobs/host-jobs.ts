/** When the jobs of an app run, and what others are told of them. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { waitersOf } from "../../../../app/jobs";
import type { App } from "../../../../app/model";
import type { JobRunner } from "../../../platform/job-runner";
import type { Platform } from "../../../platform/platform";
import type { HostedApp, HostedService } from "../../tier";
import type { HostedTask } from "../host-task";
import type { Caller } from "../../../iam";
import { type EcsTask, jobTasks, startOrder, taskOfService } from "../tasks";
import type { EcsJob } from "./ecs-job";
import { runCommand } from "./run-command";
import { scheduleJob } from "./schedule";

/** A task whose definition is made, and whose service is not yet. */
export interface Startable {
  readonly definition: aws.ecs.TaskDefinition;
  /** Makes the service, once. `after`: what must be there, or have run, before its tasks start. */
  start(after: readonly pulumi.Resource[]): HostedTask;
}

export interface StartArgs {
  readonly app: App;
  readonly tasks: readonly EcsTask[];
  /** By task. */
  readonly services: ReadonlyMap<string, Startable>;
  readonly jobs: ReadonlyMap<string, EcsJob>;
  /** Asked for only where a job runs with each deployment. */
  readonly runner: () => JobRunner;
}

/** What schedules are made with. */
export interface ScheduleContext {
  readonly platform: Platform;
  readonly caller: Caller;
}

/**
 * Starts every service in the order that the app asks for, each after the jobs of the deployment that it waits for; what is hosted,
 * by Compose service.
 */
export function startInOrder(args: StartArgs): Readonly<Record<string, HostedService>> {
  const { app, tasks, services, jobs } = args;
  const deployed = jobTasks(app).filter(({ name }) => jobs.get(name)?.config.on === "deploy");
  const order = startOrder(app, [...tasks, ...deployed]);
  const done = new Map<string, pulumi.Resource>();
  const hosted: HostedTask[] = [];
  for (const { name } of order.tasks) {
    const after = (order.after[name] ?? []).flatMap((before) => done.get(before) ?? []);
    const job = jobs.get(name);
    if (job) done.set(name, runJob(args, job, after));
    const started = services.get(name)?.start(after);
    if (started) {
      hosted.push(started);
      done.set(name, started.service);
    }
  }
  return Object.fromEntries(hosted.flatMap((task) => Object.entries(task.hosted)));
}

function runJob({ app, tasks, services, runner }: StartArgs, job: EcsJob, after: readonly pulumi.Resource[]) {
  const by = taskOfService(tasks);
  const waiters = waitersOf(app, job.task.name).flatMap((waiter) => by.get(waiter)?.name ?? []);
  const revisions = Object.fromEntries(
    waiters.flatMap((name): [string, pulumi.Output<string>][] => {
      const service = services.get(name);
      return service ? [[name, service.definition.arn]] : [];
    }),
  );
  const { target, family, config, logGroup } = job;
  return runner().run(
    job.name,
    { job: job.task.name, target, family, config, logGroup, revisions },
    { parent: job, after: [...job.ready, ...after] },
  );
}

/**
 * How each job is run, and as outputs of the stack the command that does it by hand, `run-migrate`, and the queue of what failed by
 * the clock, `failed-report`.
 */
export function hostedJobs(
  jobs: ReadonlyMap<string, EcsJob>,
  schedule: ScheduleContext,
): Required<Pick<HostedApp, "jobs" | "outputs">> {
  const all = [...jobs];
  const { platform, caller } = schedule;
  const queues = all
    .filter(([, { config }]) => config.on === "schedule")
    .map(([name, job]): [string, pulumi.Output<string>] => {
      return [`failed-${name}`, scheduleJob(job, { caller, group: platform.schedules })];
    });
  const commands = all.map(([name, { target }]): [string, pulumi.Output<string>] => [
    `run-${name}`,
    runCommand(target, caller.region),
  ]);
  return {
    jobs: Object.fromEntries(all.map(([name, { target }]) => [name, target])),
    outputs: Object.fromEntries([...commands, ...queues]),
  };
}
