/**
 * What AWS refuses about the capacity of an ECS cluster: a provider that is attached or in use, a group whose instances are
 * protected, a cluster with instances in it, a service on what it cannot use.
 */
import type { Account, Entity } from "../entity";
import { nameOf } from "../entity";
import { clusterName } from "../outputs";
import { isRecord, list, parseJson, records, text, texts } from "../values";
import type { Checks } from "./rule";
import { Refusal } from "./rule";

const SERVICE = "aws:ecs/service:Service";
const PROVIDER = "aws:ecs/capacityProvider:CapacityProvider";
const PROVIDERS = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders";
const INVOCATION = "aws:lambda/invocation:Invocation";
const GROUP = "aws:autoscaling/group:Group";

/** The providers that a service's tasks may run on. */
const strategyOf = ({ inputs }: Entity): readonly string[] =>
  records(inputs.capacityProviderStrategies).map(({ capacityProvider }) => text(capacityProvider));

const servicesOf = (cluster: string, account: Account): readonly Entity[] =>
  account.all(SERVICE).filter(({ inputs }) => clusterName(inputs.cluster) === cluster);

/** What Spectrum's own function attaches: the stand-in takes its input at its word. */
function attachment({ inputs }: Entity): { readonly cluster: string; readonly provider: string } | null {
  const input = parseJson(inputs.input);
  return isRecord(input) && typeof input.provider === "string"
    ? { cluster: clusterName(input.cluster), provider: input.provider }
    : null;
}

/** The providers that are attached to a cluster. */
function attachedTo(cluster: string, account: Account): readonly string[] {
  const listed = account
    .ready(PROVIDERS)
    .filter(({ inputs }) => clusterName(inputs.clusterName) === cluster)
    .flatMap(({ inputs }) => list(inputs.capacityProviders).map(text));
  const added = account.ready(INVOCATION).flatMap((entity) => {
    const found = attachment(entity);
    return found?.cluster === cluster ? [found.provider] : [];
  });
  return [...listed, ...added];
}

const inUse = (provider: string) =>
  new Refusal(`ResourceInUseException: The specified capacity provider is in use and cannot be removed: ${provider}`);

export const CAPACITY_NEEDS: Checks = {
  [SERVICE]: [
    (entity, account) => {
      const attached = attachedTo(clusterName(entity.inputs.cluster), account);
      const known = account.all(PROVIDERS).length > 0;
      for (const provider of known ? strategyOf(entity) : []) {
        if (!attached.includes(provider))
          throw new Refusal(
            `InvalidParameterException: The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster: ${provider}`,
          );
      }
    },
    ({ inputs }, account) => {
      const network = account.find(text(inputs.taskDefinition))?.inputs.networkMode;
      const given = isRecord(inputs.networkConfiguration) ? inputs.networkConfiguration : undefined;
      const onInstances = records(inputs.capacityProviderStrategies).some(
        ({ capacityProvider }) => !text(capacityProvider).startsWith("FARGATE"),
      );
      if (onInstances && given?.assignPublicIp === true)
        throw new Refusal("InvalidParameterException: Assign public IP is not supported for this launch type.");
      if (network === "awsvpc" && !given)
        throw new Refusal("InvalidParameterException: Network Configuration must be provided for the awsvpc mode.");
      if (network === "bridge" && given)
        throw new Refusal("InvalidParameterException: Network Configuration is not valid for the given networkMode.");
      for (const arn of texts(inputs.loadBalancers).filter((value) => value.includes(":targetgroup/"))) {
        const type = text(account.find(arn)?.inputs.targetType) || "instance";
        if ((network === "awsvpc" && type !== "ip") || (network === "bridge" && type !== "instance"))
          throw new Refusal(
            `InvalidParameterException: The provided target group ${arn} has target type ${type}, which is incompatible with the ${network} network mode specified in the task definition.`,
          );
      }
    },
  ],
  [PROVIDER]: [
    (entity, account) => {
      const groupOf = ({ inputs }: Entity) =>
        isRecord(inputs.autoScalingGroupProvider) ? text(inputs.autoScalingGroupProvider.autoScalingGroupArn) : "";
      const twin = account
        .all(PROVIDER)
        .find((other) => other.serial !== entity.serial && groupOf(other) === groupOf(entity));
      if (twin && groupOf(entity) !== "")
        throw new Refusal(
          `ClientException: The specified Auto Scaling group ARN is already being used by another capacity provider: ${nameOf(twin)}`,
        );
    },
  ],
  [PROVIDERS]: [
    ({ inputs }, account) => {
      const cluster = clusterName(inputs.clusterName);
      const kept = list(inputs.capacityProviders).map(text);
      for (const provider of servicesOf(cluster, account).flatMap(strategyOf)) {
        if (!kept.includes(provider)) throw inUse(provider);
      }
    },
  ],
};

export const CAPACITY_DELETES: Checks = {
  [INVOCATION]: [
    (entity, account) => {
      const found = attachment(entity);
      if (found && servicesOf(found.cluster, account).flatMap(strategyOf).includes(found.provider))
        throw inUse(found.provider);
    },
  ],
  [PROVIDERS]: [
    ({ inputs }, account) => {
      const used = servicesOf(clusterName(inputs.clusterName), account).flatMap(strategyOf);
      for (const provider of list(inputs.capacityProviders).map(text))
        if (used.includes(provider)) throw inUse(provider);
    },
  ],
  [PROVIDER]: [
    (entity, account) => {
      const name = nameOf(entity);
      const clusters = account.all("aws:ecs/cluster:Cluster").map(nameOf);
      const holder = clusters.find((cluster) => attachedTo(cluster, account).includes(name));
      if (holder !== undefined)
        throw new Refusal(
          `ResourceInUseException: The capacity provider cannot be deleted because it is associated with cluster: ${holder}. Remove the capacity provider from the cluster and try again.`,
        );
    },
  ],
  [GROUP]: [
    ({ id, inputs }) => {
      if (inputs.protectFromScaleIn === true && inputs.forceDelete !== true)
        throw new Refusal(
          `timeout while waiting for the Auto Scaling group ${id} to have no instances: they are protected from scale in`,
        );
    },
  ],
  "aws:ecs/cluster:Cluster": [
    (entity, account) => {
      const name = nameOf(entity);
      const group = account.all(GROUP).find((candidate) => joins(candidate, account) === name);
      if (group)
        throw new Refusal(
          `ClusterContainsContainerInstancesException: The Cluster cannot be deleted while Container Instances are active or draining: ${nameOf(group)}`,
        );
    },
  ],
};

/** The cluster that a group's instances join, as their user data says. */
function joins({ inputs }: Entity, account: Account): string | undefined {
  const templates = texts([inputs.launchTemplate, inputs.mixedInstancesPolicy])
    .map((value) => account.find(value))
    .filter((entity) => entity?.type === "aws:ec2/launchTemplate:LaunchTemplate");
  const [data] = templates.map((template) => Buffer.from(text(template?.inputs.userData), "base64").toString("utf8"));
  return data === undefined ? undefined : /^ECS_CLUSTER=(.+)$/mu.exec(data)?.[1];
}
