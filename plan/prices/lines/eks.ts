/** EKS: the control plane, nodes, pods on Fargate, disks of claims. Pure. */
import { nodesFor, SYSTEM_PODS, type Load } from "../../../components/platform/eks/fleet";
import { INSIGHTS_ADDON } from "../../../components/platform/eks/insights";
import { instanceType } from "../../../components/platform/eks/instance-types";
import { fargatePodSize } from "../../../components/tiers/kubernetes/sizes";
import type { PlannedResource, PlanValue } from "../../types";
import { isTrue, listOf, mapAt, mapOf, numberOf, textOf } from "../inputs";
import type { PricedPlan } from "../priced-plan";
import { HOURS, type PriceItem, type Pricers, type UncountedItem } from "../types";
import { instanceItems } from "./instances";

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const PROFILE = "aws:eks/fargateProfile:FargateProfile";
const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const NAMESPACE = "kubernetes:core/v1:Namespace";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";
/** Of EKS's add-ons: how many pods each has, and what one asks for (`SYSTEM_PODS`). */
const ADDON_PODS: Readonly<Record<string, readonly (Load | undefined)[]>> = {
  coredns: SYSTEM_PODS.slice(0, 2),
  "metrics-server": SYSTEM_PODS.slice(2, 4),
};

const INSIGHTS: UncountedItem = {
  what: "metrics of Container Insights",
  uncounted: "0.21 USD for a million values in us-east-1; how many the agent sends is not known before it runs",
};

export const eks: Pricers = {
  "aws:eks/cluster:Cluster": ({ inputs }) => [
    { what: "the control plane", kind: "fixed", key: "eks.cluster", quantity: HOURS },
    ...(Array.isArray(inputs.enabledClusterLogTypes) && inputs.enabledClusterLogTypes.length > 0
      ? [{ what: "logs of the control plane", uncounted: "0.50 USD a GB in us-east-1; how much it logs is not known" }]
      : []),
  ],
  [NODE_GROUP]: nodes,
  [DEPLOYMENT]: (deployment, plan) => {
    if (!onFargate(namespaceOf(deployment, plan), plan)) return [];
    return podItems(podLoad(deployment), replicas(deployment, plan), plan.usage(deployment).hours);
  },
  "aws:eks/addon:Addon": ({ inputs }, plan) => {
    if (inputs.addonName === INSIGHTS_ADDON) return [INSIGHTS];
    const [load, ...others] = ADDON_PODS[textOf(inputs.addonName) ?? ""] ?? [];
    return load && onFargate("kube-system", plan) ? podItems(load, others.length + 1, 24) : [];
  },
  "kubernetes:helm.sh/v3:Release": ({ inputs }, plan) => {
    const { replicaCount, resources } = mapOf(inputs.values);
    const namespace = textOf(inputs.namespace) ?? "default";
    return onFargate(namespace, plan)
      ? podItems(requestsOf([{ resources: resources ?? null }]), numberOf(replicaCount) ?? 1, 24)
      : [];
  },
  "kubernetes:core/v1:PersistentVolumeClaim": ({ inputs }, plan) => {
    const spec = mapOf(inputs.spec);
    if (!isDisk(spec.storageClassName, plan)) return [];
    const size = quantityOf(mapAt(spec, "resources", "requests").storage) / 1024;
    return [{ what: `a disk of ${size} GiB`, kind: "fixed", key: "ebs.gp3", quantity: size }];
  },
};

/** As many nodes as there are at the least; with an assumed mean of replicas as many as hold those pods. */
function nodes(group: PlannedResource, plan: PricedPlan): readonly (PriceItem | UncountedItem)[] {
  const { inputs } = group;
  const type = textOf((Array.isArray(inputs.instanceTypes) ? inputs.instanceTypes : [])[0]);
  const template = plan.find(inputs.launchTemplate, "aws:ec2/launchTemplate:LaunchTemplate");
  if (type === null || !template) return [{ what: "nodes", uncounted: "their type is not known in the plan" }];
  const count = nodeCount(group, type, plan);
  const spot = inputs.capacityType === "SPOT";
  const subnet = plan.find(inputs.subnetIds, "aws:ec2/subnet:Subnet");
  return instanceItems({
    type,
    onDemand: spot ? 0 : count,
    spot: spot ? count : 0,
    disk: numberOf(mapAt(template.inputs, "blockDeviceMappings", "ebs").volumeSize) ?? 0,
    publicAddress: isTrue(subnet?.inputs.mapPublicIpOnLaunch),
    hours: 24,
  });
}

function nodeCount({ inputs }: PlannedResource, typeName: string, plan: PricedPlan): number {
  const { minSize, maxSize, desiredSize } = mapOf(inputs.scalingConfig);
  const min = numberOf(desiredSize) ?? numberOf(minSize) ?? 1;
  const max = numberOf(maxSize) ?? min;
  const type = instanceType(typeName);
  if (!type || max <= min) return min;
  const loads = plan
    .ofType(DEPLOYMENT)
    .filter((deployment) => !onFargate(namespaceOf(deployment, plan), plan) && runsOn(deployment, inputs.capacityType))
    .flatMap((deployment) => Array.from({ length: Math.ceil(replicas(deployment, plan)) }, () => podLoad(deployment)));
  return Math.min(max, Math.max(min, nodesFor([...SYSTEM_PODS, ...loads], type, hasInsights(plan)) ?? min));
}

