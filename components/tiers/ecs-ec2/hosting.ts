/** What ECS is told of a pool of instances: its capacity provider, its network, and how tasks are placed. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { poolName } from "../../platform/pools";
import { childName } from "../../names";
import type { InstancePool } from "../../platform/instance-pool";
import type { EcsHosting } from "../ecs/hosting";
import { taskMounts, volumeOwner } from "../ecs/mounts";
import type { TaskSecurity } from "../ecs/security";
import { architectureOf } from "../ecs/size";
import { type EcsTask, isConnected } from "../ecs/tasks";
import type { HostArgs } from "../tier";
import { taskPool } from "./capacity";
import { ec2Tier } from "./ec2-tier";
import { machineParameters } from "./machine";
import { ec2Egress, settingsOf } from "./settings";

const NFS = 2049;
/** Until a new instance takes tasks: two to three minutes. */
const INSTANCE_SECONDS = 180;

export function ec2Hosting(host: HostArgs): EcsHosting {
  const { app, placement, platform } = host;
  const { networkMode } = settingsOf(placement);
  const bridge = networkMode === "bridge";
  const poolOf = (task: EcsTask): InstancePool => platform.instancePool(poolName(taskPool(app, placement, task)));
  return {
    tier: ec2Tier,
    // 0: Docker chooses one, so that tasks of one service share an instance
    hostPort: (containerPort) => (bridge ? 0 : containerPort),
    machine: (service, mounts) => machineParameters(service, mounts, networkMode),
    // while an app comes from Fargate or goes there, both have services of the same names
    namespace: () => platform.ecsCluster.serviceConnectNamespace(app.name, "ec2"),
    ready: (task) => poolOf(task).ready,
    capacitySeconds: INSTANCE_SECONDS,
    ...(bridge && { security: (secured, parent) => bridgeSecurity(host, { ...secured, poolOf }, parent) }),
    definition: (task, { size }) => ({
      requiresCompatibilities: ["EC2"],
      networkMode,
      cpu: String(size.cpu),
      memory: String(size.memory),
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: architectureOf(task.main) },
      ...ipcMode(task),
      ...(task.main.pid === "host" && { pidMode: "host" }),
    }),
    service: (task, group) => ({
      capacityProviderStrategies: [{ capacityProvider: poolOf(task).provider, weight: 1 }],
      ...(!bridge && {
        networkConfiguration: {
          subnets: platform.network.tasks(ec2Egress(placement)).subnetIds,
          // AWS gives none to a task's interface on an instance
          assignPublicIp: false,
          securityGroups: [group.id],
        },
      }),
      orderedPlacementStrategies: [
        { type: "spread", field: "attribute:ecs.availability-zone" },
        { type: "binpack", field: "memory" },
      ],
      ...(alone(task) && { placementConstraints: [{ type: "distinctInstance" }] }),
    }),
    job: (task, group) => ({
      network: bridge
        ? null
        : {
            subnetIds: platform.network.tasks(ec2Egress(placement)).subnetIds,
            securityGroupIds: [group.id],
            assignPublicIp: false,
          },
      launch: { capacityProvider: poolOf(task).provider },
      placement: [],
    }),
  };
}

/** `deploy.placement.max_replicas_per_node: 1` */
function alone({ main }: EcsTask): boolean {
  const { placement } = main.deploy;
  return (
    typeof placement === "object" &&
    placement !== null &&
    (placement as Readonly<Record<string, unknown>>).max_replicas_per_node === 1
  );
}

function ipcMode({ main, sidecars, services }: EcsTask): { readonly ipcMode?: "host" | "task" } {
  if (main.canonical.ipc === "host") return { ipcMode: "host" };
  const shares = sidecars.some(({ canonical: { ipc } }) =>
    services.some(({ name }) => typeof ipc === "string" && ipc === `service:${name}`),
  );
  return shares ? { ipcMode: "task" } : {};
}

/**
 * Under bridge a task has no group of its own: its instances' group lets in the entry, and who calls by Service Connect, on
 * the ports that Docker gives out. Each rule is the pool's or the app's, and made once.
 */
function bridgeSecurity(
  { app, backing, volumes }: HostArgs,
  {
    name,
    tasks,
    callers,
    poolOf,
  }: Parameters<NonNullable<EcsHosting["security"]>>[0] & { readonly poolOf: (task: EcsTask) => InstancePool },
  parent: Parameters<NonNullable<EcsHosting["security"]>>[1],
): TaskSecurity {
  const mounting = new Set<InstancePool>();
  const reached = new Map<InstancePool, readonly pulumi.Resource[]>();
  const reachBacking = (pool: InstancePool) => {
    const known = reached.get(pool);
    if (known) return known;
    const services = tasks.filter((task) => poolOf(task) === pool).flatMap((task) => task.services.map((s) => s.name));
    const args = { services, securityGroupId: pool.group.id };
    const rules = backing.admit(childName(name, pool.poolName), args, { parent });
    reached.set(pool, rules);
    return rules;
  };
  return Object.fromEntries(
    tasks.map((task) => {
      const pool = poolOf(task);
      const rules = (callers[task.name] ?? []).flatMap(({ caller, protocols, securityGroupId }) =>
        protocols.map((protocol) => pool.letIn(caller, securityGroupId, protocol)),
      );
      if (isConnected(tasks, task)) rules.push(pool.letInEachOther());
      const { folders } = taskMounts(app, task, ec2Tier.containers.mounts);
      const [first] = folders.flatMap(({ kind }) => ("efs" in kind ? [kind.efs] : []));
      if (first !== undefined && !mounting.has(pool)) {
        mounting.add(pool);
        const { securityGroupId } = volumes.of(first, volumeOwner(app, first));
        rules.push(
          new aws.vpc.SecurityGroupIngressRule(
            childName(name, pool.poolName, "volumes"),
            {
              securityGroupId,
              referencedSecurityGroupId: pool.group.id,
              ipProtocol: "tcp",
              fromPort: NFS,
              toPort: NFS,
              description: `from instances of ${pool.poolName}`,
            },
            { parent },
          ),
        );
      }
      return [task.name, { group: pool.group, rules: [...rules, ...reachBacking(pool)] }];
    }),
  );
}
