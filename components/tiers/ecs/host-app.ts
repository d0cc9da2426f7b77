/** An app on an ECS tier: an ECS service for each task and a definition for each job, in the environment's network and cluster. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { jobOf } from "../../../app/jobs";
import { wire } from "../../../app/wiring";
import { childName } from "../../names";
import type { AttachedGroup, AttachedRegistry, EntryCaller } from "../../platform/entry";
import { privateName } from "../../platform/service-names";
import type { HostArgs, HostedApp } from "../tier";
import { taskDeployment } from "./deployments";
import type { HostTaskArgs, TaskService } from "./host-task";
import type { EcsHosting } from "./hosting";
import { calledByJobs } from "./jobs/calls";
import { EcsJob } from "./jobs/ecs-job";
import { hostedJobs, startInOrder } from "./jobs/host-jobs";
import { registeredPort } from "./registry";
import type { Caller } from "../../iam";
import { infrastructureRole, type TaskRole } from "./roles";
import { type TaskSecurity, taskSecurity } from "./security";
import { prepareTask, type TaskArgs } from "./task-definition";
import { type EcsTask, hostOf, jobTasks, taskOfService, taskPorts } from "./tasks";

/** The component of one task, with the name that it is given. */
export type MakeTask = (name: string, args: HostTaskArgs) => TaskService;

/** What the entry has made for a task: target groups, or a registry. */
interface Entrance {
  readonly groups: readonly AttachedGroup[];
  readonly registry: AttachedRegistry | null;
}

/** By task. */
type Entrances = Readonly<Record<string, Entrance>>;

/** What tasks and jobs are made with. */
interface Shared {
  readonly name: string;
  readonly host: HostArgs;
  readonly hosting: EcsHosting;
  /** Those that run as services. */
  readonly tasks: readonly EcsTask[];
  readonly security: TaskSecurity;
  readonly caller: Caller;
  readonly parent: pulumi.Resource;
}

/** Makes everything of the app as children of `parent`; what is hosted, by Compose service. */
export function hostApp(
  name: string,
  host: HostArgs,
  { hosting, makeTask }: { readonly hosting: EcsHosting; readonly makeTask: MakeTask },
  parent: pulumi.Resource,
): Required<Pick<HostedApp, "services" | "jobs" | "outputs">> {
  const tasks = hosting.tier.tasks(host.app);
  const entrances = entrancesOf(host, tasks);
  const callers = callersOf(entrances);
  const secured = { name, tasks: [...tasks, ...jobTasks(host.app)], callers };
  const security = hosting.security?.(secured, parent) ?? makeSecurity(name, host, secured, parent);
  const caller = findCaller(host, parent);
  const infrastructure = makeInfrastructureRole(name, host, { tasks, entrances, caller }, parent);
  const shared: Shared = { name, host, hosting, tasks, security, caller, parent };
  const services = makeServices(shared, { entrances, infrastructure, makeTask });
  const jobs = makeJobs(shared);
  return {
    services: startInOrder({ app: host.app, tasks, services, jobs, runner: () => host.platform.jobRunner }),
    ...hostedJobs(jobs, { platform: host.platform, caller }),
  };
}

function entrancesOf({ app, placement, entry }: HostArgs, tasks: readonly EcsTask[]): Entrances {
  return Object.fromEntries(
    tasks.map((task): [string, Entrance] => {
      const groups = entry.points
        .filter((point) => task.services.some((service) => service.name === point.service))
        .flatMap((point) => entry.group(point.service, point.port) ?? [])
        .filter((group, i, all) => all.indexOf(group) === i);
      const port = registeredPort(app, placement, task);
      return [task.name, { groups, registry: port && entry.registry(port.service, port.port) }];
    }),
  );
}

/** By task: who may call it. */
function callersOf(entrances: Entrances): Readonly<Record<string, readonly EntryCaller[]>> {
  return Object.fromEntries(
    Object.entries(entrances).map(([task, { groups, registry }]) => [
      task,
      [...groups, ...(registry ? [registry] : [])],
    ]),
  );
}

