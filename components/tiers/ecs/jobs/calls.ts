/** How a job calls the app's services: Service Connect has no names for it, so they get names in a private zone. Pure. */
import { isApi } from "../../../../app/api-entry";
import { changed, type FitContext, refused, type Verdict } from "../../../../app/fit";
import type { App } from "../../../../app/model";
import { wire } from "../../../../app/wiring";
import type { EcsTier } from "../ecs-tier";
import { registeredPort } from "../registry";
import { type EcsTask, taskOfService } from "../tasks";

export interface JobCallContext extends FitContext {
  readonly tier: EcsTier;
}

/** What becomes of the service's name in a job's values: `changed` to its private name, or `refused`. */
export function jobCall({ app, placement, tier }: JobCallContext, tasks: readonly EcsTask[], service: string): Verdict {
  const task = taskOfService(tasks).get(service);
  if (!task) return refused(`${service} has no task that a job could call`, "name a service that goes on running");
  const no = tier.jobsCall(app, placement);
  if (no !== null) return no;
  return isApi(placement) && registeredPort(app, placement, task)
    ? refused(
        `${task.name} is registered with API Gateway, and ECS registers a service once, so a job has no name for it`,
        "call it at its public address, or platform: { entry: alb }",
      )
    : changed("a job calls services by their names in a private zone of the VPC", "nothing to do");
}

/** The tasks that jobs call by name, each once. */
export function calledByJobs(context: JobCallContext, tasks: readonly EcsTask[]): readonly EcsTask[] {
  const { app } = context;
  const by = taskOfService(tasks);
  const called = wire(app).rewrites.flatMap(({ service, host }) => {
    const task = app.services[service]?.job === true ? by.get(host) : undefined;
    return task && jobCall(context, tasks, host).outcome !== "refused" ? [task] : [];
  });
  return [...new Set(called)];
}

/** The services that a job waits for and names in its words where no host is recognised: Docker alone would find them. */
export function unwiredNames(app: App, job: string): readonly string[] {
  const service = app.services[job];
  if (!service) return [];
  const { command, entrypoint } = wire(app);
  const words = [...(command[job] ?? []), ...(entrypoint[job] ?? [])].flatMap((word) =>
    word.flatMap((part) => (typeof part === "string" ? part.split(/[\s;|&"'()=]+/u) : [])),
  );
  return Object.keys(service.dependsOn).filter((name) => words.includes(name));
}
