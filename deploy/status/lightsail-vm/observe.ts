/** What Systems Manager and Lightsail say of an app's machines. */
import { GetInstanceStateCommand } from "@aws-sdk/client-lightsail";
import {
  type AssociationDescription,
  type AssociationExecution,
  type AssociationExecutionTarget,
  DescribeAssociationCommand,
  DescribeAssociationExecutionsCommand,
  DescribeAssociationExecutionTargetsCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  type InstanceInformation,
} from "@aws-sdk/client-ssm";
import { type Aws, pages } from "../aws";
import type { TargetOn } from "../deployed";
import { Refusal } from "../refusal";

export type MachineTarget = TargetOn<"lightsail-vm">;

export interface MachineObservation {
  /** What brings the app to the machines; `null`: there is none. */
  readonly association: AssociationDescription | null;
  /** Its last run, and how that went on each machine. */
  readonly execution: AssociationExecution | null;
  readonly runs: readonly AssociationExecutionTarget[];
  /** The machines as Systems Manager knows them. */
  readonly nodes: readonly InstanceInformation[];
  /** By the instance's name: `running`, `stopped`; `null`: there is no such instance. */
  readonly instances: Readonly<Record<string, string | null>>;
}

/** One round of questions for all services of the app. */
export function observe(aws: Aws, associationId: string, target: MachineTarget): Promise<MachineObservation> {
  return aws.once(`association ${associationId}`, async () => {
    const [brought, nodes, states] = await Promise.all([
      lastExecution(aws, associationId),
      nodesOf(aws, target),
      Promise.all(target.instances.map(async (name) => [name, await instanceState(aws, name)] as const)),
    ]);
    return { ...brought, nodes, instances: Object.fromEntries(states) };
  });
}

type Brought = Pick<MachineObservation, "association" | "execution" | "runs">;

async function lastExecution(aws: Aws, AssociationId: string): Promise<Brought> {
  const client = aws.client("ssm");
  const association = await orNull(async () => {
    const answer = await aws.ask("ssm:DescribeAssociation", () =>
      client.send(new DescribeAssociationCommand({ AssociationId })),
    );
    return answer.AssociationDescription ?? null;
  });
  if (association === null) return { association, execution: null, runs: [] };
  const { AssociationExecutions = [] } = await aws.ask("ssm:DescribeAssociationExecutions", () =>
    client.send(new DescribeAssociationExecutionsCommand({ AssociationId })),
  );
  const [execution = null] = [...AssociationExecutions].sort(
    (a, b) => Number(b.CreatedTime ?? 0) - Number(a.CreatedTime ?? 0),
  );
  if (execution?.ExecutionId === undefined) return { association, execution, runs: [] };
  const { ExecutionId } = execution;
  const { AssociationExecutionTargets = [] } = await aws.ask("ssm:DescribeAssociationExecutionTargets", () =>
    client.send(new DescribeAssociationExecutionTargetsCommand({ AssociationId, ExecutionId })),
  );
  return { association, execution, runs: AssociationExecutionTargets };
}

function nodesOf(aws: Aws, { nodeTag: { key, values } }: MachineTarget): Promise<readonly InstanceInformation[]> {
  return pages(async (NextToken) => {
    const { InstanceInformationList = [], NextToken: next } = await aws.ask("ssm:DescribeInstanceInformation", () =>
      aws
        .client("ssm")
        .send(
          new DescribeInstanceInformationCommand({ Filters: [{ Key: `tag:${key}`, Values: [...values] }], NextToken }),
        ),
    );
    return { items: InstanceInformationList, next };
  });
}

function instanceState(aws: Aws, instanceName: string): Promise<string | null> {
  return orNull(async () => {
    const { state } = await aws.ask("lightsail:GetInstanceState", () =>
      aws.client("lightsail").send(new GetInstanceStateCommand({ instanceName })),
    );
    return state?.name ?? null;
  });
}

/** What the program on a machine has printed; with a container that did not come up, the end of its log. */
export async function report(
  aws: Aws,
  { ResourceId, OutputSource }: AssociationExecutionTarget,
): Promise<readonly string[]> {
  const output = await orNull(() =>
    aws.ask("ssm:GetCommandInvocation", () =>
      aws
        .client("ssm")
        .send(new GetCommandInvocationCommand({ CommandId: OutputSource?.OutputSourceId, InstanceId: ResourceId })),
    ),
  );
  const text = [output?.StandardOutputContent, output?.StandardErrorContent].filter(Boolean).join("\n");
  return text === "" ? [] : text.trimEnd().split("\n");
}

async function orNull<T>(question: () => Promise<T | null>): Promise<T | null> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof Refusal && error.kind === "absent") return null;
    throw error;
  }
}
