/** What a machine registers with, and the role that it then has. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Caller, trustPolicy } from "../../iam";
import { childName, environmentPrefix, partitionOf, slug } from "../../names";
import { registrationCommand } from "./machines";
import type { AnywhereSettings } from "./settings";

/** SSM's part of it and the ECS agent's: pulling, logging and the app's own calls have roles of the task. */
const POLICIES = ["AmazonSSMManagedInstanceCore", "service-role/AmazonEC2ContainerServiceforEC2Role"] as const;

export interface MachineRole {
  readonly role: aws.iam.Role;
  readonly ready: readonly pulumi.Resource[];
}

/**
 * The role of the machines: it stays as long as the app is on the tier, for a machine that is registered goes on using it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/iam-role-ecsanywhere.html
 */
export function machineRole(
  name: string,
  { accountId, region }: Caller,
  opts: pulumi.CustomResourceOptions,
): MachineRole {
  const partition = partitionOf(region);
  const role = new aws.iam.Role(
    name,
    {
      assumeRolePolicy: trustPolicy("ssm.amazonaws.com", {
        ArnEquals: { "aws:SourceArn": pulumi.interpolate`arn:${partition}:ssm:${region}:${accountId}:*` },
        StringEquals: { "aws:SourceAccount": accountId },
      }),
    },
    opts,
  );
  const ready = POLICIES.map((policy) => {
    const policyArn = `arn:${partition}:iam::aws:policy/${policy}`;
    const short = policy.slice(policy.lastIndexOf("/") + 1);
    return new aws.iam.RolePolicyAttachment(childName(name, short), { role: role.name, policyArn }, opts);
  });
  return { role, ready };
}

export interface ActivationArgs {
  readonly app: string;
  readonly environment: string;
  readonly activation: NonNullable<AnywhereSettings["activation"]>;
  readonly machines: MachineRole;
}

/** What so many machines can register with until it ends. Its code is a secret wherever it goes. */
export function makeActivation(
  name: string,
  { app, environment, activation, machines }: ActivationArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ssm.Activation {
  return new aws.ssm.Activation(
    name,
    {
      name: slug(`${environmentPrefix(environment)}-${app}`, 256),
      description: `machines of ${app}`,
      iamRole: machines.role.name,
      registrationLimit: activation.count,
      expirationDate: activation.expires,
    },
    { ...opts, additionalSecretOutputs: ["activationCode"], dependsOn: [...machines.ready] },
  );
}

export interface CommandArgs {
  readonly region: string;
  readonly cluster: pulumi.Output<string>;
  readonly machines: string;
  readonly gpu: boolean;
  readonly activation: aws.ssm.Activation;
}

/** What to run on a machine: a secret, for its code lets any machine in. */
export function commandOutput({ activation, cluster, ...rest }: CommandArgs): pulumi.Output<string> {
  return pulumi.secret(
    pulumi
      .all([cluster, activation.id, activation.activationCode])
      .apply(([name, activationId, activationCode]) =>
        registrationCommand({ ...rest, cluster: name, activationId, activationCode }),
      ),
  );
}
