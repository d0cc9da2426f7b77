/** The two roles of an app on Beanstalk: Beanstalk's own, and the instances'. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ServicePlacement } from "../../../app/config/types";
import type { Value } from "../../../app/value";
import { allow, inlinePolicy, isUsed, policyStatements, type Statement, trustPolicy } from "../../iam";
import { childName, partitionOf } from "../../names";
import type { AppImage } from "../../platform/images";
import type { StoredSecret } from "../../platform/secrets";
import type { AppVolume } from "../../platform/volumes";
import { agentActions } from "../compose";

export interface Role {
  readonly role: aws.iam.Role;
  /** What must be there before Beanstalk can use it. */
  readonly ready: readonly pulumi.Resource[];
}

export interface Where {
  readonly accountId: pulumi.Input<string>;
  readonly region: string;
  /** Name of the Beanstalk application. */
  readonly application: string;
}

/**
 * What Beanstalk watches the instances, updates the platform and deletes old versions with. The two managed policies are the
 * least that AWS documents for enhanced health and managed updates.
 * https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/iam-servicerole.html
 */
export function serviceRole(
  name: string,
  where: Where & { readonly bucketArn: pulumi.Input<string>; readonly prefix: string },
  opts: pulumi.CustomResourceOptions,
): Role {
  const partition = partitionOf(where.region);
  const role = new aws.iam.Role(
    name,
    {
      assumeRolePolicy: trustPolicy("elasticbeanstalk.amazonaws.com", {
        StringEquals: { "sts:ExternalId": "elasticbeanstalk" },
      }),
    },
    opts,
  );
  const managed = [
    ["health", `arn:${partition}:iam::aws:policy/service-role/AWSElasticBeanstalkEnhancedHealth`],
    ["updates", `arn:${partition}:iam::aws:policy/AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy`],
  ].map(
    ([suffix = "", policyArn = ""]) =>
      new aws.iam.RolePolicyAttachment(childName(name, suffix), { role: role.name, policyArn }, opts),
  );
  const statements = [
    allow(["s3:GetObject", "s3:DeleteObject"], [pulumi.interpolate`${where.bucketArn}/${where.prefix}/*`]),
  ];
  return { role, ready: [...managed, inlinePolicy(name, { role, statements }, opts)] };
}

export interface InstanceRoleArgs extends Where {
  readonly images: readonly AppImage[];
  readonly secrets: readonly StoredSecret[];
  readonly policies: ServicePlacement["policies"];
  /** Fills in the ARNs of backing services. */
  readonly resolve: (value: Value) => pulumi.Output<string>;
  readonly volumes: readonly AppVolume[];
  /** True where people may open a shell on the instances. */
  readonly exec: boolean;
  /** Of jobs, which Systems Manager runs; the agent does nothing where there are none. */
  readonly jobLogGroups: readonly pulumi.Output<string>[];
  readonly hasJobs: boolean;
}

/**
 * What the instances run under, and with them all containers: pulls of exactly their images, reads of exactly their secrets,
 * their logs and health, and what the services' `policies` name. `ecr:GetAuthorizationToken` takes no resource: it gives a
 * login, not an image. Beanstalk keeps its own files in one bucket for the account and region.
 * https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/iam-instanceprofile.html
 */
export function instanceRole(name: string, args: InstanceRoleArgs, opts: pulumi.CustomResourceOptions): Role {
  const role = new aws.iam.Role(name, { assumeRolePolicy: trustPolicy("ec2.amazonaws.com") }, opts);
  const statements = [...ownStatements(args), ...appStatements(args)].filter((statement) => isUsed(statement));
  const managed = args.policies.filter((policy) => typeof policy === "string");
  const attached = [
    ...new Set([
      ...managed,
      ...(args.exec ? [`arn:${partitionOf(args.region)}:iam::aws:policy/AmazonSSMManagedInstanceCore`] : []),
    ]),
  ].map(
    (policyArn) =>
      new aws.iam.RolePolicyAttachment(
        childName(name, policyArn.slice(policyArn.lastIndexOf("/") + 1)),
        { role: role.name, policyArn },
        opts,
      ),
  );
  return { role, ready: [...attached, inlinePolicy(name, { role, statements }, opts)] };
}

/** What Beanstalk's agents on an instance do. */
function ownStatements({ accountId, region, application, hasJobs, jobLogGroups }: InstanceRoleArgs): Statement[] {
  const partition = partitionOf(region);
  const bucket = pulumi.interpolate`arn:${partition}:s3:::elasticbeanstalk-${region}-${accountId}`;
  const beanstalk = pulumi.interpolate`arn:${partition}:elasticbeanstalk:${region}:${accountId}`;
  return [
    allow(["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"], [bucket, pulumi.interpolate`${bucket}/*`]),
    allow(["s3:PutObject"], [pulumi.interpolate`${bucket}/resources/environments/logs/*`]),
    allow(
      ["elasticbeanstalk:PutInstanceStatistics"],
      [
        pulumi.interpolate`${beanstalk}:application/${application}`,
        pulumi.interpolate`${beanstalk}:environment/${application}/*`,
      ],
    ),
    allow(
      ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      [pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:/aws/elasticbeanstalk/*`],
    ),
    ...(hasJobs ? [allow(agentActions, ["*"])] : []),
    allow(
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      jobLogGroups.map((arn) => pulumi.interpolate`${arn}:*`),
    ),
  ];
}

/** What the app's containers need to start, and what the app asks for. */
function appStatements({ images, secrets, policies, resolve, volumes }: InstanceRoleArgs): Statement[] {
  const repositories = images.flatMap(({ repository }) => (repository ? [repository] : []));
  const cached = repositories.filter(({ pullThrough }) => pullThrough === true);
  const credentials = images.flatMap(({ credentialsArn }) => (credentialsArn ? [credentialsArn] : []));
  const parameters = secrets.filter(({ store }) => store === "ssm").map(({ arn }) => arn);
  const existing = secrets.filter(({ store }) => store === "secrets-manager").map(({ arn }) => arn);
  return [
    ...(repositories.length > 0 ? [allow(["ecr:GetAuthorizationToken"], ["*"])] : []),
    allow(
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      repositories.map(({ arn }) => arn),
    ),
    allow(
      ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
      cached.map(({ arn }) => arn),
    ),
    allow(["ssm:GetParameter", "ssm:GetParameters"], parameters),
    allow(["secretsmanager:GetSecretValue"], [...existing, ...new Set(credentials)]),
    ...policyStatements(policies, resolve),
    ...volumes.map((volume) => ({
      ...allow(
        ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"],
        [volume.fileSystemArn],
      ),
      Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": volume.accessPointArn } },
    })),
  ];
}
