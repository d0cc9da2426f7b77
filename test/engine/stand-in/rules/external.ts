/** What ECS and SSM refuse of machines of the user's own: ECS Anywhere. */
import type { Account, Entity, Machine } from "../entity";
import { nameOf } from "../entity";
import { clusterName } from "../outputs";
import type { Values } from "../values";
import { isRecord, list, parseJson, records, text } from "../values";
import type { Checks } from "./rule";
import { Refusal } from "./rule";

const DAY = 24 * 3600 * 1000;
/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateActivation.html */
const MAX_DAYS = 30;
const MAX_MACHINES = 1000;
/** What a service of the launch type EXTERNAL cannot have: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  capacityProviderStrategies: "Specifying both a launch type and capacity provider strategy is not supported",
  loadBalancers: "The launch type EXTERNAL does not support load balancers",
  networkConfiguration: "Network Configuration is not valid for the given networkMode of this task definition",
  serviceConnectConfiguration: "The launch type EXTERNAL does not support Service Connect",
  serviceRegistries: "The launch type EXTERNAL does not support service registries",
  volumeConfiguration: "The launch type EXTERNAL does not support volumes that are configured at launch",
};

export const EXTERNAL_NEEDS: Checks = {
  "aws:ecs/service:Service": [external, placeable],
  "aws:ecs/taskDefinition:TaskDefinition": [definable],
  "aws:ssm/activation:Activation": [activatable],
};

export const EXTERNAL_DELETES: Checks = {
  "aws:ecs/cluster:Cluster": [
    (entity, account) => {
      const cluster = nameOf(entity);
      if (account.machines.some((machine) => machine.cluster === cluster))
        throw new Refusal(
          `ClusterContainsContainerInstancesException: The Cluster cannot be deleted while Container Instances are active or draining (${cluster})`,
        );
    },
  ],
};

function external({ inputs }: Entity, account: Account): void {
  if (inputs.launchType !== "EXTERNAL") return;
  for (const [key, message] of Object.entries(UNSUPPORTED)) {
    if (list(inputs[key]).length > 0) throw new Refusal(`InvalidParameterException: ${message}.`);
  }
  const definition = account.find(text(inputs.taskDefinition));
  if (!definition) return;
  if (!list(definition.inputs.requiresCompatibilities).includes("EXTERNAL"))
    throw new Refusal("InvalidParameterException: Task definition does not support launch_type EXTERNAL.");
}

/** A service that is waited for, where no machine of the cluster can run its task. */
function placeable({ inputs }: Entity, account: Account): void {
  if (inputs.launchType !== "EXTERNAL" || inputs.waitForSteadyState !== true || inputs.desiredCount === 0) return;
  const wanted = records(inputs.placementConstraints).map(({ expression }) => text(expression));
  const fits = (machine: Machine) => wanted.every((expression) => holds(machine, expression));
  if (!account.machines.some((machine) => machine.cluster === clusterName(inputs.cluster) && fits(machine)))
    throw new Refusal(
      "timeout while waiting for the service to be steady: unable to place a task because no container instance met all of its requirements",
    );
}

/** `attribute:name == value`, all that Spectrum says. */
function holds({ attributes }: Machine, expression: string): boolean {
  const [, name = "", value] = /^attribute:(\S+) == (\S+)$/u.exec(expression) ?? [];
  return value !== undefined && attributes[name] === value;
}

/** What only holds where the task has a machine that is not Fargate's. */
function definable({ inputs }: Entity): void {
  const kinds = list(inputs.requiresCompatibilities);
  const containers = records(parseJson(inputs.containerDefinitions));
  if (kinds.length > 0 && !kinds.includes("FARGATE") && inputs.memory === undefined) {
    const bare = containers.find((one) => one.memory === undefined && one.memoryReservation === undefined);
    if (bare)
      throw new Refusal(
        `ClientException: Invalid setting for container '${text(bare.name)}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
      );
  }
  if (kinds.includes("EXTERNAL")) {
    if (inputs.networkMode === "awsvpc")
      throw new Refusal("ClientException: The networkMode awsvpc is not compatible with EXTERNAL.");
    if (records(inputs.volumes).some(({ efsVolumeConfiguration: efs }) => isRecord(efs)))
      throw new Refusal("ClientException: EFS volumes are not supported with EXTERNAL.");
  }
  checkLinks(containers, text(inputs.networkMode));
  checkHostPorts(containers);
}

/** https://github.com/aws/amazon-ecs-agent/issues/1415: links that come back to their container are refused. */
function checkLinks(containers: readonly Values[], networkMode: string): void {
  const links = new Map(
    containers.map((one) => [text(one.name), list(one.links).map((link) => text(link).split(":")[0] ?? "")]),
  );
  const reaches = (from: string, to: string, seen: ReadonlySet<string>): boolean =>
    (links.get(from) ?? []).some(
      (next) => next === to || (!seen.has(next) && reaches(next, to, new Set([...seen, next]))),
    );
  for (const [name, linked] of links) {
    if (linked.length > 0 && !["", "bridge"].includes(networkMode))
      throw new Refusal(`ClientException: Links are not supported when networkMode=${networkMode}.`);
    if (linked.some((other) => !links.has(other)))
      throw new Refusal(`ClientException: Container.links refer to a container that does not exist (${name})`);
    if (reaches(name, name, new Set([name])))
      throw new Refusal(`ClientException: Container.links should not contain cycles (${name})`);
  }
}

function checkHostPorts(containers: readonly Values[]): void {
  const taken = new Set<string>();
  for (const { hostPort, protocol } of containers.flatMap((one) => records(one.portMappings))) {
    const key = `${Number(hostPort ?? 0)}/${text(protocol) || "tcp"}`;
    if (hostPort === undefined || hostPort === 0) continue;
    if (taken.has(key))
      throw new Refusal(`ClientException: The host port ${key} is mapped twice in the task definition.`);
    taken.add(key);
  }
}

function activatable({ inputs }: Entity, account: Account): void {
  const count = inputs.registrationLimit ?? 1;
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1 || count > MAX_MACHINES)
    throw new Refusal(
      `ValidationException: Value at 'registrationLimit' failed to satisfy constraint: Member must be from 1 to ${MAX_MACHINES}`,
    );
  if (inputs.expirationDate !== undefined) {
    const ahead = Date.parse(text(inputs.expirationDate)) - Date.now();
    if (!(ahead > 0)) throw new Refusal("InvalidParameters: the expiration date must be in the future");
    if (ahead > MAX_DAYS * DAY)
      throw new Refusal(`InvalidParameters: the expiration date must be ${MAX_DAYS} days ahead at most`);
  }
  const role = account.ready("aws:iam/role:Role").find((candidate) => nameOf(candidate) === text(inputs.iamRole));
  if (!role || !text(role.inputs.assumeRolePolicy).includes("ssm.amazonaws.com"))
    throw new Refusal("ValidationException: Nonexistent role or missing ssm service principal in trust policy");
}
