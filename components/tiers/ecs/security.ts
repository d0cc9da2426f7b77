/** The security groups of an app's tasks: each is open to the entry on what it publishes, and to who shares its networks. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EntryCaller } from "../../platform/entry";
import type { Network } from "../../platform/network";
import { childName } from "../../names";
import { type EcsTask, shareNetwork, type TaskPort } from "./tasks";

export interface SecurityArgs {
  readonly app: string;
  readonly network: Network;
  readonly tasks: readonly EcsTask[];
  /** By task. */
  readonly ports: Readonly<Record<string, readonly TaskPort[]>>;
  /** By task: what the entry opens of it. */
  readonly callers: Readonly<Record<string, readonly EntryCaller[]>>;
}

/** By task: its group, and the rules that let its callers in. */
export type TaskSecurity = Readonly<
  Record<string, { readonly group: aws.ec2.SecurityGroup; readonly rules: readonly pulumi.Resource[] }>
>;

export function taskSecurity(name: string, args: SecurityArgs, opts: pulumi.CustomResourceOptions): TaskSecurity {
  const groups = Object.fromEntries(
    args.tasks.map((task) => {
      const description = `${task.name} of ${args.app}`;
      const { vpcId } = args.network;
      return [task.name, new aws.ec2.SecurityGroup(childName(name, task.name), { vpcId, description }, opts)];
    }),
  );
  return Object.fromEntries(
    args.tasks.map((task) => {
      const group = groups[task.name];
      if (!group) throw new Error(`no security group for ${task.name}`);
      const rules = [
        wayOut(childName(name, task.name), group, opts),
        ...fromEntry(name, task, group, args.callers[task.name] ?? [], opts),
        ...fromPeers(name, task, group, { ...args, security: groups }, opts),
      ];
      return [task.name, { group, rules }];
    }),
  );
}

/** Images, logs and whatever the app calls: nothing is said in Compose of where a service may go. */
function wayOut(name: string, group: aws.ec2.SecurityGroup, opts: pulumi.CustomResourceOptions) {
  return new aws.vpc.SecurityGroupEgressRule(
    name,
    { securityGroupId: group.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0", description: "to everywhere" },
    opts,
  );
}

function fromEntry(
  name: string,
  task: EcsTask,
  group: aws.ec2.SecurityGroup,
  callers: readonly EntryCaller[],
  opts: pulumi.CustomResourceOptions,
) {
  const seen = new Set<string>();
  return callers.flatMap(({ point, caller, protocols, securityGroupId }) =>
    protocols.flatMap((protocol) => {
      const key = childName(name, task.name, "from-entry", protocol, String(point.port), caller);
      if (seen.has(key)) return [];
      seen.add(key);
      return [rule(key, group, securityGroupId, { port: point.port, protocol }, "from the entry", opts)];
    }),
  );
}

function fromPeers(
  name: string,
  task: EcsTask,
  group: aws.ec2.SecurityGroup,
  { tasks, ports, security }: SecurityArgs & { readonly security: Readonly<Record<string, aws.ec2.SecurityGroup>> },
  opts: pulumi.CustomResourceOptions,
) {
  return tasks
    .filter((peer) => shareNetwork(peer, task))
    .flatMap((peer) =>
      (ports[task.name] ?? []).flatMap(({ port, protocol }) => {
        const source = security[peer.name];
        if (!source) return [];
        const ruleName = childName(name, task.name, "from", peer.name, `${protocol}${port}`);
        return [rule(ruleName, group, source.id, { port, protocol }, `from ${peer.name}`, opts)];
      }),
    );
}

function rule(
  name: string,
  group: aws.ec2.SecurityGroup,
  source: pulumi.Input<string>,
  { port, protocol }: { readonly port: number; readonly protocol: "tcp" | "udp" },
  description: string,
  opts: pulumi.CustomResourceOptions,
): aws.vpc.SecurityGroupIngressRule {
  return new aws.vpc.SecurityGroupIngressRule(
    name,
    {
      securityGroupId: group.id,
      referencedSecurityGroupId: source,
      ipProtocol: protocol,
      fromPort: port,
      toPort: port,
      description,
    },
    opts,
  );
}
