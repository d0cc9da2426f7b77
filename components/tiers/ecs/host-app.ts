/** An app on an ECS tier: an ECS service for each task, in the environment's network and cluster. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type Wiring, wire } from "../../../app/wiring";
import { childName } from "../../names";
import type { AttachedGroup, AttachedRegistry, EntryCaller } from "../../platform/entry";
import type { HostArgs, HostedService } from "../tier";
import { taskDeployment } from "./deployments";
import type { HostedTask, HostTaskArgs } from "./host-task";
import type { EcsHosting } from "./hosting";
import { registeredPort } from "./registry";
import { type Caller, infrastructureRole, type TaskRole } from "./roles";
import { type TaskSecurity, taskSecurity } from "./security";
import { type EcsTask, startOrder, taskPorts } from "./tasks";

/** The component of one task, with the name that it is given: what it does is `hostTask`. */
export type MakeTask = (name: string, args: HostTaskArgs) => HostedTask;

/** What the entry has made for a task: target groups, or a registry. */
interface Entrance {
  readonly groups: readonly AttachedGroup[];
  readonly registry: AttachedRegistry | null;
}

/** By task. */
type Entrances = Readonly<Record<string, Entrance>>;

/** Makes everything of the app as children of `parent`; what is hosted, by Compose service. */
export function hostApp(
  name: string,
  host: HostArgs,
  { hosting, makeTask }: { readonly hosting: EcsHosting; readonly makeTask: MakeTask },
  parent: pulumi.Resource,
): Readonly<Record<string, HostedService>> {
  const tasks = hosting.tier.tasks(host.app);
  const entrances = entrancesOf(host, tasks);
  const callers = callersOf(entrances);
  const security =
    hosting.security?.({ name, tasks, callers }, parent) ?? makeSecurity(name, host, { tasks, callers }, parent);
  const caller = findCaller(host, parent);
  const infrastructure = makeInfrastructureRole(name, host, { tasks, entrances, caller }, parent);
  const hosted = hostTasks(name, { host, hosting, tasks, caller, infrastructure }, { entrances, security, makeTask });
  return Object.fromEntries(hosted.flatMap((task) => Object.entries(task.hosted)));
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

/** In the order in which they start. */
function hostTasks(
  name: string,
  args: Pick<HostTaskArgs, "host" | "hosting" | "tasks" | "caller" | "infrastructure">,
  made: { readonly entrances: Entrances; readonly security: TaskSecurity; readonly makeTask: MakeTask },
): readonly HostedTask[] {
  const { app } = args.host;
  const order = startOrder(app, args.tasks);
  const wiring: Wiring = wire(app);
  const hosted = new Map<string, HostedTask>();
  for (const task of order.tasks) {
    const security = made.security[task.name];
    if (!security) throw new Error(`no security group for ${task.name}`);
    const after = (order.after[task.name] ?? []).flatMap((before) => hosted.get(before)?.service ?? []);
    const { groups, registry } = made.entrances[task.name] ?? { groups: [], registry: null };
    hosted.set(
      task.name,
      made.makeTask(childName(name, task.name), { ...args, task, wiring, security, after, groups, registry }),
    );
  }
  return [...hosted.values()];
}
