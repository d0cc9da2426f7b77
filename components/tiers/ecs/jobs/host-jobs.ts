/** When the jobs of an app run, and what others are told of them. */
import type * as pulumi from "@pulumi/pulumi";
import type { App } from "../../../../app/model";
import type { HostedApp, HostedService } from "../../tier";
import type { HostedTask, TaskService } from "../host-task";
import { type EcsTask, startOrder } from "../tasks";
import type { EcsJob } from "./ecs-job";
import { runCommand } from "./run-command";

export interface StartArgs {
  readonly app: App;
  readonly tasks: readonly EcsTask[];
  /** By task. */
  readonly services: ReadonlyMap<string, TaskService>;
  readonly jobs: ReadonlyMap<string, EcsJob>;
}

/** Starts every service in the order that the app asks for; what is hosted, by Compose service. */
export function startInOrder({ app, tasks, services }: StartArgs): Readonly<Record<string, HostedService>> {
  const order = startOrder(app, tasks);
  const started = new Map<string, HostedTask>();
  for (const { name } of order.tasks) {
    const after = (order.after[name] ?? []).flatMap((before) => started.get(before)?.service ?? []);
    const service = services.get(name);
    if (service) started.set(name, service.start(after));
  }
  return Object.fromEntries([...started.values()].flatMap(({ hosted }) => Object.entries(hosted)));
}

/** How each job is run, and the command that does it by hand as an output of the stack: `run-migrate`. */
export function hostedJobs(
  jobs: ReadonlyMap<string, EcsJob>,
  region: string,
): Required<Pick<HostedApp, "jobs" | "outputs">> {
  const all = [...jobs];
  return {
    jobs: Object.fromEntries(all.map(([name, { target }]) => [name, target])),
    outputs: Object.fromEntries(
      all.map(([name, { target }]): [string, pulumi.Output<string>] => [`run-${name}`, runCommand(target, region)]),
    ),
  };
}
