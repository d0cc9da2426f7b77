/** The roles of an ECS task: one for starting it, one for the app's own calls, each with what it needs and no more. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ServicePlacement } from "../../../app/config/types";
import type { Value } from "../../../app/value";
import type { AppImage } from "../../platform/images";
import type { StoredSecret } from "../../platform/secrets";
import type { AppVolume } from "../../platform/volumes";
import { allow, type Caller, inlinePolicy, isUsed, policyStatements, type Statement, trustPolicy } from "../../iam";
import { childName, partitionOf, shortHash } from "../../names";

export interface ExecutionRoleArgs {
  readonly caller: Caller;
  /** Of all containers of the task. */
  readonly images: readonly AppImage[];
  readonly logGroupArns: readonly pulumi.Output<string>[];
  readonly secrets: readonly StoredSecret[];
}

/** A role and what must be there before a task can use it. */
export interface TaskRole {
  readonly role: aws.iam.Role;
  readonly ready: readonly pulumi.Resource[];
}

/**
 * The role that ECS pulls the images with, writes the logs and reads the secrets. `ecr:GetAuthorizationToken` cannot be
 * narrowed to a repository, so it stands on `*`: it gives a login, not an image.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function executionRole(name: string, args: ExecutionRoleArgs, opts: pulumi.CustomResourceOptions): TaskRole {
  const role = taskRole(name, args.caller, opts);
  const repositories = args.images.flatMap(({ repository }) => (repository ? [repository] : []));
  const cached = repositories.filter(({ pullThrough }) => pullThrough === true);
  const credentials = args.images.flatMap(({ credentialsArn }) => (credentialsArn ? [credentialsArn] : []));
  const parameters = args.secrets.filter(({ store }) => store === "ssm").map(({ arn }) => arn);
  const existing = args.secrets
    .filter(({ store }) => store === "secrets-manager")
    .map(({ arn }) => arn.apply(secretArn));
  const statements = [
    ...(repositories.length > 0 ? [allow(["ecr:GetAuthorizationToken"], ["*"])] : []),
    allow(
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      repositories.map(({ arn }) => arn),
    ),
    allow(
      ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
      cached.map(({ arn }) => arn),
    ),
    allow(
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      args.logGroupArns.map((arn) => pulumi.interpolate`${arn}:*`),
    ),
    allow(["ssm:GetParameters"], parameters),
    allow(["secretsmanager:GetSecretValue"], [...existing, ...credentials]),
  ].filter((statement) => isUsed(statement));
  return { role, ready: [inlinePolicy(name, { role, statements }, opts)] };
}

export interface AppRoleArgs {
  readonly caller: Caller;
  readonly policies: ServicePlacement["policies"];
  /** Fills in the ARNs of backing services. */
  readonly resolve: (value: Value) => pulumi.Output<string>;
  /** What the task mounts. */
  readonly volumes: readonly { readonly volume: AppVolume; readonly readOnly: boolean }[];
  /** True where people may open a shell in the containers. */
  readonly exec: boolean;
}

/** The role of the app's own calls: the policies that it names, its volumes, and the channel of exec where that is on. */
export function appRole(name: string, args: AppRoleArgs, opts: pulumi.CustomResourceOptions): TaskRole {
  const role = taskRole(name, args.caller, opts);
  const statements: Statement[] = [
    ...policyStatements(args.policies, args.resolve),
    ...args.volumes.map(({ volume, readOnly }) => ({
      ...allow(
        readOnly
          ? ["elasticfilesystem:ClientMount"]
          : ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"],
        [volume.fileSystemArn],
      ),
      Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": volume.accessPointArn } },
    })),
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
    ...(args.exec
      ? [
          allow(
            [
              "ssmmessages:CreateControlChannel",
              "ssmmessages:CreateDataChannel",
              "ssmmessages:OpenControlChannel",
              "ssmmessages:OpenDataChannel",
            ],
            ["*"],
          ),
        ]
      : []),
  ];
  const managed = args.policies.filter((policy) => typeof policy === "string");
  const lastOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);
  const isTwin = (arn: string) => managed.some((other) => other !== arn && lastOf(other) === lastOf(arn));
  const ready = managed.map(
    (policyArn) =>
      new aws.iam.RolePolicyAttachment(
        childName(name, lastOf(policyArn), ...(isTwin(policyArn) ? [shortHash(policyArn, 6)] : [])),
        { role: role.name, policyArn },
        opts,
      ),
  );
  return {
    role,
    ready: statements.length > 0 ? [...ready, inlinePolicy(name, { role, statements }, opts)] : ready,
  };
}

/**
 * The role that ECS moves a load balancer's traffic with, under blue/green, linear and canary deployments.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
 */
export function infrastructureRole(name: string, caller: Caller, opts: pulumi.CustomResourceOptions): TaskRole {
  // AWS documents this trust without a condition, and does not say which keys ECS sends
  const role = new aws.iam.Role(name, { assumeRolePolicy: trustPolicy("ecs.amazonaws.com") }, opts);
  const policyArn = `arn:${partitionOf(caller.region)}:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers`;
  return { role, ready: [new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn }, opts)] };
}

function taskRole(name: string, caller: Caller, opts: pulumi.CustomResourceOptions): aws.iam.Role {
  return new aws.iam.Role(name, { assumeRolePolicy: trust("ecs-tasks.amazonaws.com", caller) }, opts);
}

/** Only for tasks of this account and region: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
function trust(service: string, { accountId, region }: Caller): pulumi.Output<string> {
  return trustPolicy(service, {
    ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:${partitionOf(region)}:ecs:${region}:${accountId}:*` },
    StringEquals: { "aws:SourceAccount": accountId },
  });
}

/** Without the JSON key, stage and version that may follow it. */
function secretArn(arn: string): string {
  return arn.startsWith("arn:") ? arn.split(":").slice(0, 7).join(":") : arn;
}
