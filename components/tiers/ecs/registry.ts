/** The port of a task that the entry's HTTP APIs lead to, where API Gateway is the entry. Pure. */
import { ALB, apiFindings, apiLimits, apiRefusal, isApi, ownEndpoint } from "../../../app/api-entry";
import type { Placement } from "../../../app/config/types";
import type { Finding } from "../../../app/finding";
import { changed, finding, type FitContext, refused, type Verdict } from "../../../app/fit";
import type { App } from "../../../app/model";
import { byNames, type EntryPoint, publish } from "../../../app/publish";
import { ecsHealthCheck } from "./health";
import type { EcsTask } from "./tasks";

/**
 * ECS registers a task with one Cloud Map service, and that with one port: the first that a name or `ports` publishes; `null`
 * where there is none, or another entry.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRegistry.html
 */
export function registeredPort(app: App, placement: Placement, task: EcsTask): EntryPoint | null {
  // nothing stands before machines of one's own
  if (!isApi(placement) || placement.tier === "ecs-anywhere") return null;
  const { points } = publish(app, placement);
  const isOwn = ({ service }: EntryPoint) => task.services.some(({ name }) => name === service);
  return points.find((point) => isOwn(point) && apiRefusal(point) === null) ?? null;
}

/** What is said of published ports, of their names, and of the health of what is behind them. */
export function registryFindings(context: FitContext, tasks: readonly EcsTask[]): readonly Finding[] {
  const { app, placement } = context;
  const registered = tasks.flatMap((task) => {
    const port = registeredPort(app, placement, task);
    return port ? [{ task, port }] : [];
  });
  const decide = (point: EntryPoint): Verdict => {
    const task = tasks.find(({ services }) => services.some(({ name }) => name === point.service));
    const own = registered.find((one) => one.task === task)?.port;
    return (
      apiRefusal(point) ??
      (own && (own.service !== point.service || own.port !== point.port)
        ? refused(
            `a task is registered with one port, and ${own.service}:${own.port} has it`,
            `let ${own.service} pass requests on to it by path, or ${ALB}`,
          )
        : point.hosts.length > 0
          ? byNames
          : ownEndpoint)
    );
  };
  return [
    ...apiFindings(context, decide),
    ...(registered.length > 0 ? [apiLimits(context)] : []),
    ...registered.flatMap(({ task, port }) => health(context, task, port)),
  ];
}

/** Cloud Map knows of a task's health what ECS's own checks say. */
function health(context: FitContext, task: EcsTask, { service }: EntryPoint): Finding[] {
  if (task.services.some(({ healthcheck }) => ecsHealthCheck(healthcheck) !== null)) return [];
  const verdict = changed(
    "it has no check that ECS could run, so API Gateway calls each of its tasks that runs, ready or not",
    "give it a healthcheck.test",
  );
  return [finding(context, service, "healthcheck", verdict)];
}
