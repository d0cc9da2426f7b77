/**
 * Elastic Beanstalk, which makes an environment's resources by a stack of CloudFormation with the caller's permissions. What
 * it makes is named `awseb-…`: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.iam.managed-policies.html
 */
import type { Grants } from "../grant";

const STORE = "elasticbeanstalk-*";

export const beanstalk: Grants = {
  "aws:elasticbeanstalk/application:Application": {
    source: "AWS::ElasticBeanstalk::Application",
    actions: {
      elasticbeanstalk: `CreateApplication UpdateApplication UpdateApplicationResourceLifecycle DeleteApplication
        DescribeApplications ListTagsForResource AddTags RemoveTags`,
    },
    arns: { "elasticbeanstalk/application": "{name}" },
    passesTo: ["elasticbeanstalk.amazonaws.com"],
  },
  "aws:elasticbeanstalk/applicationVersion:ApplicationVersion": {
    source: "AWS::ElasticBeanstalk::ApplicationVersion",
    actions: {
      elasticbeanstalk: `CreateApplicationVersion UpdateApplicationVersion DeleteApplicationVersion
        DescribeApplicationVersions ListTagsForResource AddTags RemoveTags`,
      s3: "GetObject GetObjectVersion DeleteObject",
    },
    arns: {
      "elasticbeanstalk/application": "*",
      "elasticbeanstalk/applicationversion": "*",
      "s3/object": "{bucket}/*",
    },
  },
  "aws:elasticbeanstalk/environment:Environment": {
    source: "AWS::ElasticBeanstalk::Environment",
    actions: {
      elasticbeanstalk: `CreateEnvironment UpdateEnvironment TerminateEnvironment DescribeEnvironments
        DescribeEnvironmentResources DescribeConfigurationSettings DescribeConfigurationOptions DescribeEvents
        CheckDNSAvailability ValidateConfigurationSettings ListTagsForResource AddTags RemoveTags
        UpdateTagsForResource`,
      cloudformation: `CreateStack UpdateStack DeleteStack CancelUpdateStack DescribeStacks DescribeStackEvents
        DescribeStackResource DescribeStackResources ListStackResources GetTemplate TagResource UntagResource`,
      s3: `CreateBucket GetBucketLocation GetBucketPolicy PutBucketPolicy ListBucket GetBucketAcl PutBucketAcl
        PutBucketOwnershipControls PutBucketPublicAccessBlock PutBucketVersioning GetObject GetObjectAcl PutObject PutObjectAcl
        DeleteObject`,
      autoscaling: `CreateAutoScalingGroup UpdateAutoScalingGroup DeleteAutoScalingGroup CreateOrUpdateTags DeleteTags
        PutScalingPolicy DeletePolicy PutScheduledUpdateGroupAction DeleteScheduledAction PutNotificationConfiguration
        PutLifecycleHook DeleteLifecycleHook AttachLoadBalancerTargetGroups SuspendProcesses ResumeProcesses
        TerminateInstanceInAutoScalingGroup SetDesiredCapacity DescribeAutoScalingGroups DescribeAutoScalingInstances
        DescribeScalingActivities DescribePolicies DescribeScheduledActions DescribeNotificationConfigurations
        DescribeLoadBalancers DescribeAccountLimits DescribeLifecycleHooks DescribeLaunchConfigurations`,
      ec2: `RunInstances TerminateInstances CreateTags DeleteTags CreateLaunchTemplate CreateLaunchTemplateVersion
        DeleteLaunchTemplate DeleteLaunchTemplateVersions CreateSecurityGroup DeleteSecurityGroup
        AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress
        AllocateAddress ReleaseAddress AssociateAddress DisassociateAddress DescribeAccountAttributes DescribeAddresses
        DescribeAvailabilityZones DescribeImages DescribeInstances DescribeInstanceStatus DescribeInstanceTypes
        DescribeKeyPairs DescribeLaunchTemplates DescribeLaunchTemplateVersions DescribeSecurityGroups DescribeSnapshots
        DescribeSubnets DescribeVpcs`,
      elasticloadbalancing: `CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes SetSubnets SetSecurityGroups
        CreateTargetGroup DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes CreateListener ModifyListener
        DeleteListener CreateRule ModifyRule DeleteRule SetRulePriorities AddTags RemoveTags DescribeLoadBalancers
        DescribeLoadBalancerAttributes DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth
        DescribeListeners DescribeRules DescribeTags`,
      cloudwatch: "PutMetricAlarm DeleteAlarms DescribeAlarms",
      logs: "CreateLogGroup PutRetentionPolicy DeleteLogGroup DescribeLogGroups",
      iam: "GetRole ListRoles ListInstanceProfiles ListServerCertificates",
    },
    arns: {
      "elasticbeanstalk/environment": "*/{name}",
      "elasticbeanstalk/application": "*",
      "elasticbeanstalk/applicationversion": "*",
      "cloudformation/stack": "awseb-*",
      "s3/bucket": STORE,
      "s3/object": `${STORE}/*`,
      "autoscaling/autoscalinggroup": "*:autoScalingGroupName/awseb-*",
      "elasticloadbalancing/loadbalancer": "awseb-*",
      "elasticloadbalancing/loadbalancer/app/": "awseb-*",
      "elasticloadbalancing/targetgroup": "awseb-*",
      "elasticloadbalancing/listener/app": "*",
      "elasticloadbalancing/listener-rule/app": "*",
      "cloudwatch/alarm": "awseb-*",
      "logs/log-group": "/aws/elasticbeanstalk/*",
      "iam/role": "*",
    },
    serviceLinkedRoles: [
      "elasticbeanstalk.amazonaws.com",
      "autoscaling.amazonaws.com",
      "elasticloadbalancing.amazonaws.com",
      "spot.amazonaws.com",
    ],
    passesTo: ["elasticbeanstalk.amazonaws.com", "ec2.amazonaws.com"],
  },
};
