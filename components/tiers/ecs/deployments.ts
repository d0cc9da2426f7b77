/** How a new revision of a service takes the place of the old one, in ECS's words. Pure. */
import type { Deployment, Placement } from "../../../app/config/types";
import type { App, Service } from "../../../app/model";
import { replicas } from "../../../app/size";
import { registeredPort } from "./registry";
import { isRecord } from "./restart";
import { type EcsTask, taskHasOneWriter } from "./tasks";

/** One writer is stopped before it is replaced, whatever the placement says; nor does ECS move traffic of API Gateway's. */
export function taskDeployment(app: App, placement: Placement, task: EcsTask): Deployment {
  if (taskHasOneWriter(app, placement, task) || registeredPort(app, placement, task)) return { strategy: "rolling" };
  return placement.services[task.name]?.deployment ?? { strategy: "rolling" };
}

/** How many copies of the task run: one where it has one writer. */
export function taskReplicas(app: App, placement: Placement, task: EcsTask): number {
  // nobody scales what has one writer, so the scale's own minimum says nothing of it
  if (taskHasOneWriter(app, placement, task)) return Math.min(1, app.services[task.name]?.replicas ?? 1);
  return replicas(app, placement, task.name);
}

/** Percent of the wanted number of tasks. */
export interface RollingRange {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

/**
 * Without a word all new tasks start before the old ones stop. `deploy.update_config` says otherwise: `parallelism` tasks
 * at a time, `stop-first` or `start-first`. One writer is stopped first.
 */
export function rollingRange(app: App, placement: Placement, task: EcsTask): RollingRange {
  if (taskHasOneWriter(app, placement, task)) return { minimumHealthyPercent: 0, maximumPercent: 100 };
  const update = updateConfig(task.main);
  if (update === null || taskDeployment(app, placement, task).strategy !== "rolling")
    return { minimumHealthyPercent: 100, maximumPercent: 200 };
  const count = Math.max(1, taskReplicas(app, placement, task));
  const parallelism = typeof update.parallelism === "number" ? update.parallelism : 1;
  const step = parallelism === 0 ? count : Math.min(count, parallelism);
  const share = (step * 100) / count;
  return update.order === "start-first"
    ? { minimumHealthyPercent: 100, maximumPercent: 100 + Math.ceil(share) }
    : { minimumHealthyPercent: Math.floor(100 - share), maximumPercent: 100 };
}

/** What ECS does where the new tasks do not come up: back to the old revision, unless `failure_action` says otherwise. */
export function circuitBreaker(service: Service): { readonly enable: boolean; readonly rollback: boolean } {
  const action = updateConfig(service)?.failure_action;
  return { enable: action !== "continue", rollback: action !== "continue" && action !== "pause" };
}

/** `deploy.update_config`; `null` where the file has none. */
export function updateConfig(service: Service): Readonly<Record<string, unknown>> | null {
  const { update_config: update } = service.deploy;
  return isRecord(update) && Object.keys(update).length > 0 ? update : null;
}

/** `deploymentConfiguration` of a service that is not rolled. Times in minutes are texts. */
export function shiftConfiguration(deployment: Exclude<Deployment, { strategy: "rolling" }>) {
  const bake = { bakeTimeInMinutes: String(deployment.bakeMinutes) };
  switch (deployment.strategy) {
    case "blue-green":
      return { strategy: "BLUE_GREEN", ...bake };
    case "linear":
      return {
        strategy: "LINEAR",
        ...bake,
        linearConfiguration: {
          stepPercent: deployment.stepPercent,
          stepBakeTimeInMinutes: String(deployment.stepBakeMinutes),
        },
      };
    case "canary":
      return {
        strategy: "CANARY",
        ...bake,
        canaryConfiguration: {
          canaryPercent: deployment.canaryPercent,
          canaryBakeTimeInMinutes: String(deployment.canaryBakeMinutes),
        },
      };
  }
}

/** Seconds that the deployment waits on purpose, besides the time that its tasks take to be healthy. */
export function waitingSeconds(deployment: Deployment): number {
  switch (deployment.strategy) {
    case "rolling":
      return 0;
    case "blue-green":
      return deployment.bakeMinutes * 60;
    case "linear":
      return (deployment.bakeMinutes + Math.ceil(100 / deployment.stepPercent) * deployment.stepBakeMinutes) * 60;
    case "canary":
      return (deployment.bakeMinutes + deployment.canaryBakeMinutes) * 60;
  }
}
