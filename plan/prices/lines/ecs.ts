/** ECS: tasks on Fargate, pools of instances for tasks, machines of one's own. Pure. */
import { instancesFor, instanceType, type TaskNeed } from "../../../components/platform/instance-types";
import type { PlannedResource } from "../../types";
import { documentOf, isTrue, listOf, mapAt, mapOf, numberOf, textOf } from "../inputs";
import { serviceHours } from "../off-hours";
import type { PricedPlan } from "../priced-plan";
import { HOURS, type PriceItem, type Pricers, type UncountedItem } from "../types";
import { instanceItems } from "./instances";

const SERVICE = "aws:ecs/service:Service";
const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
const CAPACITY_PROVIDER = "aws:ecs/capacityProvider:CapacityProvider";
const GROUP = "aws:autoscaling/group:Group";
const LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const TARGET = "aws:appautoscaling/target:Target";
const TRUNKING = "aws:ecs/accountSettingDefault:AccountSettingDefault";
/** GB of a task's own disk that are free. https://aws.amazon.com/fargate/pricing/ */
const FREE_DISK = 20;

export const ecs: Pricers = {
  [SERVICE]: fargateTasks,
  [GROUP]: pool,
  // for each hour that a machine is registered: https://aws.amazon.com/ecs/anywhere/pricing/
  "spectrum:tier:EcsAnywhere": (app, plan) => {
    const { machines } = plan.usage(app);
    return [
      {
        what: `${machines} × a registered machine, besides what the machine costs you`,
        kind: "fixed",
        key: "ecs-anywhere.machine",
        quantity: machines * HOURS,
      },
    ];
  },
  "aws:ecs/cluster:Cluster": ({ inputs }) =>
    listOf(inputs.settings).some(({ name, value }) => name === "containerInsights" && value !== "disabled")
      ? [
          {
            what: "metrics of Container Insights",
            uncounted: "0.30 USD a month for each metric; how many there are is not known before it runs",
          },
        ]
      : [],
};

/** How many tasks run by which capacity provider: by their base, then by their weights. */
interface Share {
  readonly provider: PlannedResource | "FARGATE" | "FARGATE_SPOT" | null;
  readonly tasks: number;
}

/** As many as always run; where they are scaled the assumed mean, between what the scale allows. */
function taskCount(service: PlannedResource, plan: PricedPlan): number {
  const [target] = plan.referring(TARGET, "resourceId", service);
  if (!target) return numberOf(service.inputs.desiredCount) ?? 1;
  const min = numberOf(target.inputs.minCapacity) ?? 1;
  const max = numberOf(target.inputs.maxCapacity) ?? min;
  const { replicas } = plan.usage(service);
  return Math.min(max, Math.max(min, replicas ?? min));
}

function shares(service: PlannedResource, plan: PricedPlan): readonly Share[] {
  const strategies = listOf(service.inputs.capacityProviderStrategies);
  const all = taskCount(service, plan);
  const based = strategies.map(({ base }) => Math.min(all, numberOf(base) ?? 0));
  const rest = Math.max(0, all - based.reduce((sum, one) => sum + one, 0));
  const weights = strategies.map(({ weight }) => numberOf(weight) ?? 0);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return strategies.map(({ capacityProvider }, i) => ({
    provider:
      capacityProvider === "FARGATE" || capacityProvider === "FARGATE_SPOT"
        ? capacityProvider
        : plan.find(capacityProvider, CAPACITY_PROVIDER),
    tasks: (based[i] ?? 0) + (sum > 0 ? (rest * (weights[i] ?? 0)) / sum : 0),
  }));
}

/** Tasks on a pool's instances, and on machines of one's own, cost nothing themselves. */
function fargateTasks(service: PlannedResource, plan: PricedPlan): readonly (PriceItem | UncountedItem)[] {
  const onFargate = shares(service, plan).filter(({ provider }) => typeof provider === "string");
  if (onFargate.length === 0) return [];
  const task = plan.find(service.inputs.taskDefinition, TASK_DEFINITION);
  const cpu = numberOf(task?.inputs.cpu);
  const memory = numberOf(task?.inputs.memory);
  if (!task || cpu === null || memory === null)
    return [{ what: "tasks on Fargate", uncounted: "the size of the task is not known in the plan" }];
  const month = HOURS * (Math.min(plan.usage(service).hours, serviceHours(service, plan)) / 24);
  const arm = mapAt(task.inputs, "runtimePlatform").cpuArchitecture === "ARM64";
  const disk = Math.max(0, (numberOf(mapAt(task.inputs, "ephemeralStorage").sizeInGib) ?? 0) - FREE_DISK);
  const addressed = isTrue(mapAt(service.inputs, "networkConfiguration").assignPublicIp);
  return onFargate
    .filter(({ tasks }) => tasks > 0)
    .flatMap(({ provider, tasks }): PriceItem[] => {
      const key = `fargate.${provider === "FARGATE_SPOT" ? "spot." : ""}${arm ? "arm" : "x86"}`;
      const of = `${countText(tasks)}${provider === "FARGATE_SPOT" ? " on Spot" : ""}${arm ? ", arm64" : ""}`;
      const item = (what: string, itemKey: string, quantity: number): PriceItem => ({
        what: `${what} of ${of}`,
        kind: "fixed",
        key: itemKey,
        quantity: quantity * tasks * month,
      });
      return [
        item("vCPU", `${key}.vcpu`, cpu / 1024),
        item("memory", `${key}.memory`, memory / 1024),
        ...(disk > 0 ? [item(`disk above ${FREE_DISK} GB`, "fargate.ephemeral", disk)] : []),
        ...(addressed ? [item("public IPv4 address", "ipv4.hour", 1)] : []),
      ];
    });
}

