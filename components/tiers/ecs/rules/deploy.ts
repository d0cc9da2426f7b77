/** Keys of copies, order and updates on the ECS tiers. Pure. */
import { changed, kept, refused, type Verdict } from "../../../../app/fit";
import { jobOf } from "../../../../app/jobs";
import type { Service } from "../../../../app/model";
import { rollingRange, taskDeployment, taskReplicas } from "../deployments";
import { ecsHealthCheck } from "../health";
import { goSeconds, restartAttempt, restartCondition, restartWindow, isRecord } from "../restart";
import { taskHasOneWriter } from "../tasks";
import { leftOut, type RuleMakers, running, type ServiceRule, type ServiceUse } from "./rule";

const JOB_REMEDY = "say x-spectrum: { job: once }, deploy or { at: cron(…) } under the service";

/** One word for each dependency: at its condition, or at its name where the short form is written. */
export const dependency: ServiceRule = (service, use, { context, task, tasks }) => {
  const name = Object.keys(context.app.services)
    .filter((n) => use.key === `depends_on.${n}` || use.key.startsWith(`depends_on.${n}.`))
    .sort((a, b) => b.length - a.length)[0];
  const wanted = name === undefined ? undefined : service.dependsOn[name];
  const other = name === undefined ? undefined : context.app.services[name];
  if (name === undefined || !wanted || !other) return leftOut("the service that it names is not part of the app here");
  const { placement } = context;
  const waits = wanted.condition === "service_completed_successfully";
  if (other.job) {
    // what cannot be awaited is told once for all tiers
    return waits && jobOf(placement, name)?.on === "deploy" ? kept(`deployed after ${name} has run to its end`) : null;
  }
  const own = jobOf(placement, service.name);
  if (own !== null && own.on !== "deploy")
    return leftOut(
      `a run starts ${own.on === "once" ? "by hand" : "at its time"}, whether ${name} runs or not`,
      "let the job itself wait for what it needs",
    );
  const checked = ecsHealthCheck(other.healthcheck) !== null;
  const missing = wanted.condition === "service_healthy" && !checked;
  if (task.services.includes(other)) {
    return missing
      ? changed(
          `the container starts after ${name}, which has no check that ECS could wait for`,
          `give ${name} a healthcheck.test`,
        )
      : kept(`the container starts after ${name}`);
  }
  if (!tasks.some(({ services }) => services.includes(other))) return leftOut(`${name} is not hosted`);
  const step = own === null ? "deployed" : "run";
  if (missing)
    return changed(
      `${step} after ${name} runs steadily; it has no check that ECS could wait for`,
      `give ${name} a healthcheck.test`,
    );
  return wanted.condition === "service_healthy"
    ? kept(`${step} after ${name} is healthy; a task that starts again later does not wait`)
    : changed(`${step} after ${name} runs steadily, and is healthy where it has a check`, "nothing to do");
};

/** How many run is the task's affair: a sidecar has as many as its main service. */
const copies: ServiceRule = (service, _use, { context, task }) => {
  const { app, placement } = context;
  if (placement.services[service.name]?.scale)
    return changed(`the autoscaler decides, from ${taskReplicas(app, placement, task)} on`, "keep one of the two");
  const count = taskReplicas(app, placement, task);
  return count < service.replicas
    ? changed(`${count}: ${oneWriter}`, "concurrent: true under the service, where its programs share the files safely")
    : kept("so many tasks run");
};

/** `restart` of what runs to its end. */
export const jobRestart = (service: Service): Verdict =>
  restartCondition(service) === "none"
    ? kept("a run that ends has ended")
    : changed(
        "a run that ends has ended, whatever it says",
        "x-spectrum: { job: { retries: 3 } } starts one that failed again",
      );

/** `restart: "no"` of a service that is no job. */
export const endsForGood = changed(
  "ECS replaces a task that ends, whatever it says",
  `where it runs to its end, ${JOB_REMEDY}`,
);

export const oneWriter = "the service writes to a named volume, so one task runs at a time";

/** Swarm's word for a service that runs to its end; how it is run is said under `x-spectrum`. */
export const jobMode = ({ job }: Service, mode: string): Verdict =>
  job
    ? changed("one task for each run, started as x-spectrum: { job } says", "leave the key out")
    : refused(`${mode} makes the service a job, and nothing says when it runs`, JOB_REMEDY);