function makeSecurity(
  name: string,
  { app, platform }: HostArgs,
  { tasks, callers }: { readonly tasks: readonly EcsTask[]; readonly callers: ReturnType<typeof callersOf> },
  parent: pulumi.Resource,
): TaskSecurity {
  const ports = Object.fromEntries(tasks.map((task) => [task.name, taskPorts(app, task)]));
  return taskSecurity(name, { app: app.name, network: platform.network, tasks, ports, callers }, { parent });
}

function findCaller({ platform }: HostArgs, parent: pulumi.Resource): Caller {
  const { accountId } = aws.getCallerIdentityOutput({}, { parent });
  return { accountId, region: platform.environment.region };
}

/** Made only where ECS moves a load balancer's traffic. */
function makeInfrastructureRole(
  name: string,
  { app, placement }: HostArgs,
  made: { readonly tasks: readonly EcsTask[]; readonly entrances: Entrances; readonly caller: Caller },
  parent: pulumi.Resource,
): TaskRole | null {
  const shifted = made.tasks.some(
    (task) =>
      taskDeployment(app, placement, task).strategy !== "rolling" &&
      made.entrances[task.name]?.groups.some(({ alternate }) => alternate !== null),
  );
  return shifted ? infrastructureRole(childName(name, "infrastructure"), made.caller, { parent }) : null;
}

function taskArgs({ host, hosting, tasks, security, caller }: Shared, task: EcsTask): TaskArgs {
  const own = security[task.name];
  if (!own) throw new Error(`no security group for ${task.name}`);
  return {
    host,
    hosting,
    task,
    tasks,
    caller,
    security: own,
    wiring: wire(host.app),
    hostOf: (from, to) => hostOf(host.app, tasks, from, to),
  };
}

/** By task, not yet started. */
function makeServices(
  shared: Shared,
  made: { readonly entrances: Entrances; readonly infrastructure: TaskRole | null; readonly makeTask: MakeTask },
): ReadonlyMap<string, TaskService> {
  const { app, placement, platform } = shared.host;
  const { tier } = shared.hosting;
  const called = calledByJobs({ app, placement, tier }, shared.tasks);
  return new Map(
    shared.tasks.map((task) => {
      const { groups, registry } = made.entrances[task.name] ?? { groups: [], registry: null };
      const { infrastructure } = made;
      const nameRegistry = called.includes(task) ? platform.serviceNames.registry(app.name, task.name) : null;
      const args = { ...taskArgs(shared, task), groups, registry, nameRegistry, infrastructure };
      return [task.name, made.makeTask(childName(shared.name, task.name), args)];
    }),
  );
}

/** By job, not yet run. */
function makeJobs(shared: Shared): ReadonlyMap<string, EcsJob> {
  const { name, host, hosting, tasks, parent } = shared;
  const { app, placement, platform } = host;
  const called = calledByJobs({ app, placement, tier: hosting.tier }, tasks);
  const by = taskOfService(tasks);
  const hostOfJob = (to: string) => {
    const task = by.get(to);
    return task && called.includes(task) ? privateName(platform.environment.name, app.name, task.name) : to;
  };
  return new Map(
    jobTasks(app).flatMap((task): [string, EcsJob][] => {
      const config = jobOf(placement, task.name);
      if (config === null) return [];
      const args = { ...taskArgs(shared, task), hostOf: (_from: string, to: string) => hostOfJob(to) };
      const job = new EcsJob(
        childName(name, task.name),
        {
          tier: hosting.tier.name,
          task,
          config,
          cluster: platform.ecsCluster,
          place: hosting.job(task, args.security.group),
          prepare: (own, parentOfParts) => prepareTask({ name: own, parent: parentOfParts }, args),
          ready: [...platform.ecsCluster.ready, ...(hosting.ready?.(task) ?? []), ...args.security.rules],
        },
        { parent },
      );
      return [[task.name, job]];
    }),
  );
}