const countText = (tasks: number) => (tasks === 1 ? "1 task" : `${Number(tasks.toFixed(2))} tasks`);

/** ECS scales a pool to the instances that hold its services' tasks: by the same packing that chose their type. */
function pool(group: PlannedResource, plan: PricedPlan): readonly (PriceItem | UncountedItem)[] {
  const { instancesDistribution: distribution, launchTemplate: mixed } = mapOf(group.inputs.mixedInstancesPolicy);
  const specification = mapOf(mixed);
  const template =
    plan.find(group.inputs.launchTemplate, LAUNCH_TEMPLATE) ??
    plan.find(specification.launchTemplateSpecification, LAUNCH_TEMPLATE);
  const name = textOf(listOf(specification.overrides)[0]?.instanceType) ?? textOf(template?.inputs.instanceType);
  const type = name === null ? undefined : instanceType(name);
  if (!template || !type)
    return [{ what: "instances", uncounted: `the type ${name ?? "of the pool"} is none that Spectrum knows` }];
  const services = poolServices(group, plan);
  const tasks = services.map(({ task, tasks: count }) => needOf(task, Math.ceil(count)));
  const trunking = plan.ofType(TRUNKING).some(({ inputs }) => inputs.name === "awsvpcTrunking");
  const held = tasks.length === 0 ? 0 : instancesFor(type, { tasks, trunking });
  if (held === null) return [{ what: "instances", uncounted: `a task is too large for the type ${type.name}` }];
  const count = Math.max(held, numberOf(group.inputs.minSize) ?? 0);
  const { onDemandBaseCapacity, onDemandPercentageAboveBaseCapacity } = mapOf(distribution);
  const base = distribution === undefined ? count : Math.min(count, numberOf(onDemandBaseCapacity) ?? 0);
  const above = Math.ceil((count - base) * ((numberOf(onDemandPercentageAboveBaseCapacity) ?? 100) / 100));
  const items = instanceItems({
    type: type.name,
    onDemand: base + above,
    spot: count - base - above,
    disk: numberOf(mapAt(template.inputs, "blockDeviceMappings", "ebs").volumeSize) ?? 0,
    publicAddress: isTrue(mapAt(template.inputs, "networkInterfaces").associatePublicIpAddress),
    hours: Math.min(plan.usage(group).hours, poolHours(services, plan)),
  });
  // managed scaling is a target tracking policy: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
  return [...items, { what: "alarms of managed scaling", kind: "fixed", key: "cloudwatch.alarm", quantity: 2 }];
}

/** A pool runs as long as one of its services does. */
function poolHours(services: readonly PooledService[], plan: PricedPlan): number {
  const hours = services.map(({ service }) => serviceHours(service, plan));
  return hours.length === 0 ? 24 : Math.max(...hours);
}

/** A service with tasks on the instances of a pool. */
interface PooledService {
  readonly service: PlannedResource;
  readonly task: PlannedResource;
  /** How many of its tasks are there. */
  readonly tasks: number;
}

function poolServices(group: PlannedResource, plan: PricedPlan): readonly PooledService[] {
  const providers = plan
    .ofType(CAPACITY_PROVIDER)
    .filter(({ inputs }) => plan.find(inputs.autoScalingGroupProvider, GROUP)?.urn === group.urn)
    .map(({ urn }) => urn);
  return plan.ofType(SERVICE).flatMap((service) => {
    const task = plan.find(service.inputs.taskDefinition, TASK_DEFINITION);
    if (!task) return [];
    return shares(service, plan)
      .filter(
        ({ provider, tasks }) => typeof provider === "object" && providers.includes(provider?.urn ?? "") && tasks > 0,
      )
      .map(({ tasks }) => ({ service, task, tasks }));
  });
}

function needOf({ inputs }: PlannedResource, count: number): TaskNeed {
  const containers = listOf(documentOf(inputs.containerDefinitions));
  const gpus = containers
    .flatMap(({ resourceRequirements }) => listOf(resourceRequirements))
    .filter(({ type }) => type === "GPU")
    .reduce((sum, { value }) => sum + (numberOf(value) ?? 0), 0);
  return {
    cpu: numberOf(inputs.cpu) ?? 0,
    memory: numberOf(inputs.memory) ?? containers.reduce((sum, { memory }) => sum + (numberOf(memory) ?? 0), 0),
    gpus,
    interfaces: inputs.networkMode === "awsvpc" ? 1 : 0,
    count,
  };
}