const mode: ServiceRule = (service, use) => {
  switch (use.value) {
    case "replicated":
    case "":
      return leftOut("so many tasks run as replicas says; there is no other way");
    case "global":
      return refused("there are no nodes to run one copy on each of", "say replicas");
    default:
      return jobMode(service, String(use.value));
  }
};

/** A rule for `deploy.update_config`, which counts only where tasks are rolled and one task may run beside another. */
function ofUpdate(rule: (service: Service, more: ServiceUse) => Verdict): ServiceRule {
  return (service, _use, more) => {
    const { app, placement } = more.context;
    if (service.job) return noUpdate;
    if (taskHasOneWriter(app, placement, more.task))
      return leftOut(`${oneWriter}, stopped before the next starts`, "concurrent: true under the service");
    const { strategy } = taskDeployment(app, placement, more.task);
    return strategy === "rolling"
      ? rule(service, more)
      : leftOut(`the ${strategy} deployment has steps of its own`, "keep one of the two");
  };
}

const rolled = ofUpdate((_service, { context, task }) => {
  const { minimumHealthyPercent: min, maximumPercent: max } = rollingRange(context.app, context.placement, task);
  return kept(`while a new revision comes, from ${min} to ${max} percent of the tasks run`);
});

const noUpdate = leftOut("a job is not rolled: each run takes its newest revision");
const oneRun = leftOut("a job has one task for each run");

const noStep = "ECS waits for each task to be healthy instead";

export const deployKeys = ({ ofService, ofTask }: RuleMakers) => ({
  "services.*.depends_on": leftOut("it names no service"),
  "services.*.depends_on.*": ofService(dependency),
  "services.*.depends_on.*.required": leftOut("the service that it names is part of the app"),
  "services.*.depends_on.*.restart": ofService((_service, use) =>
    use.value === true
      ? leftOut("a task goes on when another is replaced, and finds it again by its name")
      : leftOut("it is off anyway"),
  ),
  "services.*.deploy": leftOut("it says nothing"),
  "services.*.deploy.mode": ofService(mode),
  "services.*.deploy.replicas": ofTask(running(copies, oneRun)),
  "services.*.scale": ofTask(running(copies, oneRun)),
  "services.*.deploy.restart_policy": leftOut("it says nothing"),
  "services.*.deploy.restart_policy.condition": ofService((service) => {
    if (service.job) return jobRestart(service);
    return restartCondition(service) === "none" ? endsForGood : kept("the container is started again in its task");
  }),
  "services.*.deploy.restart_policy.delay": leftOut("ECS starts it again at once"),
  "services.*.deploy.restart_policy.max_attempts": leftOut(
    "ECS never gives a service up, and a new revision that does not come up goes back; a job has retries of its own",
  ),
  "services.*.deploy.restart_policy.window": ofService((service, use) => {
    const window = service.job ? null : restartWindow(service);
    if (window === null || restartCondition(service) === "none") return leftOut("nothing is started again in its task");
    return goSeconds(String(use.value)) === window
      ? kept("a container that ran for so long is started again in its task; before, the task is replaced")
      : changed(
          `${window} s: ECS takes whole seconds from ${restartAttempt.min} to ${restartAttempt.max}`,
          "nothing to do, or say it so",
        );
  }),
  "services.*.deploy.rollback_config": leftOut("ECS goes back as it went forward"),
  "services.*.deploy.update_config": leftOut("it says nothing"),
  "services.*.deploy.update_config.delay": leftOut(noStep),
  "services.*.deploy.update_config.failure_action": ofTask((service, _use, { context, task }) => {
    if (service.job) return noUpdate;
    const { strategy } = taskDeployment(context.app, context.placement, task);
    if (strategy !== "rolling") return leftOut(`the ${strategy} deployment goes back by itself`, "keep one of the two");
    const update = service.deploy.update_config;
    const action = isRecord(update) ? update.failure_action : null;
    return action === "pause"
      ? changed("the deployment ends where it is, and the old tasks go on", "nothing to do")
      : kept(action === "continue" ? "ECS goes on trying" : "ECS goes back to the old revision");
  }),
  "services.*.deploy.update_config.max_failure_ratio": leftOut(
    "ECS counts failed tasks by a rule of its own, half of the wanted number",
  ),
  "services.*.deploy.update_config.monitor": leftOut(noStep),
  "services.*.deploy.update_config.order": ofTask(rolled),
  "services.*.deploy.update_config.parallelism": ofTask(rolled),
});
