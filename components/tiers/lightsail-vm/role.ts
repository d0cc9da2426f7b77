/** The role that the machines of an app have as managed nodes. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, inlinePolicy, isUsed, trustPolicy } from "../../iam";
import { partitionOf } from "../../names";
import type { AppImage } from "../../platform/images";
import type { StoredSecret } from "../../platform/secrets";
import { agentActions } from "../compose";

export interface MachineRoleArgs {
  readonly accountId: pulumi.Input<string>;
  readonly region: string;
  readonly images: readonly AppImage[];
  readonly secrets: readonly StoredSecret[];
  readonly logGroupArns: readonly pulumi.Output<string>[];
}

export interface MachineRole {
  readonly role: aws.iam.Role;
  readonly policy: aws.iam.RolePolicy;
}

/** Pulls the app's own images, reads its own secrets, writes its own logs: on the machine root alone has its keys. */
export function machineRole(name: string, args: MachineRoleArgs, opts: pulumi.CustomResourceOptions): MachineRole {
  const { accountId, region } = args;
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-multicloud-service-role.html
  const assumeRolePolicy = trustPolicy("ssm.amazonaws.com", {
    StringEquals: { "aws:SourceAccount": accountId },
    ArnEquals: { "aws:SourceArn": pulumi.interpolate`arn:${partitionOf(region)}:ssm:${region}:${accountId}:*` },
  });
  const role = new aws.iam.Role(name, { assumeRolePolicy }, opts);
  const repositories = args.images.flatMap(({ repository }) => (repository ? [repository] : []));
  const logins = args.images.flatMap(({ credentialsArn }) => (credentialsArn ? [credentialsArn] : []));
  const arns = (store: StoredSecret["store"]) => args.secrets.filter((s) => s.store === store).map(({ arn }) => arn);
  const statements = [
    allow(agentActions, ["*"]),
    ...(repositories.length > 0 ? [allow(["ecr:GetAuthorizationToken"], ["*"])] : []),
    allow(
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      repositories.map(({ arn }) => arn),
    ),
    allow(
      ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
      repositories.filter(({ pullThrough }) => pullThrough === true).map(({ arn }) => arn),
    ),
    allow(
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      args.logGroupArns.map((arn) => pulumi.interpolate`${arn}:*`),
    ),
    allow(["ssm:GetParameters"], arns("ssm")),
    allow(
      ["secretsmanager:GetSecretValue"],
      [...arns("secrets-manager").map((arn) => arn.apply((text) => text.split(":").slice(0, 7).join(":"))), ...logins],
    ),
  ].filter((statement) => isUsed(statement));
  return { role, policy: inlinePolicy(name, { role, statements }, opts) };
}
