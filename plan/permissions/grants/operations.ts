/** Roles, secrets, parameters, logs, alarms and machines of Systems Manager. */
import type { Grants } from "../grant";

const SSM_TAGS = "AddTagsToResource RemoveTagsFromResource ListTagsForResource";
const LOG_TAGS = "ListTagsForResource TagResource UntagResource";
const SECRET = { "secretsmanager/secret": "{name}-*" };

export const operations: Grants = {
  "aws:iam/role:Role": {
    source: "AWS::IAM::Role",
    actions: {
      iam: `CreateRole DeleteRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy ListRolePolicies
        GetRolePolicy PutRolePolicy DeleteRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRoleTags
        TagRole UntagRole`,
    },
    arns: { "iam/role": "{name}" },
  },
  "aws:iam/rolePolicy:RolePolicy": {
    source: "AWS::IAM::RolePolicy",
    actions: { iam: "PutRolePolicy GetRolePolicy DeleteRolePolicy" },
    arns: { "iam/role": "{role}" },
  },
  // to attach and detach is allowed by the policy that is attached
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    source: null,
    actions: { iam: "ListAttachedRolePolicies" },
    arns: { "iam/role": "{role}" },
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    source: "AWS::IAM::InstanceProfile",
    actions: {
      iam: `CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile AddRoleToInstanceProfile
        RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile`,
    },
    arns: { "iam/instance-profile": "{name}" },
    passesTo: ["ec2.amazonaws.com"],
  },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
    source: "AWS::IAM::OIDCProvider",
    actions: {
      iam: `CreateOpenIDConnectProvider DeleteOpenIDConnectProvider GetOpenIDConnectProvider TagOpenIDConnectProvider
        UntagOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint AddClientIDToOpenIDConnectProvider
        RemoveClientIDFromOpenIDConnectProvider`,
    },
  },
  "aws:secretsmanager/secret:Secret": {
    source: "AWS::SecretsManager::Secret",
    actions: {
      secretsmanager: `CreateSecret UpdateSecret DeleteSecret RestoreSecret DescribeSecret GetResourcePolicy TagResource
        UntagResource`,
    },
    arns: SECRET,
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    source: "AWS::SecretsManager::Secret",
    actions: {
      secretsmanager: "PutSecretValue GetSecretValue DescribeSecret ListSecretVersionIds UpdateSecretVersionStage",
    },
    name: "secretId",
    arns: SECRET,
  },
  "aws:ssm/parameter:Parameter": {
    source: "AWS::SSM::Parameter",
    actions: { ssm: `${SSM_TAGS} PutParameter DeleteParameter GetParameter GetParameters DescribeParameters` },
    arns: { "ssm/parameter": "{name}" },
  },
  "aws:ssm/document:Document": {
    source: "AWS::SSM::Document",
    actions: {
      ssm: `${SSM_TAGS} CreateDocument UpdateDocument UpdateDocumentDefaultVersion DeleteDocument DescribeDocument GetDocument
        DescribeDocumentPermission`,
    },
    arns: { "ssm/document": "{name}" },
  },
  "aws:ssm/association:Association": {
    source: "AWS::SSM::Association",
    actions: {
      ssm: `${SSM_TAGS} CreateAssociation UpdateAssociation DeleteAssociation DescribeAssociation`,
    },
    arns: {
      "ssm/association": "*",
      "ssm/document": "*",
      "ssm/instance": "*",
      "ssm/managed-instance": "*",
    },
  },
  "aws:ssm/activation:Activation": {
    source: null,
    actions: { ssm: "CreateActivation DeleteActivation DescribeActivations" },
    passesTo: ["ssm.amazonaws.com"],
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    source: "AWS::Logs::LogGroup",
    actions: {
      logs: `${LOG_TAGS} CreateLogGroup DeleteLogGroup DescribeLogGroups PutRetentionPolicy DeleteRetentionPolicy`,
    },
    arns: { "logs/log-group": "{name}*" },
  },
  "aws:cloudwatch/logDeliverySource:LogDeliverySource": {
    source: "AWS::Logs::DeliverySource",
    actions: {
      logs: `${LOG_TAGS} PutDeliverySource GetDeliverySource DeleteDeliverySource`,
      cloudfront: "AllowVendedLogDeliveryForResource",
    },
    arns: { "logs/delivery-source": "{name}" },
  },
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {
    source: "AWS::Logs::DeliveryDestination",
    actions: { logs: `${LOG_TAGS} PutDeliveryDestination GetDeliveryDestination DeleteDeliveryDestination` },
    arns: { "logs/delivery-destination": "{name}" },
  },
  "aws:cloudwatch/logDelivery:LogDelivery": {
    source: "AWS::Logs::Delivery",
    actions: {
      logs: `${LOG_TAGS} CreateDelivery DeleteDelivery GetDelivery DescribeDeliveries UpdateDeliveryConfiguration`,
    },
    arns: { "logs/delivery": "*", "logs/delivery-source": "*", "logs/delivery-destination": "*" },
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    source: "AWS::CloudWatch::Dashboard",
    actions: { cloudwatch: "PutDashboard GetDashboard DeleteDashboards" },
    name: "dashboardName",
    arns: { "cloudwatch/dashboard": "{name}" },
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    source: "AWS::CloudWatch::Alarm",
    actions: { cloudwatch: "PutMetricAlarm DeleteAlarms DescribeAlarms ListTagsForResource TagResource UntagResource" },
    arns: { "cloudwatch/alarm": "{name}" },
  },
};
