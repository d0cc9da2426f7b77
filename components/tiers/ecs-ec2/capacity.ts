/** What an app's tasks ask of instances: their size, and the pool that holds them. Pure. */
import type { Placement } from "../../../app/config/types";
import { jobOf } from "../../../app/jobs";
import type { App } from "../../../app/model";
import { instanceType, largestType, type TaskNeed, usableMemory } from "../../platform/instance-types";
import { chooseInstances, type PoolKind, type PoolNeed, poolName } from "../../platform/pools";
import { rollingRange, taskReplicas } from "../ecs/deployments";
import { architectureOf, containerSizes, type Size, type TaskSize, wantedSize } from "../ecs/size";
import { type EcsTask, ecsTasks, jobTasks, taskHasOneWriter } from "../ecs/tasks";
import { gpuCount } from "./machine";
import { ec2Egress, serviceSettings, settingsOf } from "./settings";

/** The smallest share of a processor that ECS takes for a task, in CPU units: an eighth of a vCPU. */
export const MIN_TASK_CPU = 128;

/** Exactly what is asked for: a task is no more than a part of an instance. */
export function taskSize(app: App, placement: Placement, tasks: readonly EcsTask[], task: EcsTask): TaskSize {
  const wanted = wantedSize(app, placement, tasks, task);
  const size = { cpu: Math.max(MIN_TASK_CPU, wanted.cpu), memory: wanted.memory };
  const kind = taskPool(app, placement, task);
  const choice = chooseInstances(kind, [taskNeed(placement, task, size, 1)], settingsOf(placement).awsvpcTrunking);
  return {
    size,
    wanted,
    fits: choice !== null,
    largest: largestTask(kind),
    containers: containerSizes(placement, task),
  };
}

function largestTask(kind: PoolKind): Size {
  const named = kind.instanceType === null ? undefined : instanceType(kind.instanceType);
  const type = named ?? largestType(kind.architecture, kind.gpu);
  return { cpu: type.vcpu * 1024, memory: usableMemory(type) };
}

const taskGpus = (task: EcsTask) => task.services.reduce((sum, service) => sum + gpuCount(service), 0);

function taskNeed(placement: Placement, task: EcsTask, { cpu, memory }: Size, count: number): TaskNeed {
  const interfaces = settingsOf(placement).networkMode === "awsvpc" ? 1 : 0;
  return { cpu, memory, gpus: taskGpus(task), interfaces, count };
}

/** The pool that a task's instances come from. A type that the config names counts for the tasks that could run on it. */
export function taskPool(app: App, placement: Placement, task: EcsTask): PoolKind {
  const settings = settingsOf(placement);
  const architecture = architectureOf(task.main);
  const gpu = taskGpus(task) > 0;
  const named = settings.instanceType === null ? undefined : instanceType(settings.instanceType);
  const suits = named?.architecture === architecture && named.gpus > 0 === gpu;
  return {
    architecture,
    gpu,
    networkMode: settings.networkMode,
    egress: ec2Egress(placement),
    spot: onSpot(app, placement, task),
    instanceType: suits ? settings.instanceType : null,
  };
}

/** One writer is never taken away, nor is what a deployment waits for. */
function onSpot(app: App, placement: Placement, task: EcsTask): boolean {
  if (serviceSettings(settingsOf(placement), task.name).spot === 0) return false;
  return task.main.job ? jobOf(placement, task.name)?.on !== "deploy" : !taskHasOneWriter(app, placement, task);
}

/** What an app needs of each pool: room for one run of each job, though an instance comes up only when one starts. */
export function poolNeeds(app: App, placement: Placement): readonly PoolNeed[] {
  const settings = settingsOf(placement);
  const tasks = ecsTasks(app);
  const needs = new Map<string, { kind: PoolKind; tasks: TaskNeed[]; peak: TaskNeed[]; spot: number[] }>();
  for (const task of [...tasks, ...jobTasks(app)]) {
    const kind = taskPool(app, placement, task);
    const name = poolName(kind);
    const need = needs.get(name) ?? { kind, tasks: [], peak: [], spot: [] };
    const { size } = taskSize(app, placement, tasks, task);
    const { job } = task.main;
    need.tasks.push(taskNeed(placement, task, size, job ? 1 : taskReplicas(app, placement, task)));
    need.peak.push(taskNeed(placement, task, size, job ? 1 : mostTasks(app, placement, task)));
    need.spot.push(serviceSettings(settings, task.name).spot);
    needs.set(name, need);
  }
  const { awsvpcTrunking: trunking, base, maxInstances, disk } = settings;
  return [...needs.values()].map((need) => ({
    kind: need.kind,
    tasks: need.tasks,
    peak: need.peak,
    spot: need.kind.spot ? Math.min(...need.spot) : 0,
    trunking,
    base,
    maxInstances,
    disk,
  }));
}

/** At the largest scale, while a new revision comes. */
function mostTasks(app: App, placement: Placement, task: EcsTask): number {
  const scale = taskHasOneWriter(app, placement, task) ? null : (placement.services[task.name]?.scale ?? null);
  const most = Math.max(
    taskReplicas(app, placement, task),
    scale?.max ?? 0,
    ...(scale?.schedule.map(({ max }) => max) ?? []),
  );
  return Math.ceil((most * rollingRange(app, placement, task).maximumPercent) / 100);
}
