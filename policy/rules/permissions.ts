/** What roles may do, and who may call what. Pure. */
import type { PlanValue } from "../../plan/types";
import type { Inputs, ResourceRule } from "./rule";
import { when } from "./rule";
import { documentOf, isUnknown, listOf, textsOf } from "./values";

/**
 * Actions that name no resource: IAM takes them on `*` alone. From the tables of actions, resources and condition keys in
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const WITHOUT_RESOURCE =
  /^(?:ecr:GetAuthorizationToken|ecr-public:GetAuthorizationToken|sts:GetServiceBearerToken|sts:GetCallerIdentity|ec2:Describe\w+|elasticloadbalancing:Describe\w+|autoscaling:Describe\w+|acm:ListCertificates|ecs:DiscoverPollEndpoint|ecs:ListClusters|ecs:(?:Register|Deregister|Describe)TaskDefinition|ecs:Submit\w+|cloudwatch:(?:PutMetricData|GetMetricData|ListMetrics|DescribeAlarms)|xray:(?:PutTraceSegments|PutTelemetryRecords|GetSamplingRules|GetSamplingTargets)|logs:(?:CreateLogDelivery|GetLogDelivery|UpdateLogDelivery|DeleteLogDelivery|ListLogDeliveries|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)|ssmmessages:\w+|ec2messages:\w+|ssm:(?:DescribeInstanceInformation|ListCommands|ListCommandInvocations|GetCommandInvocation|PutInventory|UpdateInstanceInformation|GetManifest)|route53:(?:ListHostedZones|ListHostedZonesByName|GetHostedZoneCount)|servicediscovery:(?:ListNamespaces|ListServices|DiscoverInstances\w*)|states:ListStateMachines|sqs:ListQueues|s3:ListAllMyBuckets|kms:(?:ListKeys|ListAliases)|iam:ListRoles)$/iu;

/**
 * Actions of the SSM agent and of the ECS agent, which could name a resource and in AWS's own policies never do:
 * AmazonSSMManagedInstanceCore and AmazonEC2ContainerServiceforEC2Role.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
 */
const OF_AGENTS = new Set([
  "ssm:DescribeAssociation",
  "ssm:DescribeDocument",
  "ssm:GetDocument",
  "ssm:ListAssociations",
  "ssm:ListInstanceAssociations",
  "ssm:UpdateAssociationStatus",
  "ssm:UpdateInstanceAssociationStatus",
]);

const statementsOf = (policy: PlanValue | undefined): readonly Inputs[] =>
  listOf(documentOf(policy))
    .flatMap(({ Statement }) => listOf(Statement))
    .filter(({ Effect }) => Effect === "Allow");

const ROLE = "aws:iam/role:Role";

/** The documents that the resource holds: its own, and a role's inline ones. */
const documentsOf = ({ policy, inlinePolicies }: Inputs): readonly Inputs[] =>
  [policy, ...listOf(inlinePolicies).map((inline) => inline.policy)].flatMap(statementsOf);

function excesses(statement: Inputs): readonly string[] {
  const actions = textsOf(statement.Action);
  const wide = actions.filter((action) => action === "*" || action.endsWith(":*"));
  const everywhere = textsOf(statement.Resource).includes("*") && statement.Condition === undefined;
  const open = everywhere
    ? actions.filter((action) => !wide.includes(action) && !WITHOUT_RESOURCE.test(action) && !OF_AGENTS.has(action))
    : [];
  return [
    ...wide.map((action) => `it allows ${action}`),
    ...when(statement.NotAction !== undefined, "it allows everything but NotAction"),
    ...when(open.length > 0, `it allows ${open.join(", ")} on every resource`),
  ];
}

const leastPrivilege: ResourceRule = {
  name: "least-privilege",
  scope: "resource",
  severity: "mandatory",
  description:
    "No role may do everything (`*`, `service:*`), and only what names no resource is allowed on `*`, or under a condition.",
  remedy: "name the actions, and the ARNs of what they are for",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
  types: ["aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy", "aws:iam/userPolicy:UserPolicy", ROLE],
  check: ({ inputs }) => [...new Set(documentsOf(inputs).flatMap(excesses))],
};

/** Managed policies that are as good as a key to the account. */
const MIGHTY = /^arn:aws[a-z-]*:iam::aws:policy\/(?:AdministratorAccess|PowerUserAccess|IAMFullAccess)$/u;

const noAdministrators: ResourceRule = {
  name: "no-administrators",
  scope: "resource",
  severity: "mandatory",
  description: "No role has AdministratorAccess, PowerUserAccess or IAMFullAccess.",
  remedy: "attach a policy with what the role does and no more",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html",
  types: [
    ROLE,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  ],
  check: ({ inputs }) =>
    [...textsOf(inputs.policyArn), ...textsOf(inputs.managedPolicyArns)].flatMap((arn) =>
      when(MIGHTY.test(arn), `it has ${arn}`),
    ),
};

const isEverybody = (principal: PlanValue | undefined): boolean =>
  principal === "*" || listOf(principal).some(({ AWS }) => textsOf(AWS).includes("*"));

const noPublicPolicies: ResourceRule = {
  name: "no-public-policies",
  scope: "resource",
  severity: "mandatory",
  description: "No policy of a bucket, queue, repository, secret, key or role lets everybody in without a condition.",
  remedy: "name the accounts, roles or services, or add a condition such as aws:SourceArn",
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
  types: [
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:efs/fileSystemPolicy:FileSystemPolicy",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:kms/key:Key",
    ROLE,
  ],
  check: ({ type, inputs }) =>
    statementsOf(type === ROLE ? inputs.assumeRolePolicy : inputs.policy).flatMap(({ Principal, Condition }) =>
      when(!isUnknown(Principal) && isEverybody(Principal) && Condition === undefined, "it lets everybody in"),
    ),
};

export const permissionRules = [leastPrivilege, noAdministrators, noPublicPolicies];