const hasInsights = (plan: PricedPlan): boolean =>
  plan.ofType("aws:eks/addon:Addon").some(({ inputs }) => inputs.addonName === INSIGHTS_ADDON);

function runsOn(deployment: PlannedResource, capacityType: PlanValue | undefined): boolean {
  const wanted = mapAt(deployment.inputs, "spec", "template", "spec", "nodeSelector")["eks.amazonaws.com/capacityType"];
  return wanted === undefined || wanted === (capacityType ?? "ON_DEMAND");
}

/** What AWS bills of pods on Fargate: the next size that holds them with what Kubernetes takes itself. */
function podItems(load: Load, count: number, hours: number): readonly (PriceItem | UncountedItem)[] {
  const size = fargatePodSize(load);
  if (!size) return [{ what: "pods on Fargate", uncounted: "no size of Fargate holds the pod" }];
  const month = HOURS * (hours / 24);
  if (count === 0 || month === 0) return [];
  const of = count === 1 ? "1 pod" : `${count} pods`;
  return [
    { what: `vCPU of ${of}`, kind: "fixed", key: "fargate.x86.vcpu", quantity: (size.cpu / 1024) * count * month },
    {
      what: `memory of ${of}`,
      kind: "fixed",
      key: "fargate.x86.memory",
      quantity: (size.memory / 1024) * count * month,
    },
  ];
}

function replicas(deployment: PlannedResource, plan: PricedPlan): number {
  const { inputs } = deployment;
  const name = mapOf(inputs.metadata).name;
  const scaler = plan.ofType(AUTOSCALER).find(({ inputs: { spec, metadata } }) => {
    const sameNamespace =
      JSON.stringify(mapOf(metadata).namespace) === JSON.stringify(mapOf(inputs.metadata).namespace);
    return sameNamespace && mapAt(mapOf(spec), "scaleTargetRef").name === name;
  });
  if (!scaler) return numberOf(mapOf(inputs.spec).replicas) ?? 1;
  const { minReplicas, maxReplicas } = mapOf(scaler.inputs.spec);
  const min = numberOf(minReplicas) ?? 1;
  const mean = plan.usage(deployment).replicas ?? min;
  return Math.min(numberOf(maxReplicas) ?? min, Math.max(min, mean));
}

/** The pod's containers together, or the largest that runs before them. */
function podLoad({ inputs }: PlannedResource): Load {
  const { containers, initContainers } = mapAt(inputs, "spec", "template", "spec");
  const sum = requestsOf(listOf(containers));
  return listOf(initContainers)
    .map((container) => requestsOf([container]))
    .reduce((most, one) => ({ cpu: Math.max(most.cpu, one.cpu), memory: Math.max(most.memory, one.memory) }), sum);
}

function requestsOf(containers: readonly Readonly<Record<string, PlanValue>>[]): Load {
  const requests = containers.map((container) => mapAt(container, "resources", "requests"));
  return {
    cpu: requests.reduce((sum, { cpu }) => sum + cpuOf(cpu), 0),
    memory: requests.reduce((sum, { memory }) => sum + quantityOf(memory), 0),
  };
}

/** Kubernetes' `250m` or `0.25` in vCPU. */
function cpuOf(value: PlanValue | undefined): number {
  const text = typeof value === "number" ? String(value) : (textOf(value) ?? "0");
  return text.endsWith("m") ? Number(text.slice(0, -1)) / 1000 : Number(text);
}

const MIB: Readonly<Record<string, number>> = { Ki: 1 / 1024, Mi: 1, Gi: 1024, Ti: 1024 * 1024 };

/** Kubernetes' `512Mi` in MiB. */
function quantityOf(value: PlanValue | undefined): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([KMGT]i)$/u.exec(textOf(value) ?? "") ?? [];
  return number === undefined ? 0 : Number(number) * (MIB[unit ?? ""] ?? 0);
}

function namespaceOf({ inputs }: PlannedResource, plan: PricedPlan): string {
  const { namespace } = mapOf(inputs.metadata);
  return textOf(namespace) ?? textOf(mapOf(plan.find(namespace, NAMESPACE)?.inputs.metadata).name) ?? "default";
}

/** True where a profile takes the namespace's pods. */
function onFargate(namespace: string, plan: PricedPlan): boolean {
  return plan
    .ofType(PROFILE)
    .some(({ inputs }) => listOf(inputs.selectors).some((selector) => selector.namespace === namespace));
}

/** True for a claim of a class of EBS's; a claim of EFS names its volume and no class. */
function isDisk(storageClass: PlanValue | undefined, plan: PricedPlan): boolean {
  if (storageClass === undefined || storageClass === "") return false;
  const found =
    plan.find(storageClass, STORAGE_CLASS) ??
    plan.ofType(STORAGE_CLASS).find(({ inputs }) => mapOf(inputs.metadata).name === storageClass);
  return textOf(found?.inputs.provisioner)?.includes("ebs") ?? false;
}
